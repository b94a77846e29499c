"""What a sheet says once for several rows: cells merged downwards, and 同上. Text is filled in, a sum never."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xingke.base.sayings import Saying, say
from xingke.press.cells import Area, Note, Remark, address, letters

DITTO = frozenset(
    {
        *("同上", "同 上", "同前", "上同", "如上", "同上行", "（同上）", "(同上)", "同上。", "ditto", "Ditto", "do."),
        *("〃", "″", "〞", "″″", '"', "“", "”", "„", "''", "``", "′′", '""'),
    }
)
"""What people write for the value above."""

_SUM = re.compile(
    r"[约近超]?[+-]?[¥$]?\d[\d,]*(?:\.\d+)?[十百千万亿]*"
    r"(?:元|人次|人|家|件|份|项|次|套|台|个|名|亩|吨|%)?(?:余|多|左右|以上)?"
)
_NAMED_BY_NUMBER = re.compile(r"号|码|编|年|月|日|期|时间|序|电话|手机|邮|code|year|period|number|date|day|^no", re.I)
_COUNTED = re.compile(r"额|金|费|款|价|元|数|量|人次")

_FILLED = say("所在的 %(where)s 是合并单元格，各行都按“%(text)s”读入")
_ACROSS = say("所在的 %(where)s 是横向合并的单元格，“%(text)s”算作 %(column)s 列的内容")
_SHARED = say("所在的 %(where)s 是合并单元格，一个数“%(text)s”对着几行，不知道各行多少；请取消合并，逐行填写")
_COVERED = say("所在的 %(where)s 是合并单元格，下面还压着另一个值；请取消合并，核对后逐行填写")
_DITTO = say("“%(sign)s”按上一行的“%(text)s”读入")
_DITTO_SUM = say("“%(sign)s”不能代替数字“%(text)s”；请逐行填写")
_DITTO_NOTHING = say("“%(sign)s”的上一行没有值；请逐行填写")


def is_sum(text: str, header: str) -> bool:
    """Whether a cell is an amount or a count, which belongs to one row; a number that names something is none."""
    if not _SUM.fullmatch("".join(unicodedata.normalize("NFKC", text).split())):
        return False
    return bool(_COUNTED.search(header)) or not _NAMED_BY_NUMBER.search(header)


@dataclass(slots=True)
class _Open:
    """A merged area whose first row has gone by."""

    area: Area
    text: str
    is_sum: bool
    damage: Note | None  # of its value
    is_told: bool = False

    @property
    def where(self) -> str:
        (top, left), (bottom, right) = self.area
        return f"{address(top, left)}:{address(bottom, right)}"


class Filler:
    """Fills rows in as they go by, from above. after: the last row of the header."""

    def __init__(self, merged: Sequence[Area], header: Sequence[str], *, after: int) -> None:
        self.header = header
        self._coming = sorted((area for area in merged if area[0][0] > after), reverse=True)
        self._open: list[_Open] = []
        self._above: list[str] = []
        self._lost: dict[int, Note] = {}  # of the row above, what was lost

    def fill(self, number: int, cells: list[str], notes: Sequence[Note]) -> list[Note]:
        """Fill a row, as wide as the header, in; ``notes`` are those on it. Returns what there is to say."""
        found: list[Note] = []
        lost = {note.column: note for note in notes if note.is_damaging} if notes else {}
        if self._open or self._coming:
            found += self._merged(number, cells, lost)
        if not DITTO.isdisjoint(cells):
            found += self._repeated(number, cells, lost)
        if cells.count("") < len(cells) - 1 or len(cells) < 3:  # a line of one cell is no row to repeat
            self._above, self._lost = cells, lost
        return found

    def _merged(self, number: int, cells: list[str], lost: dict[int, Note]) -> Iterator[Note]:
        while self._coming and self._coming[-1][0][0] <= number:
            area = self._coming.pop()
            (top, left), _end = area
            if top == number and left < len(cells) and cells[left]:
                opened = _Open(area, cells[left], is_sum(cells[left], self.header[left]), lost.get(left))
                self._open.append(opened)
                yield from self._across(opened, cells)
        self._open = [each for each in self._open if each.area[1][0] >= number]
        for each in self._open:
            if each.area[0][0] < number:
                yield from self._down(each, number, cells, lost)

    def _across(self, each: _Open, cells: Sequence[str]) -> Iterator[Note]:
        (top, left), (_bottom, right) = each.area
        if right == left:
            return
        text = _ACROSS.filled(where=each.where, text=each.text[:40], column=letters(left))
        yield Note(Remark.MERGED, top, left, text)
        for column in range(left + 1, min(right + 1, len(cells))):
            if cells[column]:
                yield Note(Remark.COVERED, top, column, _COVERED.filled(where=each.where))

    def _down(self, each: _Open, number: int, cells: list[str], lost: dict[int, Note]) -> Iterator[Note]:
        (top, left), _end = each.area
        if each.is_sum:
            shared = _SHARED.filled(where=each.where, text=each.text[:40])
            if not each.is_told:
                yield Note(Remark.SHARED, top, left, shared)
            yield Note(Remark.SHARED, number, left, shared)
        elif cells[left] not in ("", each.text):
            yield Note(Remark.COVERED, number, left, _COVERED.filled(where=each.where))
        else:
            cells[left] = each.text
            if each.damage is not None:
                lost[left] = again = Note(each.damage.remark, number, left, each.damage.text)
                yield again
            elif not each.is_told:
                yield Note(Remark.MERGED, top, left, _FILLED.filled(where=each.where, text=each.text[:40]))
        each.is_told = True

    def _repeated(self, number: int, cells: list[str], lost: dict[int, Note]) -> Iterator[Note]:
        for column, sign in enumerate(cells):
            if sign not in DITTO:
                continue
            text = self._above[column] if column < len(self._above) else ""
            if not text or text in DITTO:
                yield self._unclear(_DITTO_NOTHING.filled(sign=sign), number, column, lost)
            elif is_sum(text, self.header[column]):
                yield self._unclear(_DITTO_SUM.filled(sign=sign, text=text[:40]), number, column, lost)
            else:
                cells[column] = text
                yield Note(Remark.DITTO, number, column, _DITTO.filled(sign=sign, text=text[:40]))
                if column in self._lost:
                    lost[column] = again = Note(self._lost[column].remark, number, column, self._lost[column].text)
                    yield again

    def _unclear(self, text: Saying, number: int, column: int, lost: dict[int, Note]) -> Note:
        lost[column] = note = Note(Remark.UNCLEAR, number, column, text)
        return note
