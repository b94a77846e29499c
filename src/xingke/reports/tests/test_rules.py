"""Outlines: sentences that speak figures, what is left out, and what is wrong with a sentence."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from xingke.base import definitions
from xingke.base.definitions import Catalogue, DefinitionEntry
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.indicators.rules import Indicator
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
    assert parse_sentence("[，同比{a:times}|，占{a:share:b}]") == (
        Clause(
            ("，同比", Slot("a", "times")),
            is_optional=True,
            otherwise=Clause(("，占", Slot("a", "share:b")), is_optional=True),
        ),
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
    ("a share of nothing", "占{a:share}。", "'share' needs another indicator"),
    ("a growth of another", "同比{a:growth:b}。", "'growth' takes no other indicator"),
    ("an alternative outside brackets", "申报{a}|{b}。", "a lone '|'"),
    ("an alternative to nothing", "[|申报{a}]。", "a lone '|'"),
    ("an alternative that is nothing", "[申报{a}|]。", "a lone '|'"),
]


@pytest.mark.parametrize("story, text, sentence", WRONG)
def test_a_sentence_that_cannot_be_read_says_why(story: str, text: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as wrong:
        parse_sentence(text)
    assert sentence in str(wrong.value)


def issues(*sections: tuple[str, ...]) -> list[str]:
    """What is wrong with an outline of these sections, each of some sentences."""
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=tuple(Section(heading="企业", sentence=tuple(map(sentence_of, each))) for each in sections),
    )
    entries = {"outline": [DefinitionEntry("outline", outline, {}, "outlines.toml")]}
    return [str(each) for each in rules.figures_stand_once(Catalogue(entries))]


def sentence_of(text: str) -> SentenceDefinition:
    return SentenceDefinition(text=text)


def test_no_figure_is_said_twice_within_a_section() -> None:
    assert (
        issues(("申报{a}[，同比{a:times}|，同比{a:growth}]。", "认定{b}[，同比{b:growth}]。"), ("上年申报{a}。",)) == []
    )
    assert issues(("申报{a}。", "[全年申报{a}][，同比{a:growth}]。")) == [
        "outlines.toml: [[outline]] t: section '企业' says a:level twice"
    ]


def test_no_figure_is_said_twice_in_an_outline_of_the_national_pack() -> None:
    pack = definitions.read_pack(Path(settings.PACKAGE) / "packs" / "national")

    for outline in pack.values("outline"):
        said = [
            slot
            for section in outline.section
            for sentence in section.sentence
            for clause in parse_sentence(sentence.text)
            for slot in {slot for choice in clause.choices for slot in choice.slots}
        ]
        assert len(said) == len(set(said)), outline.code


@pytest.mark.parametrize(
    "day, may",
    [
        ("2024-12-30", False),
        ("2024-12-31", True),
        ("2025-02-10", True),
        ("2025-02-28", True),
        ("2025-04-01", False),
    ],
)
def test_a_document_is_dated_after_what_it_tells_of_and_not_long_after_today(day: str, may: bool) -> None:
    answer = rules.may_be_dated(
        date.fromisoformat(day), period=Period.year(2024), today=date.fromisoformat("2025-02-10")
    )

    assert answer.allowed is may


# ── composing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def said(*sentences: str, known: tuple[str, ...]) -> tuple[str, list[Gap]]:
    """What an outline of one section says as text, if these figures are known, and its gaps."""
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(Section(heading="一、概况", sentence=tuple(SentenceDefinition(text=text) for text in sentences)),),
    )

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
        "青溪县申报<a>，其中<b>。",
        [Gap("概况", "同比〔a〕", ("a:growth未知",))],
    )


def test_an_unknown_figure_outside_brackets_takes_its_sentence_along_and_no_other() -> None:
    assert said("{period}申报{a}[，其中{b}]。", "{region}立项{b}。", known=("b",)) == (
        "青溪县立项<b>。",
        [Gap("概况", "2024年申报〔a〕，其中〔b〕。", ("a未知",))],
    )


def test_a_reason_is_given_once() -> None:
    text, gaps = said("申报{a}，立项{b}，再申报{a}。", known=())

    assert (text, gaps[0].why) == ("", ("a未知", "b未知"))


def test_a_section_without_a_sentence_left_is_dropped_with_its_heading() -> None:
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(
            Section(
                heading="空的", sentence=(SentenceDefinition(text="认真工作。"), SentenceDefinition(text="申报{a}。"))
            ),
            Section(heading="有的", sentence=(SentenceDefinition(text="认真工作。"),)),
        ),
    )

    composed, gaps = compose(outline, words=WORDS, say=lambda slot: (None, "未知"), label=lambda slot: slot.code)

    assert [(section.heading, section.level) for section in composed] == [("一、有的", 1)]
    assert [gap.section for gap in gaps] == ["空的"]
    assert outline.slots() == (Slot("a", "level"),)


def test_of_several_ways_to_say_it_the_first_that_can_be_said_is_taken() -> None:
    text = "申报{a}[，同比{a:times}|，同比{a:growth}|，上年同期为{a:before}]。"

    assert said(text, known=("a", "a:times", "a:growth")) == ("申报<a>，同比<a:times>。", [])
    assert said(text, known=("a", "a:before")) == ("申报<a>，上年同期为<a:before>。", [])
    assert said(text, known=("a",)) == ("申报<a>。", [Gap("概况", "同比〔a〕", ("a:times未知",))])


def test_what_is_simply_not_so_is_no_gap() -> None:
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(Section(heading="概况", sentence=(SentenceDefinition(text="申报{a}[，{a:high}]。"),)),),
    )

    composed, gaps = compose(
        outline, words=WORDS, say=lambda slot: ("5家" if slot.aspect == "level" else None, ""), label=lambda _slot: ""
    )

    assert (composed[0].paragraphs, gaps) == ((("申报5家。",),), [])


OMITTED = [
    (
        "the next item opens the list",
        "兑现{a}[，其中奖补{b}][、创新券{c}][、补贴{d}]。",
        ("a", "c", "d"),
        "兑现<a>，其中创新券<c>、补贴<d>。",
    ),
    (
        "the first item that is said opens it",
        "兑现{a}[，其中奖补{b}][、创新券{c}][、补贴{d}]。",
        ("a", "d"),
        "兑现<a>，其中补贴<d>。",
    ),
    ("no mark at the beginning", "[申报{a}][，立项{b}][，验收{c}]。", ("c",), "验收<c>。"),
    ("no mark behind a mark", "全年，[申报{a}][，立项{b}]。", ("b",), "全年，立项<b>。"),
    ("the first item of an open list", "新认定[省级{b}][、市级{c}]。", ("c",), "新认定市级<c>。"),
    ("no mark before the end", "申报{a}；[其中发明{b}]。", ("a",), "申报<a>。"),
    ("nothing known", "全年[申报{a}][，立项{b}]。", (), ""),
]


@pytest.mark.parametrize("story, text, known, expected", OMITTED)
def test_no_clause_begins_wrong_behind_one_that_was_left_out(
    story: str, text: str, known: tuple[str, ...], expected: str
) -> None:
    assert said(text, known=known)[0] == expected


def test_headings_are_numbered_by_what_is_said() -> None:
    def section(heading: str, text: str, level: int = 1) -> Section:
        return Section(heading=heading, level=level, sentence=(SentenceDefinition(text=text),) if text else ())

    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(
            section("一、企业", ""),
            section("（一）高企", "申报{a}。", 2),
            section("平台", "新建{b}。", 2),
            section("人才", "引进{c}。", 2),
            section("空的", ""),
            section("也空", "申报{b}。", 2),
            section("打算", "再接再厉。"),
        ),
    )

    composed, _gaps = compose(
        outline, words=WORDS, say=lambda slot: (None, "未知") if slot.code == "b" else ("1", ""), label=lambda _slot: ""
    )

    assert [each.heading for each in composed] == ["一、企业", "（一）高企", "（二）人才", "二、打算"]


def test_a_sentence_may_begin_a_paragraph() -> None:
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(
            Section(
                heading="一",
                sentence=(SentenceDefinition(text="甲。"), SentenceDefinition(text="乙。", new_paragraph=True)),
            ),
        ),
    )

    composed, _gaps = compose(outline, words=WORDS, say=lambda _slot: (None, ""), label=lambda _slot: "")

    assert composed[0].paragraphs == (("甲。",), ("乙。",))


def test_an_outline_says_a_share_of_a_whole_only() -> None:
    def indicator(code: str, **where: str) -> Indicator:
        return Indicator(
            code=code,
            label=Label(code, code),
            meaning=Label(code, code),
            unit="件",
            nature="flow",
            source="",
            of="patent",
            where=where,
            events=("applied",),
        )

    known = [indicator("part", form="invention"), indicator("whole"), indicator("other", form="design")]
    text = "占{part:share:whole}，占{part:share:other}，占{other:share:part}。"
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(Section(sentence=(SentenceDefinition(text=text),)),),
    )
    catalogue = Catalogue(
        {
            "outline": [DefinitionEntry("outline", outline, {}, "outlines.toml")],
            "indicator": [DefinitionEntry("indicator", each, {}, "indicators.toml") for each in known],
        }
    )

    issues = [str(issue) for issue in rules.sentences_can_be_read(catalogue)]
    assert [("'part' in 'other'" in each, "'other' in 'part'" in each) for each in issues] == [(1, 0), (0, 1)]


def test_an_outline_is_for_kinds_of_period_there_are() -> None:
    outline = Outline(
        code="t", label=Label("甲", "a"), title="题", issuer="局", section=(), periods=("year", "fortnight")
    )
    catalogue = Catalogue({"outline": [DefinitionEntry("outline", outline, {}, "outlines.toml")]})

    (unknown,) = (str(issue) for issue in rules.periods_are_known(catalogue))
    assert "periods: 'fortnight' is none of year, first_half" in unknown


@pytest.mark.parametrize(
    "span, inside, outside",
    [
        ("year", "2025", "2024-07..2025-06"),
        ("first_half", "2025-H1", "2025-H2"),
        ("half", "2025-H2", "2025-03..2025-08"),
        ("quarter", "2025-Q4", "2025-02..2025-04"),
        ("month", "2025-03", "2025-03-31"),
    ],
)
def test_a_kind_of_period_holds_its_own(span: str, inside: str, outside: str) -> None:
    holds = rules.SPANS[span].holds

    assert (holds(Period.parse(inside)), holds(Period.parse(outside))) == (True, False)


def test_the_outlines_of_the_packs_hold_no_numeral() -> None:
    """The check of the pack itself, seen to fail."""
    outline = Outline(
        code="t",
        label=Label("甲", "a"),
        title="题",
        issuer="局",
        section=(Section(heading="甲", sentence=(SentenceDefinition(text="新增3家，实施“十四五”规划，申报{a}。"),)),),
    )
    catalogue = Catalogue({"outline": [DefinitionEntry("outline", outline, {}, "outlines.toml")]})

    (numeral,) = (str(issue) for issue in rules.prose_holds_no_numeral(catalogue))
    assert numeral.startswith("outlines.toml: [[outline]] t: the numeral '3家' in ")
    unknown = [str(issue) for issue in rules.sentences_can_be_read(catalogue)]
    assert len(unknown) == 1 and "names unknown indicator 'a'" in unknown[0]
