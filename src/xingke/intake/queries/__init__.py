"""Imports somebody may look into, and the rows that are kept of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import Http404

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Answer, no
from xingke.base.sayings import say
from xingke.intake.models import ImportBatch, ImportChunk
from xingke.intake.rows.incoming import Options, Problem, Row
from xingke.ledger.models import Observation
from xingke.ledger.queries import undoing
from xingke.ledger.rules.undoing import ALREADY
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry


def import_batches(user: User) -> QuerySet[ImportBatch]:
    """The imports somebody may look into: their own, for whoever may import, the newest first."""
    registry.require_page(user, Permission.IMPORT_RUN)
    return ImportBatch.objects.filter(prepared_by=user).select_related("prepared_by", "imported_by", "file_job")


def import_batch_for(user: User, pk: int) -> ImportBatch:
    """One import, or 404."""
    found = import_batches(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def imports_to_file(user: User) -> QuerySet[ImportBatch]:
    """Somebody's imports that were checked and wait to be filed."""
    return ImportBatch.objects.filter(prepared_by=user, state=ImportBatch.State.PREPARED, ready__gt=0)


def rows_turned_back(user: User) -> int:
    """How many rows of somebody's filed imports were left with a problem. One query."""
    left = ImportChunk.objects.filter(batch__prepared_by=user, batch__state=ImportBatch.State.FILED, outcome="rejected")
    return int(left.aggregate(rows=Sum("size"))["rows"] or 0)


def may_undo_batch(batch: ImportBatch, *, by: User, now: datetime) -> Answer:
    """Whether somebody may take back what an import filed, as far as the import itself says; what came in between is asked when it
    is done. One query."""
    if batch.state == ImportBatch.State.UNDONE:
        return no(ALREADY)
    entry = undoing.own_act(by, batch.seq) if batch.seq is not None else None
    if entry is None:
        return no(say("只能撤销自己登记的导入。"))
    return undoing.may_be_undone(by, entry, now=now)


def is_fictional_import(batch: ImportBatch) -> bool:
    """Whether an import filed fictional records; before it is filed: whether whoever made it works in a fictional place."""
    if batch.seq is None:
        return any(region.is_fictional for region in registry.own_regions(batch.prepared_by))
    model: Any = TABLES[batch.kind].event if batch.kind in TABLES else Observation
    return bool(model.objects.filter(seq_from=batch.seq, is_fictional=True).exists())


class StagedRows(Sequence[Any]):
    """The rows of an import as a sequence to be paged: each page loads the chunks it lies in. Two queries a page."""

    def __init__(self, batch: ImportBatch, *outcomes: str) -> None:
        self._chunks = batch.chunks.filter(outcome__in=outcomes) if outcomes else batch.chunks.all()
        self._sizes = list(self._chunks.order_by("place").values_list("place", "size"))

    def __len__(self) -> int:
        return sum(size for _place, size in self._sizes)

    def __getitem__(self, wanted: Any) -> Any:
        """Pairs of outcome and [number, cells, problems]."""
        start, stop, _step = wanted.indices(len(self))
        places: dict[int, tuple[int, int]] = {}
        first = 0
        for place, size in self._sizes:
            low, high = max(start - first, 0), min(stop - first, size)
            if low < high:
                places[place] = (low, high)
            first += size
        chunks = self._chunks.filter(place__in=places).order_by("place")
        return [(chunk.outcome, row) for chunk in chunks for row in chunk.rows[slice(*places[chunk.place])]]


def staged(batch: ImportBatch, *outcomes: str) -> Iterator[Row]:
    """The rows kept of a batch, all or those of some outcomes."""
    chunks = batch.chunks.filter(outcome__in=outcomes) if outcomes else batch.chunks.all()
    for chunk in chunks.order_by("place").iterator():
        yield from rows_of(chunk)


def rows_of(chunk: ImportChunk) -> list[Row]:
    """The rows of one chunk as they were kept."""
    return [
        Row(number, cells, chunk.outcome, [Problem(*problem) for problem in problems])
        for number, cells, problems in chunk.rows
    ]


def options_of(batch: ImportBatch) -> Options:
    """What was chosen when the file was handed over."""
    return Options(**batch.options)


# ── filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def handed_over() -> Iterable[str]:
    """The digests of the files of all imports that are not given up. One query."""
    batches = ImportBatch.objects.exclude(state=ImportBatch.State.CANCELLED)
    return batches.values_list("digest", flat=True)
