"""Calls: making one. It pins the definitions its cases run by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import CaseCall
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import require_home
from xingke.casework.rules.calls import ORGANISATION, CallQuota
from xingke.casework.rules.forms import FieldType
from xingke.registry.models import Region

LIMITED = (FieldType.TERM, FieldType.ORGANISATION, FieldType.REGION, FieldType.TEXT)


@dataclass(frozen=True, kw_only=True)
class NewCall:
    """A call to be made. budget: 分. key: the same from one page, so that a second press makes none."""

    region: Region
    flow: str
    title: str
    published_on: date
    since: date
    until: date
    document_number: str = ""
    asked: str = ""
    least: int | None = None
    most: int | None = None
    budget: int | None = None
    budget_text: str = ""
    quotas: Sequence[CallQuota] = ()
    key: UUID = field(default_factory=new_key)


def make_call(*, new: NewCall, by: User, now: datetime) -> CaseCall:
    """Make a call. Raises Refused."""
    require_home(by, new.region, CasePermission.MANAGE)
    try:
        definitions = queries.definitions_for(new.flow, new.region)
    except LookupError:
        raise Refused(say("没有“%(flow)s”这一类事项。", flow=new.flow[:40])) from None
    if not new.title.strip() or len(new.title) > 200:
        raise Refused(say("请写申报批次的名称，最多200字。"))
    if not new.since <= new.until or new.published_on > new.until:
        raise Refused(say("截止申报的日期不能早于开始申报和发布的日期。"))
    if new.least is not None and new.most is not None and new.least > new.most:
        raise Refused(say("至少的件数不能多于至多的件数。"))
    form = definitions.form(definitions.flow.first)
    for each in new.quotas:
        asked = form.named.get(each.field) if form is not None else None
        if each.field != ORGANISATION and (asked is None or asked.type not in LIMITED):
            raise Refused(say("申报表没有可以限额的“%(field)s”一项。", field=each.field[:40]))
        if each.most < 1:
            raise Refused(say("限额至少是1件。"))
    with act(by=by, now=now, code="call.made", kind="call", target=str(new.key)) as done:
        done.lock()
        there = CaseCall.objects.filter(key=new.key).first()
        if there is not None:
            done.nothing()
            return there
        call = CaseCall.objects.create(
            key=new.key,
            region=new.region,
            flow=new.flow,
            flow_hash=definitions.hash,
            forms={code: loaded.hash for code, loaded in definitions.forms.items()},
            title=new.title.strip(),
            document_number=new.document_number.strip(),
            published_on=new.published_on,
            since=new.since,
            until=new.until,
            asked=new.asked.strip(),
            least=new.least,
            most=new.most,
            budget=new.budget,
            budget_text=new.budget_text.strip(),
            quotas=[each.kept for each in new.quotas],
            is_fictional=new.region.is_fictional,
            made_at=now,
            made_by=by,
            seq=done.seq,
        )
        done.says(flow=new.flow, since=new.since.isoformat(), until=new.until.isoformat())
    return call
