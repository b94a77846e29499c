"""Handing over: all open cases of one account go to another as one act; what is listed is what is done."""

import pytest

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework.actions.handing import hand_over
from xingke.casework.actions.together import StepsTaken
from xingke.casework.models import Case, CaseStep
from xingke.casework.queries.handing import accounts_to_hand_over, given_to
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.posting import answer, colleague, head_of_section, stand_in, ticket, ticket_next_door
from xingke.notices.models import Notice
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture
def head(cast: Cast) -> User:
    """Whoever is to take over; the example flows are loaded."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return head_of_section(cast)


def listed(of: User, reader: User) -> list[str]:
    """The list as its page shows it."""
    return [f"{row.case.key}:{row.number}" for row in given_to(of, reader)]


def hand(of: User, to: User, by: User, rows: list[str] | None = None) -> StepsTaken:
    rows = listed(of, by) if rows is None else rows
    return hand_over(of=of, to=to, listed=rows, reason="岗位调整", by=by, now=NOW)


def has(case: Case) -> User | None:
    """Who has a case now."""
    return CaseStep.objects.get(case=case, seq_to__isnull=True).assignee


def test_all_of_them_go_as_one_act_and_each_case_says_so(cast: Cast, head: User) -> None:
    cases = [ticket(cast, cast.director, title=f"诉求{n}") for n in range(3)]
    over = ticket(cast, cast.director, title="办结的")
    answer(over, cast.director)
    other = ticket(cast, cast.officer, title="别人的")
    done = hand(cast.director, head, cast.director)
    assert (len(done.taken), len(done.refused)) == (4, 0)
    assert {has(case) for case in cases} == {head}
    assert has(other) == cast.officer
    assert CaseStep.objects.get(case=cases[0], seq_to__isnull=True).opinion == "岗位调整"
    (row,) = AuditEntry.objects.filter(action="case.handed-over")
    assert (row.target, row.detail["handed_to"], row.count) == ("director", "head", 4)
    assert len({step.seq_from for step in done.taken}) == 1
    assert Notice.objects.filter(user=head, kind="case-given").count() == 4
    assert answer(cases[0], head).in_place_of is None
    with pytest.raises(Refused, match="不由您办"):
        answer(cases[1], cast.director)


def test_what_is_listed_is_what_is_done(cast: Cast, head: User) -> None:
    """A case that came, went on or was closed after the list was seen: nothing is done, and the list is to be seen anew."""
    first = ticket(cast, cast.director)
    rows = listed(cast.director, cast.director)
    second = ticket(cast, cast.director, title="后来的")
    for stale in (rows, [*rows, "x"], []):
        with pytest.raises(Refused):
            hand(cast.director, head, cast.director, stale)
    rows = listed(cast.director, cast.director)
    answer(second, cast.director)
    with pytest.raises(Refused, match="请看过新的清单再办"):
        hand(cast.director, head, cast.director, rows)
    assert {has(first), has(second)} == {cast.director}


def test_a_second_press_does_nothing(cast: Cast, head: User) -> None:
    case = ticket(cast, cast.director)
    rows = listed(cast.director, cast.director)
    for _press in range(3):
        assert len(hand(cast.director, head, cast.director, rows).taken) == 1
    assert case.steps.count() == 3
    assert AuditEntry.objects.filter(action="case.handed-over").count() == 1


def test_what_cannot_go_stays_and_says_why(cast: Cast, head: User) -> None:
    """One in another county, where whoever takes over sees nothing."""
    registry.give_role(user=cast.director, role="director", region=cast.sibling, by=None, now=NOW)
    there = ticket(cast, cast.director)
    far = ticket_next_door(cast, cast.director)
    done = hand(cast.director, head, cast.director)
    assert [step.case for step in done.taken] == [there]
    ((case, why),) = done.refused
    assert case == far
    assert "没有查看事项的权限" in str(why)
    assert has(far) == cast.director


def test_whoever_leads_hands_over_for_somebody_who_left(cast: Cast, head: User) -> None:
    """The ticket's manager is whoever confirms records: the director. The account may be closed already."""
    clerk = colleague(cast, "clerk", "文秘", "office_clerk")
    case = ticket(cast, clerk)
    accounts.set_account_active(user=clerk, active=False, by=cast.system, now=NOW)
    assert clerk in accounts_to_hand_over(cast.director)
    assert len(hand(clerk, head, cast.director).taken) == 1
    assert has(case) == head


def test_nobody_else_moves_what_was_given_to_another(cast: Cast, head: User) -> None:
    clerk = colleague(cast, "clerk", "文秘", "office_clerk")
    case = ticket(cast, clerk)
    rows = listed(clerk, clerk)
    for by in (cast.officer, cast.enterprise):  # see it, and may not transfer it
        done = hand(clerk, head, by, rows)
        assert (len(done.taken), [str(why) for _case, why in done.refused]) == (
            0,
            ["移交由经办人或负责这项业务的人办。"],
        )
    for by in (cast.neighbour, cast.superior, cast.stranger, cast.security):  # see nothing of it
        with pytest.raises(Refused, match="请看过新的清单再办"):
            hand(clerk, head, by, rows)
    stand_in(clerk, cast.officer, by=clerk)
    assert not hand(clerk, head, cast.officer, rows).taken  # whoever stands in does not give it away
    assert has(case) == clerk
    assert accounts_to_hand_over(cast.officer) == [cast.officer]


@pytest.mark.parametrize(("reason", "is_self", "said"), [("", False, "事由"), ("调岗", True, "不能交给自己")])
def test_what_makes_no_sense_is_said(cast: Cast, head: User, reason: str, is_self: bool, said: str) -> None:
    ticket(cast, cast.director)
    to = cast.director if is_self else head
    rows = listed(cast.director, cast.director)
    with pytest.raises(Refused, match=said):
        hand_over(of=cast.director, to=to, listed=rows, reason=reason, by=cast.director, now=NOW)
