"""What is sealed of cases: whether there is any, and of a form what was answered last."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import Case, CaseSealed, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseRead
from xingke.casework.queries.common import is_at_home
from xingke.casework.queries.seen import CaseSeen
from xingke.casework.rules.forms import CaseForm
from xingke.registry import sealing

NUMBER = "#"  # no field is called so


def unsealed(row: CaseSealed, keys: Sequence[bytes] | None = None) -> dict[str, str]:
    """What a step sealed, by field; none where it was erased. keys: inside an act. Raises Refused where its key is gone or it is another
    step's."""
    found = sealing.unseal(row.step.case.key, row.sealed, keys)
    if found and found.pop(NUMBER, "") != str(row.step.number):
        raise Refused(say("封存的个人信息不是这一步的，请系统管理员核对数据库。"))
    return found


def answered_before(read: CaseRead, form: CaseForm | None, keys: Sequence[bytes]) -> dict[str, str]:
    """What a form was answered with last that is personal: whoever answers it again leaves empty what does not change."""
    if form is None or not keys or not any(each.personal for each in form.fields):
        return {}
    steps = [step.pk for step in read.steps if step.form == form.code]
    last = CaseSealed.objects.filter(step__in=steps).select_related("step__case").order_by("-step__number").first()
    return unsealed(last, keys) if last is not None else {}


def kept_names(read: CaseRead, form: CaseForm | None) -> frozenset[str]:
    """The fields of a form that were answered before and are sealed: they may be left empty."""
    rows = [row for number, row in _sealed(read).items() if row.sealed]
    return frozenset(name for row in rows if form is not None and row.step.form == form.code for name in row.fields)


def sealed_seen(seen: CaseSeen) -> dict[int, CaseSealed]:
    """What is sealed in the steps somebody sees, by the number of the step."""
    numbers = {step.number for step in seen.steps}
    return {number: row for number, row in _sealed(seen.read).items() if number in numbers}


def _sealed(read: CaseRead) -> dict[int, CaseSealed]:
    if not any(each.personal for each in read.definitions.asked.values()):
        return {}
    rows = CaseSealed.objects.filter(step__in=[step.pk for step in read.steps]).select_related("step")
    return {row.step.number: row for row in rows}


def may_open(user: User, case: Case, seen: CaseSeen) -> bool:
    """Whether somebody may open what is sealed of a case they see: those who work on it in its bureau, and its parties."""
    working = (CasePermission.HANDLE, CasePermission.DECIDE, CasePermission.MANAGE)
    return bool(seen.taker.roles) or is_at_home(user, case.region, *working)


def sealed_cases() -> set[UUID]:
    """The keys of the cases that keep something sealed."""
    return set(CaseSealed.objects.filter(sealed__gt="").values_list("step__case__key", flat=True))


def erased_cases() -> set[UUID]:
    """The keys of the cases of which everything that was sealed is erased."""
    return set(CaseSealed.objects.filter(sealed="").values_list("step__case__key", flat=True)) - sealed_cases()


def sealed_over(since: datetime) -> QuerySet[CaseSealed]:
    """What is sealed of cases that are over and took their last step before a moment. No lists of keys: it may be many."""
    last = CaseStep.objects.filter(seq_to__isnull=True, taken_at__lt=since).exclude(ended="")
    return CaseSealed.objects.filter(sealed__gt="", step__case__in=last.values("case"))


def is_case_key(key: UUID) -> bool:
    """Whether a case has this key."""
    return Case.objects.filter(key=key).exists()
