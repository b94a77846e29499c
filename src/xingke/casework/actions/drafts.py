"""Drafts: a form that somebody began to fill in. No act: it changes nothing that anybody else sees, and counts for nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.base.retaining import Expiry, kept_days
from xingke.base.sayings import say
from xingke.casework.models import Case, CaseDraft
from xingke.casework.rules.forms import CaseForm

DRAFTS = "drafts"


def keep_draft(
    *,
    by: User,
    flow: str,
    step: str,
    form: CaseForm,
    typed: Mapping[str, Any],
    files: Mapping[str, Sequence[StoredFile]],
    now: datetime,
    case: Case | None = None,
    whose: str = "",
    beside: Mapping[str, str] | None = None,
) -> CaseDraft:
    """Keep what somebody typed into the form of a step, instead of what they kept of it before. What is personal is not kept: a draft is
    not sealed. whose: of whom a new case would be, so that there is one draft for each; beside: what was typed beside the form.
    """
    personal = {each.name for each in form.fields if each.personal}
    kept = {
        name: [{"name": each.name, "digest": each.digest, "size": each.size} for each in some]
        for name, some in files.items()
        if some
    }
    expires = now + timedelta(days=kept_days(DRAFTS))
    draft, _made = CaseDraft.objects.update_or_create(
        user=by,
        case=case,
        flow=flow,
        step=step,
        whose=whose,
        defaults={
            "typed": {name: value for name, value in typed.items() if name not in personal},
            "beside": dict(beside or {}),
            "files": kept,
            "saved_at": now,
            "expires_at": expires,
        },
    )
    return draft


def drop_draft(*, by: User, flow: str, step: str, case: Case | None = None, whose: str = "") -> None:
    """What was kept of a form goes when it is handed in."""
    CaseDraft.objects.filter(user=by, case=case, flow=flow, step=step, whose=whose).delete()


def count_old_drafts(now: datetime) -> int:
    """How many drafts there are whose time is over."""
    return CaseDraft.objects.filter(expires_at__lt=now).count()


@transaction.atomic
def drop_old_drafts(now: datetime, most: int) -> int:
    """Some of the drafts whose time is over go. Returns how many."""
    over = CaseDraft.objects.filter(expires_at__lt=now)
    some = list(over.order_by("pk").values_list("pk", flat=True)[:most])
    over.filter(pk__in=some).delete()  # one that was saved again meanwhile stays
    return len(some)


EXPIRIES = (
    Expiry(
        code=DRAFTS,
        what=say("办件表单的草稿"),
        days=30,
        most=365,
        count=count_old_drafts,
        end=drop_old_drafts,
    ),
)
