"""Outlines: sentences that speak figures, what is left out, and what is wrong with a sentence."""

import pytest

from xingke.base.definitions import Catalogue, Entry
from xingke.base.labels import Label
from xingke.reports import rules
from xingke.reports.rules import (
    Clause,
    Gap,
    Outline,
    Section,
    SentenceDefinition,
    Slot,
    TemplateError,
    Word,
    compose,
    parse_sentence,
)

WORDS = {"region": "青溪县", "region_word": "全县", "period": "2024年"}


def test_a_sentence_is_read_into_clauses() -> None:
    assert parse_sentence("{region_word}申报{a}[，同比{a:growth}][，{a:rank}]。") == (
        Clause((Word("region_word"), "申报", Slot("a", "level")), is_optional=False),
        Clause(("，同比", Slot("a", "growth")), is_optional=True),
        Clause(("，", Slot("a", "rank")), is_optional=True),
        Clause(("。",), is_optional=False),
    )
    assert parse_sentence("") == ()
    assert parse_sentence("认真做好工作。") == (Clause(("认真做好工作。",), is_optional=False),)


WRONG = [
    ("a clause that is not closed", "申报{a}[，同比{a:growth}。", "a clause is not closed"),
    ("a bracket that was not opened", "申报{a}]。", "brackets do not match"),
    ("a clause in a clause", "申报[{a}[{b}]]。", "clauses cannot be nested"),
    ("a lone brace", "申报{a。", "a lone '{'"),
    ("a lone closing brace", "申报a}。", "a lone '}'"),
    ("braces in braces", "申报{{a}}。", "a lone '{'"),
    ("an unknown aspect", "申报{a:level_of}。", "{a:level_of} is neither"),
    ("nothing in braces", "申报{}。", "{} is neither"),
    ("a sum", "申报{a + b}。", "{a + b} is neither"),
    ("an attribute", "申报{a.__class__}。", "is neither"),
    ("a format", "申报{a!r}。", "is neither"),
]


@pytest.mark.parametrize("story, text, sentence", WRONG)
def test_a_sentence_that_cannot_be_read_says_why(story: str, text: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as wrong:
        parse_sentence(text)
    assert sentence in str(wrong.value)


# ── composing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def said(*sentences: str, known: tuple[str, ...]) -> tuple[str, list[Gap]]:
    """What an outline of one section says as text, if these figures are known, and its gaps."""
    outline = Outline(
        code="t", label=Label("甲", "a"), title="题", issuer="局",
        section=(Section(heading="一、概况", sentence=tuple(SentenceDefinition(text=text) for text in sentences)),),
    )  # fmt: skip

    def say(slot: Slot) -> tuple[str | None, str]:
        name = slot.code if slot.aspect == "level" else f"{slot.code}:{slot.aspect}"
        return (f"<{name}>", "") if name in known else (None, f"{name}未知")

    composed, gaps = compose(outline, words=WORDS, say=say, label=lambda slot: slot.code)
    return "".join("".join(paragraph) for section in composed for paragraph in section.paragraphs), gaps


def test_everything_known_is_said() -> None:
    assert said("{region}申报{a}[，增长{a:growth}]。", known=("a", "a:growth")) == (
        "青溪县申报<a>，增长<a:growth>。",
        [],
    )


def test_an_unknown_clause_is_left_out_and_listed() -> None:
    assert said("{region}申报{a}[，同比{a:growth}][，其中{b}]。", known=("a", "b")) == (
        "青溪县申报<a>，其中<b>。", [Gap("一、概况", "同比〔a〕", ("a:growth未知",))]
    )  # fmt: skip


def test_an_unknown_figure_outside_brackets_takes_its_sentence_along_and_no_other() -> None:
    assert said("{period}申报{a}[，其中{b}]。", "{region}立项{b}。", known=("b",)) == (
        "青溪县立项<b>。", [Gap("一、概况", "2024年申报〔a〕，其中〔b〕。", ("a未知",))]
    )  # fmt: skip


def test_a_reason_is_given_once() -> None:
    text, gaps = said("申报{a}，立项{b}，再申报{a}。", known=())

    assert (text, gaps[0].why) == ("", ("a未知", "b未知"))


def test_a_section_without_a_sentence_left_is_dropped_with_its_heading() -> None:
    outline = Outline(
        code="t", label=Label("甲", "a"), title="题", issuer="局",
        section=(
            Section(heading="一、空的", sentence=(SentenceDefinition(text="申报{a}。"),)),
            Section(heading="二、有的", sentence=(SentenceDefinition(text="认真工作。"),), level=2),
        ),
    )  # fmt: skip

    composed, gaps = compose(outline, words=WORDS, say=lambda slot: (None, "未知"), label=lambda slot: slot.code)

    assert [(section.heading, section.level) for section in composed] == [("二、有的", 2)]
    assert [gap.section for gap in gaps] == ["一、空的"]
    assert outline.slots() == (Slot("a", "level"),)


def test_the_outlines_of_the_packs_hold_no_numeral() -> None:
    """The check of the pack itself, seen to fail."""
    outline = Outline(
        code="t", label=Label("甲", "a"), title="题", issuer="局",
        section=(Section(heading="一", sentence=(SentenceDefinition(text="新增3家，实施“十四五”规划，申报{a}。"),)),),
    )  # fmt: skip
    catalogue = Catalogue({"outline": [Entry("outline", outline, {}, "outlines.toml")]})

    (numeral,) = (str(issue) for issue in rules.prose_holds_no_numeral(catalogue))
    assert numeral.startswith("outlines.toml: [[outline]] t: the numeral '3家' in ")
    unknown = [str(issue) for issue in rules.sentences_can_be_read(catalogue)]
    assert len(unknown) == 1 and "names unknown indicator 'a'" in unknown[0]
