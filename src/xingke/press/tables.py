"""Rows told apart into what stands above the header, the header, and what stands below it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from xingke.base.sayings import Saying, kept, say
from xingke.press.cells import Area, Note, Remark, address, is_secret, letters, secrecy_mark, sentence
from xingke.press.delimited import RawRow
from xingke.press.filling import Filler
from xingke.press.headers import ENOUGH, LOOK_AHEAD, HeaderWords, Pair, header_index, joined, with_units
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable

CELL_LIMIT = 32_767  # characters of one cell: what Excel holds
_HEAD_ROWS = 5  # rows in which a marking of secrecy counts without a star
_BATCH, _BATCH_TEXT = 200, 1 << 20  # rows in a message; characters after which it ends early


class FoundTable:
    """One sheet's rows, of which the header is found.

    header: a name for each column, of two header rows made one where they were two. header_row: the row that was taken
    for it. above: what stands over it, cell by cell.
    """

    def __init__(
        self, rows: Iterable[RawRow], merged: Sequence[Area], limits: Limits, *, words: HeaderWords, is_csv: bool
    ) -> None:
        self.limits = limits
        self.is_csv = is_csv
        self.merged = merged
        rows = _bounded(rows)
        ahead = list(islice(rows, LOOK_AHEAD))
        if not ahead:
            raise Unreadable(say("文件是空的，没有可导入的内容。"))
        for index, (number, cells, _) in enumerate(ahead):
            if index < _HEAD_ROWS or number <= _HEAD_ROWS:
                _refuse_secret(cells)
        at = header_index([cells for _, cells, _ in ahead], words)
        self._above = ahead[:at]
        self.header_row, named, self._header_notes = ahead[at]
        self._last_row = self.header_row
        names = list(named)
        taken = at + 1
        if at and (over := self._under_names(ahead[at - 1], names, words)):
            names = over
        elif taken < len(ahead) and (units := with_units(names, ahead[taken][1])):
            names, taken = units, taken + 1
            self._last_row = ahead[at + 1][0]
        elif taken < len(ahead) and (pair := self._over_names(names, ahead[taken])):
            names = joined(pair, words) or self._refuse_two_rows(ahead[taken][0])
            self._last_row = ahead[taken][0]
            self._header_notes = [*self._header_notes, *ahead[taken][2]]
            taken += 1
        self.header = _trimmed(["".join(name.split("\n")) for name in names])
        self._refuse_wide()
        self._written = words.written
        self._filler = Filler(merged, self.header, after=self._last_row)
        self._rows = chain(ahead[taken:], rows)

    @property
    def above(self) -> list[str]:
        """The texts over the header, from the top."""
        return [text for _, cells, _ in self._above for text in cells if text]

    def _refuse_wide(self) -> None:
        if len(self.header) > self.limits.columns:
            count, most = len(self.header), self.limits.columns
            raise Unreadable(
                say("表格有 %(count)s 列，超过 %(most)s 列的上限；请删除多余的列。", count=count, most=most)
            )

    def _refuse_two_rows(self, other: int) -> list[str]:
        raise Unreadable(
            say(
                "表头占了两行（第 %(one)s 行和第 %(other)s 行），分不清哪个名称管哪一列；"
                "请合并成一行，每列一个名称，不要合并单元格。",
                one=self.header_row,
                other=other,
            )
        )

    def _over_names(self, names: list[str], following: RawRow) -> Pair | None:
        """The header and the row below it, where that belongs to the header too."""
        number, below, _ = following
        if number != self.header_row + 1 or not self._is_doubled(names, number, below):
            return None
        return Pair(self.header_row, names, below, self.merged)

    def _is_doubled(self, names: Sequence[str], number: int, below: Sequence[str]) -> bool:
        """Whether the row below belongs to the header: areas merged across both, or gaps in one filled by the other."""
        if any(top <= self.header_row < bottom and number <= bottom for (top, _), (bottom, _) in self.merged):
            return True
        filled = {column for column, text in enumerate(below) if text}
        if any(_is_number(below[column]) for column in filled):
            return False
        for (top, left), (_, right) in self.merged:
            if top == self.header_row and right > left and filled & set(range(left + 1, right + 1)):
                return True
        named = {column for column, text in enumerate(names) if text}
        return bool({each for each in filled - named if each < len(names)}) and bool(named - filled)

    def _under_names(self, upper: RawRow, names: list[str], words: HeaderWords) -> list[str] | None:
        """The header with the names that stand over several of its columns, where the row above holds such."""
        number, cells, _ = upper
        pair = Pair(number, cells, names, self.merged)
        is_title = any(set(":：") & set(text) or any(map(str.isdigit, text)) for text in cells)
        if number != self.header_row - 1 or is_title or sum(map(bool, cells)) < 2 or not (pair.spans or pair.is_tied):
            return None
        found = joined(pair, words)
        if found is not None:
            self._above = self._above[:-1]
        return found

    def messages(self, notes: list[Note]) -> Iterator[dict[str, Any]]:
        """Rows in batches, each with its notes."""
        pending = [*notes, *self._notes_above(), *self._header_notes]
        teller = _Teller(self.limits)
        rows = self._data_rows(pending)
        while batch := list(_batch(rows)):
            yield {
                "numbers": [number for number, _ in batch],
                "rows": [cells for _, cells in batch],
                "notes": teller.told(pending),
            }
            pending.clear()
        yield {"notes": [*teller.told(pending), *teller.untold()]}

    def _data_rows(self, pending: list[Note]) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header, as wide as it is; what there is to say goes to ``pending``."""
        unnamed: set[int] = set()
        for count, (number, cells, notes) in enumerate(self._rows, 1):
            if count > self.limits.rows:
                raise Unreadable(say("文件超过 %(most)s 行，请分成几个文件导入。", most=f"{self.limits.rows:,}"))
            pending += notes
            if not self._written.isdisjoint(cells):
                self._refuse_second_header(number, cells)
            fitted = self._fitted(number, cells, unnamed, pending)
            pending += self._filler.fill(number, fitted, notes)
            yield number, fitted

    def _refuse_second_header(self, number: int, cells: Sequence[str]) -> None:
        """Another table below this one, whose rows would be read under the wrong names."""
        filled = [(at, text) for at, text in enumerate(cells) if text]
        known = sum(text in self._written for _, text in filled)
        if known < ENOUGH or 2 * known < len(filled):
            return
        if any(at >= len(self.header) or self.header[at] != text for at, text in filled):
            raise Unreadable(
                say(
                    "第 %(other)s 行又是一行表头，和第 %(one)s 行的不同；一张工作表请只放一张表，分开后再导入。",
                    other=number,
                    one=self.header_row,
                )
            )

    def _notes_above(self) -> Iterator[Note]:
        for number, cells, _ in self._above:
            column = next(at for at, text in enumerate(cells) if text)
            skipped = say("表头之前的“%(text)s”没有作为数据读入", text=cells[column][:40])
            yield Note(Remark.SKIPPED, number, column, skipped)
        if self._last_row != self.header_row:
            both = say("第 %(one)s 行和第 %(other)s 行合起来作为表头", one=self.header_row, other=self._last_row)
            yield Note(Remark.MERGED, self.header_row, 0, both)
            return
        for (top, left), (bottom, right) in self.merged:
            if top <= self.header_row <= bottom:
                where = f"{address(top, left)}:{address(bottom, right)}"
                named = say("表头 %(where)s 是合并单元格，只有 %(column)s 列有名称", where=where, column=letters(left))
                yield Note(Remark.MERGED, top, left, named)

    def _fitted(self, number: int, cells: list[str], unnamed: set[int], pending: list[Note]) -> list[str]:
        """A row as wide as the header."""
        width = len(self.header)
        if len(cells) == width:
            return cells
        if len(cells) < width:
            return cells + [""] * (width - len(cells))
        beyond = next((at for at in range(width, len(cells)) if cells[at]), None)
        if beyond is not None and self.is_csv:
            pending.append(Note(Remark.SHIFTED, number, beyond, sentence(Remark.SHIFTED, "")))
        elif beyond is not None and beyond not in unnamed:
            unnamed.add(beyond)
            text = say("%(column)s 列没有列名，其中的内容没有读入", column=letters(beyond))
            pending.append(Note(Remark.OUTSIDE, number, beyond, text))
        return cells[:width]


def _bounded(rows: Iterable[RawRow]) -> Iterator[RawRow]:
    """The rows, none of whose cells holds more than a spreadsheet's can. Raises Unreadable naming the cell."""
    for row in rows:
        number, cells, _notes = row
        if cells and max(map(len, cells)) > CELL_LIMIT:
            column = next(at for at, text in enumerate(cells) if len(text) > CELL_LIMIT)
            raise Unreadable(
                say(
                    "%(cell)s 格有 %(count)s 个字，超过电子表格一格 %(most)s 个字的上限；请检查是否贴错了内容。",
                    cell=address(number, column),
                    count=f"{len(cells[column]):,}",
                    most=f"{CELL_LIMIT:,}",
                )
            )
        yield row


def _batch(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The next rows that make one message."""
    size = 0
    for each in islice(rows, _BATCH):
        yield each
        size += sum(map(len, each[1]))
        if size > _BATCH_TEXT:
            return


class _Teller:
    """Chooses the notes that are handed back: every damaging one, of the others so many."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.kept = self.damaged = self.left_out = 0
        self.last: Note | None = None

    def told(self, notes: Iterable[Note]) -> list[list[Any]]:
        """Notes as they travel. Raises Unreadable where too much is damaged."""
        told = []
        for note in notes:
            if note.is_damaging:
                self.damaged += 1
                if self.damaged > self.limits.damaged:
                    raise Unreadable(
                        say(
                            "超过 %(most)s 个单元格的值不可用，如 %(cell)s：%(note)s。",
                            most=self.limits.damaged,
                            cell=note.cell,
                            note=note.text,
                        )
                    )
            elif self.kept >= self.limits.notes:
                self.left_out, self.last = self.left_out + 1, note
                continue
            else:
                self.kept += 1
            told.append(_travelling(note.remark, note, note.text))
        return told

    def untold(self) -> list[list[Any]]:
        """One note for those that were left out."""
        if self.last is None:
            return []
        text = say("另有 %(count)s 处提示没有列出，最后一处：%(last)s", count=self.left_out, last=self.last.text)
        return [_travelling(Remark.UNTOLD, self.last, text)]


def _travelling(remark: Remark, note: Note, text: Saying) -> list[Any]:
    return [remark, note.row, note.column, kept(text)]


def _refuse_secret(cells: Sequence[str]) -> None:
    for text in cells:
        if mark := secrecy_mark(text, is_at_head=True):
            raise Unreadable(is_secret(mark))


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace("%", "").lstrip("+-").replace(".", "", 1).isdecimal()
