"""Something held: a training, a fair, a visit, a science week; who came, what was handed out, and what it cost.

A row of its sessions is one day it was held, with counts × 10⁻⁴. 人次 are heads per session and never called 人; whoever
looks on from elsewhere is counted apart (全国科普统计 asks for the two apart, and for the classes of people within 人次).
"""

from xingke.base.quantities import Unit
from xingke.base.sayings import Saying, say
from xingke.ledger.kinds.record_kind import Detail, DetailType, EventType, Identity, Measure, RecordKind, Term


def _count(name: str, word: Saying, unit: str, *, part_of: str = "") -> Measure:
    return Measure(name, word, (Unit(code=unit, kind="count"),), part_of=part_of, is_further=True)


KIND = RecordKind(
    code="event",
    formerly=("activity",),
    model="Event",
    event_model="EventSession",
    word=say("活动"),
    table_word=say("活动"),
    event_word=say("活动场次"),
    terms=(Term("topic", say("主题"), "topic"), Term("series", say("系列活动"), "series", is_optional=True)),
    details=(
        Detail("name", say("活动名称"), 200),
        Detail("number", say("文号"), 64, is_optional=True),
        Detail("place", say("地点"), 300, is_optional=True),
        Detail("organisers", say("主办单位"), 300, is_optional=True),
        Detail("joint_organisers", say("协办单位"), 500, is_optional=True),
        Detail("about", say("活动内容"), 500, is_optional=True),
        Detail("ended_on", say("结束日期"), type=DetailType.DAY, is_optional=True),
    ),
    event_list="activity_event",  # the vocabulary list, as packs before this kind had its name
    happens=(EventType("held"),),
    measured=(
        Measure("people", say("人次"), (Unit(code="人次", kind="count"),), is_never_negative=False, is_rough=True),
        Measure("materials", say("资料份数"), (Unit(code="份", kind="count"),), is_never_negative=False),
        _count("farmers", say("其中：农民"), "人次", part_of="people"),
        _count("young_people", say("其中：青少年"), "人次", part_of="people"),
        _count("firm_people", say("其中：企业人员"), "人次", part_of="people"),
        _count("officials", say("其中：干部"), "人次", part_of="people"),
        _count("heads", say("实到人数"), "人"),
        _count("expected", say("应到人数"), "人"),
        _count("viewers", say("线上观看"), "人次"),
        _count("consulted", say("咨询"), "人次"),
        _count("treated", say("义诊"), "人次"),
        _count("experts", say("专家"), "人次"),
        _count("volunteers", say("志愿者"), "人次"),
        _count("bodies", say("参加单位"), "家"),
        _count("books", say("图书"), "册"),
        _count("boards", say("展板"), "块"),
        Measure("spent", say("活动经费"), is_further=True),
    ),
    identity=Identity.NAME_AND_DAY,
)
