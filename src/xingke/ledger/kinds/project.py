"""A project applied for or carried out; 申报, 立项, 验收 are its events, and the amount is the money it approves."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import (
    CLOSES,
    LEVEL,
    OPENS,
    Detail,
    Event,
    Identity,
    Measure,
    Number,
    RecordKind,
    Running,
    Term,
)

KIND = RecordKind(
    code="project",
    model="Project",
    word=say("项目"),
    table_word=say("项目"),
    event_word=say("项目事件"),
    terms=(Term("programme", say("计划类别"), "programme"), LEVEL),
    details=(Detail("name", say("项目名称"), 200), Detail("number", say("项目编号"), 64, is_optional=True)),
    event_list="project_event",
    happens=(
        Event("applied"),
        Event("recommended", place=1),
        Event("approved", OPENS),
        Event("checked"),
        Event("accepted", CLOSES),
        Event("terminated", CLOSES),
    ),
    measured=(Measure("amount", say("金额")),),
    number=Number.OWN,
    identity=Identity.NUMBER,
    four_eyes=True,
    unheld=say("之前没有立项，没有立项的项目不能验收或终止。"),
    order=(
        ("applied", "recommended"), ("applied", "approved"), ("recommended", "approved"), ("applied", "checked"),
        ("approved", "checked"), ("approved", "accepted"), ("approved", "terminated"), ("applied", "accepted"),
        ("applied", "terminated"), ("checked", "accepted"),
    ),
    running=Running(
        opens=say("项目开始实施"), closes=say("项目不再在研"), neither=say("不改变项目是否在研"), on=say("在研"), off=say("不在研"),
        since=say("自%(day)s起在研。"), over=say("现不在研。"), waiting=say("待确认，确认后在研"),
        then=say("待确认，确认后自%(day)s起在研。"),
    ),
)  # fmt: skip
