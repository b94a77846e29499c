"""Substitutes: what is given to one waits for the other too, for some days, and no right goes with it."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework import queries, telling
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.actions.substitutes import NewSubstitution, end_substitution, name_substitute
from xingke.casework.checks import cases as check_cases
from xingke.casework.checks import in_place
from xingke.casework.models import CaseStep, Substitution
from xingke.casework.queries import lists
from xingke.casework.queries.substitutes import stood_in_for, substitution_for, substitutions_seen
from xingke.casework.rules.answers import step_digest
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.posting import TODAY, answer, colleague, head_of_section, stand_in, ticket
from xingke.notices.models import Notice
from xingke.registry import actions as registry
from xingke.registry.models import Grant

pytestmark = pytest.mark.db


@pytest.fixture
def head(cast: Cast) -> User:
    """A third colleague; the example flows are loaded."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return head_of_section(cast)


def test_a_substitute_takes_what_was_given_to_the_other_and_the_way_says_so(cast: Cast, head: User) -> None:
    case = ticket(cast, cast.director)
    with pytest.raises(Refused, match="不由您办"):
        answer(case, head)
    stand_in(cast.director, head)
    row = answer(case, head)
    assert (row.taken_by, row.in_place_of, row.assignee) == (head, cast.director, cast.director)
    assert row.digest == step_digest(queries.said_of(row), CaseStep.objects.get(case=case, number=2).digest)
    assert not [each for result in check_cases() for each in result.problems]
    registry.give_role(user=cast.director, role="officer", region=cast.county, by=None, now=NOW)
    called = StepWanted(step="redo", opinion="再看")
    for who in (head, cast.director):  # four eyes: both have answered it
        with pytest.raises(Refused, match="没有经手前面步骤"):
            take_step(case=case, wanted=called, seen=3, by=who, now=NOW)


def test_what_everybody_did_before_there_were_substitutes_keeps_its_digest(cast: Cast, head: User) -> None:
    case = ticket(cast, cast.director)
    assert "in_place_of" not in queries.said_of(CaseStep.objects.get(case=case, number=2))


def test_it_begins_and_ends_by_itself(cast: Cast, head: User) -> None:
    stand_in(cast.director, head, since=TODAY + timedelta(days=1), days=2)
    days = [bool(stood_in_for(head, TODAY + timedelta(days=n))) for n in range(5)]
    assert days == [False, True, True, False, False]
    case = ticket(cast, cast.director)
    with pytest.raises(Refused, match="不由您办"):
        answer(case, head)
    answer(case, head, now=NOW + timedelta(days=2))


def test_it_gives_no_right_the_substitute_has_not(cast: Cast, head: User) -> None:
    """Whoever sees no cases there cannot be named; whoever loses that later takes nothing."""
    for stranger in (cast.neighbour, cast.enterprise, cast.stranger, cast.superior):
        with pytest.raises(Refused, match="没有查看事项的权限"):
            stand_in(cast.director, stranger)
    case = ticket(cast, cast.director)
    stand_in(cast.director, head)
    for grant in Grant.objects.filter(user=head, revoked_at__isnull=True):
        registry.take_role_back(grant=grant, by=cast.security, now=NOW)
    with pytest.raises(Refused, match="不由您办"):
        answer(case, User.objects.get(pk=head.pk))


def test_nothing_is_handed_on(cast: Cast, head: User) -> None:
    """The substitute's own substitute has the substitute's own cases, and not the other's."""
    case, own = ticket(cast, cast.director), ticket(cast, head, title="融资难")
    stand_in(cast.director, head)
    stand_in(head, cast.officer)
    with pytest.raises(Refused, match="不由您办"):
        answer(case, cast.officer)
    assert answer(own, cast.officer).in_place_of == head
    with pytest.raises(Refused, match="自己也由别人代"):
        stand_in(cast.officer, head)


def test_who_names_a_substitute(cast: Cast, head: User) -> None:
    """Oneself, whoever leads them, whoever gives the roles; nobody else."""
    for by in (cast.officer, head, cast.security):
        row = stand_in(cast.officer, cast.director, by=by)
        end_substitution(substitution=row, by=by, now=NOW)
    for by in (cast.neighbour, cast.superior, cast.enterprise, cast.stranger, cast.system, cast.auditor):
        with pytest.raises(Refused, match="由本人或者他的负责人定"):
            stand_in(cast.officer, cast.director, by=by)
    with pytest.raises(Refused, match="由本人或者他的负责人定"):
        stand_in(cast.director, head, by=cast.officer)
    with pytest.raises(Refused, match="由本人或者他的负责人定"):
        stand_in(cast.enterprise, head)
    assert Substitution.objects.filter(ended_at__isnull=True).count() == 0


def test_a_second_press_names_one_and_ends_one_once(cast: Cast, head: User) -> None:
    new = NewSubstitution(user=cast.director, substitute=head, since=TODAY, until=TODAY)
    rows = {name_substitute(new=new, by=cast.director, now=NOW).pk for _press in range(3)}
    (pk,) = rows
    acts = AuditEntry.objects.filter(action="substitute.named").count()
    row = Substitution.objects.get(pk=pk)
    for _press in range(2):
        end_substitution(substitution=row, by=cast.director, now=NOW)
    assert (acts, AuditEntry.objects.filter(action="substitute.ended").count()) == (1, 1)
    assert not stood_in_for(head, TODAY)
    stand_in(cast.director, head)  # the days are free again


def test_what_was_over_is_not_ended(cast: Cast, head: User) -> None:
    row = stand_in(cast.director, head, days=2)
    with pytest.raises(Refused, match="已经到期"):
        end_substitution(substitution=row, by=cast.director, now=NOW + timedelta(days=2))


def test_only_the_bureau_sees_who_stands_in_and_only_some_end_it(cast: Cast, head: User) -> None:
    row = stand_in(cast.director, head)
    see = {name for name, user in cast.users.items() if substitutions_seen(user).exists()}
    assert see == {"officer", "director", "security"}
    for user in (cast.officer, cast.neighbour, cast.stranger):
        with pytest.raises(Http404):
            substitution_for(user, row.key)


def test_what_the_one_is_told_the_other_is_told(cast: Cast, head: User) -> None:
    """Given, and about to be due: both hear of it; the substitute of nobody hears nothing."""
    stand_in(cast.director, head)
    case = ticket(cast, cast.director)
    given = Notice.objects.filter(kind="case-given", key=str(case.key)).values_list("user__username", flat=True)
    assert sorted(given) == ["director", "head"]
    named = Notice.objects.filter(kind="substitute-named").values_list("user__username", flat=True)
    assert list(named) == ["head"]


def test_what_is_about_to_be_due_is_remembered_to_both(cast: Cast, head: User) -> None:
    now, today = timezone.now(), timezone.localdate()  # the day on which this is run is what counts
    case = ticket(cast, cast.director, now=now)
    stand_in(cast.director, head, since=today, now=now)
    told = [each.user for each in telling.REMINDER.find(today, today + timedelta(days=60)) if each.key == str(case.key)]
    assert set(told) == {cast.director, head}


def test_what_waits_for_one_waits_for_the_other(cast: Cast, head: User) -> None:
    case, clerk = ticket(cast, cast.director), colleague(cast, "clerk", "文秘", "office_clerk")

    def waiting(user: User) -> bool:
        return lists.cases_listed(user, state=lists.TODO).filter(case=case).exists()

    assert waiting(cast.director)
    assert not waiting(clerk)
    stand_in(cast.director, clerk, since=timezone.localdate(), now=timezone.now())
    assert waiting(cast.director)
    assert waiting(clerk)


def test_the_check_sees_who_was_not_named(cast: Cast, head: User) -> None:
    row = stand_in(cast.director, head)
    case = ticket(cast, cast.director)
    assert not list(in_place())
    answer(case, head)
    assert [each.problems for each in in_place()] == [()]
    Substitution.objects.filter(pk=row.pk).update(until=TODAY - timedelta(days=1), since=TODAY - timedelta(days=1))
    (told,) = in_place()
    assert "没有指定为代" in told.problems[0]
