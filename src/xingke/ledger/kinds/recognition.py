"""A title an organisation applied for or holds (高新技术企业 …); what happened to it stands in its events."""

from xingke.base.sayings import say
from xingke.ledger.kinds.record_kind import (
    CLOSES,
    LEVEL,
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
    code="recognition",
    model="Recognition",
    word=say("资质认定"),
    table_word=say("认定"),
    event_word=say("认定事件"),
    terms=(Term("title", say("资质"), "title"), LEVEL),
    details=(Detail("name", say("名称"), 120), Detail("number", say("证书编号"), 64, is_optional=True)),
    event_list="title_event",
    # On one day a move leaves before it arrives; a renewal follows an expiry.
    happens=(
        EventType("applied"),
        EventType("recommended", place=1),
        EventType("recognised", OPENS, place=5, certifies=True),
        EventType("re_recognised", OPENS, place=7, certifies=True),  # opens only what had lapsed: see ``rules.effects``
        EventType("moved_in", OPENS, place=8, arrives=True),
        EventType("moved_out", CLOSES, place=3, departs=True),
        EventType("renamed", place=10),
        EventType("expired", CLOSES, place=2),
        EventType("revoked", CLOSES, place=12),
    ),
    named_by="title",
    number=Number.OWN,
    identity=Identity.RENEWED,
    needs_holder=True,
    lasting="title",
    four_eyes=True,
    unheld=say("之前没有有效的认定，不能失去并未持有的资质。"),
    has_rounds=True,
    order=(
        ("applied", "recommended"),
        ("applied", "recognised"),
        ("recommended", "recognised"),
        ("applied", "re_recognised"),
        ("recommended", "re_recognised"),
        ("recognised", "re_recognised"),
        ("recognised", "expired"),
        ("recognised", "revoked"),
    ),
    running=Running(
        opens=say("使资质生效"),
        closes=say("使资质失效"),
        neither=say("不改变资质是否有效"),
        on=say("有效"),
        off=say("无效"),
        since=say("自%(day)s起有效。"),
        over=say("现不在有效状态。"),
        waiting=say("待确认，确认后有效"),
        then=say("待确认，确认后自%(day)s起有效。"),
    ),
)
