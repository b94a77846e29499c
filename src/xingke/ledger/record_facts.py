"""What a record's page says: its title, one sentence, facts, history, versions and rival figures."""

from datetime import date
from typing import Any  # items of components, and rows of any kind

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.ledger import queries
from xingke.ledger.models import Observation
from xingke.ledger.queries import RecordPage
from xingke.ledger.words import Words, accepted_word, day_word, effect_word, kind_word, period_statement
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
    holder = row.organisation.name if row.organisation else _("未填单位")
    if shown.is_event:
        return _("%(day)s，%(holder)s（%(region)s）：%(event)s，%(effect)s。") % {
            "day": day_word(row.happened_on), "holder": holder, "region": row.region.name,
            "event": words.event(shown.kind, row.event), "effect": _effect(shown.kind, row),
        }  # fmt: skip
    since = queries.held_since(shown, on=today)
    if since is None:
        return _("%(holder)s。现不在有效状态。") % {"holder": holder}
    return _("%(holder)s。自%(day)s起有效。") % {"holder": holder, "day": day_word(since)}


def facts(words: Words, shown: RecordPage) -> Items:
    """The record's columns as items of definition_list."""
    row = shown.current
    own = _observed(words, row) if isinstance(row, Observation) else _filed(words, shown)
    return [*own, *_provenance(row)]


def _filed(words: Words, shown: RecordPage) -> Items:
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
        ]
    if subject is not None:
        url = reverse("ledger:record", args=[shown.kind, subject.record]) if shown.is_event else ""
        number = _("申请号") if shown.kind == "patent" else _("证书编号")
        items += [
            {"label": kind_word(shown.kind), "value": words.subject(subject), "url": url},
            {"label": number, "value": subject.number, "numeric": True},
        ]
        if shown.kind == "recognition" and subject.name != words.term("title", subject.title):
            items.append({"label": _("名称"), "value": subject.name})
    holder = row.organisation
    return [
        *items,
        {
            "label": _("单位"), "value": holder.name if holder else "",
            "url": reverse("registry:organisation", args=[holder.key]) if holder else "",
        },
        {"label": _("区划"), "value": row.region.name, "note": row.region.code},
        *([{"label": _("功能区"), "value": row.zone.name}] if row.zone else []),
    ]  # fmt: skip


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
            "label": _("对应指标"), "value": words.indicator(row.indicator) if row.indicator else _("尚未对应任何指标"),
            "url": indicator_url(row),
        },
        *({"label": label, "value": value} for label, value in optional if value),
        {"label": _("文件和位置"), "value": f"{row.document} · {row.place}", "numeric": True},
    ]  # fmt: skip


def _effect(kind: str, event: Any) -> str:
    """What an event does; nothing any more once it is void."""
    return _("已作废，不再起作用") if event.state == "void" else effect_word(kind, event.effect)


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


def _provenance(row: Any) -> Items:
    confirmed = (
        f"{row.confirmed_by}{_('，')}{day_word(timezone.localdate(row.confirmed_at))}"
        if row.confirmed_by
        else _("尚未确认")
    )
    return [
        {"label": _("来源"), "value": row.source, "note": row.source_place},
        {"label": pgettext("by whom", "确认"), "value": confirmed},
        {"label": _("记录号"), "value": str(row.record), "numeric": True},
    ]


def history(words: Words, shown: RecordPage, allowed: Scope) -> Items:
    """The events of the title or patent as a timeline, oldest first; this page's own is marked and no link."""
    items = []
    for event in shown.history:
        is_own = shown.is_event and event.record == shown.current.record
        where = event.region.name if event.region_id != shown.current.region_id else ""
        reachable = queries.covers(allowed, event) and not is_own
        name = words.event(shown.kind, event.event)
        items.append(
            {
                "when": event.happened_on, "title": _("%(event)s（本条）") % {"event": name} if is_own else name,
                "url": reverse("ledger:record", args=[shown.kind, event.record]) if reachable else "",
                "text": _("，").join(part for part in (_effect(shown.kind, event), where) if part),
                "state": "" if event.state == "confirmed" else event.state,
                "tone": "" if event.state == "void" else TONES[event.effect],
            }
        )  # fmt: skip
    return items


def versions(words: Words, shown: RecordPage) -> Items:
    """Every version, newest first: who, when, under which number, why, and what changed against the one before."""
    items = []
    rows = list(shown.versions)
    for number, row in enumerate(rows):
        before = rows[number + 1] if number + 1 < len(rows) else None
        said = _("台账序号 %(seq)s") % {"seq": row.seq_from}
        reason = _("原因：%(reason)s") % {"reason": row.reason} if row.reason else ""
        items.append(
            {
                "number": row.version, "when": row.entered_at, "by": row.entered_by, "state": row.state,
                "is_current": row.is_current, "note": _("；").join(part for part in (said, reason) if part),
                "changes": words.changes(before, row) if before is not None else [],
            }
        )  # fmt: skip
    return items


def rivals(words: Words, shown: RecordPage) -> Items:
    """The other figures reported for the same indicator, place and period."""
    if shown.kind != queries.OBSERVATION:
        return []
    return [rival(words, row) for row in queries.rivals_of(shown.current) if row.record != shown.current.record]


def rival(words: Words, row: Observation) -> dict[str, Any]:
    """One reported figure beside others."""
    return {
        "record": row.record, "version": row.version, "amount": words.amount(row), "written": row.as_written,
        "name": row.name, "document": row.document, "place": row.place, "period": period_statement(row),
        "accepted": accepted_word(row), "state": row.state, "source": row.source,
        "url": reverse("ledger:record", args=[queries.OBSERVATION, row.record]),
    }  # fmt: skip


def crumbs(words: Words, shown: RecordPage, *steps: str) -> list[dict[str, str]]:
    """Where a record's pages stand: the list of its kind, the record, and what is done to it."""
    of_list = (
        {"label": pgettext("several", "上报数"), "url": reverse("ledger:observation-list")}
        if shown.kind == queries.OBSERVATION
        else {"label": _("台账"), "url": reverse("ledger:record-list")}
    )
    own = {"label": title(words, shown), "url": reverse("ledger:record", args=[shown.kind, shown.current.record])}
    return [of_list, own, *({"label": step, "url": ""} for step in steps)]
