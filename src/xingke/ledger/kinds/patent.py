"""A patent or an application for one."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import (
    CLOSES,
    OPENS,
    Detail,
    EventType,
    Identity,
    Number,
    RecordKind,
    Running,
    Term,
)

KIND = RecordKind(
    code="patent",
    model="Patent",
    word=say("专利"),
    table_word=say("专利"),
    event_word=say("专利事件"),
    terms=(Term("form", say("专利类型"), "patent_form", length=16),),
    details=(Detail("name", say("名称"), 200), Detail("number", say("申请号"), 20)),
    columns=("number", "form", "name"),
    event_list="patent_event",
    happens=(
        EventType("applied"),
        EventType("granted", OPENS, place=6),
        EventType("received", OPENS, place=9, arrives=True, changes_hands=True),
        EventType("transferred", CLOSES, place=4, departs=True),
        EventType("lapsed", CLOSES, place=11),
    ),
    number=Number.PATENT,
    identity=Identity.NUMBER,
    needs_holder=True,
    unheld=say("之前没有授权或受让，不能失去并未持有的专利。"),
    order=(
        ("applied", "granted"),
        ("applied", "received"),
        ("applied", "transferred"),
        ("applied", "lapsed"),
        ("granted", "lapsed"),
    ),
    running=Running(
        opens=say("使专利生效"),
        closes=say("使专利失效"),
        neither=say("不改变专利是否有效"),
        on=say("有效"),
        off=say("无效"),
        since=say("自%(day)s起有效。"),
        over=say("现不在有效状态。"),
        waiting=say("待确认，确认后有效"),
        then=say("待确认，确认后自%(day)s起有效。"),
    ),
)
