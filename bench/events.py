"""Synthetic histories of every kind indicators count, as arrays: who, what, when, where, how much, from a seed.

They follow the ledger's own rules (``ledger.rules.effects`` gives every effect), but go past the database: a hundred
thousand histories a second instead of a few thousand. What goes into a database is built from the same arrays.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xingke.indicators.columns.tails import LAPSE, schema
from xingke.ledger import rules
from xingke.ledger.tables import TABLES

FIRST, MONTHS = date(2021, 1, 1), 60
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
    "project": [
        (0.40, [("applied", 0)]),
        (0.35, [("applied", 0), ("approved", 120)]),
        (0.20, [("applied", 0), ("approved", 120), ("accepted", 600)]),
        (0.05, [("applied", 0), ("approved", 120), ("terminated", 300)]),
    ],
    "payment": [
        (0.30, [("won", 0), ("arrived", 60), ("disbursed", 40)]),
        (0.50, [("paid", 0)]),
        (0.20, [("credited", 0), ("lent", 30)]),
    ],
    "contract": [(0.30, [("signed", 0)]), (0.70, [("signed", 0), ("registered", 20)])],
    "award": [(0.60, [("nominated", 0)]), (0.40, [("nominated", 0), ("awarded", 200)])],
    "appointment": [(0.70, [("appointed", 0)]), (0.30, [("appointed", 0), ("ended", 500)])],
    "event": [(1.00, [("held", 0)])],
    "matter": [
        (0.55, [("opened", 0), ("accepted", 1), ("granted", 12), ("in_time", 0)]),
        (0.10, [("opened", 0), ("accepted", 1), ("refused", 40), ("overdue", 0)]),
        (0.10, [("opened", 0), ("supplemented", 2), ("accepted", 6), ("done", 9)]),
        (0.10, [("opened", 0), ("accepted", 3)]),
        (0.10, [("opened", 0), ("accepted", 1), ("withdrawn", 5)]),
        (0.05, [("opened", 0), ("not_accepted", 4)]),
    ],
}
# Events that say how much: kind, measure, events, and the range it is drawn from (分; people × 10⁻⁴).
_MEASURES: dict[str, list[tuple[str, tuple[str, ...], tuple[int, int]]]] = {
    "project": [("amount", ("approved",), (1_000_000, 500_000_000))],
    "payment": [("amount", ("won", "arrived", "disbursed", "paid", "credited", "lent"), (100_000, 500_000_000))],
    "contract": [
        ("amount", ("signed", "registered"), (1_000_000, 2_000_000_000)),
        ("tech_amount", ("registered",), (100_000, 1_000_000)),  # never more than the amount
    ],
    "event": [("people", ("held",), (50_000, 8_000_000)), ("materials", ("held",), (0, 20_000_000))],
    "matter": [("days_used", ("granted", "refused", "done"), (0, 600_000))],
}
# The part of all events that is of this kind.
SHARES = {
    "recognition": 0.25,
    "patent": 0.41,
    "project": 0.08,
    "payment": 0.07,
    "contract": 0.06,
    "award": 0.01,
    "appointment": 0.03,
    "event": 0.05,
    "matter": 0.04,
}

KINDS = {code: TABLES[code] for code in _COURSES}
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
    "project": [
        (30, ("key_rnd", "province")),
        (20, ("innovation_special", "province")),
        (5, ("major_project", "national")),
        (30, ("city_plan", "city")),
        (15, ("county_plan", "county")),
    ],
    "payment": [
        (20, ("project_funds", "province")),
        (10, ("project_funds", "city")),
        (5, ("project_funds", "national")),
        (15, ("reward", "county")),
        (10, ("rnd_subsidy", "province")),
        (15, ("voucher", "province")),
        (10, ("patent_subsidy", "city")),
        (5, ("talent_subsidy", "city")),
        (2, ("platform_subsidy", "city")),
        (8, ("tech_loan", "county")),
    ],
    "contract": [
        (40, ("development",)),
        (15, ("transfer",)),
        (5, ("licence",)),
        (10, ("consulting",)),
        (30, ("service",)),
    ],
    "award": [
        (40, ("science_progress", "province")),
        (10, ("technological_invention", "province")),
        (5, ("natural_science", "province")),
        (35, ("science_progress", "city")),
        (10, ("patent_award", "province")),
    ],
    "appointment": [
        (20, ("tech_vice_president",)),
        (15, ("specialist",)),
        (25, ("science_vice_head",)),
        (5, ("foreign_expert",)),
        (15, ("introduced_talent",)),
        (20, ("commissioner",)),
    ],
    "event": [
        (20, ("training", "")),
        (20, ("farm_training", "")),
        (5, ("outreach", "science_week")),
        (15, ("outreach", "")),
        (10, ("matchmaking", "")),
        (15, ("firm_visit", "")),
        (5, ("study", "")),
        (10, ("policy", "")),
    ],
    "matter": [(40, ("contract_registration",)), (35, ("project_application",)), (25, ("paper",))],
}
_SUPERSEDED = 0.04  # of the events have an earlier version with another day, closed since
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Events:
    """Event versions, one entry each in every array: newest versions first, then the superseded ones.

    subject, record: numbers. event, thing, region: positions in ``event_names``, ``things`` and the paths asked for.
    day: days since FIRST. measures: by name, −1 where the event says nothing. version 1 of a record with two versions
    was in force from ledger number 1 up to 2.
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
    measures: dict[str, Integers]

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
    event = events[of, step][rows]
    measures = {name: _measured(rng, names, event, saying, span) for name, saying, span in _MEASURES.get(kind, [])}
    return Events(
        kind,
        names,
        tuple(thing for _weight, thing in _THINGS[kind]),
        subject[rows],
        rows,
        version,
        step[rows] + 1,
        event,
        effects[of, step][rows],
        day,
        thing[subject][rows],
        region[subject][rows],
        np.arange(count) < newest,
        measures,
    )


def _measured(
    rng: Any, names: tuple[str, ...], event: Integers, saying: tuple[str, ...], span: tuple[int, int]
) -> Integers:
    says = np.array([name in saying for name in names])[event]
    return np.where(says, rng.integers(*span, len(event)), -1)


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
        for column, step in enumerate(rules.effects(KINDS[kind].names, happened)):
            events[row, column] = names.index(step.happening.event)
            effects[row, column] = step.effect
            days[row, column] = since[column]
    return np.array([len(course) for course in courses]), events, effects, days, names


def as_columns(events: Events, paths: Integers, seed: int) -> pa.Table:
    """The events as the engine's columns, in no order."""
    target = schema(TABLES[events.kind])
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
        "organisation": pa.array(events.subject % 5_000 + 1),
        "person": pa.nulls(count),
    }
    columns |= {name: _named(events.thing, fields[at]) for at, name in enumerate(TABLES[events.kind].repeated)}
    columns |= {name: pa.nulls(count) for name in TABLES[events.kind].measures}
    columns |= {name: pa.array(said, mask=said < 0) for name, said in events.measures.items()}
    if TABLES[events.kind].is_lasting:
        names = tuple(origin_of(events.kind, name) for name in events.event_names)
        columns |= {"origin": _named(events.event, names), LAPSE: pa.nulls(count)}  # what ends, ends by an event here
    return pa.table({field.name: columns[field.name].cast(field.type) for field in target}, schema=target)


def origin_of(kind: str, event: str) -> str:
    """Every certificate here was applied for."""
    return "applied" if event in TABLES[kind].names.certifying else ""


def _named(places: Integers, names: tuple[str, ...]) -> pa.Array:
    return pa.array(names).take(pa.array(places))


def _keys(numbers: Integers, seed: int) -> pa.Array:
    """A random-looking 32-digit hexadecimal key per number, the same for the same number."""
    highest = int(numbers.max()) + 1
    digits = np.frombuffer(np.random.default_rng(seed).bytes(16 * highest).hex().encode(), dtype="S32")
    text = digits[numbers].tobytes()
    ends = np.arange(len(numbers) + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(text))
