"""One service that somebody gave in the field: a commissioner's visit, with who was served, by what means and to what end.

Its units are never mixed (ADR 0040): a record is one visit (次), days and people are counted from its day and its person,
heads are 人次. Whom was served is what it is called; that is a household as often as a registered firm, so the holder tells
no two apart: person, day, place and whom was served do.
"""

from xingke.base.quantities import Unit
from xingke.base.sayings import Saying, say
from xingke.ledger.kinds.record_kind import Detail, EventType, Identity, Measure, RecordKind, Term


def _count(name: str, word: Saying, unit: str, *, is_further: bool = False) -> Measure:
    return Measure(name, word, (Unit(code=unit, kind="count"),), is_further=is_further)


KIND = RecordKind(
    code="service_log",
    model="ServiceLog",
    word=say("服务记录"),
    table_word=say("服务记录"),
    event_word=say("服务"),
    terms=(
        Term("way", say("服务方式"), "service_way", is_optional=True),
        Term("work", say("服务内容"), "service_content", is_optional=True),
    ),
    details=(
        Detail("name", say("服务对象"), 200),
        Detail("place", say("服务地点"), 200),
        Detail("industry", say("产业或作物"), 60, is_optional=True),
        Detail("problem", say("解决的问题"), 500, is_optional=True),
        Detail("number", say("手册编号"), 64, is_optional=True),
    ),
    event_list="service_event",
    happens=(EventType("served"),),
    measured=(
        _count("people", say("服务人次"), "人次"),
        _count("trained", say("培训人次"), "人次"),
        _count("materials", say("资料份数"), "份"),
        _count("hours", say("服务时长"), "小时"),
        _count("varieties", say("引进品种"), "个", is_further=True),
        _count("techniques", say("推广技术"), "项", is_further=True),
        _count("area", say("服务面积"), "亩", is_further=True),
    ),
    identity=Identity.NAME_AND_DAY,
    told_by=("place",),
    is_holder_told=False,
    names_persons=True,
)
