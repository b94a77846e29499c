"""Two people at the same moment: one substitute for a day, one link for a pair, one hand-over."""

import pytest

from tests.cast import NOW, Cast, gather
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework.actions.handing import hand_over
from xingke.casework.actions.links import link_cases
from xingke.casework.models import CaseLink, Substitution
from xingke.casework.queries.handing import given_to
from xingke.casework.rules.links import LinkKind
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.posting import head_of_section, stand_in, ticket
from xingke.registry import actions as registry
from xingke.registry.tests.test_races import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """The cast, in a database that is emptied afterwards."""
    cast = gather()
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return cast


@pytest.fixture
def head(people: Cast) -> User:
    return head_of_section(people)


def names(told: list[object]) -> list[str]:
    return sorted(type(each).__name__ for each in told)


def test_of_two_substitutes_for_the_same_days_one_is_refused(people: Cast, head: User) -> None:
    told = at_once(
        lambda: stand_in(people.director, head),
        lambda: stand_in(people.director, people.officer, by=head),
    )
    assert names(told) == ["Refused", "Substitution"]
    assert Substitution.objects.count() == 1


def test_two_who_link_the_same_pair_make_one_link(people: Cast, head: User) -> None:
    first, second = ticket(people, people.director), ticket(people, people.director)
    told = at_once(
        lambda: link_cases(case=first, other=second, kind=LinkKind.LATER, by=people.officer, now=NOW),
        lambda: link_cases(case=second, other=first, kind=LinkKind.EARLIER, by=head, now=NOW),
    )
    assert names(told) == ["CaseLink", "CaseLink"]
    assert CaseLink.objects.count() == 1


def test_a_hand_over_pressed_twice_at_once_is_done_once(people: Cast, head: User) -> None:
    case = ticket(people, people.director)
    rows = [f"{row.case.key}:{row.number}" for row in given_to(people.director, people.director)]

    def press() -> int:
        done = hand_over(of=people.director, to=head, listed=rows, reason="调岗", by=people.director, now=NOW)
        return len(done.taken)

    assert at_once(press, press, press) == [1, 1, 1]
    assert case.steps.count() == 3
    assert AuditEntry.objects.filter(action="case.handed-over").count() == 1


def test_to_two_at_once_it_goes_to_one(people: Cast, head: User) -> None:
    ticket(people, people.director)
    rows = [f"{row.case.key}:{row.number}" for row in given_to(people.director, people.director)]
    told = at_once(
        *(
            lambda to=to: hand_over(of=people.director, to=to, listed=rows, reason="x", by=people.director, now=NOW)
            for to in (head, people.officer)
        )
    )
    assert sum(isinstance(each, Refused) for each in told) == 1
