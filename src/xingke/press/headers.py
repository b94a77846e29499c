"""Which row of a table is its header, by the words that are known in headers; and two header rows made one."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from xingke.press.cells import Area

LOOK_AHEAD = 60  # rows that may stand above the row of known words
_FULLEST_AMONG = 20  # rows among which the header is sought by how full they are
ENOUGH = 2  # known words that make a row a header

_BLANK = re.compile(r"\s+")
_MARKS = re.compile(r"^[*※#]+|[*※:]+$")
_TAIL = re.compile(r"[(\[【{/:_].*$")
_UNIT = r"[十百千万亿]*(?:元|人次|人|家|件|份|项|次|套|台)"
_UNIT_TAIL = re.compile(_UNIT + "$")
_BRACKETED_UNIT = re.compile(rf"[(\[【](?:单位:?)?{_UNIT}[)\]】]$")
# what stands over several columns and leaves the meaning of each as it is
_NEUTRAL = re.compile(
    r"(?:基本|主要|相关|有关|项目|企业|单位|合同|专利|申报|申请|认定|立项|登记|承担|资质|证书|活动|人员|技术)*"
    r"(?:信息|情况|内容|概况|资料|明细|金额|经费|资金|额|时间|日期|单位|企业|项目|合同|专利|认定|登记)"
)
_NO_NAME = re.compile(r"\d{4}|\d[.,]?\d*$")
_NAME_LENGTH = 24


def plain(text: str) -> str:
    """A header as headers are compared here: half width, small letters, without blanks and marks around."""
    return _MARKS.sub("", _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower())


@dataclass(frozen=True)
class HeaderWords:
    """The words known in headers of the wanted table; none where nothing is known."""

    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, headers: Iterable[str]) -> "HeaderWords":
        """The words of headers as a form writes them."""
        return cls(frozenset(map(plain, headers)))

    @cached_property
    def written(self) -> frozenset[str]:
        """The words with brackets of either width, as cells have them: a quick look that misses other ways to write."""
        return self.known | {each.replace("(", "（").replace(")", "）") for each in self.known}

    def knows(self, text: str) -> bool:
        """Whether a header is known, its unit and what stands in brackets apart."""
        words = plain(text)
        bare = _TAIL.sub("", words)
        return bool(words) and not self.known.isdisjoint((words, bare, _UNIT_TAIL.sub("", bare)))

    def count(self, cells: Iterable[str]) -> int:
        """How many different known headers stand in a row."""
        return len({plain(text) for text in cells if text and len(text) <= 4 * _NAME_LENGTH and self.knows(text)})

    def most(self, rows: Iterable[Sequence[str]]) -> int:
        """How many stand in the row that has most of them."""
        return max(map(self.count, rows), default=0)


def header_index(rows: Sequence[Sequence[str]], words: HeaderWords) -> int:
    """The row with the most known words, the earlier of equals; without such a row, the one told by how full it is."""
    counts = [words.count(cells) for cells in rows] if words.known else [0]
    best = max(counts)
    if best >= ENOUGH or (best == 1 and all(sum(map(bool, cells)) <= 1 for cells in rows)):
        return counts.index(best)
    return _fullest(rows[:_FULLEST_AMONG])


def _fullest(rows: Sequence[Sequence[str]]) -> int:
    """The first row at least half as full as the rest: titles and 单位：万元 stand above in a cell or two.

    "The rest" is the second fullest row, so that one overlong line does not become the header.
    """
    filled = [sum(map(bool, cells)) for cells in rows]
    usual = sorted(filled)[-2] if len(filled) > 1 else filled[0]
    enough = max(min(2, max(filled)), (usual + 1) // 2)
    return next(at for at, count in enumerate(filled) if count >= enough)


_HINT = re.compile(
    r"[(\[【]?(?:必填|选填|可选|非必填|必选|文本|数字|数值|日期|年月日|yyyy[-/]mm[-/]dd|下拉选择)[)\]】]?[*]?"
)
_UNIT_ALONE = re.compile(rf"[(\[【]?(?:单位:?)?(?P<unit>{_UNIT})[)\]】]?")


def with_units(names: Sequence[str], below: Sequence[str]) -> list[str] | None:
    """The names of columns with the units that stand in the row below; None where that row holds anything else.

    Hints how to fill a column in are passed over.
    """
    found = list(names)
    for at, text in enumerate(below):
        words = plain(text)
        unit = _UNIT_ALONE.fullmatch(words)
        if text and (at >= len(names) or not names[at] or not (unit or _HINT.fullmatch(words))):
            return None
        if unit:
            found[at] = f"{names[at]}（{unit['unit']}）"
    return found if any(below) else None


# --- two rows --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two rows, one below the other, of which the upper may name several columns of the lower at once."""

    number: int  # of the upper row
    upper: Sequence[str]
    lower: Sequence[str]
    merged: Sequence[Area]

    @property
    def width(self) -> int:
        return max(len(self.upper), len(self.lower))

    def _cell(self, row: Sequence[str], column: int) -> str:
        return row[column] if column < len(row) else ""

    @property
    def spans(self) -> list[tuple[int, int]]:
        """First and last column of each merged area across columns of the upper row, but not of the whole width."""
        return [
            (left, right)
            for (top, left), (bottom, right) in self.merged
            if top == bottom == self.number and left < right and right - left + 1 < self.width
        ]

    @property
    def is_tied(self) -> bool:
        """Whether an area is merged down from the upper row into the lower."""
        return any(top <= self.number < bottom for (top, _), (bottom, _) in self.merged)

    @property
    def reaches_further(self) -> bool:
        """Whether an area of these rows is merged further down than the lower."""
        return any(top <= self.number + 1 < bottom for (top, _), (bottom, _) in self.merged)

    @property
    def parents(self) -> list[str]:
        """For each column the name that stands above it: that of its own cell, or of the area it lies in."""
        names = [self._cell(self.upper, column) for column in range(self.width)]
        for left, right in self.spans:
            names[left : right + 1] = [names[left]] * (min(right, self.width - 1) - left + 1)
        if not self.spans and not self.is_tied:
            for column in range(1, self.width):
                if not names[column] and self._cell(self.lower, column) and self._cell(self.lower, column - 1):
                    names[column] = names[column - 1]
        return names

    @property
    def is_clear(self) -> bool:
        """Whether every name of the lower row stands under a name of several columns, or under none."""
        covered = {column for left, right in self.spans for column in range(left, right + 1)}
        parents = self.parents
        for column in range(self.width):
            if not self._cell(self.lower, column) or not self._cell(self.upper, column) or column in covered:
                continue
            following = column + 1 < self.width and self._cell(self.lower, column + 1)
            if self.spans or not following or self._cell(self.upper, column + 1) or not parents[column]:
                return False
        return True

    @property
    def names_only(self) -> bool:
        """Whether the lower row holds nothing but what may be a name of a column."""
        filled = [text for text in self.lower if text]
        return bool(filled) and all(len(text) <= _NAME_LENGTH and not _NO_NAME.match(plain(text)) for text in filled)


def joined(pair: Pair, words: HeaderWords) -> list[str] | None:
    """The names of the columns under two header rows; None where it is not clear which name stands over which."""
    is_shown = bool(pair.spans) or pair.is_tied  # by areas that are merged, not only by gaps
    if not pair.names_only or pair.reaches_further or not pair.is_clear:
        return None
    names = [_name(over, pair.lower[at] if at < len(pair.lower) else "", words) for at, over in enumerate(pair.parents)]
    if not is_shown and not any(words.knows(name) for name, text in zip(names, pair.lower, strict=False) if text):
        return None
    doubled = {name for name in names if name and names.count(name) > 1}
    return [
        f"{over} {name}" if name in doubled and over and over != name else name
        for over, name in zip(pair.parents, names, strict=True)
    ]


def _name(over: str, name: str, words: HeaderWords) -> str:
    """One name of an upper and a lower one: both as one word where that is known, else the lower where the upper adds nothing."""
    if not over or not name or over == name:
        return name or over
    unit = _BRACKETED_UNIT.search(unicodedata.normalize("NFKC", over))
    bare = over[: unit.start()] if unit else over
    tail = f"（{unit[0][1:-1]}）" if unit and plain(name) == _TAIL.sub("", plain(name)) else ""
    if words.knows(bare + name):
        return bare + name + tail
    if words.knows(name) and (words.knows(over) or _NEUTRAL.fullmatch(plain(bare))):
        return name + tail
    return f"{over} {name}"
