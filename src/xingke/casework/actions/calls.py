"""Calls: making one. It pins the definitions its cases run by."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.casework import queries
from xingke.casework.models import CaseCall
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import require_home
from xingke.casework.queries.lookups import AsReader
from xingke.casework.rules.calls import ORGANISATION, CallQuota
from xingke.casework.rules.forms import CaseForm, FieldType
from xingke.registry.models import Region

MOST = 100_000  # cases of one call
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
    form, lookup = definitions.form(definitions.flow.first), AsReader(by, new.region)
    limits = [_limit(each, form, lookup) for each in new.quotas]
    with act(by=by, now=now, code="call.made", kind="call", target=str(new.key)) as done:
        done.lock()
        said = {
            each: getattr(new, each) for each in ("region", "flow", "published_on", "since", "until", "most", "budget")
        }
        if there := pressed_before(CaseCall, new.key, title=new.title.strip(), made_by=by, **said):
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
            quotas=[each.kept for each in limits],
            is_fictional=new.region.is_fictional,
            made_at=now,
            made_by=by,
            seq=done.seq,
        )
        done.says(flow=new.flow, since=new.since.isoformat(), until=new.until.isoformat())
    return call


def _limit(quota: CallQuota, form: CaseForm | None, lookup: AsReader) -> CallQuota:
    """A quota whose answer is named as answers are kept: a term, firm or place by its key, whatever words it came by."""
    asked = form.named.get(quota.field) if form is not None else None
    if quota.field != ORGANISATION and (asked is None or asked.type not in LIMITED or asked.personal):
        raise Refused(say("申报表没有可以限额的“%(field)s”一项。", field=quota.field[:40]))
    if not 1 <= quota.most <= MOST:
        raise Refused(say("限额写1到%(most)s件。", most=MOST))
    if not quota.value or (asked is not None and asked.type is FieldType.TEXT):
        return quota
    found = lookup.find(asked, quota.value) if asked is not None else lookup.organisation_called(quota.value)
    if isinstance(found, Saying):
        raise Refused(found)
    key = found if isinstance(found, str) else str(found.key)
    return replace(quota, value=key, words=quota.words or quota.value)
