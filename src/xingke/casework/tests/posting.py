"""What tests of substitutes and hand-overs share: a third colleague, and tickets that were given to somebody."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from tests.cast import NOW, PASSWORD, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.actions.substitutes import NewSubstitution, name_substitute
from xingke.casework.models import Case, CaseStep, Substitution
from xingke.registry import actions as registry

TODAY = timezone.localdate(NOW)


def head_of_section(cast: Cast) -> User:
    """Somebody of the county's bureau who handles, decides and manages cases."""
    return colleague(cast, "head", "科室负责人", "section_head")


def colleague(cast: Cast, username: str, name: str, role: str) -> User:
    """Another account of the county's bureau."""
    user = accounts.create_account(username=username, name=name, password=PASSWORD, by=None, now=NOW)
    registry.give_role(user=user, role=role, region=cast.county, by=None, now=NOW)
    return user


def ticket(cast: Cast, to: User, *, title: str = "用电贵", now: datetime = NOW) -> Case:
    """A ticket that the officer received and assigned to somebody."""
    return _ticket(NewCase(flow="ticket", region=cast.county, organisation=cast.firm), to, cast.officer, title, now)


def ticket_next_door(cast: Cast, to: User) -> Case:
    """The same in the county next door."""
    new = NewCase(flow="ticket", region=cast.sibling, organisation=cast.other_firm)
    return _ticket(new, to, cast.neighbour, "邻县的", NOW)


def _ticket(new: NewCase, to: User, by: User, title: str, now: datetime) -> Case:
    case = open_case(new=new, first=StepWanted(step="received", typed={"title": title}), by=by, now=now)
    take_step(case=case, wanted=StepWanted(step="assigned", assignee=to), seen=1, by=by, now=now)
    return case


def answer(case: Case, by: User, *, now: datetime = NOW) -> CaseStep:
    """Somebody answers a ticket."""
    wanted = StepWanted(step="answered", opinion="已协调")
    return take_step(case=case, wanted=wanted, seen=case.steps.count(), by=by, now=now)


def stand_in(
    user: User, substitute: User, *, by: User | None = None, since: date = TODAY, days: int = 5, now: datetime = NOW
) -> Substitution:
    """Somebody stands in for another from a day on."""
    new = NewSubstitution(user=user, substitute=substitute, since=since, until=since + timedelta(days=days - 1))
    return name_substitute(new=new, by=by or user, now=now)
