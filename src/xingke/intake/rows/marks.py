"""What somebody says of a row besides: one more fact, a correction, numbers that are right; by a column or a tick."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop

from xingke.base.sayings import Saying, say
from xingke.intake.rows.cells import NO, YES, Headers
from xingke.intake.rows.incoming import Options, Problem, Row
from xingke.intake.sheets.forms import MARKS

ONCE_MORE = frozenset(
    {"又一笔", "又一人", "又一次", "又一项", "又一件"}
)  # one more than all that stand, whatever file it was in
NO_MARK = gettext_noop("请填“是”，或留空。")
NO_REASON = gettext_noop("请写明为什么确认无误（如“已对照受理通知书”），它会随记录保存。")


UNLESS_SURE = say("%(doubt)s确是如此的，请勾选“确认无误”并写明理由。")


def unless_sure(doubt: Saying) -> Saying:
    """A doubt about a number, and what to do where the number is right all the same."""
    return UNLESS_SURE.filled(doubt=doubt)


class Mark(NamedTuple):
    """What is said of one row. once_more: it is one more than all that stand, those of other files that say the same too.

    sure: why its doubtful numbers are right, "" where that is not said.
    """

    another: bool = False
    correction: bool = False
    sure: str = ""
    problems: Sequence[Problem] = ()
    once_more: bool = False


NONE = Mark()


class Marks:
    """What the columns and the ticks say of the rows of a file."""

    def __init__(self, headers: Headers, options: Options) -> None:
        self._headers = headers
        self._another, self._correction, self._sure = (
            frozenset(options.another),
            frozenset(options.correction),
            options.sure,
        )
        self._roles = [column.to for column in MARKS if headers.place(column.to) is not None]

    def read(self, rows: Sequence[Row]) -> list[Mark]:
        """What is said of each row; almost always nothing."""
        if not self._roles and not self._another and not self._correction and not self._sure:
            return [NONE] * len(rows)
        cells = {role: self._headers.cells(rows, role, str) for role in self._roles}
        return [
            self._mark(row, {role: texts[place] for role, texts in cells.items()}) for place, row in enumerate(rows)
        ]

    def _mark(self, row: Row, texts: Mapping[str, str]) -> Mark:
        problems: list[Problem] = []

        def ticked(role: str) -> bool:
            found = said_yes(texts.get(role, ""), self._headers.called(role))
            if found is None:
                problems.append(Problem(self._headers.called(role), texts[role], NO_MARK))
            return bool(found)

        another = ticked("another") or row.number in self._another
        correction = ticked("correction") or row.number in self._correction
        is_sure = ticked("sure") or str(row.number) in self._sure
        why = self._sure.get(str(row.number), "").strip() or texts.get("reason", "").strip()
        if is_sure and not why:
            problems.append(Problem(self._headers.called("reason"), "", NO_REASON))
        once_more = texts.get("another", "").strip() in ONCE_MORE
        return Mark(another and not correction, correction, why if is_sure else "", problems, once_more)


def said_yes(text: str, header: str) -> bool | None:
    """Whether a cell is a tick: 是, √, 1, 2 …, or the column's own name; None for what is neither yes nor no."""
    word = text.strip().lower()
    if word in NO:
        return False
    return True if word in YES or word in (header, "另一笔", "更正") or word in ONCE_MORE or word.isdecimal() else None
