"""Headings: how they are numbered, and that none stands without a text."""

import re
from collections.abc import Sequence

_MARKS = {
    1: r"[一二三四五六七八九十]+、",
    2: r"（[一二三四五六七八九十]+）",
    3: r"[0-9]{1,2}[.．](?![0-9])",
    4: r"（[0-9]{1,2}）",
}
_NUMBER = re.compile(f"^(?:{'|'.join(_MARKS.values())})")
_DIGITS = "〇一二三四五六七八九"


def unnumbered(heading: str) -> str:
    """A heading without its number."""
    return _NUMBER.sub("", heading)


def is_numbered(heading: str, level: int) -> bool:
    """Whether a heading begins with a number as its level has it."""
    return re.match(_MARKS[level], heading) is not None


def renumbered(headings: Sequence[tuple[str, int]]) -> list[str]:
    """Headings (text, level) with the numbers of their places: those that have one. The others stay and do not count."""
    count = Count()
    found = []
    for text, level in headings:
        numbered = is_numbered(text, level)
        found.append(count.mark(level) + unnumbered(text) if numbered else text)
        if not numbered:
            count.begin_below(level)
    return found


class Count:
    """The numbers of headings, one after the other."""

    def __init__(self) -> None:
        self._reached = [0] * 5

    def mark(self, level: int) -> str:
        """The number of the next heading of a level."""
        self._reached[level] += 1
        self.begin_below(level)
        number = self._reached[level]
        marks = {1: f"{_chinese(number)}、", 2: f"（{_chinese(number)}）", 3: f"{number}.", 4: f"（{number}）"}
        return marks[level]

    def begin_below(self, level: int) -> None:
        """Begin anew below a heading."""
        self._reached[level + 1 :] = [0] * (4 - level)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
