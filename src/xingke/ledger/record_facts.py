"""What a record's page says: its title, one sentence, facts, history, versions and rival figures."""

from copy import copy
from datetime import date
from typing import Any  # items of components, and rows of any kind

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.origins import origin_of
from xingke.ledger import queries
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import Running
from xingke.ledger.models import Observation, Proposal
from xingke.ledger.queries import observations, records
from xingke.ledger.queries.evidence import evidence_of
from xingke.ledger.queries.holders import holder_word
from xingke.ledger.queries.proposals import proposals_of
from xingke.ledger.queries.records import RecordPage
from xingke.ledger.relists import RELISTS
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.words import (
    Words,
    accepted_word,
    day_word,
    effect_word,
    field_word,
    kind_choices,
    kind_word,
    period_statement,
    source_place_word,
)
from xingke.registry import queries as registry
from xingke.registry.rules import Scope

TONES = {1: "good", -1: "bad", 0: ""}
Items = list[dict[str, Any]]


def title(words: Words, shown: RecordPage) -> str:
    """What the record is, in a few words."""
    row = shown.current
    if isinstance(row, Observation):
        return row.name + _("：") + words.amount(row)
    name = words.subject(shown.subject) if shown.subject is not None else kind_word(shown.kind)
    return f"{words.event(shown.kind, row.event)} · {name}" if shown.is_event else name


def lead(words: Words, shown: RecordPage, today: date) -> str:
    """The record in one sentence."""
    row = shown.current
    if isinstance(row, Observation):
        said = {"region": row.region.name, "document": row.document, "place": row.place, "written": row.as_written}
        return _("%(region)s的上报数，文件 %(document)s 的 %(place)s 处写作“%(written)s”。") % said
    if shown.is_event:
        what = [words.event(shown.kind, row.event), *_measures(words, row), _effect(shown.kind, row)]
        return _("%(day)s，%(who)s：%(what)s。") % {
            "day": day_word(row.happened_on),
            "who": _who(row),
            "what": _("，").join(part for part in what if part),
        }
    holder = holder_word(row) or row.region.name
    return _("%(holder)s。") % {"holder": holder} + _state_sentence(words, shown, today)


def _who(row: Any) -> str:
    """The organisation and where; the region alone where no organisation is named."""
    holder = holder_word(row)
    return (
        _("%(holder)s（%(region)s）") % {"holder": holder, "region": row.region.name}
        if holder
        else str(row.region.name)
    )


def _measures(words: Words, event: Any) -> list[str]:
    return [f"{label} {said}" for label, said in words.measures(event)]


def _state_sentence(words: Words, shown: RecordPage, today: date) -> str:
    """Whether it is held or runs; of a kind of which that cannot be said, what happened last."""
    running = _running(shown)
    if running is not None:
        since = records.held_since(shown, on=today)
        if since is not None:
            return str(running.since.filled(day=day_word(since)))
        if waiting := records.waits_since(shown, on=today):
            return str(running.then.filled(day=day_word(waiting)))
        return str(running.over)
    happened = [event for event in shown.history if event.state != "void"]
    if not happened:
        return ""
    last = happened[-1]
    said = [words.event(shown.kind, last.event), *_measures(words, last)]
    return _("%(day)s%(what)s。") % {"day": day_word(last.happened_on), "what": _("，").join(said)}


def _running(shown: RecordPage) -> Running | None:
    return KINDS[shown.kind].running if shown.kind in KINDS else None


def held_tag(shown: RecordPage, today: date) -> dict[str, str] | None:
    """The tag of a subject that is held or runs, or not; None where that cannot be said."""
    running = _running(shown)
    if running is None or shown.is_event:
        return None
    if records.waits_since(shown, on=today):
        return {"state": "unknown", "label": str(running.waiting)}
    is_held = records.is_held(shown, on=today)
    return {"state": "holds" if is_held else "unknown", "label": str(running.on if is_held else running.off)}


def facts(words: Words, shown: RecordPage, allowed: Scope, user: User) -> Items:
    """The record's columns as items of definition_list. allowed: where its reader, ``user``, may read records."""
    row = shown.current
    own = _observed(words, row) if isinstance(row, Observation) else _filed(words, shown, allowed)
    return [*own, *_provenance(row, user)]


def _filed(words: Words, shown: RecordPage, allowed: Scope) -> Items:
    row, subject = shown.current, shown.subject
    items: Items = []
    if shown.is_event:
        items += [
            {
                "label": _("事件"),
                "value": words.event(shown.kind, row.event),
                "note": _effect(shown.kind, row),
            },
            {"label": _("日期"), "value": day_word(row.happened_on)},
            *({"label": label, "value": said, "numeric": True} for label, said in words.measures(row)),
            *_certificate(row),
        ]
    if subject is not None:
        is_open = shown.is_event and queries.covers(allowed, subject)  # what came from elsewhere stands there
        url = reverse("ledger:record", args=[shown.kind, subject.record]) if is_open else ""
        items.append({"label": kind_word(shown.kind), "value": words.subject(subject), "url": url})
        items += _columns(words, TABLES[shown.kind], subject)
        if not shown.is_event and (until := records.holds_until(shown)) is not None:
            items.append({"label": _("有效期至"), "value": day_word(until)})
    holder = row.organisation
    return [
        *items,
        *_person(shown),
        {
            "label": _("单位"),
            "value": holder_word(row),
            "url": reverse("registry:organisation", args=[holder.key]) if holder else "",
        },
        {"label": _("区划"), "value": row.region.name, "note": row.region.code},
        *([{"label": _("功能区"), "value": row.zone.name}] if row.zone else []),
    ]


def _person(shown: RecordPage) -> Items:
    """Whom it is about, for who may see them; where only lists name them, the way to say who that is."""
    if shown.person is not None:
        url = reverse("registry:person", args=[shown.person.key])
        return [{"label": _("人员"), "value": shown.person.name, "url": url}]
    if shown.listed is not None:
        url = reverse("ledger:listed-person", args=[shown.listed.key])
        return [{"label": _("人员"), "value": _("表格里的人员，还没有登记"), "url": url}]
    return []


def _certificate(row: Any) -> Items:
    """The certificate an event gave, and until when it holds."""
    number, until = getattr(row, "certificate", ""), getattr(row, "until", None)
    found: Items = [{"label": _("证书编号"), "value": number, "numeric": True}] if number else []
    return found + ([{"label": _("有效期至"), "value": day_word(until)}] if until is not None else [])


def _columns(words: Words, kind: Kind, subject: Any) -> Items:
    """A subject's own columns; its name only where it says more than its term does, others only where filled."""
    terms = {words.term(kind.field_list(name), getattr(subject, name)) for name in kind.repeated}
    items: Items = [
        {"label": field_word(name), "value": words.term(kind.field_list(name), getattr(subject, name))}
        for name in kind.repeated
        if name in kind.names.telling or getattr(subject, name)
    ]
    for each in kind.names.details:
        value = words.detail(each, getattr(subject, each.name))
        if each.name == "number" or (value and value not in terms):
            is_number = each.name == "number" or bool(each.units)
            items.append({"label": str(each.word), "value": value, "numeric": is_number})
    return items


def _observed(words: Words, row: Observation) -> Items:
    optional = [
        (_("上限"), words.amount(row, row.value_max) if row.value_max is not None else ""),
        (_("约数"), _("原文带“%(word)s”，不是精确数") % {"word": row.approximation} if row.approximation else ""),
        (_("资金口径"), words.term("layer", row.layer) if row.layer else ""),
        (_("部分"), row.part),
        (_("备注"), row.note),
        (_("选用"), accepted_word(row)),
    ]
    inferred = _("原文未写明地名，由内容推定") if row.is_region_inferred else ""
    return [
        {"label": _("原文写法"), "value": row.as_written},
        {"label": _("数值"), "value": words.amount(row), "numeric": True, "note": words.term("measure", row.measure)},
        {"label": _("期间"), "value": period_statement(row), "note": _year_note(row)},
        {"label": _("区划"), "value": row.region.name, "note": inferred or row.region.code},
        {
            "label": _("对应指标"),
            "value": words.indicator(row.indicator) if row.indicator else _("尚未对应任何指标"),
            "url": indicator_url(row),
        },
        *({"label": label, "value": value} for label, value in optional if value),
        {"label": _("文件和位置"), "value": f"{row.document} · {row.place}", "numeric": True},
    ]


def _effect(kind: str, event: Any) -> str:
    """What an event does, where that can be said; nothing any more once it is void, nothing yet before it is confirmed."""
    if event.state == "void":
        return _("已作废，不再起作用")
    said = effect_word(kind, event.effect)
    return _("确认后%(effect)s") % {"effect": said} if said and event.effect and event.state == "draft" else said


def _year_note(row: Observation) -> str:
    """How the year was annotated, where the annotation says more than the year."""
    return _("年份标注：%(written)s") % {"written": row.real_written} if row.confidence != "stated" else ""


def indicator_url(row: Observation) -> str:
    """The page of the value the figure answers; nothing where it answers none or the page is not installed."""
    if not row.indicator:
        return ""
    try:
        page = reverse("indicators:indicator", args=[row.indicator])
    except NoReverseMatch:
        return ""
    return (
        f"{page}?region={row.region.code}&period={row.real_period}"
        if row.real_period
        else f"{page}?region={row.region.code}"
    )


def _provenance(row: Any, user: User) -> Items:
    source, url = origin_of(user, row.source)
    confirmed = (
        f"{row.confirmed_by}{_('，')}{day_word(timezone.localdate(row.confirmed_at))}"
        if row.confirmed_by
        else _("尚未确认")
    )
    return [
        {"label": _("来源"), "value": source, "url": url, "note": source_place_word(row.source_place)},
        {"label": pgettext("by whom", "确认"), "value": confirmed},
        {"label": _("记录号"), "value": str(row.record), "numeric": True},
    ]


def history(words: Words, shown: RecordPage, allowed: Scope) -> Items:
    """The events of the subject as a timeline, oldest first; this page's own is marked and no link."""
    items = []
    for event in shown.history:
        is_own = shown.is_event and event.record == shown.current.record
        where = event.region.name if event.region_id != shown.current.region_id else ""
        reachable = queries.covers(allowed, event) and not is_own
        name = words.event(shown.kind, event.event)
        items.append(
            {
                "when": event.happened_on,
                "title": _("%(event)s（本条）") % {"event": name} if is_own else name,
                "url": reverse("ledger:record", args=[shown.kind, event.record]) if reachable else "",
                "text": _("，").join(
                    part for part in (*_measures(words, event), _effect(shown.kind, event), where) if part
                ),
                "state": "" if event.state == "confirmed" else event.state,
                "tone": "" if event.state == "void" else TONES[event.effect],
            }
        )
    return items


def versions(words: Words, shown: RecordPage) -> Items:
    """Every version, newest first: who, when, under which number, why, and what changed against the one before."""
    items = []
    rows = list(shown.versions)
    for number, row in enumerate(rows):
        before = rows[number + 1] if number + 1 < len(rows) else None
        said = _("台账序号 %(seq)s") % {"seq": row.seq_from}
        reason = _("原因：%(reason)s") % {"reason": row.reason} if row.reason else ""
        confirmed = _("确认：%(name)s") % {"name": row.confirmed_by} if row.confirmed_by else ""
        items.append(
            {
                "number": row.version,
                "when": row.entered_at,
                "by": row.entered_by,
                "state": row.state,
                "is_current": row.is_current,
                "note": _("；").join(part for part in (said, confirmed, reason) if part),
                "changes": words.changes(before, row) if before is not None else [],
            }
        )
    return items


def proposals(words: Words, shown: RecordPage, user: User) -> Items:
    """The changes proposed of the record, newest first: what would change, why, and what became of it."""
    found = proposals_of(shown, user)
    seen = {row.version: row for row in shown.versions}
    may_decide = registry.scope(user, Permission.RECORD_CONFIRM).covers(shown.current.region.path)
    return [
        {
            **proposal(words, each, seen[each.version]),
            "is_own": each.proposed_by_id == user.pk,
            "may_decide": may_decide and each.outcome == each.Outcome.OPEN and each.proposed_by_id != user.pk,
        }
        for each in found
    ]


def proposal(words: Words, each: Proposal, row: Any) -> dict[str, Any]:
    """One proposed change of a version, in words."""
    wanted = copy(row)
    for name, value in each.changes_of(type(row)).items():
        setattr(wanted, name, value)
    return {
        "of": each,
        "is_open": each.outcome == each.Outcome.OPEN,
        "outcome": each.get_outcome_display(),
        "state": {"accepted": "confirmed", "open": "draft"}.get(each.outcome, "void"),
        "changes": words.changes(row, wanted),
    }


def evidence(words: Words, shown: RecordPage, user: User) -> Items:
    """The files that prove the record, oldest first; withdrawn ones with the reason."""
    events = {event.record: event for event in shown.history}
    rows = {**events, shown.current.record: shown.current}
    if shown.subject is not None:
        rows[shown.subject.record] = shown.subject
    writing = [registry.scope(user, each) for each in (Permission.RECORD_ENTER, Permission.RECORD_CONFIRM)]
    reading = [registry.scope(user, each) for each in (Permission.RECORD_CONFIRM, Permission.AUDIT_READ)]
    items = []
    for each in evidence_of(user, shown):
        withdrawal = getattr(each, "withdrawal", None)
        of = events.get(each.record) if each.record != shown.current.record else None
        row = rows[each.record]
        writes = any(allowed.covers(row.region.path) for allowed in writing)
        reads = withdrawal is None or any(allowed.covers(row.region.path) for allowed in reading)
        items.append(
            {
                "pk": each.pk,
                "name": each.attachment.name,
                "size": each.attachment.size,
                "digest": each.attachment.digest,
                "caption": each.caption,
                "by": each.added_by,
                "when": each.added_at,
                "withdrawal": withdrawal,
                "of": words.event(shown.kind, of.event) if of is not None else "",
                "url": reverse("ledger:attachment", args=[shown.kind, each.record, each.pk, each.attachment.name])
                if reads
                else "",
                "may_withdraw": writes and queries.may_withdraw(user, each, row).allowed,
                "withdraw_url": reverse("ledger:evidence-withdraw", args=[shown.kind, each.record, each.pk]),
            }
        )
    return items


def rivals(words: Words, shown: RecordPage, allowed: Scope) -> Items:
    """The other figures reported for the same indicator, place and period that may be read in a scope."""
    if shown.kind != queries.OBSERVATION:
        return []
    others = [row for row in observations.rivals_of(shown.current) if row.record != shown.current.record]
    return [rival(words, row) for row in others if queries.covers(allowed, row)]


def rival(words: Words, row: Observation) -> dict[str, Any]:
    """One reported figure beside others."""
    return {
        "record": row.record,
        "version": row.version,
        "amount": words.amount(row),
        "written": row.as_written,
        "name": row.name,
        "document": row.document,
        "place": row.place,
        "period": period_statement(row),
        "accepted": accepted_word(row),
        "state": row.state,
        "source": row.source,
        "url": reverse("ledger:record", args=[queries.OBSERVATION, row.record]),
    }


def import_beginning(user: User) -> tuple[str, str] | None:
    """Where an empty list is begun by handing over a table; None for who may not."""
    return next(filter(None, (each.begin(user) for each in RELISTS)), None)


def entry_choices(user: User, query: str = "") -> list[dict[str, str]]:
    """The forms for new records, by kind; none for whoever may write nowhere. query: what the form begins with."""
    if not registry.has(user, Permission.RECORD_ENTER):
        return []
    return [
        {"label": label, "url": reverse("ledger:record-new", args=[kind]) + query} for kind, label in kind_choices()
    ]


def crumbs(words: Words, shown: RecordPage, *steps: str) -> list[dict[str, str]]:
    """Where a record's pages stand: the list of its kind, the record, and what is done to it."""
    of_list = (
        {"label": pgettext("several", "上报数"), "url": reverse("ledger:observation-list")}
        if shown.kind == queries.OBSERVATION
        else {"label": _("台账"), "url": reverse("ledger:record-list")}
    )
    own = {"label": title(words, shown), "url": reverse("ledger:record", args=[shown.kind, shown.current.record])}
    return [of_list, own, *({"label": step, "url": ""} for step in steps)]
