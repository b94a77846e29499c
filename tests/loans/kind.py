"""An instrument lent to somebody: the kind that ``tests/test_a_kind_of_its_own.py`` adds."""

from xingke.base.quantities import Unit
from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import (
    CLOSES,
    OPENS,
    Detail,
    DetailType,
    EventType,
    Identity,
    Measure,
    RecordKind,
    Running,
    Term,
)

KIND = RecordKind(
    code="loan",
    model="Loan",
    word=say("借用"),
    table_word=say("借用"),
    event_word=say("借用事件"),
    terms=(Term("instrument", say("仪器"), "instrument"), Term("purpose", say("用途"), "purpose", is_optional=True)),
    details=(
        Detail("name", say("名称"), 200),
        Detail("number", say("编号"), 64, is_optional=True),
        Detail("due_on", say("应还日期"), type=DetailType.DAY, is_optional=True),
        Detail("deposit", say("押金"), type=DetailType.AMOUNT, is_optional=True),
        Detail("seats", say("机位"), type=DetailType.COUNT, unit="个", is_optional=True),
        Detail("discount", say("优惠比例"), type=DetailType.PERCENT, is_optional=True),
        Detail("is_insured", say("是否投保"), type=DetailType.FLAG, is_optional=True),
        Detail("owner", say("所有单位"), type=DetailType.ORGANISATION, is_optional=True),
    ),
    event_list="loan_event",
    happens=(EventType("lent_out", OPENS), EventType("brought_back", CLOSES)),
    measured=(Measure("machine_hours", say("机时"), (Unit(code="台时", kind="count"),)),),
    identity=Identity.NAME_AND_DAY,
    needs_holder=True,
    unheld=say("没有借出，不能归还。"),
    order=(("lent_out", "brought_back"),),
    running=Running(
        opens=say("开始借用"),
        closes=say("不再借用"),
        neither=say("不改变借用"),
        on=say("借用中"),
        off=say("未借用"),
        since=say("自%(day)s起借用。"),
        over=say("现未借用。"),
        waiting=say("待确认"),
        then=say("待确认，自%(day)s起借用。"),
    ),
)
