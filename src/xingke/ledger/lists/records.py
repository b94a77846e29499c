"""The list of what happened, of every kind in one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any  # rows of every kind, in words
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import current_seq
from xingke.base.addresses import key_address
from xingke.base.templatetags.xk import files_mark
from xingke.ledger import kinds
from xingke.ledger.kinds.record_kind import Measure
from xingke.ledger.models import State
from xingke.ledger.queries import events
from xingke.ledger.queries.evidence import evidence_counts
from xingke.ledger.queries.holders import holder_word, seen_by
from xingke.ledger.record_facts import import_beginning
from xingke.ledger.tables import TABLES
from xingke.ledger.words import Words, kind_choices, state_word
from xingke.registry import filtering
from xingke.registry.listing import (
    BulkAct,
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    OwnFilter,
    RegionFilter,
    SearchFilter,
    day_or_none,
    typed_values,
)
from xingke.registry.models import Organisation
from xingke.registry.rules import Scope

# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────


def events_asked_for(reader: User, allowed: Scope, typed: QueryDict) -> events.Wanted:
    """The events that somebody sees, or saw, in the list of records. typed: what is chosen there."""
    values = typed_values(RECORDS, typed)
    return _wanted(reader, values, filtering.choose_region(allowed, values["region"]))


def wanted_by(asked: ListRequest) -> events.Wanted:
    """The same of a list that is asked for."""
    if "wanted" not in asked.kept:
        asked.kept["wanted"] = _wanted(asked.reader, asked.values, asked.regions["region"])
    wanted: events.Wanted = asked.kept["wanted"]
    return wanted


def _wanted(reader: User, values: Mapping[str, str], choice: filtering.RegionChoice) -> events.Wanted:
    return events.Wanted(
        kind=values["kind"],
        event=values["event"],
        year=values["year"],
        state=values["state"],
        search=values["q"],
        regions=choice.narrow(),
        since=day_or_none(values["on_from"]),
        until=day_or_none(values["on_to"]),
        by=reader.pk if values["mine"] else None,
    )


def _events(asked: ListRequest) -> dict[str, QuerySet[Any, Any]]:
    asked.kept["until"] = current_seq()  # before anything is read, so that what is shown is not older
    return events.events_by_kind(asked.reader, wanted_by(asked))


def _as_rows(asked: ListRequest, found: Sequence[Any]) -> list[dict[str, Any]]:
    words: Words = asked.kept.setdefault("words", Words())
    shown = events.entries(found, asked.kept.setdefault("seen", seen_by(asked.reader)))
    rows = [row_of(words, entry) for entry in shown]
    if asked["kind"] in TABLES:  # what they amount to stands in columns of its own
        rows = [{**row, "known_by": row["number"]} for row in rows]
    if asked.is_file:
        return rows
    proved = evidence_counts(key for entry in shown for key in (entry.event.record, entry.event.subject))
    return [
        {**row, "files": proved.get(entry.event.record, 0) + proved.get(entry.event.subject, 0)}
        for row, entry in zip(rows, shown, strict=True)
    ]


def _kinds_chosen(asked: ListRequest) -> list[str]:
    return [asked["kind"]] if asked["kind"] in TABLES else list(TABLES)


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def record_url(kind: str, record: UUID) -> str:
    """The page of a record."""
    return key_address("ledger:record", kind, key=record)


def _organisation_url(organisation: Organisation) -> str:
    return key_address("registry:organisation", key=organisation.key)


def row_of(words: Words, entry: events.TimelineEntry) -> dict[str, Any]:
    """One event of a list, in words."""
    event, subject = entry.event, entry.subject
    number, measures = getattr(subject, "number", ""), _measures(words.measures(event))
    return {
        "of": event,
        "on": entry.on,
        "day": entry.on.isoformat(),
        "event": words.event(entry.kind, event.event),
        "effect": event.effect,
        "effect_word": words.effect(entry.kind, event.effect),
        "what": words.subject(subject),
        "measures": measures,
        "number": number,
        "known_by": f"{number} · {measures}" if number and measures else number or measures,
        "organisation": event.organisation,
        "organisation_url": _organisation_url(event.organisation) if event.organisation else "",
        "holder": holder_word(event),
        "region": event.region.name,
        "state": event.state,
        "is_void": event.state == State.VOID,
        "url": record_url(entry.kind, event.record),
        "key": f"{entry.kind}:{event.record}",
        "is_fictional": event.is_fictional,
        "kind": words.kind(entry.kind),
        "region_code": event.region.code,
    }


def _measures(told: Sequence[tuple[str, str]]) -> str:
    """What a list says an event amounts to; two sums of money, which only their names tell apart, with those."""
    if not told:
        return ""
    ends = Counter(said[-1] for _label, said in told)
    return _("，").join(f"{label} {said}" if ends[said[-1]] > 1 else said for label, said in told)


# ── cells ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _event_cell(row: dict[str, Any]) -> ListedCell:
    return ListedCell(row["event"], row["url"], row["effect_word"] if row["effect"] else "")


def _subject_cell(row: dict[str, Any]) -> ListedCell:
    if not row.get("files"):
        return ListedCell(row["what"], sub=row["known_by"])
    return ListedCell(row["what"], sub=format_html("{} {}", row["known_by"], files_mark(row["files"])))


def _columns_of_measures(asked: ListRequest) -> list[ListColumn]:
    """What events of the one kind that is chosen amount to. What layers of money come to is no sum: only where one event
    is chosen, or the kind has but one, they are added up."""
    if asked["kind"] not in TABLES:
        return []
    names, words = TABLES[asked["kind"]].names, asked.kept.setdefault("words", Words())
    is_summed = bool(asked["event"]) or len(names.happens) == 1
    return [_column_of(each, words, is_summed=is_summed) for each in names.measured if not each.is_further]


def _column_of(measure: Measure, words: Words, *, is_summed: bool) -> ListColumn:
    unit = measure.units[0] if len(measure.units) == 1 else measure.units[-2]
    scale, said, word = int(unit.scale * unit.factor), words.unit(unit.code), str(measure.word)

    def amount(row: dict[str, Any]) -> int | None:
        value: int | None = getattr(row["of"], measure.name, None)
        return value

    def stated(row: dict[str, Any]) -> Any:
        scaled = amount(row)
        return "" if scaled is None else Decimal(scaled) / scale

    return ListColumn(
        code=measure.name.replace("_", "-"),
        label=word if word == said else _("%(measure)s（%(unit)s）") % {"measure": word, "unit": said},
        cell=stated,
        is_numeric=True,
        sum_label=word,
        total=measure.name if is_summed else "",
        amount=amount if is_summed else None,
        scale=scale,
        unit=words.unit_after(unit.code),
    )


def _sums(asked: ListRequest, _found: Any, columns: Sequence[ListColumn]) -> dict[str, int | None]:
    sums = events.events_summed(asked.reader, wanted_by(asked), [column.total for column in columns])
    return {column.code: sums[column.total] for column in columns}


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _confirming(asked: ListRequest) -> dict[str, str] | None:
    """What is posted along with the drafts somebody confirms: what the list shows, and as of which number."""
    return {**asked.values, "until": str(asked.kept["until"])} if asked["state"] == State.DRAFT else None


RECORDS = DeclaredList(
    code="records",
    title=gettext_lazy("台账"),
    caption=pgettext_lazy("several", "事件"),
    lead=gettext_lazy(
        "从资质、专利到项目、资金和活动，每一件事何时、在哪里、由哪家单位、发生了什么。指标由这些记录数出来。"
    ),
    url_name="ledger:record-list",
    permission=Permission.RECORD_READ,
    rows=_events,
    load=_as_rows,
    count=lambda asked: events.events_counted(asked.reader, wanted_by(asked)),
    further=_columns_of_measures,
    totals=_sums,
    order="-day",
    key=lambda row: row["key"],
    key_path="record",
    row_words=lambda row: f"{row['event']} {row['what']}",
    row_class=lambda row: "void" if row["is_void"] else "",
    is_fictional=lambda row: row["is_fictional"],
    notes=lambda asked: [(_("台账序号"), str(asked.kept["until"]))],
    filters=(
        SearchFilter(label=gettext_lazy("单位、名称或编号"), placeholder=gettext_lazy("如 明渠、GR2025、20231012")),
        ChoiceFilter(
            name="kind", label=gettext_lazy("类别"), options=lambda asked: kind_choices(), today=kinds.current
        ),
        RegionFilter(path=""),
        ChoiceFilter(
            name="year",
            label=gettext_lazy("年份"),
            options=lambda asked: [(str(year), str(year)) for year in events.event_years(asked.reader)],
        ),
        ChoiceFilter(
            name="event",
            label=gettext_lazy("事件"),
            options=lambda asked: asked.kept.setdefault("words", Words()).events(_kinds_chosen(asked)),
        ),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [(state, state_word(state)) for state in State.values],
        ),
        DayFilter(name="on", label=gettext_lazy("日期")),
        OwnFilter(label=gettext_lazy("我登记的")),
    ),
    columns=(
        ListColumn(
            code="day",
            label=gettext_lazy("日期"),
            sort="happened_on",
            is_indexed=True,
            is_whole=True,
            cell=lambda row: row["on"],
        ),
        ListColumn(
            code="event",
            label=gettext_lazy("事件"),
            is_whole=True,
            cell=_event_cell,
            file=(
                FileColumn(label=gettext_lazy("类别"), value=lambda row: row["kind"]),
                FileColumn(label=gettext_lazy("事件"), value=lambda row: row["event"]),
                FileColumn(label=gettext_lazy("作用"), value=lambda row: row["effect_word"]),
            ),
        ),
        ListColumn(
            code="what",
            label=gettext_lazy("事项"),
            is_wide=True,
            cell=_subject_cell,
            file=(
                FileColumn(label=gettext_lazy("事项"), value=lambda row: row["what"]),
                FileColumn(label=gettext_lazy("数量"), value=lambda row: row["measures"]),
                FileColumn(label=gettext_lazy("编号"), value=lambda row: row["number"]),
            ),
        ),
        ListColumn(
            code="holder",
            label=gettext_lazy("单位"),
            is_wide=True,
            cell=lambda row: ListedCell(row["holder"], row["organisation_url"]),
            file=(
                FileColumn(label=gettext_lazy("单位"), value=lambda row: row["holder"]),
                FileColumn(
                    label=gettext_lazy("统一社会信用代码"),
                    value=lambda row: row["organisation"].credit_code if row["organisation"] else "",
                ),
            ),
        ),
        ListColumn(
            code="region",
            label=gettext_lazy("区划"),
            is_whole=True,
            cell=lambda row: row["region"],
            file=(
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row["region"]),
                FileColumn(label=gettext_lazy("区划代码"), value=lambda row: row["region_code"]),
            ),
        ),
        ListColumn(
            code="state",
            label=gettext_lazy("状态"),
            is_whole=True,
            cell=lambda row: ListedCell(state=row["state"]),
            file=(FileColumn(label=gettext_lazy("状态"), value=lambda row: state_word(row["state"])),),
        ),
        ListColumn(
            code="filed",
            label=gettext_lazy("登记时间"),
            is_optional=True,
            is_whole=True,
            is_told=True,
            cell=lambda row: row["of"].entered_at,
        ),
        ListColumn(
            code="source",
            label=gettext_lazy("来源"),
            is_optional=True,
            is_told=True,
            cell=lambda row: row["of"].source,
        ),
    ),
    acts=(
        BulkAct(
            code="confirm",
            label=gettext_lazy("确认所选"),
            url_name="ledger:records-confirm",
            permission=Permission.RECORD_CONFIRM,
            hidden=_confirming,
            every=lambda count: _("确认全部 %(n)s 条") % {"n": f"{count:,}"},
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有记录"),
        text=_("您可以查看的范围里还没有登记任何事项。"),
        begin=import_beginning(asked.reader),
    ),
)
