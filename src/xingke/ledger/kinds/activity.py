"""Something held: a training, a fair, a visit, a science week; people and materials × 10⁻⁴ on each day it was held."""

from xingke.base.quantities import Unit
from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import Detail, EventType, Identity, Measure, RecordKind, Term

KIND = RecordKind(
    code="activity",
    model="Activity",
    word=say("活动"),
    table_word=say("活动"),
    event_word=say("活动事件"),
    terms=(Term("topic", say("主题"), "topic"),),
    details=(
        Detail("name", say("活动名称"), 200),
        Detail("number", say("文号"), 64, is_optional=True),
        Detail("place", say("地点"), 120, is_optional=True),
    ),
    event_list="activity_event",
    happens=(EventType("held"),),
    measured=(
        Measure("people", say("人次"), (Unit(code="人次", kind="count"),), is_never_negative=False, is_rough=True),
        Measure("materials", say("资料份数"), (Unit(code="份", kind="count"),), is_never_negative=False),
    ),
    identity=Identity.NAME_AND_DAY,
)
