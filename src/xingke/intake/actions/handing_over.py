"""A file that was handed over: kept, asked to be checked and filed, and let go when nothing refers to it."""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from xingke.accounts import counting
from xingke.accounts.actions import ask_for_job
from xingke.accounts.models import Job, User
from xingke.accounts.rules import secrecy_in_name
from xingke.base import holding
from xingke.base.blobs import Store
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.intake.actions.staging import cancel_batch
from xingke.intake.models import ImportBatch
from xingke.intake.rows.incoming import Options
from xingke.press.cells import is_secret
from xingke.press.sheets import refuse_no_table

PREPARE, RECHECK, FILE = "import.prepare", "import.recheck", "import.file"


def kept() -> Store:
    """Where files that were handed over are kept."""
    return Store(Path(settings.DATA) / "attachments")


@transaction.atomic
def hand_over(*, data: bytes, file_name: str, form: str, sheet: str, options: Options, by: User) -> Job:
    """Keep a file and ask for it to be checked. Raises Refused for what is no table or is called secret; it is not kept."""
    if mark := secrecy_in_name(file_name):
        raise Refused(is_secret(mark))
    refuse_no_table(data)
    counting.hold()  # so that the bytes are not let go before the job refers to them
    payload = {
        "digest": kept().put(data),
        "file_name": file_name[-200:],
        "form": form,
        "sheet": sheet,
        "options": options.stored(),
    }
    return ask_for_job(kind=PREPARE, payload=payload, by=by, now=timezone.now())


def give_up(*, batch: ImportBatch) -> None:
    """Give up a batch that waits, and its file. Raises Refused for one that is filed."""
    cancel_batch(batch=batch)
    let_go()


@transaction.atomic
def let_go(*, but: int = 0) -> None:
    """Drop the files of imports that were not read or were given up, unless something else refers to them.

    but: the number of a job that is about to fail.
    """
    counting.hold()
    asked = Job.objects.filter(kind=PREPARE)
    failed = asked.filter(Q(state__in=(Job.State.FAILED, Job.State.CANCELLED)) | Q(pk=but))
    digests = set(failed.values_list("payload__digest", flat=True))
    digests |= set(ImportBatch.objects.filter(state=ImportBatch.State.CANCELLED).values_list("digest", flat=True))
    digests &= kept().digests()
    if digests:
        waiting = asked.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exclude(pk=but)
        digests -= set(waiting.values_list("payload__digest", flat=True)) | holding.referred()
    for digest in digests:
        kept().drop(digest)


@transaction.atomic
def ask_to_recheck(*, batch: ImportBatch, options: Options, by: User) -> Job:
    """Ask for the rows of a batch to be checked again with other choices. Raises Refused while it is being filed."""
    batch = ImportBatch.objects.select_for_update().select_related(None).get(pk=batch.pk)
    if batch.file_job is not None and not batch.file_job.is_over:
        raise Refused(say("这次导入正在登记，不能再改。"))
    payload = {"batch": batch.pk, "options": options.stored()}
    return ask_for_job(kind=RECHECK, payload=payload, by=by, now=timezone.now())


@transaction.atomic
def ask_to_file(*, batch: ImportBatch, by: User) -> Job:
    """Ask for what was looked at to be filed; while that is being done, asking again leads to the same job."""
    batch = ImportBatch.objects.select_for_update().select_related(None).get(pk=batch.pk)
    if batch.file_job is None or batch.file_job.is_over:
        batch.file_job = ask_for_job(kind=FILE, payload={"batch": batch.pk}, by=by, now=timezone.now())
        batch.save(update_fields=["file_job"])
    return batch.file_job
