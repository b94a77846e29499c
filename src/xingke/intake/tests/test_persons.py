"""One person by a list and by the register: the same record is filed once, whichever way comes first."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.base.keys import new_key
from xingke.intake.tests.test_importing_columns import bring
from xingke.ledger.actions import listed_people
from xingke.ledger.models import Appointment, AppointmentEvent
from xingke.ledger.queries.listed_people import listed, people_listed
from xingke.ledger.tests.test_persons import entered, posted
from xingke.registry.actions import people

pytestmark = pytest.mark.db

ROW = {"岗位": "科技特派员", "岗位说明": "科技特派员", "到岗日期": "2024-03-01"}


def brought(cast: Cast, name: str) -> dict[str, int]:
    row = {**ROW, "单位名称": cast.firm.name, **({"姓名": name} if name else {})}
    outcome = bring("appointment", row, by=cast.officer)
    return {outcome: count for outcome, count in outcome.counts.items() if count}


def test_what_stands_by_form_is_known_again_by_a_list(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    who = entered(cast, "虚构一")
    posted(signed_in("officer"), cast, "虚构一")

    assert brought(cast, "虚构一") == {"unchanged": 1}
    assert Appointment.objects.get().person == who


def test_what_stands_by_a_list_is_asked_about_by_the_form(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    brought(cast, "虚构一")
    entered(cast, "虚构一")

    assert "不是同一件事，仍要登记" in posted(signed_in("officer"), cast, "虚构一")
    assert Appointment.objects.count() == 1


def test_a_list_names_who_stands_in_the_register(cast: Cast) -> None:
    who = entered(cast, "虚构一")
    brought(cast, "虚构一")

    assert AppointmentEvent.objects.get().person == who


def test_who_it_is_said_later_is_said_of_what_happened_too(cast: Cast) -> None:
    brought(cast, "")
    brought(cast, "虚构一")

    subject = Appointment.objects.get(seq_to=None)
    events = AppointmentEvent.objects.filter(seq_to=None)
    assert subject.person is not None and {event.person for event in events} == {subject.person}


def test_after_two_turn_out_to_be_one_the_record_is_still_known(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    browser, one, other = signed_in("officer"), entered(cast, "虚构一"), entered(cast, "虚构二")
    posted(browser, cast, "虚构一")
    people.merge_people(kept=other, other=one, reason="同一人", by=cast.officer, now=NOW)

    assert "不是同一件事，仍要登记" in posted(browser, cast, "虚构二", key=str(new_key()))
    assert Appointment.objects.count() == 1


def test_who_a_list_named_first_is_made_one_with_who_was_entered_later(cast: Cast) -> None:
    """And what the next list says of them is theirs, whichever key it comes with."""
    brought(cast, "虚构一")
    who = entered(cast, "虚构 一")
    (named,) = listed(cast.officer, list(people_listed(cast.officer)))
    assert (named.alike, named.is_named(who.name)) == ([who], True)

    listed_people.merge_listed_person(person=named.person, kept=who, reason="同一人", by=cast.officer, now=NOW)

    assert brought(cast, "虚构一") == {"unchanged": 1}
    assert not people_listed(cast.officer).exists()


def test_who_a_list_named_is_entered_and_known_again(cast: Cast) -> None:
    brought(cast, "虚构一")
    (who,) = people_listed(cast.officer)
    listed_people.enter_listed_person(person=who, name="虚构一", region=cast.county, facts={}, by=cast.officer, now=NOW)

    assert brought(cast, "虚构一") == {"unchanged": 1}
    assert AppointmentEvent.objects.get().person == who
