"""Those whom only lists name: seen by who may say who they are, entered or merged by one act, and counted as before until then."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.ledger.actions import listed_people as actions
from xingke.ledger.models import Appointment, AppointmentEvent
from xingke.ledger.queries import listed_people as queries
from xingke.ledger.tests.access import name_by_list
from xingke.ledger.tests.test_persons import entered
from xingke.registry.actions import people
from xingke.registry.models import Person
from xingke.registry.queries.people import facts_of, merged_into

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


@pytest.fixture
def listed(cast: Cast) -> Person:
    """Somebody whom two records of the county name, from row 3 of a file."""
    return name_by_list("李四", "科技特派员", "技术顾问", firm=cast.firm, by=cast.officer)


def typed(**changed: str) -> dict[str, str]:
    """The form for entering somebody, as it is filled in."""
    sealed = {"phone": "13812345678", "email": "", "address": "", "identity": ""}
    return {"name": "李四", "region": "990121", **sealed, **changed}


def move_a_record(listed: Person, cast: Cast) -> None:
    """One of the records was corrected to next door since."""
    record = Appointment.objects.filter(person=listed).first()
    assert record is not None
    Appointment.objects.filter(pk=record.pk).update(region=cast.sibling)
    AppointmentEvent.objects.filter(subject=record.record).update(region=cast.sibling)


# ── what is seen ──


def test_the_list_says_what_names_them_and_where_their_name_stands(
    cast: Cast, listed: Person, signed_in: SignIn
) -> None:
    page = signed_in("officer").get("/people/listed/").content.decode()

    assert f"/people/listed/{listed.key}/" in page
    assert "选派引进 2" in page and cast.firm.name in page and "特派员名单.xlsx" in page and "第 3 行" in page


def test_their_page_leads_to_the_records(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    page = signed_in("officer").get(f"/people/listed/{listed.key}/").content.decode()

    for record in Appointment.objects.filter(person=listed):
        assert f"/records/appointment/{record.record}/" in page
    assert "技术顾问" in page and "第 3 行" in page


def test_whoever_is_entered_by_the_very_name_is_told_beside_them(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    who, browser = entered(cast, "李四", "县农科所"), signed_in("officer")

    assert f"/people/{who.key}/" in browser.get("/people/listed/").content.decode()
    page = browser.get(f"/people/listed/{listed.key}/").content.decode()
    assert "登记过同名的人员" in page and "县农科所" in page and f"merge/?into={who.key}" in page
    assert 'value="李四"' in browser.get(f"/people/listed/{listed.key}/merge/?into={who.key}").content.decode()


def test_the_page_of_who_is_entered_tells_of_the_one_in_the_lists(
    cast: Cast, listed: Person, signed_in: SignIn
) -> None:
    who = entered(cast, "李四")
    entered(cast, "王五")

    page = signed_in("officer").get(f"/people/{who.key}/").content.decode()

    assert "表格里有一个同名的人" in page and f"/people/listed/{listed.key}/merge/?into={who.key}" in page
    assert "表格里有一个同名的人" not in signed_in("director").get(f"/people/{who.key}/").content.decode()


def test_a_record_leads_to_them_for_who_may_say_who_they_are(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    address = f"/records/appointment/{Appointment.objects.filter(person=listed)[0].record}/"

    assert f"/people/listed/{listed.key}/" in signed_in("officer").get(address).content.decode()
    assert "/people/listed/" not in signed_in("director").get(address).content.decode()


def test_nobody_to_be_told_apart_is_said_in_words(cast: Cast, signed_in: SignIn) -> None:
    assert "没有只在表格里的人员" in signed_in("officer").get("/people/listed/").content.decode()
    assert "/people/listed/" in signed_in("officer").get("/people/").content.decode()
    assert "/people/listed/" not in signed_in("director").get("/people/").content.decode()


@pytest.mark.parametrize(
    "asked, times", [("q=明渠", 1), ("q=名单", 1), ("q=顾问", 1), ("q=潜水艇", 0), ("region=990121", 1)]
)
def test_they_are_searched_by_what_names_them(
    cast: Cast, listed: Person, signed_in: SignIn, asked: str, times: int
) -> None:
    assert len(signed_in("officer").get(f"/people/listed/?{asked}").context["rows"]) == times


def test_the_list_is_a_file_too(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    answer = signed_in("officer").get("/people/listed/?format=csv")

    said = b"".join(answer).decode("utf-8-sig")  # type: ignore[arg-type]
    assert str(listed.key) in said and "特派员名单.xlsx 第 3 行" in said


def test_what_is_void_names_nobody(cast: Cast, listed: Person) -> None:
    Appointment.objects.filter(person=listed).update(state="void")

    assert not queries.people_listed(cast.officer).exists()


# ── who may ──


@pytest.mark.parametrize("who", ["stranger", "director", "superior", "neighbour", "enterprise", "statistician"])
def test_who_may_not_enter_people_there_is_told_nothing(
    cast: Cast, listed: Person, signed_in: SignIn, who: str
) -> None:
    kept, browser, before = entered(cast, "李四"), signed_in(who), current_seq()
    own = f"/people/listed/{listed.key}/"

    tries = [browser.get(own), browser.get(f"{own}enter/"), browser.get(f"{own}merge/")]
    tries += [browser.post(f"{own}enter/", typed()), browser.post(f"{own}merge/", {"kept": "李四", "reason": "同一人"})]

    assert [each.status_code for each in tries] == [404] * 5
    assert str(listed.key)[:8] not in browser.get("/people/listed/").content.decode()
    for act in (
        partial(actions.enter_listed_person, name="李四", region=cast.county, facts={}),
        partial(actions.merge_listed_person, kept=kept, reason="同一人"),
    ):
        with pytest.raises(Refused):
            act(person=listed, by=cast.users[who], now=NOW)
    listed.refresh_from_db()
    assert (listed.region, listed.merged_into, current_seq()) == (None, None, before)


def test_who_does_not_speak_for_all_places_may_not_say_who_it_is(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    entered(cast, "李四")
    move_a_record(listed, cast)
    own, browser = f"/people/listed/{listed.key}/", signed_in("officer")

    pages = [
        browser.post(f"{own}enter/", typed(sure="on")).content.decode(),
        browser.post(f"{own}merge/", {"kept": "李四", "reason": "同一人"}).content.decode(),
    ]

    assert all("您范围以外的区划也有记录写到这个人" in page and cast.sibling.name not in page for page in pages)
    listed.refresh_from_db()
    assert (listed.region, listed.merged_into) == (None, None)


def test_nobody_is_entered_where_one_may_not_enter_people(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    page = signed_in("officer").post(f"/people/listed/{listed.key}/enter/", typed(region="990122")).content.decode()

    listed.refresh_from_db()
    assert "区划" in page and listed.region is None


def test_the_page_of_people_merges_no_one_whom_only_lists_name(cast: Cast, listed: Person) -> None:
    with pytest.raises(Refused, match="表格里的人员"):
        people.merge_people(kept=entered(cast, "李四"), other=listed, reason="同一人", by=cast.officer, now=NOW)


# ── entering ──


def test_they_are_entered_under_the_key_their_records_have(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    browser, before = signed_in("officer"), current_seq()
    form = typed()
    first, second = (browser.post(f"/people/listed/{listed.key}/enter/", form) for _click in range(2))

    assert first["Location"] == second["Location"] == f"/people/{listed.key}/"
    who = Person.objects.get(key=listed.key)
    assert (who.pk, who.name, who.region, who.is_fictional) == (listed.pk, "李四", cast.county, True)
    assert facts_of(who) == {"phone": "13812345678"}
    trail = AuditEntry.objects.filter(seq__gt=before)
    assert [(each.action, each.target) for each in trail] == [("person.entered", str(listed.key))]
    record = Appointment.objects.filter(person=who)[0].record
    assert "李四" in browser.get(f"/records/appointment/{record}/").content.decode()
    assert not queries.people_listed(cast.officer).exists()


DOUBTS = [
    ("a name the lists do not say", {"name": "王五"}, "表格里写的不是“王五”"),
    ("a name that is entered there already", {"name": "李四"}, "在这个区划已经登记过"),
]


@pytest.mark.parametrize("story, changed, said", DOUBTS)
def test_a_doubtful_name_is_asked_about_once(
    cast: Cast, listed: Person, signed_in: SignIn, story: str, changed: Mapping[str, str], said: str
) -> None:
    entered(cast, "李四")
    browser, own = signed_in("officer"), f"/people/listed/{listed.key}/enter/"

    page = browser.post(own, typed(**changed)).content.decode()
    assert said in page and 'name="sure"' in page
    assert browser.post(own, typed(**changed, sure="on"))["Location"] == f"/people/{listed.key}/"


def test_an_identity_that_is_known_is_another_entry(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    card = "11010519491231002X"
    people.enter_person(name="赵六", region=cast.county, facts={"identity": card}, by=cast.officer, now=NOW)

    page = signed_in("officer").post(f"/people/listed/{listed.key}/enter/", typed(identity=card)).content.decode()

    assert "已登记为“赵六”" in page


def test_two_who_enter_one_at_a_time_enter_one(cast: Cast, listed: Person) -> None:
    enter = partial(actions.enter_listed_person, person=listed, region=cast.county, facts={}, by=cast.officer, now=NOW)
    enter(name="李四")

    with pytest.raises(Refused, match="刚刚已经登记"):
        enter(name="王五")


# ── merging ──


def test_they_are_made_one_with_who_is_entered_by_one_act(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    kept, browser, before = entered(cast, "李四"), signed_in("officer"), current_seq()

    answer = browser.post(f"/people/listed/{listed.key}/merge/", {"kept": "李四", "reason": "同一人"})

    assert answer["Location"] == f"/people/{kept.key}/"
    listed.refresh_from_db()
    (trail,) = AuditEntry.objects.filter(seq__gt=before)
    assert (trail.action, trail.target, trail.reason) == ("person.merged", str(kept.key), "同一人")
    assert trail.detail["merged"] == str(listed.key)
    assert (listed.merged_into, listed.merged_first, listed.merged_seq) == (kept, kept, trail.seq)
    assert browser.get(f"/people/listed/{listed.key}/")["Location"] == f"/people/{kept.key}/"
    record = Appointment.objects.filter(person=listed)[0].record
    assert f"/people/{kept.key}/" in browser.get(f"/records/appointment/{record}/").content.decode()


def test_as_of_an_earlier_number_they_are_two(cast: Cast, listed: Person) -> None:
    kept, before = entered(cast, "李四"), current_seq()

    actions.merge_listed_person(person=listed, kept=kept, reason="同一人", by=cast.officer, now=NOW)

    assert (merged_into(before), merged_into()) == ({}, {listed.pk: kept.pk})


def test_another_name_than_the_lists_say_is_asked_about(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    kept, browser, own = entered(cast, "李思"), signed_in("officer"), f"/people/listed/{listed.key}/merge/"

    page = browser.post(own, {"kept": "李思", "reason": "曾用名"}).content.decode()
    assert "表格里写的不是“李思”" in page and 'name="sure"' in page
    assert browser.post(own, {"kept": "李思", "reason": "曾用名", "sure": "on"})["Location"] == f"/people/{kept.key}/"


def test_nobody_is_made_one_without_a_reason_or_with_a_stranger(cast: Cast, listed: Person, signed_in: SignIn) -> None:
    entered(cast, "李四")
    people.enter_person(name="钱七", region=cast.sibling, facts={}, by=cast.neighbour, now=NOW)
    browser, own = signed_in("officer"), f"/people/listed/{listed.key}/merge/"

    assert browser.post(own, {"kept": "李四", "reason": ""}).status_code == 200
    assert "没有登记过“钱七”" in browser.post(own, {"kept": "钱七", "reason": "像"}).content.decode()
    listed.refresh_from_db()
    assert listed.merged_into is None


def test_an_invented_person_is_no_real_one(cast: Cast, listed: Person) -> None:
    kept = entered(cast, "李四")
    Person.objects.filter(pk=kept.pk).update(is_fictional=False)

    with pytest.raises(Refused, match="虚构的人员和真实的区划"):
        actions.merge_listed_person(person=listed, kept=kept, reason="同一人", by=cast.officer, now=NOW)
