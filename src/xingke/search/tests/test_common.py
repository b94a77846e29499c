"""Calls, publicity, pools and volumes by the search: the bureau's own, and of calls what a firm may apply for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.archive.tests.filing import volume
from xingke.casework.actions.calls import NewCall, make_call
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import before_publicity, show
from xingke.funds.tests.money import new_pool
from xingke.registry import actions as registry
from xingke.search import queries
from xingke.search.actions import catch_up
from xingke.search.rules import asked

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]
KINDS = {"call": "后补助申报", "publicity": "名单公示", "pool": "专项资金", "volume": "项目案卷"}


@pytest.fixture(autouse=True)
def things(cast: Cast) -> None:
    """One of each in the county."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    today = timezone.localdate()
    days = {"published_on": today, "since": today, "until": today + timedelta(days=9)}
    new = NewCall(
        region=cast.county, flow="rnd_subsidy", title="2026年后补助申报", document_number="青科〔2026〕5号", **days
    )
    make_call(new=new, by=cast.director, now=NOW)
    show(cast, before_publicity(cast), title="拟补助名单公示")
    new_pool(cast, name="县级专项资金", code="ZX1")
    volume(cast, title="项目案卷")


def _found(user: User, kind: str) -> int:
    catch_up()
    return queries.counts(user, asked(KINDS[kind])).get(kind, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bureau_finds_its_own_and_neither_its_superiors_nor_next_door_do(cast: Cast, kind: str) -> None:
    assert _found(cast.officer, kind) == 1
    for user in (cast.superior, cast.neighbour):
        assert _found(user, kind) == 0


def test_a_firm_finds_the_call_and_nothing_of_the_bureau(cast: Cast) -> None:
    assert {kind: _found(cast.enterprise, kind) for kind in KINDS} == {
        "call": 1,
        "publicity": 0,
        "pool": 0,
        "volume": 0,
    }


@pytest.mark.parametrize(("text", "words"), [("青科〔2026〕5号", "后补助申报"), ("ZX1", "县级专项资金")])
def test_they_are_found_by_their_numbers_and_the_palette_leads_there(
    cast: Cast, signed_in: SignIn, text: str, words: str
) -> None:
    catch_up()
    assert words in signed_in("officer").get("/search/palette/", {"q": text}).content.decode()
