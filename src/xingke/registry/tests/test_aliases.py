"""Short names: what they mean, what they stand for in full, and what is wrong with one."""

import pytest

from tests.cast import Cast
from xingke.base.definitions import Catalogue, DefinitionEntry
from xingke.base.labels import Label
from xingke.registry import queries, rules
from xingke.registry.rules import Alias, VocabularyTerm

pytestmark = pytest.mark.db

TERM = VocabularyTerm(list="title", code="high_tech_enterprise", label=Label("高新技术企业", "High-tech enterprise"))


def issues(alias: Alias) -> list[str]:
    entries = {
        "term": [DefinitionEntry("term", TERM, {}, "vocabulary.toml")],
        "alias": [DefinitionEntry("alias", alias, {}, "aliases.toml")],
    }
    return [each.text for each in rules.aliases_mean_something(Catalogue(entries))]


WRONG = [
    ("a term that exists", Alias(word="高企", means=("title:high_tech_enterprise",)), []),
    ("other words only", Alias(word="规上", said=("规模以上",)), []),
    ("one character", Alias(word="高", said=("高新",)), ["is too short: one character stands in everything"]),
    ("nothing", Alias(word="高企"), ["means nothing and is said in no other words"]),
    (
        "what does not exist",
        Alias(word="高企", means=("title:x",)),
        ["means 'title:x', which is no term (list:code) and no indicator"],
    ),
]


@pytest.mark.parametrize("story, alias, expected", WRONG)
def test_a_short_name_means_something(story: str, alias: Alias, expected: list[str]) -> None:
    assert issues(alias) == expected


def test_a_short_name_is_read_as_a_code_only_where_it_means_exactly_one(cast: Cast) -> None:
    found = queries.terms_meant("title")

    assert (found["高企"], found["科小"]) == ("high_tech_enterprise", "tech_sme")
    assert "双创" not in found  # incubators and maker spaces


def test_a_short_name_stands_for_its_terms_and_indicators_in_full(cast: Cast) -> None:
    found = queries.wordings()

    assert found["高企"] == ("高新技术企业", "高新技术企业数", "高新技术企业认定数", "高新技术企业申报数")
    assert found["规上"] == ("规模以上", "规上工业增加值")
