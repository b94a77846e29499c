"""What forms ask that is personal: sealed beside the step, opened on record, erased for good. Neither answers nor the trail hold it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.retaining import Expiry, over_since
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import Case, CaseSealed, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import require_home
from xingke.casework.queries.personal import NUMBER, may_open, sealed_cases, sealed_over, unsealed
from xingke.casework.queries.seen import case_seen
from xingke.casework.rules.forms import CaseForm
from xingke.registry import sealing
from xingke.registry.actions import people


@contextmanager
def case_keys(case: UUID, forms: Iterable[CaseForm], typed: Mapping[str, Any]) -> Iterator[list[bytes]]:
    """The keys of a case, the newest first: made where something personal was typed and there are none, nothing where nothing is sealed.

    Around the act: inside it no file is read or written. What was made for a case that is then not opened goes again.
    """
    names = {each.name for form in forms for each in form.fields if each.personal}
    is_new = False
    if any(typed.get(name) for name in names):
        people.refuse_owned(case, but="cases")
        is_new = not sealing.has_key(case)
        sealing.prepare(case)
    try:
        yield sealing.keys_of(case) if names and sealing.has_key(case) else []
    except Refused:
        if is_new and not CaseSealed.objects.filter(step__case__key=case).exists():
            sealing.destroy(case)
        raise


def keep_personal(row: CaseStep, answers: Mapping[str, str], keys: Sequence[bytes]) -> None:
    """Seal what a step answered that is personal; ``NUMBER`` ties it to its step, so that it cannot be passed off as another's.

    Raises Refused where the keys were changed since they were read: nothing is sealed under one that is about to be forgotten.
    """
    if not answers:
        return
    if not all(sealing.is_opened_by(each.sealed, keys) for each in _sealed(row.case)):
        raise Refused(say("密钥刚刚更换，请再办一次。"))
    sealed = sealing.seal(row.case.key, {**answers, NUMBER: str(row.number)}, keys)
    CaseSealed.objects.create(step=row, fields=sorted(answers), sealed=sealed)


def open_personal(*, case: Case, by: User, now: datetime) -> dict[tuple[int, str], str]:
    """What is sealed of a case, by the number of the step and the field, for whoever sees these; the trail keeps that they looked.

    Raises Refused for whoever neither handles cases there nor applied, and where nothing is sealed or its key is gone.
    """
    with act(by=by, now=now, code="case.personal-opened", kind="case", target=str(case.key)) as done:
        done.lock()
        seen = case_seen(by, queries.case_read(case, now=now))
        if not may_open(by, case, seen):
            raise Refused(say("个人信息只给经办这件事的人和申请人自己看。"))
        steps = {each.pk for each in seen.steps}
        rows = [row for row in _sealed(case) if row.sealed and row.step_id in steps]
        if not rows:
            raise Refused(say("这件事没有您能看的个人信息。"))
        done.says(flow=case.flow, number=case.number)
    asked = seen.read.definitions.asked
    return {
        (row.step.number, name): value
        for row in rows
        for name, value in unsealed(row).items()
        if seen.sees(asked.get(name))
    }


def erase_personal(*, case: Case, reason: str, by: User, now: datetime) -> int:
    """Erase for good what is sealed of a case, and its key. Returns of how many steps. Raises Refused without a reason, and for a case
    that still goes on."""
    reason = reason.strip()
    with act(by=by, now=now, code="case.personal-erased", kind="case", target=str(case.key), reason=reason) as done:
        done.lock()
        require_home(by, case.region, CasePermission.MANAGE)
        if not reason:
            raise Refused(say("请写明原因。"))
        if not case.steps.filter(seq_to__isnull=True).exclude(ended="").exists():
            raise Refused(say("这件事还没有办结，办结以后才能删除个人信息。"))
        rows = [row for row in _sealed(case) if row.sealed]
        if rows:
            CaseSealed.objects.filter(pk__in=[row.pk for row in rows]).update(sealed="", erased_at=now, erased_by=by)
            done.says(flow=case.flow, number=case.number)
        else:  # pressed twice
            done.nothing()
    sealing.destroy(case.key)
    return len(rows)


def count_personal(now: datetime) -> int:
    """Of how many steps what is sealed would be erased."""
    return sealed_over(over_since(PERSONAL, now)).count()


def end_personal(now: datetime, most: int) -> int:
    """Erase what is sealed of some of the cases that ended long ago, as an act of the program, then their keys. Returns of how many steps.

    Keys of whoever is killed in between go the next night (``erased_cases``).
    """
    over = sealed_over(over_since(PERSONAL, now))
    some = list(over.order_by("pk").values_list("pk", "step__case__key")[:most])
    if not some:
        return 0
    with act(by=None, now=now, code="case.personal-ended", kind="case") as done:
        done.lock()
        gone = over.filter(pk__in=[pk for pk, _key in some]).update(sealed="", erased_at=now)
        if gone:
            done.says(count=gone)
        else:
            done.nothing()
    for key in {key for _pk, key in some} - sealed_cases():
        sealing.destroy(key)
    return gone


PERSONAL = "case-personal"
EXPIRIES = (
    Expiry(
        code=PERSONAL,
        what=say("办结的事项里封存的个人信息"),
        days=3 * 365,
        least=30,
        why=say("办结之后还会更正、重新办理"),
        count=count_personal,
        end=end_personal,
    ),
)


def change_case_keys(*, by: User | None, now: datetime) -> int:
    """Give every case that keeps something sealed a new key, and seal it anew. Returns how many. Stopped halfway, run it again."""
    cases = list(Case.objects.filter(steps__sealed__sealed__gt="").distinct())
    for case in cases:
        sealing.begin_change(case.key)
        keys = sealing.keys_of(case.key)
        with act(by=by, now=now, code="case.personal-key-changed", kind="case", target=str(case.key)) as done:
            done.lock()
            for row in _sealed(case):
                if row.sealed:
                    after = sealing.seal(case.key, sealing.unseal(case.key, row.sealed, keys), keys)
                    CaseSealed.objects.filter(pk=row.pk).update(sealed=after)
            done.says(flow=case.flow, number=case.number)
        sealing.end_change(case.key)
    return len(cases)


def _sealed(case: Case) -> list[CaseSealed]:
    return list(CaseSealed.objects.filter(step__case=case).select_related("step__case").order_by("step__number"))
