"""Records that are about somebody: chosen by name from the register, told apart by who it is, shown to who may see them."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.base.keys import new_key
from xingke.ledger.models import Appointment, AppointmentEvent
from xingke.registry.actions import people
from xingke.registry.models import Person

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def entered(cast: Cast, name: str, employer: str = "") -> Person:
    person = people.enter_person(name=name, region=cast.county, facts={}, by=cast.officer, now=NOW, key=new_key())
    if employer:
        people.employ(
            person=person, employer=employer, organisation=None, post="", since=None, by=cast.officer, now=NOW
        )
    return person


def posted(browser: Client, cast: Cast, person: str, **more: str) -> str:
    typed = {
        "key": str(new_key()),
        "holder_search": cast.firm.name,
        "holder": str(cast.firm.key),
        "post": "commissioner",
        "person": person,
        "name": "科技特派员",
        "number": "",
        "events-TOTAL_FORMS": "1",
        "events-INITIAL_FORMS": "0",
        "events-0-event": "appointed",
        "events-0-happened_on": "2024-03-01",
        **more,
    }
    return browser.post("/records/appointment/new/", typed, follow=True).content.decode()


def test_a_record_is_about_somebody_of_the_register(cast: Cast, signed_in: SignIn) -> None:
    who, browser = entered(cast, "虚构一"), signed_in("officer")

    page = posted(browser, cast, "虚构一")

    event = AppointmentEvent.objects.get()
    assert (event.person, Appointment.objects.get().person) == (who, who)
    assert "虚构一" in page and f"/people/{who.key}/" in page


def test_two_at_one_post_in_one_firm_are_two_records(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    for name in ("虚构一", "虚构二"):
        entered(cast, name)
        posted(browser, cast, name)

    assert Appointment.objects.count() == 2
    assert "不是同一件事，仍要登记" in posted(browser, cast, "虚构二")  # once more the same: asked
    assert Appointment.objects.count() == 2


def test_a_name_that_several_have_is_told_apart_by_their_employer(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    entered(cast, "虚构一", "县农科所")
    second = entered(cast, "虚构一", "县职校")

    assert "姓名（工作单位）" in posted(browser, cast, "虚构一") and not Appointment.objects.exists()
    posted(browser, cast, "虚构一（县职校）")

    assert Appointment.objects.get().person == second


def test_who_is_not_in_the_register_is_not_guessed(cast: Cast, signed_in: SignIn) -> None:
    page = posted(signed_in("officer"), cast, "无此人")

    assert "没有登记过“无此人”" in page and not Appointment.objects.exists()


def test_an_invented_person_is_no_part_of_a_real_place(cast: Cast, signed_in: SignIn) -> None:
    who = entered(cast, "虚构一")
    Person.objects.filter(pk=who.pk).update(is_fictional=not who.is_fictional)

    page = posted(signed_in("officer"), cast, "虚构一")

    assert "虚构的人员和真实的区划不能记在一起" in page and not Appointment.objects.exists()


def test_a_further_event_is_about_the_same_person(cast: Cast, signed_in: SignIn) -> None:
    who, browser = entered(cast, "虚构一"), signed_in("officer")
    posted(browser, cast, "虚构一")
    subject = Appointment.objects.get()

    browser.post(
        f"/records/appointment/{subject.record}/add/",
        {
            "key": str(new_key()),
            "holder_search": cast.firm.name,
            "holder": str(cast.firm.key),
            "event": "ended",
            "happened_on": "2024-09-01",
        },
    )

    assert AppointmentEvent.objects.get(event="ended").person == who


def test_who_may_not_see_persons_reads_the_record_without_the_name(cast: Cast, signed_in: SignIn) -> None:
    entered(cast, "虚构一")
    posted(signed_in("officer"), cast, "虚构一")
    record = Appointment.objects.get().record

    assert "虚构一" in signed_in("director").get(f"/records/appointment/{record}/").content.decode()
    answer = signed_in("enterprise").get(f"/records/appointment/{record}/")  # of the firm's own record
    assert answer.status_code == 200 and "虚构一" not in answer.content.decode()
