"""A prize nominated for or won."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import LEVEL, Detail, EventType, Identity, Number, RecordKind, Term

KIND = RecordKind(
    code="award",
    model="Award",
    word=say("奖励"),
    table_word=say("奖励"),
    event_word=say("奖励事件"),
    terms=(Term("prize", say("奖项"), "prize"), LEVEL),
    details=(
        Detail("name", say("获奖成果或对象"), 200),
        Detail("number", say("证书编号"), 64, is_optional=True),
        Detail("grade", say("等级"), 24, is_optional=True),
    ),
    event_list="award_event",
    happens=(EventType("nominated"), EventType("shortlisted"), EventType("awarded")),
    number=Number.OWN,
    identity=Identity.NUMBER,
    order=(("nominated", "shortlisted"), ("nominated", "awarded"), ("shortlisted", "awarded")),
)
