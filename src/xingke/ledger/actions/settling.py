"""What has happened to one title or patent, in order: a change of one event changes the effect of others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from xingke.accounts.acts import Act
from xingke.base.refusals import Refused
from xingke.base.sayings import Value
from xingke.ledger import rules
from xingke.ledger.actions.versions import standing, write_next_version, write_next_versions
from xingke.ledger.models import EventVersion, State
from xingke.ledger.tables import Kind
from xingke.registry import queries as registry

H = TypeVar("H", bound=rules.Happens)


def effects_of(kind: Kind, happenings: Iterable[H]) -> list[rules.Step[H]]:
    """Happenings of one history in their order, with what each does. Raises Refused where they cannot have happened so."""

    def said(event: str) -> Value:
        known = registry.terms(kind.event_list)
        return known[event].label if event in known else event

    return rules.effects(kind.names, happenings, said=said)


def refuse_out_of_order(
    kind: Kind, happenings: Iterable[rules.Happens], *, before: Iterable[rules.Happens] = ()
) -> None:
    """Raise Refused where the days of a history cannot all be right, unless they could not before either.

    What stands wrong already can so be put right step by step.
    """

    def said(event: str) -> Value:
        known = registry.terms(kind.event_list)
        return known[event].label if event in known else event

    wrong = rules.out_of_order(kind.names, happenings, said=said)
    if wrong and not rules.out_of_order(kind.names, before):
        raise Refused(wrong)


def history_of(kind: Kind, subject: UUID) -> list[EventVersion]:
    """The events in force of one title or patent."""
    return list(kind.event._default_manager.filter(subject=subject, seq_to__isnull=True))


def settle(
    kind: Kind,
    subject: UUID,
    *,
    done: Act,
    changed: Mapping[UUID, Mapping[str, Any]] | None = None,
    fresh: Sequence[EventVersion] = (),
    own: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Apply changes to a history and write a version for every event whose columns, order or effect they alter.

    fresh: events that are not filed yet. own: changes of the subject itself, whose day is that of its first event: see ``rules.first_day``.
    """
    rows = list(kind.event._default_manager.filter(subject=subject, seq_to__isnull=True).select_for_update())
    following: list[tuple[EventVersion, dict[str, Any]]] = []
    for row, changes in altered(kind, [*rows, *fresh], changed or {}):
        if row.pk is not None:
            following.append((row, changes))
            continue
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)
    if len(following) > 1 and all(row.seq_from != done.seq for row, _changes in following):
        write_next_versions(following, done=done, reason=reason)
    else:
        for row, changes in following:
            write_next_version(row, changes, done=done, reason=reason)
    head, said = standing(kind.subject, subject), {row.record: changes for row, changes in following}
    events = [told(event, said.get(event.record)) for event in (*rows, *fresh)]
    if wanted := with_what_follows(kind, head, own or {}, events):
        write_next_version(head, wanted, done=done, reason=reason)


Happened = tuple[str, str, date, str]  # of an event: its state, what it is, its day, the number of its certificate


def told(row: Any, after: Mapping[str, Any] | None = None) -> Happened:
    """An event in short. after: what it says once some change is made."""
    said = after or {}
    number = said.get("certificate", getattr(row, "certificate", ""))
    event, on = said.get("event", row.event), said.get("happened_on", row.happened_on)
    return (said.get("state", row.state), event, on, number)


def with_what_follows(kind: Kind, head: Any, own: Mapping[str, Any], events: Sequence[Happened]) -> dict[str, Any]:
    """Changes of a subject with what follows from its events: its first day, and the number it stands by now."""
    found, state = dict(own), own.get("state", head.state)
    first = rules.first_day(state, [(each, on) for each, _event, on, _number in events])
    if first not in (None, head.happened_on):
        found["happened_on"] = first
    number = rules.certificate(kind.names, state, events) if kind.names.lasting else ""
    if number not in ("", head.number):
        found.setdefault("number", number)
    return found


def placed(kind: Kind, step: rules.Step[Any]) -> dict[str, Any]:
    """The columns of an event that say what it does in its history."""
    found: dict[str, Any] = {"step": step.step, "effect": step.effect}
    return found | ({"lapses_on": step.lapses_on, "origin": step.origin} if kind.names.lasting else {})


def _until(kind: Kind, after: Callable[[Any, str], Any], row: EventVersion) -> date | None:
    found: date | None = after(row, "until") if kind.names.lasting else None
    return found


_SIGNED = {
    "entered_by",
    "entered_by_id",
    "entered_at",
    "confirmed_by",
    "confirmed_at",
}  # said anew, be it the same as before


def altered(
    kind: Kind, rows: Sequence[EventVersion], changed: Mapping[UUID, Mapping[str, Any]]
) -> list[tuple[EventVersion, dict[str, Any]]]:
    """The events of one history that changes alter, with their order and effect, each with its altered columns; an
    event that is not filed yet stands among them. Raises Refused if it could not have happened so."""
    wanted: dict[UUID, dict[str, Any]] = {row.record: dict(changed.get(row.record, {})) for row in rows}

    def after(row: EventVersion, name: str) -> Any:
        return wanted[row.record].get(name, getattr(row, name))

    happenings = [
        rules.Happening(after(row, "event"), after(row, "happened_on"), row, _until(kind, after, row))
        for row in rows
        if after(row, "state") != State.VOID
    ]
    steps = {step.happening.key.record: step for step in effects_of(kind, happenings)}  # type: ignore[attr-defined]  # rows
    stood = [rules.Happening(row.event, row.happened_on) for row in rows if row.pk and row.state != State.VOID]
    refuse_out_of_order(kind, happenings, before=stood)
    # What is confirmed must be possible without the drafts, and its effects take no notice of them: they do not count.
    sure = (each for each in happenings if after(each.key, "state") == State.CONFIRMED)  # type: ignore[arg-type]
    counted = {step.happening.key.record: step for step in effects_of(kind, sure)}  # type: ignore[attr-defined]
    found = []
    for row in rows:
        changes = wanted[row.record]
        if (step := steps.get(row.record)) is not None:
            changes |= placed(kind, counted.get(row.record, step)) | {"step": step.step}
        changes = {name: value for name, value in changes.items() if name in _SIGNED or getattr(row, name) != value}
        if changes or row.pk is None:
            found.append((row, changes))
    return found
