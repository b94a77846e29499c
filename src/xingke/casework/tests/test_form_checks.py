"""A form that cannot be filled in is refused when its pack is loaded: every mistake, with its field."""

import pytest
from django.utils import translation

from xingke.base.definitions import Catalogue, DefinitionEntry
from xingke.casework.rules.form_checks import forms_hold
from xingke.casework.rules.forms import PREFILLS
from xingke.casework.tests.flowing import catalogue
from xingke.registry.rules import VocabularyTerm

TERM = VocabularyTerm(list="level", code="national", label={"zh": "国家级", "en": "National"})  # type: ignore[arg-type]


def _faults(fields: str, extra: str = "") -> list[str]:
    text = f'[[form]]\ncode = "x"\nlabel = {{ zh = "样例", en = "Example" }}\nfield = [{fields}]\n{extra}'
    found: Catalogue = catalogue("", text)
    found.entries["term"] = [DefinitionEntry("term", TERM, {}, "vocabulary.toml")]
    with translation.override("en"):
        return [f"{str(issue.place).removeprefix('[[form]] x').strip()}: {issue.text}" for issue in forms_hold(found)]


def _field(name: str, type_: str, more: str = "") -> str:
    return f'{{ name = "{name}", label = {{ zh = "甲", en = "A" }}, type = "{type_}"{", " if more else ""}{more} }}'


CIRCLE = [("a", "percent", 'computed = "b + 1"'), ("b", "percent", 'computed = "a + 1"')]
TAKEN = "and none a case has itself: case, day, number, opinion, region, step"
NO_COLUMN = "a.b: a column is neither listed, personal, filled in, locked nor for some only"
NOT_A_NUMBER = "a: computed, character 1: What is wanted here is a number; the expression gives a condition."
NOT_ONCE = "a: once: only a text of 200 characters at most, and nothing personal: what is sealed is not compared"
IN_A_TABLE = ["a.b: a table cannot stand in a table", "a.b: columns: a table has them, and nothing else has"]


def test_the_example_forms_hold() -> None:
    assert [str(issue) for issue in forms_hold(catalogue())] == []


@pytest.mark.parametrize(
    "fields, said",
    [
        ("", [": asks nothing"]),
        (f"{_field('a', 'text')}, {_field('a', 'day')}", ["a: stands twice"]),
        (_field("opinion", "text"), [f"opinion: name must be small letters, digits and _, at most 40, {TAKEN}"]),
        (_field("甲", "text"), [f"甲: name must be small letters, digits and _, at most 40, {TAKEN}"]),
        (_field("a", "term"), ["a: list: a term is of one, and nothing else is"]),
        (_field("a", "term", 'list = "colour"'), ["a: list 'colour' is not known"]),
        (_field("a", "amount", 'unit = "美元"'), ["a: unit is '美元'; expected 元 or 万元"]),
        (_field("a", "count"), ["a: unit: a count has one"]),
        (_field("a", "day", 'unit = "天"'), ["a: unit: a day has none"]),
        (_field("a", "text", 'format = "zip"'), ["a: format is 'zip'; a text may have one of credit_code, id_number, phone, email, patent_number"]),
        (_field("a", "text", 'format = "id_number"'), ["a: format id_number: the number of somebody's card is personal"]),
        (_field("a", "day", 'least = "soon"'), ["a: least, most: 'soon', ''; expected numbers, or for a day ISO days or 'today'"]),
        (_field("a", "percent", 'least = "9", most = "1"'), ["a: least 9 is more than most 1"]),
        (_field("a", "day", "length = 3"), ["a: length: of a text only, and no less than nothing"]),
        (_field("a", "text", 'shown_when = "b = 1"'), ["a: shown_when, character 1: There is no name “b”; put texts in quotation marks."]),
        (_field("a", "flag", 'shown_when = "a"'), ["a: depends on itself"]),
        (", ".join(_field(*each) for each in CIRCLE), ["a: depends on itself", "b: depends on itself"]),
        (_field("a", "percent", 'computed = "1", required = true'), ["a: computed: nobody answers it, so it is neither required nor filled in"]),
        (_field("a", "table"), ["a: columns: a table has them, and nothing else has"]),
        (_field("a", "table", f"columns = [{_field('b', 'table')}]"), IN_A_TABLE),
        (_field("a", "table", f"columns = [{_field('b', 'text', 'listed = true')}]"), [NO_COLUMN]),
        (_field("a", "table", f"rows = [5, 1], columns = [{_field('b', 'text')}]"), ["a: rows are 5 to 1; expected 0 to 2000 at most, the fewer first"]),
        (_field("in", "text"), ["in: name 'in' is a word of expressions, which could not name the field"]),
        (_field("a", "percent", 'least = "NaN"'), ["a: least, most: 'NaN', ''; expected numbers, or for a day ISO days or 'today'"]),
        (_field("a", "amount", 'unit = "元", computed = "1 = 1"'), [NOT_A_NUMBER]),
        (_field("a", "text", "rows = [1, 2]"), ["a: rows: a table has them, and nothing else has"]),
        (_field("a", "table", "columns = [" + _field("b", "terms", 'list = "level"') + "]"), ["a.b: a terms cannot stand in a table"]),
        (_field("a", "table", f"columns = [{_field('rows', 'text')}]"), ["a.rows: name is what expressions call the number of rows"]),
        (_field("a", "table", "columns = [" + _field("b", "text", 'seen_by = ["section"]') + "]"), [NO_COLUMN]),
        (_field("a", "table", f"columns = [{', '.join(_field(*each) for each in CIRCLE)}]"), ["a.a: depends on itself", "a.b: depends on itself"]),
        (_field("a", "text", "personal = true") + ", " + _field("b", "text", 'computed = "a"'), ["b: computed: tells 'a', which is personal"]),
        (_field("a", "text", "listed = true, length = 201"), ["a: listed: a text of 201 characters cannot be; 200 at most"]),
        (_field("a", "file", 'prefill = "case.number"'), ["a: prefill: what is filled in is a text, which a file is not"]),
        (_field("a", "day", "personal = true"), ["a: personal: only a text is, and it is neither listed nor computed"]),
        (_field("a", "file", "listed = true"), ["a: listed: a file cannot be"]),
        (_field("a", "text", 'prefill = "moon"'), [f"a: prefill is 'moon'; known: {', '.join(PREFILLS)}"]),
        (_field("a", "day", 'once = "s"'), [NOT_ONCE]),
        (_field("a", "text", 'once = "s", personal = true'), [NOT_ONCE]),
        (_field("a", "text", 'once = "发票"'), ["a: once: the set has a name of small letters, digits and _, at most 40"]),
        (_field("a", "table", "columns = [" + _field("b", "text", 'once = "s"') + "]"), []),
        (_field("a", "text", "locked = true"), ["a: locked: nothing is filled in, so nobody could answer"]),
        (", ".join(_field(f"a{number}", "text", "listed = true") for number in range(9)), [": 9 fields are listed; 8 at most"]),
    ],
)  # fmt: skip
def test_every_mistake_is_said_with_its_field(fields: str, said: list[str]) -> None:
    found = _faults(fields)
    assert found == said


def test_a_check_names_fields_that_there_are() -> None:
    check = '[[form.check]]\nrule = "b > 1"\nsays = { zh = "大。", en = "Large." }\nfields = ["c"]'
    found = _faults(_field("a", "percent"), check)
    assert [text.split(":")[0] for text in found] == ["check 1", "check 1"]
    assert found[1] == "check 1: fields names no field: 'c'"
