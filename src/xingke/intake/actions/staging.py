"""Keeping what would become of a table's rows, for somebody to look at."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, kept, say, told
from xingke.intake.checking import STAGING, CheckedRows, Step, check_rows, check_table, reader_of, sheet_form, silent
from xingke.intake.models import ImportBatch, ImportChunk
from xingke.intake.queries import staged
from xingke.intake.reading import IncomingTable, with_groups, with_whole_file
from xingke.intake.rows.incoming import (
    OUTCOMES,
    Options,
    Row,
    RowReader,
)
from xingke.intake.sheets.columns import Understood
from xingke.intake.sheets.forms import SheetForm
from xingke.ledger.actions.bulk import uncollected
from xingke.registry import queries as registry

CHUNK = 500  # rows in one value of the stage


@uncollected()
def stage_table(
    *,
    form: SheetForm,
    table: IncomingTable,
    file_name: str,
    by: User,
    now: datetime,
    options: Options,
    step: Step = silent,
    job: int | None = None,
) -> ImportBatch:
    """Check a table and keep what would become of its rows, for somebody to look at. Files nothing.

    job: the number of the job that does it.
    """
    registry.require(by, Permission.IMPORT_RUN)
    table, options = with_whole_file(form, with_groups(form, table, options), options)
    checked = check_table(form, table, file_name=file_name, by=by, options=options, step=step)
    step(len(table.rows), len(table.rows), STAGING)
    with transaction.atomic():
        batch = new_batch(form, table, checked, file_name=file_name, by=by, now=now, options=options)
        batch.check_job_id = job
        keep_rows(batch, checked)
    return batch


def new_batch(
    form: SheetForm,
    table: IncomingTable,
    checked: CheckedRows,
    *,
    file_name: str,
    by: User,
    now: datetime,
    options: Options,
) -> ImportBatch:
    return ImportBatch(
        kind=form.kind,
        form=form.code,
        file_name=file_name[:200],
        digest=table.digest,
        encoding=table.encoding,
        sheet_name=table.sheet_name[:64],
        options=options.stored(),
        header=list(table.header),
        damage={
            str(number): [(place, kept(sentence)) for place, sentence in each] for number, each in table.damage.items()
        },
        notes=list(map(kept, [*table.notes, *checked.reader.remarks])),
        counts=checked.counts,
        ready=len(checked.ready),
        checked_seq=checked.seq,
        prepared_at=now,
        prepared_by=by,
    )


def keep_rows(batch: ImportBatch, checked: CheckedRows) -> None:
    """Keep the rows of a batch, those of one outcome together, in place of any kept before."""
    batch.counts, batch.ready, batch.checked_seq = checked.counts, len(checked.ready), checked.seq
    batch.save()
    batch.chunks.all().delete()
    chunks: list[ImportChunk] = []
    for outcome in OUTCOMES:
        alike = [row for row in checked.rows if row.outcome == outcome]
        for start in range(0, len(alike), CHUNK):
            part = alike[start : start + CHUNK]
            rows = [[row.number, row.cells, row.problems] for row in part]
            chunks.append(ImportChunk(batch=batch, outcome=outcome, place=len(chunks), size=len(part), rows=rows))
    ImportChunk.objects.bulk_create(chunks, batch_size=20)


def still_allowed(by: User) -> User:
    """The account as it is now; what it may do changes the counter too. Raises Refused if it may import no more."""
    by = User.objects.get(pk=by.pk)
    registry.require(by, Permission.IMPORT_RUN)
    return by


def restaged(
    batch: ImportBatch,
    reader: RowReader,
    understood: Understood,
    damage: Mapping[int, Sequence[tuple[int, Saying]]],
    step: Step = silent,
) -> bool:
    """Check all rows of a batch anew and keep what came of it, if it still waits. Returns whether it does."""
    rows = sorted((Row(row.number, row.cells) for row in staged(batch)), key=lambda row: row.number)
    checked = check_rows(rows, reader, understood, damage, step)
    with transaction.atomic():
        waits = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=ImportBatch.State.PREPARED).exists()
        if waits:
            keep_rows(batch, checked)
    return waits


@uncollected()
def stage_again(*, batch: ImportBatch, options: Options, by: User, step: Step = silent) -> ImportBatch:
    """Check the rows of a batch again with other choices, and keep what would become of them now. Files nothing.

    Raises Refused for one that is filed or given up.
    """
    by = still_allowed(by)
    damage = {int(number): [(place, told(text)) for place, text in each] for number, each in batch.damage.items()}
    reader, understood = reader_of(sheet_form(batch.form), batch.header, by=by, options=options, source=batch.file_name)
    batch.options = options.stored()
    if not restaged(batch, reader, understood, damage, step):
        raise Refused(say("这次导入已经登记或取消，没有重新核对。"))
    return batch


@transaction.atomic
def cancel_batch(*, batch: ImportBatch) -> ImportBatch:
    """Give up a batch that waits; its rows are not kept. Raises Refused for one that is filed."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == ImportBatch.State.FILED:
        raise Refused(say("这次导入已经登记，不能取消；不对的记录请逐条更正或作废。"))
    batch.state = ImportBatch.State.CANCELLED
    batch.save(update_fields=["state"])
    batch.chunks.all().delete()
    return batch


# ── all at once ─────────────────────────────────────────────────────────────────────────────────────────────────────
