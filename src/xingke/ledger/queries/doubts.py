"""What speaks against records that wait for confirmation: nothing here refuses, a person looks at it first."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any  # rows of any kind
from uuid import UUID

from django.db.models import Count, F, Q, Sum, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.base.codes import is_credit_code
from xingke.base.refusals import Refused
from xingke.ledger import queries, rules
from xingke.ledger.kinds.record_kind import Number
from xingke.ledger.models import State
from xingke.ledger.queries.events import TimelineEntry
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.words import Words
from xingke.registry import queries as registry

UNUSUAL = 20  # times the median of the kind's amounts in the region
COMPARED = 2_000  # confirmed amounts the median is taken of

Doubts = dict[UUID, list[str]]


def doubts(words: Words, entries: Sequence[TimelineEntry]) -> Doubts:
    """What speaks against each event, in sentences, by its key; without those nothing speaks against.

    A handful of queries per kind, for at most some hundreds of events.
    """
    found: Doubts = {}
    for code in dict.fromkeys(entry.kind for entry in entries):
        kind, mine = TABLES[code], [entry for entry in entries if entry.kind == code]
        for said in (
            _numbers(words, kind, mine),
            _last_days(kind, mine),
            _holders(mine),
            _twins(words, kind, mine),
            _order(words, kind, mine),
            _amounts(words, kind, mine),
        ):
            for record, sentence in said:
                found.setdefault(record, []).append(sentence)
    return found


Said = Iterable[tuple[UUID, str]]


def _numbers(words: Words, kind: Kind, entries: Sequence[TimelineEntry]) -> Said:
    """Patent numbers whose check digit or type digit does not fit, or whose year does not fit the day."""
    if kind.names.number is not Number.PATENT:
        return
    (field,) = kind.repeated
    forms = registry.terms(kind.field_list(field))
    for entry in entries:
        number, form = getattr(entry.subject, "number", ""), forms.get(getattr(entry.subject, field))
        try:
            doubt = rules.patent_number(number, digit=form.number_digit if form else "").doubt if number else ""
        except Refused as refusal:
            doubt = refusal.saying
        if doubt:
            yield entry.event.record, str(doubt)
        happened = [rules.Happening(entry.event.event, entry.event.happened_on)]
        yield from (
            (entry.event.record, str(each))
            for each in rules.against_number(number, happened, said=partial(words.event, kind.code))
            if each
        )


def _last_days(kind: Kind, entries: Sequence[TimelineEntry]) -> Said:
    """Certificates that are said to hold much longer than their title's term."""
    for entry in entries if kind.is_lasting else ():
        event: Any = entry.event
        fields = {name: getattr(entry.subject, name) for name in kind.repeated}
        usual = queries.usual_last_day(kind, fields, event.event, event.happened_on)
        if doubt := rules.later_than_term(event.until, usual):
            yield event.record, str(doubt)


def _holders(entries: Sequence[TimelineEntry]) -> Said:
    """Firms whose credit code has a wrong check character."""
    for entry in entries:
        holder = entry.event.organisation
        if holder is not None and holder.credit_code and not is_credit_code(holder.credit_code):
            yield entry.event.record, _("“%(name)s”的信用代码校验位不符。") % {"name": holder.name}


def _twins(words: Words, kind: Kind, entries: Sequence[TimelineEntry]) -> Said:
    """Records that may be of the same thing: another one under the number, or of the holder under the name."""
    subjects: list[Any] = [entry.subject for entry in entries]
    numbers = {each.number for each in subjects} - {""}
    holders, names = {each.organisation_id for each in subjects} - {None}, {each.name for each in subjects}
    standing = kind.subject._default_manager.filter(seq_to__isnull=True).exclude(state=State.VOID)
    others = list(standing.filter(Q(number__in=numbers) | Q(organisation__in=holders, name__in=names)))
    running = _running(kind, [each for each in others if each.organisation_id in holders])
    by_number, by_name = _grouped(others, "number"), _grouped(others, "organisation_id", "name")
    is_held = kind.names.running is not None  # what only happens may happen to somebody twice, but hardly on one day
    for entry in entries:
        own: Any = entry.subject
        same = [each for each in by_number.get((own.number,), ()) if each.record != own.record and own.number]
        if same and kind.names.number is not Number.DOCUMENT:
            yield entry.event.record, _("编号“%(number)s”另有一条记录，可能重复。") % {"number": own.number}
            continue
        if own.organisation_id is None or (own.number and kind.names.number is Number.PATENT):
            continue
        same = [each for each in by_name.get((own.organisation_id, own.name), ()) if each.record != own.record]
        same = [each for each in same if (each.record in running if is_held else each.happened_on == own.happened_on)]
        if same:
            yield entry.event.record, _("这家单位另有一条“%(name)s”，可能重复。") % {"name": words.subject(same[0])}


def _running(kind: Kind, subjects: Sequence[Any]) -> set[UUID]:
    """Which of some subjects are held or run, drafts counted as if they were confirmed. One query."""
    events = kind.event._default_manager.filter(subject__in=[each.record for each in subjects], seq_to__isnull=True)
    lapsed = Count("pk", filter=Q(lapses_on__lte=timezone.localdate())) if kind.is_lasting else Value(0)
    held = events.exclude(state=State.VOID).order_by().values("subject").annotate(held=Sum("effect"), lapsed=lapsed)
    return set(held.filter(held__gt=F("lapsed")).values_list("subject", flat=True))


def _grouped(rows: Iterable[Any], *names: str) -> Mapping[tuple[object, ...], list[Any]]:
    found: dict[tuple[object, ...], list[Any]] = {}
    for row in rows:
        found.setdefault(tuple(getattr(row, name) for name in names), []).append(row)
    return found


def _order(words: Words, kind: Kind, entries: Sequence[TimelineEntry]) -> Said:
    """Histories whose days cannot all be right, as they could be filed once: the form and the import refuse them."""
    asked, said = {entry.event.record for entry in entries}, partial(words.event, kind.code)
    for events in queries.histories_of(kind, list(asked)).values():
        alive = [event for event in events if event.state != State.VOID]
        happened = [rules.Happening(event.event, event.happened_on) for event in alive]
        is_one_round = sum(each.event in kind.names.opening for each in happened) == 1  # a renewal is applied for later
        if wrong := rules.out_of_order(kind.names, happened, is_one_round=is_one_round, said=said):
            yield from ((event.record, str(wrong)) for event in alive if event.record in asked)


def _amounts(words: Words, kind: Kind, entries: Sequence[TimelineEntry]) -> Said:
    """Amounts of money far above what is usual of the kind in the region."""
    if "amount" not in kind.measures:
        return
    regions = {entry.event.region_id for entry in entries}
    of_kind: Any = kind.event._default_manager  # not every kind's events have an amount
    known = of_kind.filter(region__in=regions, seq_to__isnull=True, state=State.CONFIRMED, amount__gt=0)
    usual = list(known.order_by("-pk").values_list("amount", flat=True)[:COMPARED])
    if len(usual) < 5:
        return
    middle = int(median(usual))
    for entry in entries:
        amount = getattr(entry.event, "amount", None)
        if amount is not None and amount > UNUSUAL * middle:
            said = _("金额 %(amount)s 是本地同类中位数（%(usual)s）的 %(times)d 倍，请核对单位。")
            yield (
                entry.event.record,
                said
                % {
                    "amount": words.measure("amount", amount, entry.event),
                    "times": amount // middle,
                    "usual": words.measure("amount", middle, entry.event),
                },
            )
