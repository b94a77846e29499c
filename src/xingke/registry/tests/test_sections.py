"""Sections 科室 of a bureau: whose work something is; and permissions asked for at a region or an organisation."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.registry import actions, queries
from xingke.registry.models import Grant

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def test_a_role_may_be_held_in_one_section_and_then_in_another(cast: Cast, signed_in: SignIn) -> None:
    typed = {"username": "stranger", "role": "officer", "region": "青溪县", "organisation": "", "section": "rural"}
    browser = signed_in("security")

    browser.post("/grants/give/", typed)
    browser.post("/grants/give/", typed)  # a second time changes nothing
    actions.give_role(
        user=cast.stranger, role="officer", region=cast.county, section="results", by=cast.security, now=NOW
    )

    assert queries.sections_of(cast.stranger, cast.county) == {"rural", "results"}
    assert queries.sections_of(cast.stranger, cast.sibling) == frozenset()
    assert queries.sections_of(cast.officer, cast.county) is None  # of all sections
    page = browser.get("/grants/?q=stranger").content.decode()
    assert "农村与社会发展科技科" in page and "成果转化与区域创新科" in page


def test_a_section_does_not_limit_what_may_be_read(cast: Cast) -> None:
    whole = queries.scope(cast.officer, Permission.RECORD_READ)
    actions.give_role(
        user=cast.stranger, role="officer", region=cast.county, section="rural", by=cast.security, now=NOW
    )

    assert queries.scope(cast.stranger, Permission.RECORD_READ).ranges == whole.ranges


def test_an_unknown_section_and_one_of_a_firm_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有名为“nothing”的科室"):
        actions.give_role(
            user=cast.stranger, role="officer", region=cast.county, section="nothing", by=cast.security, now=NOW
        )
    with pytest.raises(Refused, match="授予一家单位的角色不填科室"):
        actions.give_role(
            user=cast.stranger,
            role="enterprise_user",
            region=cast.county,
            organisation=cast.firm,
            section="rural",
            by=cast.security,
            now=NOW,
        )
    assert not Grant.objects.filter(user=cast.stranger).exists()


@pytest.mark.parametrize(
    "who, mine, other",
    [("officer", True, False), ("enterprise", True, False), ("neighbour", False, True), ("stranger", False, False)],
)
def test_a_permission_is_asked_for_at_an_organisation(cast: Cast, who: str, mine: bool, other: bool) -> None:
    """An officer sees the firms of the county, a firm itself, the neighbour those next door."""
    at = {
        firm: queries.may(cast.users[who], Permission.ORGANISATION_READ, at=firm)
        for firm in (cast.firm, cast.other_firm)
    }

    assert at == {cast.firm: mine, cast.other_firm: other}


def test_a_refusal_names_the_organisation(cast: Cast) -> None:
    with pytest.raises(Refused, match=cast.firm.name):
        queries.require(cast.neighbour, Permission.ORGANISATION_EDIT, at=cast.firm)


@pytest.mark.parametrize(
    "role", ["section_head", "office_clerk", "town_liaison", "zone_liaison", "university", "institution"]
)
def test_the_roles_of_a_bureau_and_its_partners_ship_as_data(cast: Cast, role: str) -> None:
    found = queries.roles()[role]

    assert not found.administrative
    assert found.of_organisation == (role in ("university", "institution"))
