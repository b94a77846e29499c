"""Many cases at once: the field log of commissioners, checked by an officer; what is refused holds up no other."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, PASSWORD, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base.refusals import Refused
from xingke.casework import queries
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.actions.together import MOST, take_steps
from xingke.casework.models import Case, CaseStep, Filed
from xingke.ledger import actions as ledger
from xingke.ledger.models import ServiceLog, ServiceLogEvent, State
from xingke.registry import actions as registry
from xingke.registry.actions import people as persons
from xingke.registry.models import Person

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
TYPED = {
    "served_on": "2026-02-10",
    "place": "柳湾镇上游村",
    "title": "柳湾蔬菜合作社",
    "way": "on_site",
    "work": "guidance",
    "people": "12",
}


@pytest.fixture
def person(cast: Cast) -> Person:
    """A commissioner who acts in their own name, as ``stranger``; and a head of section, who checks."""
    found = persons.enter_person(name="何远山", region=cast.county, facts={}, by=cast.officer, now=NOW)
    registry.give_role(
        user=cast.stranger, role="commissioner", region=cast.county, person=found, by=cast.security, now=NOW
    )
    head = accounts.create_account(username="head", name="科室负责人", password=PASSWORD, by=None, now=NOW)
    registry.give_role(user=head, role="section_head", region=cast.county, by=None, now=NOW)
    return found


@pytest.fixture
def signed_in(client: Client) -> SignIn:
    """A browser of the cast, or of the head of section."""

    def as_somebody(name: str) -> Client:
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_somebody


def logged(cast: Cast, person: Person, *, by: User | None = None, **typed: str) -> Case:
    first = StepWanted(step="logged", typed={**TYPED, **typed})
    new = NewCase(flow="commissioner_service", region=cast.county, person=person)
    return open_case(new=new, first=first, by=by or User.objects.get(username="stranger"), now=NOW)


def head() -> User:
    return User.objects.get(username="head")


def events() -> list[ServiceLogEvent]:
    return list(ServiceLogEvent.objects.filter(seq_to__isnull=True).exclude(state=State.VOID).order_by("pk"))


# ── the flow ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_commissioner_logs_counts_once_somebody_checked_it(cast: Cast, person: Person) -> None:
    case = logged(cast, person, hours="2.5", trained="40")
    assert case.number == "TPY-990121-2026-00001" and case.title == "柳湾蔬菜合作社"
    assert queries.cases_seen(cast.stranger).count() == 1 and not events()

    take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)

    (event,) = events()
    record = ServiceLog.objects.get(record=event.subject, seq_to__isnull=True)
    assert (event.state, event.happened_on, event.person) == (State.CONFIRMED, date(2026, 2, 10), person)
    assert (event.people, event.trained, event.hours, event.area) == (120_000, 400_000, 25_000, None)
    assert (record.name, record.place, record.way, record.work) == (
        "柳湾蔬菜合作社",
        "柳湾镇上游村",
        "on_site",
        "guidance",
    )
    assert record.source == f"case:{case.key}" and Filed.objects.get().record == record.record
    assert case.steps.get(seq_to__isnull=True).ended == "done"


def test_who_may_not_confirm_leaves_a_draft(cast: Cast, person: Person) -> None:
    case = logged(cast, person)
    take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=cast.officer, now=NOW)
    assert [event.state for event in events()] == [State.DRAFT]


def test_what_the_bureau_took_in_from_paper_is_checked_by_another(cast: Cast, person: Person) -> None:
    case = logged(cast, person, by=cast.officer)
    with pytest.raises(Refused):
        take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=cast.officer, now=NOW)
    take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    (event,) = events()
    assert (event.entered_by, event.confirmed_by, event.state) == (cast.officer, head(), State.CONFIRMED)


def test_a_commissioner_neither_checks_nor_sees_another_s(cast: Cast, person: Person) -> None:
    other = persons.enter_person(name="陈禾", region=cast.county, facts={}, by=cast.officer, now=NOW)
    foreign = logged(cast, other, by=cast.officer)
    assert foreign not in queries.cases_seen(cast.stranger)
    own = logged(cast, person)
    with pytest.raises(Refused, match="不由您办"):
        take_step(case=own, wanted=StepWanted(step="checked"), seen=1, by=cast.stranger, now=NOW)


def test_what_was_sent_back_is_logged_again(cast: Cast, person: Person) -> None:
    case = logged(cast, person)
    with pytest.raises(Refused, match="意见或理由"):
        take_step(case=case, wanted=StepWanted(step="sent_back"), seen=1, by=head(), now=NOW)
    take_step(case=case, wanted=StepWanted(step="sent_back", opinion="没有照片"), seen=1, by=head(), now=NOW)
    again = StepWanted(step="amended", typed={**TYPED, "people": "10"})
    take_step(case=case, wanted=again, seen=2, by=cast.stranger, now=NOW)
    take_step(case=case, wanted=StepWanted(step="checked"), seen=3, by=head(), now=NOW)
    assert [event.people for event in events()] == [100_000]


def test_a_day_that_has_not_come_is_refused(cast: Cast, person: Person) -> None:
    with pytest.raises(Refused, match="不能晚于"):
        logged(cast, person, served_on="2026-03-03")


# ── one visit is one record ─────────────────────────────────────────────────────────────────────────────────────────


def imported(cast: Cast, person: Person, **measures: int) -> None:
    history = ledger.NewHistory(
        fields={"name": TYPED["title"], "place": TYPED["place"], "way": "on_site", "work": "guidance"},
        region=cast.county,
        organisation=cast.firm,  # whose it is tells no two apart
        person=person,
        events=[ledger.NewEvent(event="served", on=date(2026, 2, 10), region=cast.county, measures=measures)],
    )
    ledger.file_histories(kind="service_log", histories=[history], by=cast.officer, now=NOW, source="服务记录.xlsx")


def test_a_visit_that_a_sheet_brought_is_not_filed_again_but_confirmed(cast: Cast, person: Person) -> None:
    imported(cast, person, people=120_000)
    case = logged(cast, person)
    take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    (event,) = events()
    assert event.state == State.CONFIRMED and Filed.objects.get().record == event.subject


def test_another_number_than_the_sheet_s_is_asked_about(cast: Cast, person: Person) -> None:
    imported(cast, person, people=130_000)
    case = logged(cast, person)
    with pytest.raises(Refused, match="服务人次"):
        take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    assert case.steps.count() == 1 and len(events()) == 1


def test_a_visit_that_was_logged_twice_is_counted_once(cast: Cast, person: Person) -> None:
    first, second = logged(cast, person), logged(cast, person)
    take_step(case=first, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    with pytest.raises(Refused, match="另一件事项已经登记"):
        take_step(case=second, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    assert len(events()) == 1


@pytest.mark.parametrize("changed", [{"place": "柳湾镇下游村"}, {"title": "上游村菜农"}, {"served_on": "2026-02-11"}])
def test_another_place_day_or_served_is_another_visit(cast: Cast, person: Person, changed: dict[str, str]) -> None:
    for case in (logged(cast, person), logged(cast, person, **changed)):
        take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    assert len(events()) == 2


def test_two_commissioners_at_one_place_are_two_visits(cast: Cast, person: Person) -> None:
    other = persons.enter_person(name="陈禾", region=cast.county, facts={}, by=cast.officer, now=NOW)
    for case in (logged(cast, person), logged(cast, other, by=cast.officer)):
        take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    assert len(events()) == 2


# ── together ────────────────────────────────────────────────────────────────────────────────────────────────────────


def several(cast: Cast, person: Person, count: int) -> list[Case]:
    return [logged(cast, person, title=f"农户小组{number}") for number in range(count)]


def test_many_are_checked_as_one_act(cast: Cast, person: Person) -> None:
    cases = several(cast, person, 3)
    foreign = logged(cast, person, by=head())  # who logged it does not check it
    before = AuditEntry.objects.count()

    done = take_steps(cases=[(case, 1) for case in [*cases, foreign]], step="checked", by=head(), now=NOW)

    assert [row.case for row in done.taken] == cases
    assert [case for case, _why in done.refused] == [foreign] and "没有经手" in str(done.refused[0][1])
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.count, entry.detail["left"]) == ("case.steps-taken", 3, 1)
    assert {row.seq_from for row in done.taken} == {entry.seq}
    assert len(events()) == 3 and foreign.steps.count() == 1


def test_a_second_press_takes_nothing_again(cast: Cast, person: Person) -> None:
    chosen = [(case, 1) for case in several(cast, person, 2)]
    take_steps(cases=chosen, step="checked", by=head(), now=NOW)
    before = AuditEntry.objects.count(), CaseStep.objects.count()

    again = take_steps(cases=chosen, step="checked", by=head(), now=NOW)

    assert len(again.taken) == 2 and not again.refused
    assert (AuditEntry.objects.count(), CaseStep.objects.count()) == before


def test_what_went_on_meanwhile_is_left(cast: Cast, person: Person) -> None:
    one, other = several(cast, person, 2)
    take_step(case=one, wanted=StepWanted(step="sent_back", opinion="缺照片"), seen=1, by=cast.officer, now=NOW)
    done = take_steps(cases=[(one, 1), (other, 1)], step="checked", by=head(), now=NOW)
    assert [row.case for row in done.taken] == [other]
    assert "已经往前走了" in str(done.refused[0][1])


def test_a_record_that_speaks_against_one_case_leaves_the_others(cast: Cast, person: Person) -> None:
    imported(cast, person, people=10_000)
    wrong, right = logged(cast, person), logged(cast, person, title="另一家")
    done = take_steps(cases=[(wrong, 1), (right, 1)], step="checked", by=head(), now=NOW)
    assert [row.case for row in done.taken] == [right] and "服务人次" in str(done.refused[0][1])
    assert Filed.objects.count() == 1 and wrong.steps.count() == 1


@pytest.mark.parametrize("step, why", [("amended", "要填写内容"), ("terminate", "单独办"), ("paid", "没有这一步")])
def test_only_steps_without_answers_are_taken_together(cast: Cast, person: Person, step: str, why: str) -> None:
    (case,) = several(cast, person, 1)
    done = take_steps(cases=[(case, 1)], step=step, opinion="x", by=head(), now=NOW)
    assert not done.taken and why in str(done.refused[0][1])


def test_none_and_too_many_are_refused(cast: Cast, person: Person) -> None:
    (case,) = several(cast, person, 1)
    with pytest.raises(Refused, match="先选定"):
        take_steps(cases=[], step="checked", by=head(), now=NOW)
    with pytest.raises(Refused, match="最多办200件"):
        take_steps(cases=[(case, 1)] * (MOST + 1), step="checked", by=head(), now=NOW)


@pytest.mark.slow
def test_two_hundred_are_checked_within_seconds(cast: Cast, person: Person) -> None:
    from time import perf_counter

    chosen = [(case, 1) for case in several(cast, person, MOST)]
    began = perf_counter()
    done = take_steps(cases=chosen, step="checked", by=head(), now=NOW)
    took = perf_counter() - began
    print(f"{MOST} cases in {took:.1f} s")
    assert len(done.taken) == MOST and len(events()) == MOST
    assert took < 60


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────

URL = "/cases/together/"


def sent(cases: list[Case], **more: str) -> dict[str, object]:
    return {"case": [f"{case.key}:1" for case in cases], "step": "checked", **more}


def test_the_page_takes_them_and_goes_back_to_the_list(cast: Cast, person: Person, signed_in: SignIn) -> None:
    cases = several(cast, person, 3)
    answer = signed_in("head").post(URL, sent(cases, back="/cases/?state=todo"))
    assert (answer.status_code, answer["Location"]) == (302, "/cases/?state=todo")
    assert len(events()) == 3
    assert reverse("casework:cases-together") == URL


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(cast: Cast, person: Person, signed_in: SignIn, back: str) -> None:
    answer = signed_in("head").post(URL, sent(several(cast, person, 1), back=back))
    assert answer["Location"] == "/cases/"


def test_the_page_says_which_were_left_and_why(cast: Cast, person: Person, signed_in: SignIn) -> None:
    one, other = several(cast, person, 2)
    mine = logged(cast, person, by=head(), title="自己填的")
    page = signed_in("head").post(URL, sent([one, other, mine])).content.decode()
    assert "1 件没有办成" in page and mine.number in page and "已办理 2 件：核实" in page
    assert one.number not in page


def test_the_page_asks_for_words_where_the_step_wants_some(cast: Cast, person: Person, signed_in: SignIn) -> None:
    cases, browser = several(cast, person, 2), signed_in("head")
    page = browser.post(URL, sent(cases, step="sent_back")).content.decode()
    assert 'name="opinion"' in page and "退回补正 2 件" in page and all(str(case.key) in page for case in cases)
    browser.post(URL, sent(cases, step="sent_back", opinion="缺照片"))
    assert [case.steps.latest("number").opinion for case in cases] == ["缺照片", "缺照片"]


@pytest.mark.parametrize("who", ["neighbour", "stranger", "superior"])
def test_whoever_sees_one_of_them_not_is_lost(cast: Cast, person: Person, signed_in: SignIn, who: str) -> None:
    other = persons.enter_person(name="陈禾", region=cast.county, facts={}, by=cast.officer, now=NOW)
    case = logged(cast, other, by=cast.officer)
    assert signed_in(who).post(URL, sent([case])).status_code == 404
    assert case.steps.count() == 1


@pytest.mark.parametrize("key", ["x", "", "01a22bff-600f-78d2-9215-21805fb81b23:1"])
def test_what_is_no_case_is_lost(cast: Cast, person: Person, signed_in: SignIn, key: str) -> None:
    assert signed_in("head").post(URL, {"case": [key], "step": "checked"}).status_code == 404


def test_who_sees_them_and_may_not_is_told(cast: Cast, person: Person, signed_in: SignIn) -> None:
    (case,) = several(cast, person, 1)
    page = signed_in("director").post(URL, sent([case])).content.decode()
    assert "不由您办" in page and case.steps.count() == 1


def test_nothing_chosen_is_said(cast: Cast, person: Person, signed_in: SignIn) -> None:
    assert "请先选定" in signed_in("head").post(URL, {"step": "checked"}).content.decode()
    assert signed_in("head").get(URL).status_code == 405


# ── the way back, and what is counted ───────────────────────────────────────────────────────────────────────────────


def test_the_record_leads_back_to_its_case(cast: Cast, person: Person, signed_in: SignIn) -> None:
    case = logged(cast, person)
    take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=head(), now=NOW)
    url = f"/records/service_log/{events()[0].record}/"
    page = signed_in("head").get(url).content.decode()
    assert f'href="/cases/{case.key}/"' in page and f"科技特派员服务记录 {case.number}" in page
    above = signed_in("superior").get(url).content.decode()
    assert "业务办理" in above and str(case.key) not in above and "case:" not in above


def test_a_commissioner_logs_on_a_page_and_reads_whose_it_is(cast: Cast, person: Person, signed_in: SignIn) -> None:
    browser, url = signed_in("stranger"), "/cases/new/commissioner_service/"
    page = browser.get(url).content.decode()
    assert "何远山" in page and page.index('name="a-served_on"') < page.index('name="a-people"')
    answer = browser.post(url, {f"a-{name}": value for name, value in TYPED.items()})
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.key}/" and case.person == person
    assert "何远山" in browser.get(f"/cases/{case.key}/").content.decode()
    assert f"/people/{person.key}/" in signed_in("head").get(f"/cases/{case.key}/").content.decode()
