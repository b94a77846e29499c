"""The typed text of a document: tokens, what stands in the way of saving, arranging, comparing."""

from datetime import date

import pytest

from xingke.press import tree
from xingke.reports import rules
from xingke.reports.rules import source
from xingke.reports.rules.source import Block, Source

TEXT = Source(
    "青溪县2025年总结",
    (
        Block("heading", "一、企业", 1),
        Block("paragraph", "高新技术企业{high_tech}，同比{high_tech:growth}。"),
        Block("heading", "（一）认定", 2),
        Block("paragraph", "认定顺利。"),
        Block("heading", "二、投入", 1),
        Block("paragraph", "投入增加。"),
    ),
)


def texts(found: Source) -> list[str]:
    return [block.text for block in found.blocks]


def test_a_source_survives_json() -> None:
    assert source.from_json(TEXT.to_json()) == TEXT


def test_text_and_figures_of_a_paragraph_come_in_order() -> None:
    assert list(source.parts(TEXT.blocks[1].text)) == [
        "高新技术企业",
        rules.Slot("high_tech", "level"),
        "，同比",
        rules.Slot("high_tech", "growth"),
        "。",
    ]
    assert source.slots(TEXT) == (rules.Slot("high_tech", "level"), rules.Slot("high_tech", "growth"))


def test_the_source_of_a_tree_has_a_token_for_each_figure() -> None:
    chip = tree.Chip(slot=1, figure="f1", text="36项", label="项目")
    document = tree.DocumentTree(
        id="d",
        title="总结",
        issuer="局",
        date="2026年1月1日",
        blocks=(tree.Heading(level=2, text="（一）"), tree.Paragraph(inlines=("立项", chip, "。"))),
    )

    found = source.of_tree(document, {"f1": "{projects}"})

    blocks = (Block("heading", "（一）", 2), Block("paragraph", "立项{projects}。"))
    assert found == Source("总结", blocks, date(2026, 1, 1))


@pytest.mark.parametrize(
    "text, day",
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("2026-02-30", None),
        ("明天", None),
        ("", None),
    ],
)
def test_the_day_of_a_text_is_read(text: str, day: date | None) -> None:
    found = source.typed("总结", [], [], text)

    assert found.dated_on == day
    assert source.from_json(found.to_json()) == found
    assert source.date_line(date(2026, 1, 5)) == "2026年1月5日"


def test_a_form_gives_blocks_and_a_line_break_ends_a_paragraph() -> None:
    found = source.typed(
        " 标\n题 ", ["heading-2", "paragraph", "paragraph"], ["（一）\r\n企业", "甲。\r\n\r\n乙\x07。", "  "]
    )

    assert found == Source(
        "标题",
        (
            Block("heading", "（一）企业", 2),
            Block("paragraph", "甲。"),
            Block("paragraph", "乙。"),
            Block("paragraph", ""),
        ),
    )


MISTAKES = [
    ("a number without evidence", "新增36项。", [("loose", "36项")]),
    ("a date is none", "2025年3月，全县{a}。", []),
    ("the place's own name is none", "三台县{a}。", []),
    ("a rank", "居全市第一位。", [("loose", "居全市第一位")]),
    ("digits that touch a figure", "近{a}。", [("touching", "近{a}。")]),
    ("braces that mark no figure", "{a:wonder}。", [("token", "{a:wonder}")]),
    ("a blank parts nothing", "近 {a}。", [("touching", "近 {a}。")]),
    ("a lone brace", "甲}。", [("token", "}")]),
    ("square brackets belong to outlines", "甲[，{a}]。", [("token", "["), ("token", "]")]),
    ("two in one paragraph, in reading order", "{b:x}和12家。", [("token", "{b:x}"), ("loose", "12家")]),
]


@pytest.mark.parametrize("story, typed, expected", MISTAKES)
def test_what_stands_in_the_way_of_saving_is_named_with_its_place(
    story: str, typed: str, expected: list[tuple[str, str]]
) -> None:
    found = source.mistakes(Source("总结", (Block("paragraph", typed),)), terms=("三台县",))

    assert [(each.kind, each.text) for each in found] == expected
    assert all(typed[each.start : each.end] == each.text and each.block == 0 for each in found)


def test_a_heading_needs_words_and_holds_no_figure_and_the_title_no_number() -> None:
    found = source.mistakes(Source("12项成果", (Block("heading", " ", 1), Block("heading", "企业{a}", 1))), terms=())

    assert [(each.kind, each.block) for each in found] == [("loose", -1), ("empty", 0), ("heading", 1)]


def test_the_title_needs_words_and_holds_no_braces() -> None:
    assert [each.kind for each in source.mistakes(Source("", ()), terms=())] == ["empty"]
    assert [each.text for each in source.mistakes(Source("总结{a}", ()), terms=())] == ["{", "}"]


def test_what_is_too_long_is_kept_whole_and_told_of() -> None:
    text = source.typed("题", ["paragraph"], ["\n".join(["乙" * (source.LONGEST + 1), *["甲"] * source.MOST])])

    assert len(text.blocks) == source.MOST + 1
    assert [(each.kind, each.block) for each in source.mistakes(text, terms=())] == [("long", 0), ("many", source.MOST)]


def test_forged_levels_are_first_ones_and_zero_width_characters_go() -> None:
    text = source.typed("总\u200b结", ["heading-12", "heading-"], ["一", "二"])

    assert (text.title, [block.level for block in text.blocks]) == ("总结", [1, 1])


def test_a_section_moves_with_everything_below_it() -> None:
    down = source.moved(TEXT, 0, 1)

    assert texts(down) == ["一、投入", TEXT.blocks[5].text, "二、企业", *(TEXT.blocks[at].text for at in (1, 2, 3))]
    assert source.moved(down, 2, -1) == TEXT


def test_a_paragraph_moves_one_place() -> None:
    assert texts(source.moved(TEXT, 1, 1))[1:3] == ["（一）认定", TEXT.blocks[1].text]
    assert source.moved(source.moved(TEXT, 3, -1), 2, 1) == TEXT


@pytest.mark.parametrize(("at", "by"), [(0, -1), (4, 1), (5, 1), (2, -1), (2, 1)])
def test_where_there_is_no_room_nothing_moves(at: int, by: int) -> None:
    assert source.moved(TEXT, at, by) == TEXT  # type: ignore[arg-type]


def test_a_heading_is_removed_with_its_section() -> None:
    assert texts(source.removed(TEXT, 0)) == ["一、投入", "投入增加。"]
    assert texts(source.removed(TEXT, 3))[2:4] == ["（一）认定", "二、投入"]


def test_what_is_added_stands_behind_the_block_or_its_section() -> None:
    assert source.added(TEXT, 0, "paragraph").blocks[1] == Block("paragraph", "")
    assert source.added(TEXT, 3, "heading").blocks[4] == Block("heading", "（二）", 2)
    assert source.added(Source("空", ()), -1, "heading").blocks == (Block("heading", "", 1),)


def headings(*typed: tuple[str, int]) -> Source:
    return Source("总结", tuple(Block("heading", text, level) for text, level in typed))


def test_a_new_section_between_two_others_moves_their_numbers_on() -> None:
    found = source.added(TEXT, 0, "heading")

    assert [block.text for block in found.blocks if block.is_heading] == ["一、企业", "（一）认定", "二、", "三、投入"]
    assert [each.kind for each in source.mistakes(found, terms=())] == ["empty"]  # a number alone is no heading


def test_numbers_follow_their_places_on_every_level_and_begin_anew_below_each_heading() -> None:
    typed = headings(("一、甲", 1), ("（一）乙", 2), ("1.丙", 3), ("（1）丁", 4), ("二、戊", 1), ("（一）己", 2))

    assert texts(source.moved(typed, 0, 1)) == ["一、戊", "（一）己", "二、甲", "（一）乙", "1.丙", "（1）丁"]
    many = headings(
        *((f"{mark}、章", 1) for mark in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"))
    )
    assert texts(source.removed(many, 0)) == texts(many)[:11]


def test_what_is_numbered_by_hand_or_not_at_all_stays_as_it_was_typed() -> None:
    typed = headings(("前言", 1), ("一、甲", 1), ("第三部分 乙", 1), ("二、丙", 1), ("（三）与层级不符", 1))

    assert texts(source.removed(typed, 1)) == ["前言", "第三部分 乙", "一、丙", "（三）与层级不符"]
    assert source.added(typed, 0, "heading").blocks[1] == Block("heading", "", 1)


def test_moving_a_paragraph_renumbers_nothing() -> None:
    typed = Source("总结", (Block("heading", "三、续", 1), Block("paragraph", "甲。"), Block("paragraph", "乙。")))

    assert texts(source.moved(typed, 1, 1)) == ["三、续", "乙。", "甲。"]


def test_comparing_pairs_paragraphs_that_have_much_in_common() -> None:
    lines = source.compared(
        ["一、企业", "高新技术企业36家，发展良好。", "投入增加。"],
        ["一、企业", "新写的一段。", "高新技术企业38家，发展良好。"],
    )

    assert [line.what for line in lines] == ["same", "new", "changed", "old"]
    pieces = [(piece.what, piece.text) for piece in lines[2].pieces]
    assert pieces == [
        ("same", "高新技术企业3"),
        ("old", "6"),
        ("new", "8"),
        ("same", "家，发展良好。"),
    ]
