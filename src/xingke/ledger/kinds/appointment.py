"""Somebody placed or introduced: 科技副总, 科技专员, 科学副校长, 外国专家 …; no personal data, a post and a host."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import CLOSES, OPENS, Detail, EventType, RecordKind, Running, Term

KIND = RecordKind(
    code="appointment",
    model="Appointment",
    word=say("选派引进"),
    table_word=say("选派引进"),
    event_word=say("选派引进事件"),
    terms=(Term("post", say("岗位"), "post"),),
    details=(Detail("name", say("岗位说明"), 200), Detail("number", say("文号"), 64, is_optional=True)),
    event_list="appointment_event",
    happens=(EventType("appointed", OPENS), EventType("ended", CLOSES)),
    names_persons=True,
    unheld=say("之前没有到岗，没有到岗的人不能离岗。"),
    running=Running(
        opens=say("开始在岗"),
        closes=say("不再在岗"),
        neither=say("不改变是否在岗"),
        on=say("在岗"),
        off=say("不在岗"),
        since=say("自%(day)s起在岗。"),
        over=say("现不在岗。"),
        waiting=say("待确认，确认后在岗"),
        then=say("待确认，确认后自%(day)s起在岗。"),
    ),
)
