"""Somebody in their own name: a role is given for one person of the register, and reaches what is theirs and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.permissions import Permission
from xingke.base import definitions
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.registry import actions, queries, rules
from xingke.registry.actions import people as persons
from xingke.registry.models import Grant, Organisation, Person, Region
from xingke.registry.queries import people
from xingke.registry.rules import Role, Scope

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


class Asked(StrEnum):
    """What roles of persons hold; a room above asks for it."""

    READ = "case.read"
    APPLY = "case.apply"


def entered(cast: Cast, name: str = "何远山", *, by: str = "officer", region: Region | None = None) -> Person:
    return persons.enter_person(name=name, region=region or cast.county, facts={}, by=cast.users[by], now=NOW)


def given(cast: Cast, person: Person, *, who: str = "stranger", role: str = "commissioner", **more: object) -> Grant:
    asked = {"region": cast.county, "by": cast.security, "now": NOW, **more}
    return actions.give_role(user=cast.users[who], role=role, person=person, **asked)  # type: ignore[arg-type]


def reaches(user: User, permission: StrEnum = Asked.APPLY) -> frozenset[int]:
    """The entries of the register an account is itself, asked anew as the next request does."""
    return queries.scope(User.objects.get(pk=user.pk), permission).persons


# ── what a role may be given for ────────────────────────────────────────────────────────────────────────────────────


LABEL = Label(zh="甲", en="a")
PLAIN = Role(code="plain", label=LABEL, purpose=LABEL, permissions=())
OF_FIRM, OF_PERSON = replace(PLAIN, of_organisation=True), replace(PLAIN, of_person=True)
FOR = [
    ("a role of the bureau for a region", PLAIN, "", ""),
    ("or in a section of it", PLAIN, "section", ""),
    ("or, where a bureau wants that, for one organisation", PLAIN, "organisation", ""),
    ("but never for a person, who would act as the bureau", PLAIN, "person", "不能授予个人"),
    ("a role of an organisation for one", OF_FIRM, "organisation", ""),
    ("never for the region as a whole", OF_FIRM, "", "只能授予一个单位"),
    ("nor for a person", OF_FIRM, "person", "只能授予一个单位"),
    ("nor for both", OF_FIRM, "organisation person", "请只填一样"),
    ("a role of a person for one", OF_PERSON, "person", ""),
    ("never for the region as a whole", OF_PERSON, "", "只能授予一个人"),
    ("nor for an organisation", OF_PERSON, "organisation", "只能授予一个人"),
    ("nor for both", OF_PERSON, "organisation person", "请只填一样"),
    ("and nobody is a section", OF_PERSON, "person section", "授予个人的角色不填科室"),
    ("as no organisation is one", OF_FIRM, "organisation section", "授予一家单位的角色不填科室"),
]


@pytest.mark.parametrize("story, role, things, refused", FOR)
def test_a_role_is_given_for_what_it_is_made_for(story: str, role: Role, things: str, refused: str) -> None:
    answer = rules.may_be_given_for(
        role, organisation="organisation" in things, person="person" in things, section="section" in things
    )

    assert answer.allowed == (not refused)
    assert refused in str(answer.reason)


@pytest.mark.parametrize(
    "more, said", [("of_organisation = true", "choose one"), ("administrative = true", "administrators look after")]
)
def test_a_pack_cannot_make_a_role_of_a_person_that_is_more_than_that(tmp_path: Path, more: str, said: str) -> None:
    (tmp_path / "roles.toml").write_text(
        '[[role]]\ncode = "x"\nlabel = { zh = "甲", en = "a" }\npurpose = { zh = "甲", en = "a" }\n'
        f"permissions = []\nof_person = true\n{more}\n",
        "utf-8",
    )

    with pytest.raises(definitions.DefinitionError, match=said):
        definitions.read_pack(tmp_path)


@pytest.mark.parametrize("code", ["commissioner", "expert"])
def test_the_roles_of_persons_ship_as_data_and_touch_no_administration(cast: Cast, code: str) -> None:
    role = queries.roles()[code]

    assert role.of_person and set(role.permissions) == {"case.read", "case.apply"}
    for each in ("security", "system", "auditor"):
        with pytest.raises(Refused, match="不得由同一账号担任"):
            given(cast, entered(cast, each), who=each, role=code, by=None)


@pytest.mark.parametrize(
    "person, organisation, section", [(True, True, ""), (True, False, "rural"), (False, True, "rural")]
)
def test_the_database_itself_keeps_a_grant_to_one_thing(
    cast: Cast, person: bool, organisation: bool, section: str
) -> None:
    with pytest.raises(IntegrityError, match="registry_grant_for_one_thing"):
        Grant.objects.create(
            user=cast.stranger,
            role="commissioner",
            region=cast.county,
            person=entered(cast) if person else None,
            organisation=cast.firm if organisation else None,
            section=section,
            given_at=NOW,
        )


# ── who somebody is ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_a_role_as_a_person_reaches_themselves_and_no_region(cast: Cast) -> None:
    person, other = entered(cast), entered(cast, "陆知秋")
    given(cast, person)
    user = User.objects.get(pk=cast.stranger.pk)

    allowed = queries.scope(user, Asked.APPLY)

    assert (allowed.persons, allowed.ranges, allowed.organisations, allowed.home) == ({person.pk}, (), frozenset(), ())
    assert bool(allowed) and allowed.is_all_home and allowed.at_home == allowed
    assert queries.own_persons(user) == [person]
    assert queries.own_regions(user) == [] and queries.own_organisations(user) == []
    assert [queries.may(user, Asked.APPLY, at=each) for each in (person, other, cast.county, cast.firm)] == [
        True,
        False,
        False,
        False,
    ]
    assert queries.has(user, Asked.APPLY)
    assert not queries.has_code_for_a_region(user, Asked.APPLY.value)
    assert not queries.has(user, Permission.PERSON_READ)  # not even of themselves
    assert not queries.comparable_regions(user) and queries.sections_of(user, cast.county) == frozenset()


def test_rows_of_a_person_are_shown_only_where_a_list_says_so(cast: Cast) -> None:
    """A column named ``person`` is no reason: every list that stood before shows what it showed before."""
    person, _other = entered(cast), entered(cast, "陆知秋")
    allowed = Scope(persons=frozenset({person.pk}))

    assert not Person.objects.filter(queries.in_scope(allowed)).exists()
    assert not Grant.objects.filter(queries.in_scope(allowed)).exists()
    assert list(Person.objects.filter(queries.in_scope(allowed, person="pk"))) == [person]
    assert not Person.objects.filter(queries.in_scope(Scope(), person="pk")).exists()


def test_a_refusal_names_nobody(cast: Cast) -> None:
    person = entered(cast)

    with pytest.raises(Refused, match="“这个人”") as refused:
        queries.require(cast.stranger, Asked.APPLY, at=person)
    assert person.name not in str(refused.value)


def test_the_bureau_and_the_employer_may_where_they_may(cast: Cast) -> None:
    """An officer for those of the county, a firm for those who work there, the neighbour for neither."""
    person = entered(cast)
    persons.employ(
        person=person,
        employer="",
        organisation=cast.firm,
        post="",
        since=None,
        by=cast.officer,
        now=NOW,
    )
    person.refresh_from_db()

    may = {
        who: queries.may(cast.users[who], Asked.READ, at=person)
        for who in ("officer", "enterprise", "neighbour", "stranger")
    }

    assert may == {"officer": True, "enterprise": True, "neighbour": False, "stranger": False}


def test_who_only_acts_in_their_own_name_is_nobodys_colleague(cast: Cast, tmp_path: Path) -> None:
    """Even where a pack lets persons write: what they write is theirs, and no work of the bureau they were given it in."""
    (tmp_path / "roles.toml").write_text(
        '[[role]]\ncode = "writer"\nlabel = { zh = "甲", en = "a" }\npurpose = { zh = "甲", en = "a" }\n'
        'permissions = ["record.read", "record.enter"]\nof_person = true\n',
        "utf-8",
    )
    actions.load_pack(folder=tmp_path, by=None, now=NOW)
    given(cast, entered(cast), region=cast.city, role="writer")
    actions.give_role(user=cast.superior, role="officer", region=cast.city, by=None, now=NOW)
    superior, writer = (User.objects.get(pk=each.pk) for each in (cast.superior, cast.stranger))

    assert queries.scope(superior, Permission.RECORD_READ).colleagues == {superior.pk}
    assert queries.scope(writer, Permission.RECORD_READ) == Scope(persons=reaches(writer, Permission.RECORD_READ))


def test_a_region_is_not_worked_for_by_whoever_belongs_there(cast: Cast) -> None:
    person, region = entered(cast), Region.objects.get(code="990124", valid_to__isnull=True)
    Grant.objects.create(user=cast.stranger, role="commissioner", region=region, person=person, given_at=NOW)

    assert region not in queries.regions_worked_for()
    assert cast.county in queries.regions_worked_for()


def test_answers_kept_for_readers_alike_are_kept_apart_for_two_persons(cast: Cast) -> None:
    accounts = {"stranger": entered(cast), "neighbour": entered(cast, "陆知秋")}
    Grant.objects.filter(user=cast.neighbour).delete()
    for who, person in accounts.items():
        given(cast, person, who=who)
    one, other = (User.objects.get(username=who) for who in accounts)

    assert queries.rights(one) != queries.rights(other)
    assert queries.rights(one, Asked.READ) != queries.rights(other, Asked.READ)
    assert queries.rights(one, Permission.RECORD_READ) != queries.rights(other, Permission.RECORD_READ)
    here, there = (queries.scope(each, Asked.READ) for each in (one, other))
    assert here.in_order != there.in_order


def test_scope_costs_two_queries_more_for_whoever_acts_in_their_own_name(cast: Cast) -> None:
    given(cast, entered(cast))
    given(cast, people.people_called(cast.officer, "何远山")[0], role="expert")
    costs = {}
    for who in ("stranger", "enterprise"):
        user = User.objects.get(pk=cast.users[who].pk)
        with CaptureQueriesContext(connection) as asked:
            for permission in Asked:
                queries.scope(user, permission)
            queries.rights(user)
            queries.own_persons(user)
        costs[who] = len(asked)

    assert costs["stranger"] == costs["enterprise"] + 2  # who they are, and whom they were merged with


# ── giving and taking back ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_of_a_person_is_given_once_and_the_trail_keeps_a_key_and_no_name(cast: Cast) -> None:
    person = entered(cast)

    grant = given(cast, person)
    assert given(cast, person) == grant
    actions.take_role_back(grant=grant, by=cast.security, now=NOW)

    assert reaches(cast.stranger) == frozenset()
    entries = AuditEntry.objects.filter(target="stranger", action__startswith="grant.").order_by("seq")
    assert [(each.action, each.detail["person"]) for each in entries] == [
        ("grant.given", str(person.key)),
        ("grant.revoked", str(person.key)),
    ]
    assert person.name not in str([each.detail for each in AuditEntry.objects.all()])


def test_an_account_is_one_person_and_a_person_has_one_account(cast: Cast) -> None:
    person, other = entered(cast), entered(cast, "陆知秋")
    given(cast, person)

    given(cast, person, role="expert")  # a second role of the same person
    with pytest.raises(Refused, match="账号“stranger”已经是另一个人的"):
        given(cast, other)
    with pytest.raises(Refused, match="这个人已经有另一个账号") as refused:
        given(cast, person, who="neighbour")
    assert "stranger" not in str(refused.value)

    for grant in Grant.objects.filter(user=cast.stranger):
        actions.take_role_back(grant=grant, by=cast.security, now=NOW)
    given(cast, person, who="neighbour")
    given(cast, other)


def test_an_account_that_was_closed_is_still_the_persons(cast: Cast) -> None:
    """It may be opened again, and one person would act twice."""
    person = entered(cast)
    given(cast, person)
    User.objects.filter(pk=cast.stranger.pk).update(is_active=False)

    with pytest.raises(Refused, match="这个人已经有另一个账号"):
        given(cast, person, who="neighbour")


def test_the_database_itself_keeps_one_role_of_a_person_from_two_accounts(cast: Cast) -> None:
    person = entered(cast)
    given(cast, person)

    with pytest.raises(IntegrityError, match="person"):
        Grant.objects.create(user=cast.neighbour, role="commissioner", region=cast.county, person=person, given_at=NOW)


@pytest.mark.parametrize(
    "lives, works, where, may",
    [
        ("990121", "", "990121", True),
        ("990121", "", "990100", True),  # the city the county lies in
        ("990121", "", "990122", False),
        ("990121", "990122", "990122", True),  # where their employer is
        ("990122", "", "990121", False),
    ],
)
def test_a_person_belongs_to_where_they_live_and_where_they_work(
    cast: Cast, lives: str, works: str, where: str, may: bool
) -> None:
    region = Region.objects.get(code=lives, valid_to__isnull=True)
    person = entered(cast, region=region, by="officer" if region == cast.county else "neighbour")
    Person.objects.filter(pk=person.pk).update(organisation=cast.other_firm if works else None)
    there = Region.objects.get(code=where, valid_to__isnull=True)

    if may:
        assert given(cast, person, region=there).person == person
    else:
        with pytest.raises(Refused, match=f"都不在{there.name}") as refused:
            given(cast, person, region=there)
        assert person.name not in str(refused.value) and region.name not in str(refused.value)


def test_whom_only_a_list_names_is_given_nothing(cast: Cast) -> None:
    bare = Person.objects.create(name="")

    with pytest.raises(Refused, match="这个人没有登记"):
        given(cast, bare)


# ── merged and forgotten ────────────────────────────────────────────────────────────────────────────────────────────


def test_one_merged_is_whoever_they_were_merged_into_and_keeps_what_was_filed(cast: Cast) -> None:
    """What names the entry that is gone stays theirs: records keep the key they were filed with."""
    kept, gone, third = entered(cast), entered(cast, "何远山（重复）"), entered(cast, "何远山（又一条）")
    given(cast, gone)
    assert reaches(cast.stranger) == {gone.pk}

    persons.merge_people(kept=kept, other=gone, reason="同一人", by=cast.officer, now=NOW)
    assert reaches(cast.stranger) == {kept.pk, gone.pk}
    kept.refresh_from_db()
    persons.merge_people(kept=third, other=kept, reason="同一人", by=cast.officer, now=NOW)

    assert reaches(cast.stranger) == {kept.pk, gone.pk, third.pk}
    assert queries.own_persons(User.objects.get(pk=cast.stranger.pk)) == [third]
    assert given(cast, gone).person == gone  # it stands already, given to the same somebody
    assert given(cast, gone, role="expert").person == third
    with pytest.raises(Refused, match="这个人已经有另一个账号"):
        given(cast, third, who="neighbour")


def test_two_who_each_have_an_account_are_not_merged_before_one_is_taken_back(cast: Cast) -> None:
    kept, other = entered(cast), entered(cast, "何远山（重复）")
    given(cast, kept)
    second = given(cast, other, who="neighbour")

    with pytest.raises(Refused, match="两条各有一个账号"):
        persons.merge_people(kept=kept, other=other, reason="同一人", by=cast.officer, now=NOW)
    assert Person.objects.get(pk=other.pk).merged_into is None

    actions.take_role_back(grant=second, by=cast.security, now=NOW)
    persons.merge_people(kept=kept, other=other, reason="同一人", by=cast.officer, now=NOW)
    assert reaches(cast.stranger) == {kept.pk, other.pk}


def test_who_is_forgotten_loses_every_role_in_the_same_act(cast: Cast) -> None:
    kept, gone = entered(cast), entered(cast, "何远山（重复）")
    given(cast, gone)
    persons.merge_people(kept=kept, other=gone, reason="同一人", by=cast.officer, now=NOW)
    given(cast, kept, role="expert")
    kept.refresh_from_db()

    persons.erase_person(person=kept, reason="本人要求", by=cast.officer, now=NOW)

    assert reaches(cast.stranger) == frozenset()
    assert not queries.permissions_of(User.objects.get(pk=cast.stranger.pk))
    assert set(Grant.objects.filter(user=cast.stranger).values_list("revoked_by", "revoked_at")) == {
        (cast.officer.pk, NOW)
    }
    row = AuditEntry.objects.latest("seq")
    assert (row.action, row.reason) == ("person.erased", "本人要求")
    assert [(each["action"], each["target"], each["role"]) for each in row.detail[AuditEntry.PARTS]] == [
        ("grant.revoked", "stranger", "commissioner"),
        ("grant.revoked", "stranger", "expert"),
    ]
    with pytest.raises(Refused, match="个人信息已经删除"):
        given(cast, kept)


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def typed(**more: str) -> dict[str, str]:
    return {
        "username": "stranger",
        "role": "commissioner",
        "region": "青溪县",
        "organisation": "",
        "section": "",
        **more,
    }


@pytest.mark.parametrize("written", ["何远山", "何远山（云岭农业大学）", "何远山(云岭农业大学)", "{key}", "{merged}"])
def test_a_person_is_named_as_people_write_them(cast: Cast, signed_in: SignIn, written: str) -> None:
    person, gone = entered(cast), entered(cast, "重复")
    persons.merge_people(kept=person, other=gone, reason="同一人", by=cast.officer, now=NOW)
    persons.employ(
        person=person, employer="云岭农业大学", organisation=None, post="", since=None, by=cast.officer, now=NOW
    )

    answer = signed_in("security").post("/grants/give/", typed(person=written.format(key=person.key, merged=gone.key)))

    assert answer["Location"] == "/grants/"
    assert Grant.objects.get(user=cast.stranger).person == person


def test_whoever_gives_roles_is_told_nothing_of_anybody_but_whether_there_is_exactly_one(
    cast: Cast, signed_in: SignIn
) -> None:
    """One page for nobody of that name, for two, for one next door, for one forgotten, for a key of nobody here."""
    for _ in range(2):
        entered(cast, "双名人")
    elsewhere = entered(cast, "邻县人", region=cast.sibling, by="neighbour")
    forgotten = entered(cast, "要忘记的人")
    persons.erase_person(person=forgotten, reason="本人要求", by=cast.officer, now=NOW)
    browser = signed_in("security")

    def told(written: str) -> list[str]:
        """What the page says, with what was written left out."""
        page = html.fromstring(browser.post("/grants/give/", typed(person=written)).content.decode())
        return [text.replace(written, "…") for text in page.itertext()] + page.xpath("//a/@href")

    pages = [
        told(each)
        for each in ("没有这人", "双名人", "邻县人", "要忘记的人", str(elsewhere.key), str(forgotten.key), "张（王）")
    ]

    assert any("青溪县没有唯一的人员叫“…”" in text for text in pages[0])
    assert [each for each in pages if each != pages[0]] == []
    assert not Grant.objects.filter(user=cast.stranger).exists()


def test_the_list_of_grants_and_its_file_say_in_whose_name(cast: Cast, signed_in: SignIn) -> None:
    person = entered(cast)
    given(cast, person)
    browser = signed_in("security")

    page = browser.get("/grants/?q=stranger").content.decode()
    lines = browser.get("/grants/?q=stranger&format=csv").content.decode("utf-8-sig").splitlines()

    assert "以本人名义：何远山" in page and "科技特派员" in page
    assert lines[0].startswith("账号,姓名或岗位,岗位角色,区划,区划代码,单位,人员,人员编号,科室,")
    assert lines[1].startswith(f"stranger,stranger,科技特派员,青溪县,990121,,何远山,{person.key},,")


def test_the_list_costs_no_query_more_for_many_persons(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("security")
    given(cast, entered(cast))
    browser.get("/grants/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/grants/")
    for role in ("expert",):
        given(cast, Person.objects.get(name="何远山"), role=role)
    given(cast, entered(cast, "陆知秋"), who="neighbour")

    with CaptureQueriesContext(connection) as many:
        browser.get("/grants/")

    assert len(many) == len(few)


def test_the_workbench_says_whose_it_is_and_shows_nothing_of_the_county(cast: Cast, signed_in: SignIn) -> None:
    given(cast, entered(cast))
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="91990121MATH3BJ10M")

    page = signed_in("stranger").get("/").content.decode()

    assert "何远山" in page and "科技特派员" in page and "青溪县" in page and "以本人名义申请和办理自己的事项" in page
    assert cast.firm.name not in page and "常用" not in page and "没有要您处理的" in page
