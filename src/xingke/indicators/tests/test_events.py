"""Events 活动 are counted once, by whichever code and however often they were handed in."""

from decimal import Decimal

import pytest

from tests.cast import NOW, Cast, keep_records
from xingke.base.periods import Period
from xingke.indicators.queries import indicator
from xingke.indicators.queries.reader import Reader
from xingke.intake.tests.test_importing_columns import bring
from xingke.ledger import actions
from xingke.ledger.models import Event, EventSession

pytestmark = pytest.mark.db


def test_what_stands_is_known_again_and_counted_once(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["event"])
    row = {"主题": "科技培训", "活动名称": "惠企培训", "活动日期": "2025-05-24", "参加人数": "100"}
    bring("activity", row, by=cast.officer)
    bring("event", {**row, "系列活动": "三下乡"}, by=cast.officer)  # the same event: a series tells no two apart
    session = EventSession.objects.get(seq_to__isnull=True)
    actions.confirm_event(kind="event", record=session.record, version=session.version, by=cast.director, now=NOW)

    read = Reader()
    period = Period.year(2025)
    found = {code: read.value(indicator(code), cast.county, period) for code in ("people_trained", "training_events")}

    assert Event.objects.filter(seq_to__isnull=True).count() == 1
    assert {code: each.amount for code, each in found.items()} == {
        "people_trained": Decimal(100),
        "training_events": Decimal(1),
    }
