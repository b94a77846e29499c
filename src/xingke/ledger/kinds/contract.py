"""A technology contract; its organisation sells, ``counterpart`` buys. 签订 carries the agreed value, 登记 the registered
one: two layers of one contract. ``amount`` is 成交额, the whole price; ``tech_amount`` 技术交易额, what of it is for technology."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import Detail, EventType, Identity, Measure, Number, RecordKind, Term

KIND = RecordKind(
    code="contract",
    model="Contract",
    word=say("技术合同"),
    table_word=say("技术合同"),
    event_word=say("技术合同事件"),
    terms=(Term("type", say("合同类型"), "contract_type", length=24),),
    details=(
        Detail("name", say("合同名称"), 200),
        Detail("number", say("登记编号"), 64, is_optional=True),
        Detail("counterpart", say("受让方"), 120, is_optional=True),
    ),
    event_list="contract_event",
    happens=(EventType("signed"), EventType("registered")),
    measured=(Measure("amount", say("金额")), Measure("tech_amount", say("技术交易额"), part_of="amount")),
    number=Number.OWN,
    identity=Identity.NUMBER,
    needs_holder=True,
    four_eyes=True,
    order=(("signed", "registered"),),
)
