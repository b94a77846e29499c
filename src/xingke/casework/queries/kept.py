"""What is kept beside the steps of cases: drafts, files, what lists show of the answers."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from xingke.accounts.models import User
from xingke.casework.models import Case, CaseDraft, CaseFact, CaseFile, CaseOnce, CaseStep
from xingke.casework.queries import newest_answers
from xingke.casework.rules.flows import GOOD_ENDS


def draft_of(
    user: User, *, case: Case | None, flow: str, step: str, now: datetime, whose: str = ""
) -> CaseDraft | None:
    """What somebody kept of the form of a step, until its time is over; case: None for one that would open a case, of ``whose``."""
    kept = CaseDraft.objects.filter(user=user, case=case, flow=flow, step=step, whose=whose, expires_at__gt=now)
    return kept.first()


def newest_draft(user: User, *, flow: str, whose: Collection[str], now: datetime) -> CaseDraft | None:
    """What somebody kept last of a new case of one of some firms and calls."""
    kept = CaseDraft.objects.filter(user=user, case=None, flow=flow, whose__in=whose, expires_at__gt=now)
    return kept.order_by("-saved_at").first()


def drafts_of(user: User, *, now: datetime) -> QuerySet[CaseDraft]:
    """What somebody began to fill in and did not hand in, the newest first."""
    kept = CaseDraft.objects.filter(user=user, expires_at__gt=now)
    return kept.select_related("case").order_by("-saved_at")


def files_of(step: CaseStep, fields: Collection[str]) -> QuerySet[CaseFile]:
    """The files that answer some fields of a step."""
    return CaseFile.objects.filter(step=step, field__in=fields).select_related("attachment")


def file_of(steps: Iterable[CaseStep], pk: int) -> CaseFile | None:
    """One file of some steps."""
    found = CaseFile.objects.filter(step__in=[step.pk for step in steps], pk=pk)
    return found.select_related("attachment").first()


def facts_of(cases: Collection[int], names: Collection[str]) -> QuerySet[CaseFact]:
    """What lists show of some cases, as it stands."""
    return all_facts_of(cases).filter(name__in=names)


def all_facts_of(cases: Collection[int]) -> QuerySet[CaseFact]:
    """The same of every name."""
    return CaseFact.objects.filter(case__in=cases, seq_to__isnull=True)


def answers_of(cases: Collection[int]) -> dict[int, dict[str, Any]]:
    """The newest answers of some cases. One query."""
    rows = CaseStep.objects.filter(case__in=cases).exclude(form="").order_by("case_id", "number")
    said: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for case, form, answers in rows.values_list("case_id", "form", "answers"):
        said.setdefault(case, []).append((form, answers))
    return {case: newest_answers(steps) for case, steps in said.items()}


def said_elsewhere(
    said: Collection[tuple[str, str]], *, but: int | None, is_fictional: bool
) -> dict[tuple[str, str], Case]:
    """The case that says already what is said once, by the name of the set and what is said: one that is under way or ended well. One query.

    but: the case that says it now. What is invented and what is real do not meet.
    """
    names, values = {name for name, _value in said}, {value for _name, value in said}
    rows = CaseOnce.objects.filter(name__in=names, value__in=values, seq_to__isnull=True).exclude(case=but)
    counting = CaseStep.objects.filter(case=OuterRef("case"), seq_to__isnull=True, ended__in=["", *GOOD_ENDS])
    rows = rows.filter(Exists(counting), case__is_fictional=is_fictional).select_related("case")
    return {(row.name, row.value): row.case for row in rows.order_by("-pk")}


def drafted() -> Iterable[str]:
    """The digests of the files of all drafts, which are handed in with them. One query."""
    for files in CaseDraft.objects.exclude(files={}).values_list("files", flat=True):
        yield from (each["digest"] for some in files.values() for each in some)
