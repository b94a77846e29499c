"""大事记: a named fact for documents."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import Detail, EventType, Identity, RecordKind, Term

KIND = RecordKind(
    code="milestone",
    model="Milestone",
    word=say("大事记"),
    table_word=say("大事记"),
    event_word=say("大事记事件"),
    terms=(Term("topic", say("主题"), "topic"),),
    details=(Detail("name", say("事项"), 200), Detail("number", say("文号"), 64, is_optional=True)),
    event_list="milestone_event",
    happens=(EventType("happened"),),
    identity=Identity.NAME_AND_DAY,
)
