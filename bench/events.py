"""Synthetic histories of titles and patents as arrays: who, what, when, where, from a seed.

They follow the ledger's own rules (``ledger.rules.effects`` gives every effect), but go past the database: a hundred
thousand histories a second instead of a few thousand. What goes into a database is built from the same arrays.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xingke.indicators.columns import schema
from xingke.ledger import rules
from xingke.ledger.kinds import KINDS as ALL_KINDS

FIRST, MONTHS = date(2023, 1, 1), 36
DAYS = (date(2026, 1, 1) - FIRST).days
FIRST_MONTH = FIRST.year * 12 + FIRST.month - 1  # as the engine counts months

# How histories go: weight, and events with the days since the one before.
_COURSES: dict[str, list[tuple[float, list[tuple[str, int]]]]] = {
    "recognition": [
        (0.20, [("applied", 0)]),
        (0.40, [("applied", 0), ("recognised", 90)]),
        (0.25, [("applied", 0), ("recognised", 90), ("re_recognised", 700)]),
        (0.15, [("applied", 0), ("recognised", 60), ("expired", 500)]),
    ],
    "patent": [
        (0.35, [("applied", 0)]),
        (0.50, [("applied", 0), ("granted", 240)]),
        (0.10, [("applied", 0), ("granted", 200), ("lapsed", 400)]),
        (0.05, [("received", 0)]),
    ],
}

KINDS = {code: ALL_KINDS[code] for code in _COURSES}  # the kinds with most events; the others are few
# What they are histories of: weight, and the fields that events repeat.
_THINGS: dict[str, list[tuple[float, tuple[str, ...]]]] = {
    "recognition": [
        (40, ("high_tech_enterprise", "national")),
        (25, ("tech_sme", "national")),
        (8, ("innovative_enterprise", "province")),
        (4, ("high_growth_enterprise", "province")),
        (2, ("patent_demonstration_enterprise", "province")),
        (3, ("patent_demonstration_enterprise", "city")),
        (3, ("patent_demonstration_enterprise", "county")),
        (2, ("rnd_institute", "province")),
        (2, ("rnd_center", "province")),
        (4, ("rnd_center", "city")),
        (2, ("engineering_center", "province")),
        (1, ("key_laboratory", "city")),
        (1, ("incubator", "province")),
        (1, ("incubator", "city")),
        (1, ("maker_space", "city")),
        (1, ("maker_space", "national")),
    ],
    "patent": [(45, ("invention",)), (40, ("utility_model",)), (13, ("design",)), (2, ("pct",))],
}
_SUPERSEDED = 0.04  # of the events have an earlier version with another day, closed since
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """Event versions, one entry each in every array: newest versions first, then the superseded ones.

    subject, record: numbers. event, thing, region: positions in ``event_names``, ``things`` and the paths asked for.
    day: days since FIRST. version 1 of a record with two versions was in force from ledger number 1 up to 2.
    """

    kind: str
    event_names: tuple[str, ...]
    things: tuple[tuple[str, ...], ...]
    subject: Integers
    record: Integers
    version: Integers
    step: Integers
    event: Integers
    effect: Integers
    day: Integers
    thing: Integers
    region: Integers
    is_current: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.subject)


def generate(kind: str, count: int, *, regions: int, seed: int) -> Events:
    """``count`` event versions of one kind over ``regions`` places, a few of them large and many small."""
    rng = np.random.default_rng(seed)
    superseded = int(count * _SUPERSEDED)
    newest = count - superseded
    lengths, events, effects, days, names = _courses(kind)
    course = rng.choice(len(lengths), newest, p=[weight for weight, _course in _COURSES[kind]])
    course = course[: int(np.searchsorted(np.cumsum(lengths[course]), newest)) + 1]  # the last history may be cut short
    size = lengths[course]
    subject = np.repeat(np.arange(len(course)), size)[:newest]
    step = (np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size))[:newest]
    of = course[subject]
    start = rng.integers(0, DAYS - days.max(axis=1)[course])
    shares = 1 / (np.arange(regions) + 20.0)
    region = rng.choice(rng.permutation(regions), len(course), p=shares / shares.sum())
    weights = np.array([weight for weight, _thing in _THINGS[kind]], dtype=float)
    thing = rng.choice(len(weights), len(course), p=weights / weights.sum())
    again = rng.choice(newest, superseded, replace=False)
    rows = np.concatenate([np.arange(newest), again])
    day = (start[subject] + days[of, step])[rows]
    day[newest:] = rng.integers(0, DAYS, superseded)
    version = np.ones(count, dtype=np.int64)
    version[again] = 2
    return Events(
        kind, names, tuple(thing for _weight, thing in _THINGS[kind]), subject[rows], rows, version, step[rows] + 1,
        events[of, step][rows], effects[of, step][rows], day, thing[subject][rows], region[subject][rows],
        np.arange(count) < newest,
    )  # fmt: skip


def _courses(kind: str) -> tuple[Integers, Integers, Integers, Integers, tuple[str, ...]]:
    """Per course and step: how many steps, which event, its effect by the ledger's rules, days since the first."""
    courses = [course for _weight, course in _COURSES[kind]]
    names = tuple(dict.fromkeys(event for course in courses for event, _gap in course))
    longest = max(len(course) for course in courses)
    events, effects, days = (np.zeros((len(courses), longest), dtype=np.int64) for _table in range(3))
    for row, course in enumerate(courses):
        since = np.cumsum([gap for _event, gap in course])
        happened = [
            rules.Happening(event, FIRST + timedelta(days=int(day)))
            for (event, _gap), day in zip(course, since, strict=True)
        ]
        for column, step in enumerate(rules.effects(happened)):
            events[row, column] = names.index(step.happening.event)
            effects[row, column] = step.effect
            days[row, column] = since[column]
    return np.array([len(course) for course in courses]), events, effects, days, names


def as_columns(events: Events, paths: Integers, seed: int) -> pa.Table:
    """The events as the engine's columns, in no order."""
    target = schema(KINDS[events.kind])
    count = len(events)
    fields = list(zip(*events.things, strict=True))
    seq_to = pa.array(np.full(count, 2), mask=events.is_current)
    columns = {
        "id": pa.array(np.arange(1, count + 1)),
        "record": _keys(events.record, seed),
        "version": pa.array(events.version),
        "subject": _keys(events.subject, seed + 1),
        "seq_from": pa.array(np.where(events.version == 2, 2, 1)),
        "seq_to": seq_to,
        "path": pa.array(paths[events.region]),
        "day": pa.array(np.datetime64(FIRST, "D") + events.day),
        "event": _named(events.event, events.event_names),
        "effect": pa.array(events.effect),
        "step": pa.array(events.step),
    }
    columns |= {name: _named(events.thing, fields[at]) for at, name in enumerate(KINDS[events.kind].repeated)}
    return pa.table({field.name: columns[field.name].cast(field.type) for field in target}, schema=target)


def _named(places: Integers, names: tuple[str, ...]) -> pa.Array:
    return pa.array(names).take(pa.array(places))


def _keys(numbers: Integers, seed: int) -> pa.Array:
    """A random-looking 32-digit hexadecimal key per number, the same for the same number."""
    highest = int(numbers.max()) + 1
    digits = np.frombuffer(np.random.default_rng(seed).bytes(16 * highest).hex().encode(), dtype="S32")
    text = digits[numbers].tobytes()
    ends = np.arange(len(numbers) + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(text))
