"""Cases, calls and publicity for the search: of a case what everybody sees who sees it. What a step or a field keeps to some, and who somebody
is, is not indexed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from xingke.accounts.models import User
from xingke.base.labels import Label
from xingke.base.pinyin import initials
from xingke.base.searching import Hit, Searchable, Text, of_rows
from xingke.base.templatetags.xk import day
from xingke.casework import queries
from xingke.casework.models import Case, CaseCall, Publicity
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import kept, moved
from xingke.casework.queries.calls import calls_seen
from xingke.casework.queries.lists import fields_for_all
from xingke.casework.rules.flows import Flow
from xingke.casework.rules.forms import FieldType, FormField
from xingke.registry import queries as registry

ORDER = 25  # after people, before documents
_TEXTS = frozenset({FieldType.TEXT, FieldType.PERIOD})
_TERMS = frozenset({FieldType.TERM})


def _changed(after: int, upto: int) -> Iterable[str]:
    """A case's text names its organisation: when that is called otherwise, so is the case."""
    yield from (str(key) for key in moved.cases_moved(after, upto))
    if after:
        renamed = registry.organisations_corrected(after, upto)
        rows = Case.objects.filter(organisation__in=renamed)
        yield from (str(key) for key in rows.values_list("key", flat=True).iterator())


def _cases(keys: Sequence[str]) -> list[Case]:
    return list(Case.objects.filter(key__in=keys).select_related("region__parent", "organisation"))


def _texts(keys: Sequence[str]) -> Iterator[Text]:
    """Two queries for all of them, and one for each flow that was not read before."""
    found = _cases(keys)
    facts: dict[int, dict[str, str]] = {}
    for fact in kept.all_facts_of([case.pk for case in found]):
        facts.setdefault(fact.case_id, {})[fact.name] = fact.text
    with translation.override("zh-hans"):  # the index speaks the language of the ledger, whoever asks first
        for case in found:
            yield _text(case, facts.get(case.pk, {}))


def _text(case: Case, facts: Mapping[str, str]) -> Text:
    """A case is never finished before superiors: business lies before its bureau only, and before its parties."""
    flow, asked = _definitions(case)
    whose = case.organisation.name if case.organisation else ""
    said = [_said(asked[name], text) for name, text in facts.items() if name in asked and text]
    about = [_word(flow, "zh"), whose, case.region.name, str(timezone.localtime(case.opened_at).year), *said]
    return Text(
        key=str(case.key),
        names=case.title,
        identifier=case.number,
        path=case.region.path,
        organisation=case.organisation_id,
        on=timezone.localdate(case.opened_at),
        is_finished=False,
        text=" ".join(part for part in about if part),
        initials=initials(whose, places=[case.region.name]) if whose else (),
    )


def _definitions(case: Case) -> tuple[Flow | None, Mapping[str, FormField]]:
    """The flow of a case and what its forms ask everybody to see in lists; neither where it is gone."""
    try:
        found = queries.definitions_of(case)
    except LookupError:
        return None, {}
    return found.flow, {each.name: each for each in fields_for_all(found) if each.type in _TEXTS | _TERMS}


def _said(asked: FormField, text: str) -> str:
    return registry.term_label(asked.list, text, "zh") if asked.type in _TERMS else text


def _word(flow: Flow | None, language: str) -> str:
    label: Label | None = flow.label if flow is not None else None
    return label.in_language(language) if label is not None else ""


def _hits(keys: Sequence[str]) -> Mapping[str, Hit]:
    return {str(case.key): _hit(case) for case in _cases(keys)}


def _hit(case: Case) -> Hit:
    """Where a case stands is not said: a step may be kept from whoever sees the case."""
    flow, _asked = _definitions(case)
    whose = case.organisation.name if case.organisation else ""
    about = [_word(flow, get_language() or "zh"), case.number, whose, case.region.name, day(case.opened_at)]
    title = _word(flow, get_language() or "zh") if flow is not None and case.title == flow.label.zh else case.title
    return Hit(
        title=title,
        line=" · ".join(part for part in about if part and part != title),
        url=reverse("casework:case", args=[case.key]),
        is_fictional=case.is_fictional,
    )


def _as_party(reader: Any) -> Iterable[str]:
    """The cases in which somebody's organisation, or they themselves, have a part."""
    return (str(key) for key in queries.cases_of_parties(reader)) if isinstance(reader, User) else ()


CASES = Searchable(
    code="case",
    label=pgettext_lazy("several", "事项"),
    permission=CasePermission.READ,
    order=ORDER,
    changed=_changed,
    texts=_texts,
    hits=_hits,
    also=_as_party,
)


# ── calls and publicity: a bureau's own, never before its superiors; of calls firms find what they may apply for ────────


def _flow_word(code: str, language: str) -> str:
    loaded = registry.catalogue("flow").get(code)
    return _word(loaded.value, language) if loaded is not None else ""


def _call_text(call: CaseCall) -> Text:
    about = (_flow_word(call.flow, "zh"), call.region.name, call.asked)
    return Text(
        key=str(call.key),
        names=call.title,
        identifier=call.document_number,
        path=call.region.path,
        on=call.published_on,
        is_finished=False,
        text=" ".join(part for part in about if part),
    )


def _call_hit(call: CaseCall) -> Hit:
    about = (call.document_number, _flow_word(call.flow, get_language() or "zh"), call.region.name, day(call.until))
    return Hit(
        title=call.title,
        line=" · ".join(part for part in about if part),
        url=reverse("casework:call", args=[call.key]),
        is_fictional=call.is_fictional,
    )


def _to_apply_for(reader: Any) -> Iterable[str]:
    if not isinstance(reader, User) or not registry.has(reader, CasePermission.APPLY):
        return ()
    return (str(key) for key in calls_seen(reader, today=timezone.localdate()).values_list("key", flat=True))


CALLS = of_rows(
    lambda: CaseCall.objects.select_related("region"),
    text=_call_text,
    hit=_call_hit,
    code="call",
    label=gettext_lazy("申报批次"),
    permission=CasePermission.READ,
    order=ORDER + 1,
    also=_to_apply_for,
)


def _publicity_text(shown: Publicity) -> Text:
    about = (_flow_word(shown.flow, "zh"), shown.region.name, shown.published_in, shown.text)
    return Text(
        key=str(shown.key),
        names=shown.title,
        path=shown.region.path,
        on=shown.since,
        is_finished=False,
        text=" ".join(part for part in about if part),
    )


def _publicity_hit(shown: Publicity) -> Hit:
    about = (
        _flow_word(shown.flow, get_language() or "zh"),
        shown.region.name,
        f"{day(shown.since)} – {day(shown.until)}",
    )
    return Hit(
        title=shown.title,
        line=" · ".join(part for part in about if part),
        url=reverse("casework:publicity", args=[shown.key]),
        is_fictional=shown.is_fictional,
    )


PUBLICITY = of_rows(
    lambda: Publicity.objects.select_related("region"),
    text=_publicity_text,
    hit=_publicity_hit,
    code="publicity",
    label=gettext_lazy("公示"),
    permission=CasePermission.READ,
    order=ORDER + 2,
)
