"""Records and reported figures for the search: the things with a history, not each of their events."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any  # a subject is a row of any kind's table

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from xingke.accounts.permissions import Permission
from xingke.base.searching import Further, Hit, Searchable, Text
from xingke.ledger import queries
from xingke.ledger.models import Observation, Recognition, State, Version
from xingke.ledger.queries.holders import local
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.words import Words, day_word, kind_label, kind_word, period_word
from xingke.registry import queries as registry

ORDER = 40  # after organisations, indicators and documents


def _between(after: int, upto: int) -> Q:
    """The versions opened or closed after a ledger number and up to another."""
    return Q(seq_from__gt=after, seq_from__lte=upto) | Q(seq_to__gt=after, seq_to__lte=upto)


def _changed(model: type[Version], after: int, upto: int) -> Iterable[str]:
    """A record's text names its organisation: when that changes, so does the record's."""
    rows = model._default_manager.order_by()
    changed = [rows.filter(_between(after, upto))]
    if after:
        renamed = registry.organisations_corrected(after, upto)
        changed.append(rows.filter(organisation__in=renamed, seq_to__isnull=True))
    return (str(key) for each in changed for key in each.values_list("record", flat=True).iterator())


def _current(model: type[Version], keys: Sequence[str]) -> Any:  # a queryset of any kind's table
    rows = model._default_manager.filter(record__in=keys, seq_to__isnull=True).exclude(state=State.VOID)
    return rows.select_related("region", "organisation__region")


def _common(row: Version) -> dict[str, Any]:
    return {
        "key": str(row.record),
        "path": row.region.path,
        "organisation": row.organisation_id,
        "on": row.happened_on,
        "is_finished": row.confirmed_at is not None,
    }


def _record_texts(kind: Kind, keys: Sequence[str]) -> Iterator[Text]:
    with translation.override("zh-hans"):  # the index speaks the language of the ledger, whoever asks first
        words = Words()
        for row in _current(kind.subject, keys):
            terms = [words.term(kind.field_list(name), getattr(row, name)) for name in kind.repeated]
            own = (each for each in kind.names.details if each.name not in ("name", "number"))
            details = [words.detail(each, getattr(row, each.name)) for each in own]
            about = [kind_word(kind.code), *terms, *details, _holder(row), row.region.name, str(row.happened_on.year)]
            yield Text(**_common(row), names=row.name, identifier=row.number, text=" ".join(about))


def _record_hits(kind: Kind, keys: Sequence[str]) -> Mapping[str, Hit]:
    words = Words()
    return {str(row.record): _record_hit(words, kind, row) for row in _current(kind.subject, keys)}


def _record_hit(words: Words, kind: Kind, row: Any) -> Hit:
    about = [row.number, _named(row), row.region.name, day_word(row.happened_on)]
    return _hit(kind.code, row, title=words.subject(row), about=about)


def _holder(row: Version) -> str:
    return row.organisation.name if row.organisation else ""


def _named(row: Version) -> str:
    holder = local(row)
    return holder.name if holder is not None else ""


def _hit(kind: str, row: Version, *, title: str, about: Sequence[str]) -> Hit:
    return Hit(
        title=title,
        line=" · ".join(part for part in about if part),
        url=reverse("ledger:record", args=[kind, row.record]),
        is_fictional=row.is_fictional,
    )


def _observation_texts(keys: Sequence[str]) -> Iterator[Text]:
    with translation.override("zh-hans"):
        words = Words()
        for row in _current(Observation, keys):
            about = [
                kind_word(queries.OBSERVATION),
                row.document,
                row.as_written,
                row.region_written,
                row.region.name,
                row.part,
                period_word(row.real_period or row.stated_period),
                words.indicator(row.indicator),
                _holder(row),
            ]
            yield Text(**_common(row), names=row.name, identifier=row.place, text=" ".join(about))


def _observation_hits(keys: Sequence[str]) -> Mapping[str, Hit]:
    words = Words()
    return {
        str(row.record): _hit(
            queries.OBSERVATION,
            row,
            title=row.name + _("：") + words.amount(row),
            about=[row.region.name, period_word(row.real_period or row.stated_period), f"{row.document} {row.place}"],
        )
        for row in _current(Observation, keys)
    }


def _searchable(
    code: str, order: int, model: type[Version], texts: Callable[..., Any], hits: Callable[..., Any]
) -> Searchable:
    return Searchable(
        code=code,
        label=kind_label(code),
        permission=Permission.RECORD_READ,
        order=order,
        changed=partial(_changed, model),
        texts=texts,
        hits=hits,
        recipe=1,
    )


RECORDS = tuple(
    _searchable(kind.code, ORDER + at, kind.subject, partial(_record_texts, kind), partial(_record_hits, kind))
    for at, kind in enumerate(TABLES.values())
)
OBSERVATIONS = _searchable(
    queries.OBSERVATION, ORDER + len(RECORDS), Observation, _observation_texts, _observation_hits
)


# ── what the ledger adds to organisations ───────────────────────────────────────────────────────────────────────────


def _holders_changed(after: int, upto: int) -> Iterable[str]:
    rows = Recognition.objects.filter(_between(after, upto), organisation__isnull=False)
    return (str(key) for key in rows.order_by().values_list("organisation__key", flat=True).iterator())


def _titles_held(keys: Sequence[str]) -> Mapping[str, str]:
    """The titles each organisation was recognised with, so that 高企 finds the firm."""
    rows = Recognition.objects.filter(organisation__key__in=keys, seq_to__isnull=True, state=State.CONFIRMED)
    found: dict[str, set[str]] = {}
    for key, title in rows.order_by().values_list("organisation__key", "title").distinct():
        found.setdefault(str(key), set()).add(registry.term_label("title", title, "zh"))
    return {key: " ".join(sorted(titles)) for key, titles in found.items()}


TITLES = Further(code="titles", to="organisation", changed=_holders_changed, texts=_titles_held)
