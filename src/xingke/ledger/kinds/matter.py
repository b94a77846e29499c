"""办件: a piece of business somebody brought, from the day it came in to the day it was done with.

How it ended and whether that was in time are events, not terms: a term is the record's, repeated by all its events, so that the
end of a matter would write anew what was said of its beginning, and every number that stands on it. ``in_time`` and ``overdue``
stand beside the end of what has a limit. Days are working days × 10⁻⁴ of its clock.
"""

from xingke.base.quantities import Unit
from xingke.base.sayings import Saying, say
from xingke.ledger.kinds.record_kind import (
    CLOSES,
    OPENS,
    Detail,
    EventType,
    Identity,
    Measure,
    Number,
    RecordKind,
    Running,
    Term,
)

DONE = ("granted", "refused", "done", "passed_on")
"""The ends by which the bureau did what it was asked to."""

DROPPED = ("not_accepted", "lapsed", "withdrawn", "terminated")
"""The other ends: it never began, or whoever asked let it go, or it was broken off."""

ON_TIME, LATE = "in_time", "overdue"
_LAST = 8  # of a day: what ends it, and then whether that was in time


def _days(name: str, word: Saying) -> Measure:
    return Measure(name, word, (Unit(code="个工作日", kind="count"),))


KIND = RecordKind(
    code="matter",
    model="Matter",
    word=say("办件"),
    table_word=say("办件"),
    event_word=say("办件事件"),
    terms=(Term("business", say("业务"), "matter_business"),),
    details=(Detail("name", say("办件名称"), 200), Detail("number", say("办件编号"), 64, is_optional=True)),
    event_list="matter_event",
    happens=(
        EventType("opened", OPENS),
        EventType("accepted", OPENS, place=1),
        EventType("supplemented", place=2),
        *(EventType(code, CLOSES, place=_LAST) for code in (*DONE, *DROPPED)),
        EventType(ON_TIME, place=_LAST + 1),
        EventType(LATE, place=_LAST + 1),
    ),
    measured=(_days("days_used", say("用时")), _days("days_allowed", say("时限"))),
    number=Number.OWN,
    identity=Identity.NUMBER,
    names_persons=True,
    unheld=say("之前没有收件或受理，没有收到的办件不能办结。"),
    order=(
        ("opened", "accepted"),
        ("opened", "supplemented"),
        *(("opened", code) for code in (*DONE, *DROPPED)),
        *(("accepted", code) for code in DONE),
        *((code, timed) for code in DONE for timed in (ON_TIME, LATE)),
    ),
    running=Running(
        opens=say("开始办理"),
        closes=say("不再办理"),
        neither=say("不改变是否在办"),
        on=say("在办"),
        off=say("不在办"),
        since=say("自%(day)s起在办。"),
        over=say("现不在办。"),
        waiting=say("待确认，确认后在办"),
        then=say("待确认，确认后自%(day)s起在办。"),
    ),
)
