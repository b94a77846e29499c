"""Links for outsiders: what was made for a case, and what one that is opened is for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseRead
from xingke.casework.queries.common import is_at_home
from xingke.casework.queries.seen import case_seen
from xingke.casework.rules.forms import CaseForm
from xingke.casework.rules.stepping import Outsider, four_eyes, standing
from xingke.letters.models import OutsideLink
from xingke.letters.rules.links import LinkChoice, closed_because, link_choices, lost_by_link, not_by_link
from xingke.notices.rules.feeds import TOKEN, token_digest


def may_make(user: User, read: CaseRead) -> bool:
    """Whether somebody may give links to a case: whoever handles cases there."""
    return is_at_home(user, read.case.region, CasePermission.HANDLE)


def choices(user: User, read: CaseRead) -> list[tuple[LinkChoice, str]]:
    """What a link could be made for now, each with why it cannot; empty where it can."""
    if case_seen(user, read).stands is None:
        return []
    where = standing(read.flow, read.state.taken)
    found = []
    for each in link_choices(read.flow, where):
        form = read.definitions.form(each.step)
        refused = not_by_link(each.step, form)
        if form is not None and refused is None:
            refused = lost_by_link(each.step, form, _said_before(read, form), each.role)
        answer = four_eyes(read.state, each.step, user.pk)
        found.append((each, str(refused or ("" if answer.allowed else answer.reason))))
    return found


def _said_before(read: CaseRead, form: CaseForm) -> Mapping[str, Any]:
    return next((step.answers for step in reversed(read.steps) if step.form == form.code), {})


def named_in(read: CaseRead, role: str) -> str:
    """The organisation that has a role in a case; empty for none. Persons are not named."""
    of = next((each for each in read.parties if each.role == role and each.organisation_id), None)
    return of.organisation.name if of is not None and of.organisation is not None else ""


def role_label(read: CaseRead, role: str, language: str) -> str:
    """What a party of a case is called."""
    return next((each.label.in_language(language) for each in read.flow.parties if each.role == role), role)


def links_of(read: CaseRead) -> list[OutsideLink]:
    """The links of a case, the newest first."""
    return list(OutsideLink.objects.filter(case=read.case).select_related("made_by", "ended_by").order_by("-pk"))


def link_for(user: User, key: UUID) -> OutsideLink:
    """A link that somebody may revoke, or 404."""
    found = OutsideLink.objects.select_related("case__region").filter(key=key).first()
    if found is None or not may_make(user, queries.case_for(user, found.case.key)):
        raise Http404
    return found


def link_opened(token: str) -> OutsideLink | None:
    """The link of a token; None where there is none."""
    if not TOKEN.fullmatch(token):
        return None
    related = "case__region", "case__organisation__region", "case__person", "made_by"
    return OutsideLink.objects.select_related(*related).filter(digest=token_digest(token)).first()


def outsider_of(link: OutsideLink) -> Outsider:
    """Who acts by a link."""
    return Outsider(link=link.key, name=link.name, role=link.role, step=link.step, vouched_by=link.made_by_id)


def refuse_closed(link: OutsideLink, now: datetime) -> None:
    """Raise Refused where a link opens nothing any more."""
    if (reason := closed_because(link.ended, link.until, now)) is not None:
        raise Refused(reason)


def refuse_moved_on(read: CaseRead, link: OutsideLink) -> None:
    """Raise Refused where a case does not stand before the step its link is for."""
    where = standing(read.flow, read.state.taken)
    if where is None or link.step not in where.next:
        raise Refused(say("这件事已经往下办了，不用再由您办理，谢谢。有疑问的，请联系发给您的人。"))


def links_over(since: datetime) -> QuerySet[OutsideLink]:
    """The links that ended before a moment."""
    return OutsideLink.objects.filter(Q(ended_at__lt=since) | Q(ended="", until__lt=since))
