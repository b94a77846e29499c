"""Declaring that records are complete: from then on they answer, and only who confirms may say so."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from tests.cast import Cast, file
from xingke.base.periods import Period
from xingke.indicators.queries import indicator
from xingke.indicators.queries.reader import Reader
from xingke.ledger.models import RecordKeeping

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
URL = "/records/keeping/"


def _value(cast: Cast) -> str:
    return Reader().value(indicator("patents_granted"), cast.county, Period.year(2024)).text


def test_records_answer_once_their_director_says_they_are_complete(cast: Cast, signed_in: SignIn) -> None:
    file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    assert _value(cast) == "—"
    answer = signed_in("director").post(URL, {"region": "990121", "kinds": ["patent", "award"], "since": "2023-01-01"})

    assert answer.status_code == 302
    assert _value(cast) == "1件"
    assert set(RecordKeeping.objects.values_list("kind", "since")) == {
        ("patent", date(2023, 1, 1)),
        ("award", date(2023, 1, 1)),
    }


@pytest.mark.parametrize(
    "wrong", [{"since": "2999-01-01"}, {"since": ""}, {"kinds": ["nothing"]}, {"kinds": []}, {"region": "990122"}]
)
def test_what_cannot_be_declared_is_refused_whole(cast: Cast, signed_in: SignIn, wrong: dict[str, object]) -> None:
    said = {"region": "990121", "kinds": ["patent"], "since": "2023-01-01"} | wrong
    assert signed_in("director").post(URL, said).status_code == 200
    assert not RecordKeeping.objects.exists()


def test_who_may_not_confirm_reads_and_declares_nothing(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    assert browser.get(URL).context["form"] is None
    said = {"region": "990121", "kinds": ["patent"], "since": "2023-01-01"}
    assert browser.post(URL, said).status_code == 404
    assert not RecordKeeping.objects.exists()
