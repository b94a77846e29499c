"""One sum of money on its way: 争取, 到位, 拨付, 兑现 are layers of one history and never add up."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import LEVEL, Detail, EventType, Measure, RecordKind, Term

KIND = RecordKind(
    code="payment",
    model="Payment",
    word=say("资金"),
    table_word=say("资金"),
    event_word=say("资金事件"),
    terms=(Term("purpose", say("用途"), "purpose"), LEVEL),
    details=(Detail("name", say("资金名称"), 200), Detail("number", say("文号或凭证号"), 64, is_optional=True)),
    event_list="payment_event",
    happens=(
        EventType("won"),
        EventType("arrived"),
        EventType("disbursed"),
        EventType("paid"),
        EventType("credited"),
        EventType("lent"),
    ),
    measured=(Measure("amount", say("金额")),),
    four_eyes=True,
    order=(("won", "arrived"), ("credited", "lent")),
    has_rounds=True,
)
