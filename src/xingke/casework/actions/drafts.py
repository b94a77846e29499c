"""Drafts: a form that somebody began to fill in. No act: it changes nothing that anybody else sees, and counts for nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.casework.models import Case, CaseDraft

KEPT_FOR = timedelta(days=30)


def keep_draft(
    *,
    by: User,
    flow: str,
    step: str,
    typed: Mapping[str, Any],
    files: Mapping[str, Sequence[StoredFile]],
    now: datetime,
    case: Case | None = None,
) -> CaseDraft:
    """Keep what somebody typed into the form of a step, instead of what they kept of it before."""
    kept = {
        name: [{"name": each.name, "digest": each.digest, "size": each.size} for each in some]
        for name, some in files.items()
        if some
    }
    draft, _made = CaseDraft.objects.update_or_create(
        user=by,
        case=case,
        flow=flow,
        step=step,
        defaults={"typed": dict(typed), "files": kept, "saved_at": now, "expires_at": now + KEPT_FOR},
    )
    return draft


def drop_draft(*, by: User, flow: str, step: str, case: Case | None = None) -> None:
    """What was kept of a form goes when it is handed in."""
    CaseDraft.objects.filter(user=by, case=case, flow=flow, step=step).delete()


def drop_old_drafts(*, now: datetime) -> int:
    """Drafts whose time is over go. Returns how many."""
    gone, _kinds = CaseDraft.objects.filter(expires_at__lt=now).delete()
    return gone
