"""Taking back what an import filed: all of it, by whoever filed it, in a job as it was filed."""

from datetime import datetime

from django.db import transaction

from xingke.accounts.actions import ask_for_job
from xingke.accounts.models import Job, User
from xingke.intake.models import ImportBatch
from xingke.intake.queries import may_undo_batch
from xingke.ledger.actions import judge_undoing, undo_act
from xingke.ledger.actions.bulk import uncollected

UNDO = "import.undo"


@transaction.atomic
def ask_to_undo(*, batch: ImportBatch, by: User, now: datetime) -> Job:
    """Ask for an import to be taken back; while that is being done, asking again leads to the same job.

    Raises Refused where the import itself says that it cannot be: another's, of another day, taken back already.
    """
    batch = ImportBatch.objects.select_for_update().select_related(None).get(pk=batch.pk)
    may_undo_batch(batch, by=by, now=now).or_refuse()
    asked = Job.objects.filter(kind=UNDO, payload__batch=batch.pk, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    return asked.first() or ask_for_job(kind=UNDO, payload={"batch": batch.pk}, by=by, now=now)


@uncollected()
def undo_batch(*, batch: ImportBatch, by: User, now: datetime) -> ImportBatch:
    """Void what an import filed; one that was taken back already stays as it is. Raises Refused with what came in between."""
    if batch.state == ImportBatch.State.UNDONE:
        return batch
    may_undo_batch(batch, by=by, now=now).or_refuse()
    assert batch.seq is not None  # or it was not theirs
    judged = judge_undoing(seq=batch.seq, by=by, now=now)  # before anybody has to wait
    with transaction.atomic():
        if judged is not None:
            undo_act(seq=batch.seq, by=by, now=now, judged=judged)
        batch.state = ImportBatch.State.UNDONE
        batch.save(update_fields=["state"])
    return batch
