"""Who may do what where: ranges of codes, grants and the roles that exclude one another."""

from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from django.db import IntegrityError
from django.http import Http404

from tests.cast import NOW, Cast
from xingke.accounts import permissions
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.permissions import PERMISSIONS, Grantable, Permission
from xingke.base import definitions
from xingke.base.refusals import Refused
from xingke.base.register import Register
from xingke.registry import actions, queries, rules
from xingke.registry.models import Grant, Organisation, Region
from xingke.registry.rules import Role, Scope

pytestmark = pytest.mark.db

DAY = date(2025, 12, 31)

RANGES = [
    ("a county is its own code", 990121, "county", (990121, 990122)),
    ("a city holds its counties", 620700, "city", (620700, 620800)),
    ("a province holds its cities", 620000, "province", (620000, 630000)),
    ("the nation holds everything real", 0, "nation", (0, 990000)),
]


@pytest.mark.parametrize("story, code, level, expected", RANGES)
def test_path_range(story: str, code: int, level: str, expected: tuple[int, int]) -> None:
    assert rules.path_range(code, level) == expected


def test_a_scope_covers_its_ranges_up_to_but_not_with_the_end() -> None:
    scope = Scope(((620700, 620800), (990121, 990122)))

    assert [scope.covers(path) for path in (620699, 620700, 620799, 620800, 990121, 990122)] == [
        False,
        True,
        True,
        False,
        True,
        False,
    ]
    assert not Scope()


def test_an_officer_works_in_the_own_county_only(cast: Cast) -> None:
    assert queries.scope(cast.officer, Permission.RECORD_ENTER).ranges == ((990121, 990122),)
    assert not queries.scope(cast.officer, Permission.RECORD_CONFIRM)
    assert not queries.scope(cast.stranger, Permission.RECORD_READ)


def test_a_city_reader_reads_the_counties_below(cast: Cast) -> None:
    allowed = queries.scope(cast.superior, Permission.RECORD_READ)

    assert allowed.covers(cast.county.path) and allowed.covers(cast.sibling.path)
    assert not allowed.covers(990201)


class Lending(StrEnum):
    """What a room asks for that has unfinished work of its own."""

    LEND = "loan.lend"


@pytest.fixture
def lender(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A role that reads the ledger and changes what lies in another room."""
    announced: Register[Grantable] = Register("permission", lambda each: each.permission.value)
    announced.add(*PERMISSIONS, Grantable(permission=Lending.LEND, changes=True, is_work=True))
    monkeypatch.setattr(permissions, "PERMISSIONS", announced)
    monkeypatch.setattr(rules, "PERMISSIONS", announced)
    (tmp_path / "roles.toml").write_text(
        '[[role]]\ncode = "lender"\nlabel = { zh = "出借", en = "Lender" }\npurpose = { zh = "出借。", en = "Lends." }\n'
        'permissions = ["record.read", "loan.lend"]\n',
        "utf-8",
    )
    actions.load_pack(folder=tmp_path, by=None, now=NOW)
    return "lender"


def test_who_works_in_another_room_has_no_colleagues_before_the_ledger(cast: Cast, lender: str) -> None:
    """Neither the ledger's, whose drafts they would see in the counties, nor is one of those who enter records."""
    writer, other = cast.users["neighbour"], cast.users["stranger"]
    actions.give_role(user=writer, role="officer", region=cast.city, by=None, now=NOW)
    for each in (cast.superior, other):
        actions.give_role(user=each, role=lender, region=cast.city, by=None, now=NOW)
    superior, officer = (User.objects.get(pk=each.pk) for each in (cast.superior, writer))

    assert queries.scope(superior, Permission.RECORD_READ).colleagues == set()
    assert queries.scope(superior, Lending.LEND).colleagues == {cast.superior.pk, other.pk}
    assert queries.scope(officer, Permission.RECORD_READ).colleagues == {writer.pk}


def test_who_writes_the_reports_of_a_bureau_sees_the_drafts_of_its_records(cast: Cast) -> None:
    writer = cast.users["neighbour"]
    actions.give_role(user=writer, role="officer", region=cast.city, by=None, now=NOW)
    actions.give_role(user=cast.superior, role="office_clerk", region=cast.city, by=None, now=NOW)

    found = queries.scope(User.objects.get(pk=cast.superior.pk), Permission.RECORD_READ)

    assert writer.pk in found.colleagues


def test_an_enterprise_user_sees_the_own_firm_and_no_region(cast: Cast) -> None:
    allowed = queries.scope(cast.enterprise, Permission.RECORD_READ)

    assert (allowed.ranges, allowed.organisations) == ((), frozenset({cast.firm.pk}))
    assert list(queries.organisations_visible_to(cast.enterprise)) == [cast.firm]


def test_each_sees_the_organisations_of_the_own_scope(cast: Cast) -> None:
    seen = {
        name: set(queries.organisations_visible_to(cast.users[name]))
        for name in ("officer", "neighbour", "superior", "stranger", "auditor")
    }

    assert seen == {
        "officer": {cast.firm},
        "neighbour": {cast.other_firm},
        "superior": {cast.firm, cast.other_firm},
        "stranger": set(),
        "auditor": set(),
    }
    assert queries.organisation_for(cast.officer, cast.firm.key) == cast.firm
    with pytest.raises(Http404):
        queries.organisation_for(cast.officer, cast.other_firm.key)


def test_an_account_that_was_closed_may_do_nothing(cast: Cast) -> None:
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)

    assert not queries.scope(User.objects.get(pk=cast.officer.pk), Permission.RECORD_READ)


def test_siblings_are_the_regions_under_one_parent(cast: Cast) -> None:
    names = [region.name for region in queries.siblings(cast.county, on=DAY)]

    assert names[:2] == ["青溪县", "云渡县"]
    assert len(names) == 8
    assert {region.parent for region in queries.siblings(cast.county, on=DAY)} == {cast.city}
    nation = Region.objects.get(code="000000")
    assert queries.siblings(nation, on=DAY) == [nation]


@pytest.mark.parametrize(
    "day, stood", [(date(2025, 12, 31), True), (date(2026, 1, 1), False), (date(2019, 12, 31), False)]
)
def test_a_region_is_a_sibling_while_it_stands(cast: Cast, day: date, stood: bool) -> None:
    Region.objects.filter(pk=cast.sibling.pk).update(valid_from=date(2020, 1, 1), valid_to=date(2026, 1, 1))

    assert (cast.sibling in queries.siblings(cast.county, on=day)) == stood
    assert (cast.sibling in queries.children(cast.city, on=day)) == stood


def test_comparable_regions_are_the_own_the_parent_and_the_siblings(cast: Cast) -> None:
    names = {region.name for region in queries.comparable_regions(cast.officer)}

    assert names == {region.name for region in queries.siblings(cast.county, on=DAY)} | {"清源市"}
    assert not queries.comparable_regions(cast.enterprise)
    assert not queries.comparable_regions(cast.stranger)
    assert not queries.comparable_regions(cast.auditor)


def test_a_region_is_found_by_name_or_code_but_not_guessed(cast: Cast) -> None:
    assert queries.region_by_name_or_code(" 青溪县 ") == queries.region_by_name_or_code("990121") == cast.county
    with pytest.raises(LookupError, match="no region is called '乌有县'"):
        queries.region_by_name_or_code("乌有县")
    with pytest.raises(LookupError, match="give the six-digit code"):
        queries.region_by_name_or_code("鼓楼区")


# ── grants ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_is_given_and_taken_back_with_audit_and_never_deleted(cast: Cast) -> None:
    grant = actions.give_role(user=cast.stranger, role="officer", region=cast.county, by=cast.security, now=NOW)
    assert queries.scope(cast.stranger, Permission.RECORD_ENTER).covers(cast.county.path)

    actions.take_role_back(grant=grant, by=cast.security, now=NOW)

    assert not queries.grants_of(cast.stranger)
    kept = Grant.objects.get(pk=grant.pk)
    assert (kept.given_by, kept.revoked_by, kept.revoked_at) == (cast.security, cast.security, NOW)
    entries = AuditEntry.objects.filter(target="stranger", action__startswith="grant.").order_by("seq")
    assert [(entry.action, entry.by, entry.detail["role"], entry.detail["region"]) for entry in entries] == [
        ("grant.given", cast.security, "officer", "990121"),
        ("grant.revoked", cast.security, "officer", "990121"),
    ]


def test_giving_a_role_twice_changes_nothing_and_after_taking_it_back_it_can_be_given_again(cast: Cast) -> None:
    give = {"user": cast.stranger, "role": "officer", "region": cast.county, "by": cast.security, "now": NOW}
    first = actions.give_role(**give)
    assert actions.give_role(**give) == first

    actions.take_role_back(grant=first, by=cast.security, now=NOW)
    assert actions.take_role_back(grant=first, by=cast.security, now=NOW) == first

    assert actions.give_role(**give) != first


def test_the_database_itself_keeps_a_grant_from_standing_twice(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        Grant.objects.create(user=cast.officer, role="officer", region=cast.county, given_at=NOW)


def test_only_the_security_administrator_gives_roles(cast: Cast) -> None:
    for name in ("officer", "director", "system", "auditor", "statistician", "stranger"):
        with pytest.raises(Refused, match=r"grant\.manage"):
            actions.give_role(user=cast.stranger, role="officer", region=cast.county, by=cast.users[name], now=NOW)


def test_nobody_gives_or_takes_the_own_role(cast: Cast) -> None:
    with pytest.raises(Refused, match="不能给自己授权"):
        actions.give_role(user=cast.security, role="auditor", region=cast.county, by=cast.security, now=NOW)
    with pytest.raises(Refused, match="不能收回自己的角色"):
        actions.take_role_back(grant=cast.security.grants.first(), by=cast.security, now=NOW)


@pytest.mark.parametrize("role", ["system_administrator", "security_administrator", "auditor"])
def test_roles_of_the_whole_system_are_not_given_below_its_topmost_regions(cast: Cast, role: str) -> None:
    """Accounts and the trail belong to no region: a county's auditor would read everybody's."""
    with pytest.raises(Refused, match="只能在最上级区划授予"):
        actions.give_role(user=cast.stranger, role=role, region=cast.county, by=cast.security, now=NOW)

    Grant.objects.create(user=cast.stranger, role=role, region=cast.county, given_at=NOW)  # as it was possible once
    assert queries.permissions_of(cast.stranger) == frozenset()


def test_an_unknown_role_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有名为“emperor”的岗位角色"):
        actions.give_role(user=cast.stranger, role="emperor", region=cast.county, by=cast.security, now=NOW)


EXCLUDED = [
    ("system", "security_administrator"),
    ("system", "auditor"),
    ("auditor", "security_administrator"),
    ("auditor", "system_administrator"),
    ("officer", "auditor"),
    ("officer", "security_administrator"),
    ("director", "system_administrator"),
    ("auditor", "officer"),
    ("system", "statistician"),
]


@pytest.mark.parametrize("who, role", EXCLUDED)
def test_the_three_administrators_exclude_one_another_and_all_business(cast: Cast, who: str, role: str) -> None:
    with pytest.raises(Refused, match="不得由同一账号担任"):
        actions.give_role(user=cast.users[who], role=role, region=cast.county, by=cast.security, now=NOW)


@pytest.mark.parametrize("who, role", [("officer", "director"), ("director", "officer"), ("statistician", "officer")])
def test_business_roles_may_meet_in_one_account(cast: Cast, who: str, role: str) -> None:
    actions.give_role(user=cast.users[who], role=role, region=cast.county, by=cast.security, now=NOW)

    assert role in {found.code for found in queries.roles_of(User.objects.get(pk=cast.users[who].pk))}


def test_exclusion_holds_whichever_of_the_two_names_it() -> None:
    label = {"zh": "甲", "en": "a"}

    def role(code: str, *excludes: str) -> Role:
        from xingke.base.labels import Label

        return Role(code=code, label=Label(**label), purpose=Label(**label), permissions=(), excludes=excludes)

    assert not rules.may_hold(role("b"), [role("a", "b")]).allowed
    assert not rules.may_hold(role("a", "b"), [role("b")]).allowed
    assert rules.may_hold(role("a"), [role("b"), role("a")]).allowed


# ── organisations ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_credit_code_belongs_to_one_organisation(cast: Cast) -> None:
    from xingke.base.keys import derived_key

    code = "91990121MA0000001A"
    enter = {"by": cast.officer, "now": NOW, "source": "test"}
    new = actions.NewOrganisation(
        key=derived_key("a"), name="甲公司", region=cast.county, credit_code=" 91990121ma0000001a "
    )
    assert actions.enter_organisations(organisations=[new], **enter) == 1
    assert Organisation.objects.get(name="甲公司").credit_code == code
    assert actions.enter_organisations(organisations=[new], **enter) == 0  # known already

    other = actions.NewOrganisation(key=derived_key("b"), name="乙公司", region=cast.county, credit_code=code)
    with pytest.raises(Refused, match=f"{code} 已登记在“甲公司”名下"):
        actions.enter_organisations(organisations=[other], **enter)
    assert not Organisation.objects.filter(name="乙公司").exists()


def test_two_new_organisations_with_one_credit_code_are_refused_in_a_sentence(cast: Cast) -> None:
    from xingke.base.keys import derived_key

    both = [
        actions.NewOrganisation(key=derived_key(name), name=name, region=cast.county, credit_code="91990121MA0000001A")
        for name in ("甲公司", "乙公司")
    ]
    with pytest.raises(Refused, match="91990121MA0000001A"):
        actions.enter_organisations(organisations=both, by=cast.officer, now=NOW, source="test")
    assert not Organisation.objects.filter(name__in=["甲公司", "乙公司"]).exists()


def test_organisations_are_entered_in_the_own_scope_only(cast: Cast) -> None:
    from xingke.base.keys import derived_key

    new = actions.NewOrganisation(key=derived_key("a"), name="甲公司", region=cast.sibling)
    with pytest.raises(Refused, match="没有在“云渡县”"):
        actions.enter_organisations(organisations=[new], by=cast.officer, now=NOW, source="test")


def test_a_role_holds_no_permission_that_nobody_asks_for(tmp_path: Path) -> None:
    """A slip of the pen in a pack would otherwise give nothing, and nobody would be told."""
    (tmp_path / "pack.toml").write_text('name = "t"\nversion = 1\n', "utf-8")
    (tmp_path / "roles.toml").write_text(
        '[[role]]\ncode = "clerk"\nlabel = { zh = "文员", en = "Clerk" }\n'
        'purpose = { zh = "写。", en = "Writes." }\npermissions = ["document.wirte"]\n',
        "utf-8",
    )

    with pytest.raises(definitions.DefinitionError, match=r"holds 'document\.wirte', which nobody asks for"):
        definitions.read_pack(tmp_path)


def test_who_is_told_of_what_waits_in_a_region_works_there_and_the_nearest_go_first(cast: Cast) -> None:
    """The statistician of the province may enter in every county, and is told where nobody nearer may."""
    enter, confirm = Permission.RECORD_ENTER, Permission.RECORD_CONFIRM

    def told(permission: Permission, at: Region) -> set[str]:
        return {user.username for user in queries.accounts_that_may(permission, at=at)}

    assert told(enter, cast.county) == {"officer"}
    assert told(confirm, cast.sibling) == {"statistician", "checker"}
    assert told(Permission.RECORD_READ, cast.city) == {"superior"}
    assert told(Permission.DOCUMENT_DISCLOSE, cast.sibling) == set()

    actions.give_role(
        user=cast.stranger, role="officer", region=cast.city, by=None, now=NOW
    )  # looks on in the counties
    actions.take_role_back(grant=cast.officer.grants.get(), by=cast.security, now=NOW)
    assert told(enter, cast.county) == {"statistician", "checker"}
    assert told(enter, cast.city) == {"stranger"}

    User.objects.filter(username="checker").update(is_active=False)
    assert told(enter, cast.county) == {"statistician"}
