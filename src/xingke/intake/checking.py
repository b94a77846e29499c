"""Rows read completely, held against the ledger, outside any transaction. Nothing half understood is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.intake.reading import IncomingTable
from xingke.intake.rows.figures import FigureReader
from xingke.intake.rows.incoming import (
    FILED,
    REJECTED,
    WAITING,
    Options,
    Problem,
    Row,
    RowReader,
    counted,
    refuse_repeats,
)
from xingke.intake.rows.named import NamedReader
from xingke.intake.sheets.columns import Understood, understand
from xingke.intake.sheets.forms import OBSERVATION, SheetForm
from xingke.ledger import kinds
from xingke.press.cells import letters
from xingke.registry import queries as registry

Step = Callable[[int, int, str], None]  # done, total, message: see base.jobs.Work.step
READING, CHECKING, STAGING, FILING = (
    gettext_noop("正在读取文件。"),
    gettext_noop("正在逐行核对。"),
    gettext_noop("正在保存核对结果。"),
    gettext_noop("正在登记。"),
)


def silent(_done: int, _total: int, _said: str) -> None:
    """Nobody wants to know how far it is."""


# ── reading a file ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CheckedRows:
    """Rows with what would become of them, as of a number of the counter, and who reads them."""

    rows: Sequence[Row]
    seq: int
    reader: RowReader
    understood: Understood

    @property
    def counts(self) -> dict[str, int]:
        return counted(self.rows)

    @property
    def ready(self) -> list[Row]:
        """The rows that filing would write."""
        return [row for row in self.rows if row.outcome in FILED]


def sheet_form(code: str) -> SheetForm:
    """A form of spreadsheet by its code. Raises Refused for one that is not loaded."""
    found = registry.catalogue("sheet").get(kinds.current(code))
    if found is None:
        known = tuple(sorted(registry.catalogue("sheet")))
        raise Refused(say("没有名为“%(code)s”的表格；可用：%(known)s。", code=code, known=known))
    form: SheetForm = found.value
    return form


def reader_of(
    form: SheetForm, header: Sequence[str], *, by: User, options: Options, source: str = ""
) -> tuple[RowReader, Understood]:
    """Who reads the rows below a header. source: the file's name. Raises Refused where the header will not do."""
    understood = understand(form, header, registry.units(), options.above)
    made = FigureReader if form.kind == OBSERVATION else NamedReader
    return made(form, understood, by=by, options=options, source=source), understood


def check_rows(
    rows: Sequence[Row],
    reader: RowReader,
    understood: Understood,
    damage: Mapping[int, Sequence[tuple[int, Saying]]],
    step: Step = silent,
) -> CheckedRows:
    """Read every row completely and hold what holds against the ledger. Writes nothing."""
    seq = current_seq()
    whole = [row for row in rows if not _refuse_damaged(row, understood, damage.get(row.number, ()))]
    reader.read(whole, lambda done: step(done, len(rows), CHECKING))
    refuse_repeats(rows, reader, understood)
    reader.compare([row for row in rows if not row.problems])
    for row in rows:
        if row.problems and row.outcome != WAITING:
            row.outcome = REJECTED
    return CheckedRows(rows, seq, reader, understood)


def _refuse_damaged(row: Row, understood: Understood, damage: Sequence[tuple[int, Saying]]) -> bool:
    """A cell whose value was lost in the spreadsheet is never used, whatever could be made of it."""
    if damage:
        used = {taken.place for taken in understood.taken.values()}
        for place, sentence in damage:
            if place < 0:  # the whole row is shifted
                row.problems.append(Problem.of(letters(-1 - place), "", sentence))
            elif place in used:
                row.problems.append(Problem.of(understood.header[place], row.cells[place], sentence))
    return bool(row.problems)


# ── the stage ───────────────────────────────────────────────────────────────────────────────────────────────────────


def check_table(
    form: SheetForm, table: IncomingTable, *, file_name: str, by: User, options: Options, step: Step = silent
) -> CheckedRows:
    try:
        reader, understood = reader_of(form, table.header, by=by, options=options, source=file_name)
    except Refused as refusal:
        raise Refused(say("%(why)s（%(where)s）", why=refusal.saying, where=table.where)) from None
    rows = [Row(number, cells) for number, cells in zip(table.numbers, table.rows, strict=True)]
    return check_rows(rows, reader, understood, table.damage, step)
