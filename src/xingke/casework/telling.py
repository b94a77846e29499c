"""Who is told of a step, what of cases stands in the calendar, and what is remembered before it is due."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from xingke.accounts.models import User
from xingke.base.agenda import AgendaEntry, Dated
from xingke.base.noticing import NoticeKind
from xingke.base.reminding import Reminded, Reminder
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import lists, parts, waiting
from xingke.casework.queries.seen import first_of
from xingke.casework.queries.substitutes import substitutes_on
from xingke.casework.rules.flows import PARTY
from xingke.registry import queries as registry

EACH = 5  # cases of a day that are named one by one
AHEAD = (3, 1)  # working days before it is due in which a case is remembered [parameter]


def _page(key: str) -> str:
    return reverse("casework:case", args=[UUID(key)])


GIVEN = NoticeKind(code="case-given", word=say("有事项交您办"), address=_page)
MOVED = NoticeKind(code="case-moved", word=say("您的事项有进展"), address=_page)
COME = NoticeKind(code="case-come", word=say("有事项等科室办理"), address=_page)
DUE = NoticeKind(code="case-due", word=say("有事项快到期了"), address=_page)
KINDS = (GIVEN, MOVED, COME, DUE)


def told_of(read: queries.CaseRead, row: CaseStep) -> Iterator[tuple[str, list[User]]]:
    """Whom a step that was taken is told to, by the kind of notice; never to whoever took it.

    Who was given the case, and whoever stands in for them today; whose it is, where they see the step; and where a party acted, those of the
    bureau who have the next step, and who gave an outsider the link.
    """
    before = read.last.assignee_id if read.steps else None
    if row.assignee is not None and row.assignee_id not in (before, row.taken_by_id):
        standing_in = substitutes_on(timezone.localtime(row.taken_at).date())
        yield GIVEN.code, [user for user in _with_substitute(row.assignee, standing_in) if user.pk != row.taken_by_id]
    step = read.flow.steps.get(first_of(read, row).step)
    owner, theirs = f"{PARTY}{read.flow.owner}", parts.accounts_of(read)
    acted = row.link is not None or row.taken_by_id in {user.pk for user in theirs}
    if not acted and (step is None or not step.seen_by or owner in step.seen_by):
        yield MOVED.code, [user for user in theirs if user.pk != row.taken_by_id]
    if row.vouched_by is not None:
        yield COME.code, [row.vouched_by]
    if acted and row.assignee is None:
        yield COME.code, registry.accounts_that_may(CasePermission.HANDLE, at=read.case.region)


def _with_substitute(user: User, standing_in: Mapping[int, User]) -> list[User]:
    """An account, and whoever stands in for it."""
    return [user, standing_in[user.pk]] if user.pk in standing_in else [user]


# ── the calendar, and what is remembered ────────────────────────────────────────────────────────────────────────────


def _days(user: User, first: date, last: date) -> Iterator[AgendaEntry]:
    rows = lists.cases_listed(user, state=lists.OPEN).filter(waiting.due_between(first, last)).order_by("due", "pk")
    now = timezone.now()
    for day, found in groupby(rows, key=lambda row: timezone.localtime(row.due).date() if row.due else first):
        due = list(found)
        if len(due) > EACH:
            said, url = (
                say("%(n)s 件事项到期", n=len(due)),
                f"{reverse('casework:case-list')}?due_from={day}&due_to={day}",
            )
            yield AgendaEntry(
                day, f"day-{day}", said, said, url, is_fictional=any(row.case.is_fictional for row in due)
            )
            continue
        for row in due:
            plain = say("事项到期 %(number)s", number=row.case.number)
            yield AgendaEntry(
                day,
                str(row.case.key),
                f"{row.case.title} {row.case.number}".strip(),
                plain,
                _page(str(row.case.key)),
                is_late=row.due is not None and row.due < now,
                is_fictional=row.case.is_fictional,
            )


def _to_remember(first: date, last: date) -> Iterator[Reminded]:
    """Whoever has the case, and whoever stands in for them; where nobody was given it, those of the bureau who handle cases."""
    told: dict[int, Iterable[User]] = {}
    standing_in = substitutes_on(timezone.localdate())
    for row in waiting.standing_due(first, last):
        region = row.case.region
        if row.assignee is None and region.pk not in told:
            told[region.pk] = registry.accounts_that_may(CasePermission.HANDLE, at=region)
        given = _with_substitute(row.assignee, standing_in) if row.assignee is not None else told[region.pk]
        for user in given:
            yield Reminded(user, "case", str(row.case.key), region)


DATED = Dated(code="cases", word=say("事项到期"), permission=CasePermission.READ, find=_days)
REMINDER = Reminder(code="cases", kind=DUE.code, ahead=AHEAD, find=_to_remember)
