"""Titles: giving older certificates their last day, and making one of two that stand for one thing."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.ledger import queries
from xingke.ledger.actions.corrections import void_event
from xingke.ledger.actions.filing import NewEvent, add_event
from xingke.ledger.actions.proposals import propose_void
from xingke.ledger.actions.settling import altered, history_of
from xingke.ledger.actions.versions import standing, write_next_versions
from xingke.ledger.models import EventVersion, RecognitionEvent, State
from xingke.ledger.queries import titles
from xingke.registry import queries as registry


def give_last_days(*, by: User, now: datetime) -> int:
    """Give every certificate filed without one its last day by its title's term; where that ends a title, it ends.

    One act with one number: each event concerned gets a version, the day itself is nobody's claim but the rule's. Returns
    how many certificates. Raises Refused for somebody who may not confirm records where they lie.
    """
    missing = titles.without_last_day()
    if not missing:
        return 0
    for path in {event.region_id: event.region for event in missing}.values():
        registry.require(by, Permission.RECORD_CONFIRM, at=path)
    kind, reason = titles.KIND, _("按资质的有效年限补记有效期")
    with act(by=by, now=now, code="recognition.last-days-given", kind=kind.code, target=reason) as done:
        done.lock()
        changed: list[tuple[EventVersion, Any]] = []
        for _subject, found in groupby(missing, key=lambda event: event.subject):
            events = list(found)
            wanted = {event.record: {"until": _last_day(event)} for event in events}
            changed += altered(kind, history_of(kind, events[0].subject), wanted)
        write_next_versions(changed, done=done, reason=reason)
        done.says(count=len(changed), certificates=len(missing))
    return len(missing)


def _last_day(event: RecognitionEvent) -> Any:
    fields = {"title": event.title, "level": event.level}
    return queries.usual_last_day(titles.KIND, fields, event.event, event.happened_on)


def merge_titles(*, keep: UUID, merge: UUID, reason: str, by: User, now: datetime) -> int:
    """Make one title of two that stand for one thing: what happened to the second is filed in the first, as drafts, and
    the second is voided; what of it is confirmed is proposed to be, for another to accept. Returns how many events move.

    Raises Refused unless both are of one holder and one title.
    """
    code = f"{titles.KIND.code}.merged"
    with act(by=by, now=now, code=code, kind=titles.KIND.code, target=str(keep), reason=reason) as done:
        done.lock()
        moved = _merge(keep, merge, reason, by=by, now=now)
        done.says(count=moved, merged=str(merge))
    return moved


def _merge(keep: UUID, merge: UUID, reason: str, *, by: User, now: datetime) -> int:
    kind = titles.KIND
    first: Any = standing(kind.subject, keep)
    second: Any = standing(kind.subject, merge)
    if keep == merge or (first.title, first.organisation_id) != (second.title, second.organisation_id):
        raise Refused(_("只有同一家单位的同一项资质才能合并。"))
    known = {(event.event in titles.KIND.names.certifying, event.event, event.happened_on) for event in _alive(keep)}
    moving = [
        event
        for event in _alive(merge)
        if (event.event in titles.KIND.names.certifying, event.event, event.happened_on) not in known
    ]
    for event in moving:
        own = {"until": event.until, "certificate": event.certificate or _number(second, event, moving)}
        add_event(
            kind=kind.code,
            subject=keep,
            by=by,
            now=now,
            source=_("合并重复的资质"),
            event=NewEvent(
                event=event.event,
                on=event.happened_on,
                region=event.region,
                organisation=event.organisation,
                measures=own,
            ),
        )
    why = _("与记录 %(record)s 是同一项资质，并入该记录。%(reason)s") % {"record": keep, "reason": reason}
    for event in reversed(_alive(merge)):
        void = void_event if event.state == State.DRAFT else propose_void
        void(kind=kind.code, record=event.record, version=event.version, reason=why, by=by, now=now)
    return len(moving)


def _alive(subject: UUID) -> list[Any]:
    rows = RecognitionEvent.objects.filter(subject=subject, seq_to__isnull=True).exclude(state=State.VOID)
    return list(rows.select_related("region").order_by("step"))


def _number(subject: Any, event: Any, moving: Sequence[Any]) -> str:
    """The certificate's number: the subject's, for the last certificate it got."""
    given = [each for each in moving if each.event in titles.KIND.names.certifying]
    return str(subject.number) if given and event is given[-1] else ""
