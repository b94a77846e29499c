"""Imports that were prepared and never filed end by themselves: their rows and their file; that there was one stays."""

from datetime import datetime

from django.db.models import Q, QuerySet

from xingke.accounts.acts import act
from xingke.accounts.models import Job
from xingke.base.retaining import Expiry, over_since
from xingke.base.sayings import say
from xingke.intake.actions.handing_over import let_go
from xingke.intake.actions.staging import cancel_batch
from xingke.intake.models import ImportBatch

STAGED = "staged-imports"
AT_ONCE = 20  # imports in one transaction: each may have thousands of rows


def _over(now: datetime) -> QuerySet[ImportBatch]:
    """What waits for so long, and is not being filed this moment."""
    rows = ImportBatch.objects.filter(state=ImportBatch.State.PREPARED, prepared_at__lt=over_since(STAGED, now))
    under_way = Q(file_job__state__in=(Job.State.QUEUED, Job.State.RUNNING))
    return rows.exclude(under_way).order_by("pk")


def count_staged(now: datetime) -> int:
    """How many imports wait for so long."""
    return _over(now).count()


def end_staged(now: datetime, most: int) -> int:
    """Give some of them up, as an act of the program."""
    ended = 0
    while ended < most and (some := list(_over(now)[: min(AT_ONCE, most - ended)])):
        with act(by=None, now=now, code="imports.ended", kind="imports") as done:
            done.lock()
            there = list(_over(now).filter(pk__in=[batch.pk for batch in some]))  # one may have been filed meanwhile
            for batch in there:
                cancel_batch(batch=batch)
            if not there:
                done.nothing()
                return ended
            done.says(count=len(there))
        ended += len(there)
    if ended:
        let_go()
    return ended


EXPIRIES = (
    Expiry(
        code=STAGED,
        what=say("核对过而一直没有登记的导入（连同它的行和文件）"),
        days=90,
        least=7,
        count=count_staged,
        end=end_staged,
    ),
)
