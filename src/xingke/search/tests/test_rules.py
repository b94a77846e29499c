"""How text is cut, how a question is cut, and what both databases are asked."""

import pytest

from xingke.search import rules
from xingke.search.rules import Asked, Piece

CUTS = [
    ("pairs of neighbouring characters, the last one alone", "电池组", "电池 池组 组"),
    ("other words whole", "明渠GR2023号", "明渠 渠 gr2023 号"),
    ("full-width letters are letters", "ＧＲ２０２３", "gr2023"),
    ("marks part words", "2023-10012345.X（发明）", "2023 10012345 x 发明 明"),
    ("one character", "县", "县"),
    ("nothing", "……——", ""),
]


@pytest.mark.parametrize("story, text, expected", CUTS)
def test_a_text_is_cut_for_the_index(story: str, text: str, expected: str) -> None:
    assert rules.cut(text) == expected


QUESTIONS = [
    ("a word of two characters", "电池", ("电池",)),
    ("a sentence without blanks", "高新技术企业电池", ("高新技术", "企业", "电池")),
    ("a name the dictionary does not know stays whole", "智旺科技", ("智旺", "科技")),
    ("a character alone stays with its neighbour", "新材料", ("新材料",)),
    ("or with the one before", "青溪县电池", ("青溪县", "电池")),
    ("letters and digits", "GR2023 明渠", ("gr2023", "明渠")),
    ("little words say nothing", "电池的专利", ("电池", "专利")),
    ("a word asked for twice", "电池 电池", ("电池",)),
    ("marks only", "\"*():^-'; &|!<>{}", ()),
    ("nothing", "   ", ()),
]


@pytest.mark.parametrize("story, text, expected", QUESTIONS)
def test_a_question_is_cut_into_words(story: str, text: str, expected: tuple[str, ...]) -> None:
    assert rules.asked(text).words == expected


def test_an_endless_question_is_cut_off() -> None:
    assert len(rules.asked(" ".join(f"词{number}" for number in range(99))).words) == rules.MOST


IDENTIFIERS = [
    ("a credit code", "91620722MA1QX1234X", "91620722ma1qx1234x"),
    ("a patent, as its certificate writes it", "ZL 2023 1 0012345.X", "202310012345x"),
    ("a paper's number", "青科〔2025〕12号", "青科202512号"),
]


@pytest.mark.parametrize("story, text, expected", IDENTIFIERS)
def test_official_numbers_are_compared_without_their_marks(story: str, text: str, expected: str) -> None:
    assert rules.identifier(text) == expected


def test_a_question_may_be_a_number_if_it_is_long_enough_and_has_digits() -> None:
    assert rules.asked("GR2023").number == "gr2023"
    assert rules.asked("GR2").number == rules.asked("电池电池").number == ""


LANGUAGES = [
    ("a pair", Asked(("电池",)), '"电池"', "('电池')"),
    ("pairs in a row", Asked(("高新技术",)), '"高新 新技 技术"', "('高新' <-> '新技' <-> '技术')"),
    ("words that must all occur", Asked(("电池", "组")), '"电池" AND "组"*', "('电池') & ('组':*)"),
    ("a number's beginning", Asked(("gr2023",), "gr2023"), '("gr2023"*) OR "gr2023"*', "(('gr2023':*)) | 'gr2023':*"),
]


@pytest.mark.parametrize("story, asked, fts5, tsquery", LANGUAGES)
def test_both_databases_are_asked_the_same(story: str, asked: Asked, fts5: str, tsquery: str) -> None:
    assert (asked.fts5(), asked.tsquery()) == (fts5, tsquery)


def test_names_only_is_a_weight_on_postgresql() -> None:
    assert Asked(("电池", "5g")).tsquery("A") == "('电池':A) & ('5g':*A)"


def test_what_was_found_is_marked_as_it_is_written() -> None:
    assert rules.marked("锂电池组 GR2023", ("电池", "gr2023")) == [
        Piece("锂"),
        Piece("电池", True),
        Piece("组 "),
        Piece("GR2023", True),
    ]
    assert rules.marked("(电池)", ("(",)) == [Piece("(", True), Piece("电池)")]


def test_of_a_long_text_the_piece_around_the_first_word_is_shown() -> None:
    text = "一" * 100 + "研发投入" + "二" * 200

    assert rules.passage(text, ("研发",)) == "…" + "一" * 40 + "研发投入" + "二" * 76 + "…"
    assert rules.passage(text, ("电池",)) == ""


SHORT = {"高企": ("高新技术企业", "高新技术企业数"), "PCT": ("PCT国际专利",), "众创": ("众创空间",)}


def test_a_short_name_is_found_where_it_stands_in_full() -> None:
    found = rules.asked("高企认定 传感", SHORT)

    assert (found.words, found.instead) == (("高企", "认定", "传感"), (("高新技术企业",), (), ()))
    assert found.fts5() == '("高企" OR "高新 新技 技术 术企 企业") AND "认定" AND "传感"'
    assert found.tsquery("A") == (
        "(('高企':A) | ('高新':A <-> '新技':A <-> '技术':A <-> '术企':A <-> '企业':A)) & ('认定':A) & ('传感':A)"
    )
    assert found.marks == ("高企", "认定", "传感", "高新技术企业")


def test_what_holds_the_short_name_anyway_is_no_other_wording() -> None:
    assert rules.asked("众创", SHORT).instead == ()
    assert rules.asked("高新技术企业", SHORT).instead == ()


QUOTED = [
    ("a patent with its country", "CN202310123456.7", "2023101234567"),
    ("a patent as granted", "ZL202310123456.7", "2023101234567"),
    ("a certificate that begins so", "CNAS12345", "cnas12345"),
]


@pytest.mark.parametrize("story, text, number", QUOTED)
def test_the_letters_a_number_is_quoted_with_are_left_out(story: str, text: str, number: str) -> None:
    assert rules.asked(text).number == number


def test_a_former_name_in_brackets_is_not_asked_for() -> None:
    assert rules.asked("明渠科技（原青溪电子厂）").words == ("明渠", "科技")
    assert rules.asked("（原青溪电子厂）").words != ()
