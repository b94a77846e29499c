"""What names are sorted by: their pinyin, sign by sign, alike in every database."""

import re

import pytest

from xingke.base.pinyin import LENGTH, SIGNS, SURNAMES, WORDS, initials, sort_key


def by_pinyin(*names: str, is_person: bool = False) -> list[str]:
    return sorted(names, key=lambda name: sort_key(name, is_person=is_person))


ORDERS = [
    ("by the first sign, then the next", ["青溪县博成", "青溪县辰邦", "青溪县明渠"], False),
    ("all of one sign before another that sounds alike", ["张三", "张珊", "章三"], True),
    ("by tone within a syllable", ["妈祖", "麻城", "马山", "骂名"], False),
    ("a shorter syllable first", ["安吉", "昂首"], False),
    ("digits, then letters among the syllables", ["3D打印", "阿里", "B公司", "常州"], False),
    ("a place is read as it is called there", ["长沙", "重庆", "六安", "厦门"], False),
    ("行 in a bank is háng", ["工行业务", "银行", "银杏"], False),
    ("surnames as surnames", ["单雄信", "解缙", "曾国藩"], True),
    ("surnames of two signs", ["单于夫", "令狐冲", "万俟卨", "尉迟恭"], True),
]


@pytest.mark.parametrize("story, names, is_person", ORDERS, ids=[story for story, *_rest in ORDERS])
def test_names_are_sorted(story: str, names: list[str], is_person: bool) -> None:
    assert by_pinyin(*reversed(names), is_person=is_person) == names


def test_a_sign_is_a_surname_only_where_a_persons_name_begins() -> None:
    assert sort_key("单雄信", is_person=True).startswith("shan4")
    assert sort_key("单县", is_person=False).startswith("shan4")  # the county in Shandong
    assert sort_key("单片机", is_person=False).startswith("dan1")
    assert sort_key("王单", is_person=True).endswith(f"dan1{ord('单'):05x}")


def test_a_key_is_letters_and_digits_which_every_collation_sorts_alike() -> None:
    for name in ("重庆（总部）·ABC 有限公司", "𠮷野家", "", "Ünïcode", "ａ１"):
        assert re.fullmatch("[a-z0-9]*", sort_key(name)), name
    assert sort_key("（ ）") == "" and len(sort_key("青" * 120)) == LENGTH


def test_what_nobody_can_read_comes_last() -> None:
    assert by_pinyin("가", "座", "阿") == ["阿", "座", "가"]


def test_every_reading_is_written_with_a_tone_for_each_sign() -> None:
    for word, said in {**SURNAMES, **SIGNS, **WORDS}.items():
        assert len(said.split()) == len(word), word
        assert all(re.fullmatch("[a-z]+[1-5]", syllable) for syllable in said.split()), word


INITIALS = [
    ("a firm, whole and without its county", "青溪县明渠传感科技有限公司", ["青溪县"], ("qxxmqcgkjyxgs", "mqcgkjyxgs")),
    ("without the word for county", "青溪明渠", ["青溪县"], ("qxmq", "mq")),
    ("named after the city it lies in", "清源市明渠", ["青溪县", "清源市"], ("qysmq", "mq")),
    ("letters and digits stand for themselves", "ABB（明渠）5G", [], ("abbmq5g",)),
    ("what names read otherwise", "重庆银行", [], ("cqyh",)),
    ("a single letter finds too much", "明", [], ()),
    ("a place and no more", "青溪县", ["青溪县"], ("qxx",)),
    ("what nobody can read is passed over", "明㗎渠", [], ("mq",)),
    ("nothing", "", [], ()),
]


@pytest.mark.parametrize("story, name, places, expected", INITIALS, ids=[each[0] for each in INITIALS])
def test_a_name_has_initials(story: str, name: str, places: list[str], expected: tuple[str, ...]) -> None:
    assert initials(name, places=places) == expected


def test_a_surname_is_read_as_one() -> None:
    assert initials("单明远", is_person=True) == ("smy",)
    assert initials("单明远") == ("dmy",)
