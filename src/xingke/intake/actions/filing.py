"""Filing what was looked at, or a table at once, as one act: it only succeeds while the counter stands where the rows were held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.accounts.queries import sessions_between
from xingke.base.refusals import Refused
from xingke.base.sayings import say, told
from xingke.intake.actions.staging import keep_rows, new_batch, restaged, still_allowed
from xingke.intake.checking import FILING, CheckedRows, Step, check_rows, check_table, reader_of, sheet_form, silent
from xingke.intake.models import ImportBatch
from xingke.intake.queries import options_of, staged
from xingke.intake.reading import IncomingTable, with_groups, with_whole_file
from xingke.intake.rows.incoming import (
    CHANGED,
    FILED,
    UNCHANGED,
    Filing,
    Options,
    Row,
    RowReader,
)
from xingke.intake.sheets.forms import SheetForm
from xingke.ledger.actions.bulk import uncollected

_OVER = (ImportBatch.State.FILED, ImportBatch.State.UNDONE)
TRIES = 3  # how often an act is held against a moving ledger before it keeps everybody else waiting


class _Moved(Exception):
    """Somebody wrote to the ledger since the rows were held against it."""


@uncollected()
def file_batch(*, batch: ImportBatch, by: User, now: datetime, step: Step = silent) -> ImportBatch:
    """File what a batch would write, as one act; a batch that is filed already, or was taken back, stays as it is.

    Raises Refused where the ledger has changed so that some rows would come out otherwise than was shown; the batch
    then shows how they would come out now.
    """
    if batch.state in _OVER:
        return batch
    form = sheet_form(batch.form)
    damage = {int(number): [(place, told(text)) for place, text in each] for number, each in batch.damage.items()}
    for attempt in range(TRIES):
        by = still_allowed(by)
        rows = sorted(
            staged(batch, *FILED, UNCHANGED), key=lambda row: row.number
        )  # which record is whose shows among all
        shown = [row.outcome for row in rows]
        reader, understood = reader_of(form, batch.header, by=by, options=options_of(batch), source=batch.file_name)
        fresh = [Row(row.number, row.cells) for row in rows]
        checked = check_rows(fresh, reader, understood, damage, step)
        asked = [(row, before) for row, before in zip(fresh, shown, strict=True) if before in FILED]
        otherwise = sum(row.outcome != before for row, before in asked)
        corrected = sum(row.outcome == CHANGED and reader.since(row) > batch.checked_seq for row, _before in asked)
        if otherwise or corrected:
            restaged(batch, reader, understood, damage)
            raise Refused((_OTHERWISE if otherwise else _CORRECTED).filled(count=otherwise or corrected))
        checked = replace(checked, rows=[row for row, _before in asked])
        step(0, batch.ready, FILING)
        try:
            with transaction.atomic():
                return _file(batch, checked, by=by, now=now)
        except _Moved:
            if attempt == TRIES - 1:
                raise Refused(say("台账正在不断变动，没有登记；请稍后再试。")) from None
    raise AssertionError("the loop returns or raises")


_CORRECTED = say("%(count)d 行要改动的记录在您查看之后刚刚被他人更正；已重新核对，请看过再登记。")
_OTHERWISE = say("台账在您查看之后有了变动，%(count)d 行的结果与预览不同；已重新核对，请看过再登记。")


def _file(batch: ImportBatch, checked: CheckedRows, *, by: User, now: datetime) -> ImportBatch:
    """The act itself, inside its transaction. Raises _Moved if the rows were held against an older ledger."""
    if batch.pk is not None:
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state in _OVER:
            return batch
        if batch.state == ImportBatch.State.CANCELLED:
            raise Refused(say("这次导入已经取消，没有登记；需要时请重新交来文件。"))
    ready = checked.ready
    with act(by=by, now=now, code=f"{batch.kind}.imported", kind="import", target=batch.file_name) as done:
        if done.seq - 1 - checked.seq != sessions_between(checked.seq, done.seq):
            raise _Moved
        written = checked.reader.file(ready, Filing(done=done, source=batch.file_name))
        batch.seq, batch.imported_at, batch.imported_by, batch.state = done.seq, now, by, ImportBatch.State.FILED
        batch.save()
        done.says(count=written, counts=batch.counts, digest=batch.digest, encoding=batch.encoding)
    return batch


@dataclass(frozen=True)
class Outcome:
    """What an import did or would do: rows by outcome, the rows that are not filed, and the batch (None: nothing new)."""

    checked: CheckedRows
    left: Sequence[Row]
    table: IncomingTable
    batch: ImportBatch | None
    earlier: ImportBatch | None

    @property
    def counts(self) -> Mapping[str, int]:
        return self.checked.counts

    @property
    def reader(self) -> RowReader:
        return self.checked.reader


@uncollected()
def import_table(
    *,
    form: SheetForm,
    table: IncomingTable,
    file_name: str,
    by: User,
    now: datetime,
    options: Options | None = None,
    is_trial: bool = False,
) -> Outcome:
    """Check a table and file it at once: what the command line and the demonstration do.

    is_trial: only say what would happen.
    """
    options = options or Options()
    table, options = with_whole_file(form, with_groups(form, table, options), options)
    for attempt in range(TRIES):
        by = still_allowed(by)
        checked = check_table(form, table, file_name=file_name, by=by, options=options)
        left = [row for row in checked.rows if row.problems]
        earlier = ImportBatch.objects.filter(digest=table.digest, state=ImportBatch.State.FILED).first()
        outcome = Outcome(checked, left, table, None, earlier)
        if is_trial or (not checked.ready and (earlier is not None or not left)):
            return outcome
        try:
            with transaction.atomic():
                batch = new_batch(form, table, checked, file_name=file_name, by=by, now=now, options=options)
                batch = _file(batch, checked, by=by, now=now)
                keep_rows(batch, checked)
                return Outcome(checked, left, table, batch, earlier)
        except _Moved:
            if attempt == TRIES - 1:
                raise Refused(say("台账正在不断变动，没有登记；请稍后再试。")) from None
    raise AssertionError("the loop returns or raises")
