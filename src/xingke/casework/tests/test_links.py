"""Links between cases: said by an officer who sees both, and on each page only to whoever sees the other."""

import pytest
from django.http import Http404

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework import queries
from xingke.casework.actions.links import end_link, link_cases
from xingke.casework.models import Case, CaseLink
from xingke.casework.queries.links import MOST, link_of, links_seen
from xingke.casework.rules.links import LinkKind
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.posting import ticket, ticket_next_door
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture
def pair(cast: Cast) -> tuple[Case, Case]:
    """Two tickets of the county, the earlier one first."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    return ticket(cast, cast.director), ticket(cast, cast.director, title="又来的诉求")


def said(user: User, case: Case) -> list[tuple[str, str]]:
    """What a page says of the others."""
    return [(each.kind.value, each.other.read.case.title) for each in links_seen(user, case)]


@pytest.mark.parametrize("is_turned", [False, True])
def test_both_pages_say_it_each_from_its_side(cast: Cast, pair: tuple[Case, Case], is_turned: bool) -> None:
    first, second = pair
    if is_turned:
        link_cases(case=second, other=first, kind=LinkKind.EARLIER, by=cast.officer, now=NOW)
    else:
        link_cases(case=first, other=second, kind=LinkKind.LATER, by=cast.officer, now=NOW)
    assert said(cast.officer, first) == [("later", "又来的诉求")]
    assert said(cast.officer, second) == [("earlier", "用电贵")]
    assert said(cast.enterprise, second) == [("earlier", "用电贵")]  # the firm's own two


def test_no_self_and_no_double_either_way_round(cast: Cast, pair: tuple[Case, Case]) -> None:
    first, second = pair
    with pytest.raises(Refused, match="不能和自己关联"):
        link_cases(case=first, other=first, kind=LinkKind.SAME, by=cast.officer, now=NOW)
    made = link_cases(case=first, other=second, kind=LinkKind.LATER, by=cast.officer, now=NOW)
    for _press in range(2):
        assert link_cases(case=second, other=first, kind=LinkKind.EARLIER, by=cast.director, now=NOW) == made
    for kind in (LinkKind.SAME, LinkKind.LATER):
        with pytest.raises(Refused, match="已经关联为“本件的前一件”"):
            link_cases(case=second, other=first, kind=kind, by=cast.officer, now=NOW)
    assert CaseLink.objects.count() == 1
    assert AuditEntry.objects.filter(action="case.linked").count() == 1


def test_it_is_ended_and_not_deleted(cast: Cast, pair: tuple[Case, Case]) -> None:
    first, second = pair
    made = link_cases(case=first, other=second, kind=LinkKind.SAME, by=cast.officer, now=NOW)
    for _press in range(2):
        end_link(link=made, by=cast.director, now=NOW)
    assert not said(cast.officer, first)
    row = CaseLink.objects.get()
    assert row.seq_to is not None
    assert (row.ended_by, AuditEntry.objects.filter(action="case.link-ended").count()) == (cast.director, 1)
    link_cases(case=second, other=first, kind=LinkKind.REPLACES, by=cast.officer, now=NOW)
    assert said(cast.officer, first) == [("replaced", "又来的诉求")]


def test_only_an_officer_who_sees_both_says_so(cast: Cast, pair: tuple[Case, Case]) -> None:
    first, second = pair
    far = ticket_next_door(cast, cast.neighbour)
    for by in (cast.enterprise, cast.neighbour, cast.superior, cast.security, cast.stranger):
        with pytest.raises(Refused, match="看得到"):
            link_cases(case=first, other=second, kind=LinkKind.SAME, by=by, now=NOW)
    for case, other, by in ((first, far, cast.officer), (far, first, cast.officer), (far, first, cast.neighbour)):
        with pytest.raises(Refused, match="看得到"):
            link_cases(case=case, other=other, kind=LinkKind.SAME, by=by, now=NOW)
    made = link_cases(case=first, other=second, kind=LinkKind.SAME, by=cast.officer, now=NOW)
    for by in (cast.enterprise, cast.neighbour, cast.stranger):
        with pytest.raises(Refused, match="看得到"):
            end_link(link=made, by=by, now=NOW)
    assert not CaseLink.objects.exclude(seq_to=None).exists()


def test_a_link_to_what_somebody_does_not_see_is_not_there(cast: Cast, pair: tuple[Case, Case]) -> None:
    """An officer of both counties ties a case here to one next door: each county sees its own, and nothing of the other."""
    first, _second = pair
    far = ticket_next_door(cast, cast.neighbour)
    registry.give_role(user=cast.director, role="director", region=cast.sibling, by=None, now=NOW)
    made = link_cases(case=first, other=far, kind=LinkKind.RELATED, by=cast.director, now=NOW)
    assert said(cast.director, far) == [("related", "用电贵")]
    assert not said(cast.officer, first)
    assert not said(cast.neighbour, far)
    with pytest.raises(Http404):
        link_of(cast.officer, queries.case_read(first), made.pk)


def test_a_case_has_no_more_links_than_its_page_shows(cast: Cast, pair: tuple[Case, Case]) -> None:
    first, second = pair
    for number in range(MOST):
        other = ticket(cast, cast.director, title=f"第{number}件")
        link_cases(case=first, other=other, kind=LinkKind.RELATED, by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="最多关联20件"):
        link_cases(case=second, other=first, kind=LinkKind.RELATED, by=cast.officer, now=NOW)
