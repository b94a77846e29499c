"""The SQL behind a value: templates over one relation, ``rows``, one for each way of counting.

A template is completed by words of this module, by names of columns that the kind of record has, and by values (codes of
a definition, places, days, numbers, where a file lies), each of which becomes a literal in ``literal`` and nowhere else.

DuckDB runs it. The templates are Spark SQL as they stand; in a literal Spark reads backslashes as well, which no
code has. Around the templates differ: ``read_parquet(…)`` (a view), ``MATERIALIZED`` (a view that is cached), and in a
seal ``sha256`` (``sha2(…, 256)``) and ``string_agg(… ORDER BY …)`` (``listagg(…) WITHIN GROUP (ORDER BY …)``).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xingke.indicators.rules import WHOSE, Indicator, changing_hands
from xingke.ledger.kinds import KINDS

HAPPENED = """\
SELECT record, version, {share} AS contribution
FROM rows
WHERE {asked} AND NOT lapsed AND {share} IS NOT NULL"""
"""A flow: each event counts one, or what it says of the measure that is added up."""

CHANGED = """\
SELECT record, version, CAST(effect AS BIGINT) AS contribution
FROM rows
WHERE {asked} AND effect <> 0"""
"""A net flow: what began counts one, what ended minus one."""

HELD = """\
SELECT
    coalesce(max_by(record, step) FILTER (WHERE effect = 1), max_by(record, step)) AS record,
    coalesce(max_by(version, step) FILTER (WHERE effect = 1), max_by(version, step)) AS version,
    CAST(sum(effect) AS BIGINT) AS contribution
FROM rows
WHERE {asked}
GROUP BY subject
HAVING sum(effect) <> 0"""
"""A stock: each subject that is held, by the event that opened it last; one that was only lost here, by its last event."""


HAPPENED_TO = """\
SELECT record, version, day, {who} AS who
FROM rows
WHERE {asked} AND NOT lapsed AND {who} IS NOT NULL"""
"""A flow that counts whom it happened to."""

HELD_BY = """\
SELECT
    max_by(record, step) FILTER (WHERE {says}) AS record,
    max_by(version, step) FILTER (WHERE {says}) AS version,
    max_by(day, step) FILTER (WHERE {says}) AS day,
    max_by({who}, step) FILTER (WHERE {says}) AS who
FROM rows
WHERE {asked}
GROUP BY subject
HAVING sum(effect) > 0"""
"""A stock that counts who holds it."""

ONCE = """\
SELECT record, version, CAST(1 AS BIGINT) AS contribution
FROM (
    SELECT record, version, row_number() OVER (PARTITION BY who ORDER BY day, record) AS turn
    FROM ({theirs})
    WHERE who IS NOT NULL
)
WHERE turn = 1"""
"""Each of them counts one, by the earliest of their records."""


def literal(value: str | int | date) -> str:
    """A value as SQL says it: ``'it''s'``, ``7``, ``DATE '2024-12-31'``.

    No parameter: DuckDB's client looks for pandas at each, twice, and where there is none it takes a fifth of a query.
    Raises TypeError for anything but text, a whole number or a day.
    """
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if type(value) is int:
        return str(value)
    if type(value) is date:
        return f"DATE '{value.isoformat()}'"
    raise TypeError(f"{value!r} is neither text nor a whole number nor a day")


@dataclass(frozen=True, kw_only=True)
class Window:
    """What part of a kind's rows a question is about.

    paths: half-open range of region codes. first, last: days, inclusive; first None: from the beginning.
    seq: the ledger number to read at; None: now.
    """

    paths: tuple[int, int]
    last: date | None = None
    first: date | None = None
    seq: int | None = None


# ── what is behind a value ──────────────────────────────────────────────────────────────────────────────────────────


def behind(indicator: Indicator) -> str:
    """The records behind a flow or stock: (record, version, contribution), in no order. Contributions are whole: one per
    record, effects, or the measure as it is kept (分, × 10⁻⁴).

    Raises LookupError for a field or a measure that the kind does not have.
    """
    kind = KINDS[indicator.of]
    fields = {**kind.fields, **kind.event_fields}
    asked = [_is_one_of(_column(name, fields), indicator.allows(name)) for name in indicator.where]
    if indicator.events:
        asked.append(_is_one_of("event", indicator.events))
    condition = " AND ".join(asked) or "TRUE"
    if indicator.distinct:
        theirs = HELD_BY if indicator.nature == "stock" else HAPPENED_TO
        who = _column(indicator.distinct, WHOSE)
        opens = " OR ".join(["effect = 1", *(f"event = {literal(event)}" for event in changing_hands(indicator.of))])
        says = f"({opens}) AND NOT lapsed AND {who} IS NOT NULL"
        return ONCE.format(theirs=theirs.format(asked=condition, who=who, says=says))
    share = _column(indicator.sum, kind.measures) if indicator.sum else "1"
    return _template(indicator).format(asked=condition, share=share)


def _template(indicator: Indicator) -> str:
    if indicator.nature == "stock":
        return HELD
    return CHANGED if indicator.net else HAPPENED


def _column(name: str, known: Collection[str]) -> str:
    if name not in known:
        raise LookupError(f"there is no column {name!r}; known: {', '.join(known) or 'none'}")
    return name


def _is_one_of(column: str, allowed: tuple[str, ...]) -> str:
    codes = ", ".join(map(literal, allowed))
    return f"{column} IN ({codes})" if codes else "FALSE"


# ── the rows that are asked ─────────────────────────────────────────────────────────────────────────────────────────

_STANDING = """\
SELECT {columns}, day, effect, FALSE AS lapsed
FROM {table}
WHERE {inside} AND {in_force}"""

_LAPSING = """\
SELECT {columns}, lapses_on AS day, CAST(-1 AS TINYINT) AS effect, TRUE AS lapsed
FROM {table}
WHERE {inside} AND {in_force} AND lapses_on IS NOT NULL"""


def rows_of(
    kind_code: str, table: str, window: Window, *, but: str = "", merged: Mapping[int, int] | None = None
) -> list[str]:
    """Statements whose union is what a window shows of a table in the form of columns (see ``tails.schema``): the rows
    in force, and once more those whose subject ends by its term in the window, as that.

    table: as FROM takes it, of our own making. but: a table with the rows (id, seq_to) that have ended since. merged:
    persons who turned out to be another, by id.
    """
    kind = KINDS[kind_code]
    names = ("record", "version", "subject", "path", "event", "step", "organisation")
    columns = ", ".join((*names, _person(merged or {}), *kind.fields, *kind.event_fields, *kind.measures))
    in_force, until = "seq_to IS NULL", ""
    if window.seq is not None:
        seq = literal(window.seq)
        in_force, until = f"seq_from <= {seq} AND (seq_to IS NULL OR seq_to > {seq})", f" WHERE seq_to <= {seq}"
    if but:
        in_force += f" AND id NOT IN (SELECT id FROM {but}{until})"
    ways = [(_STANDING, "day"), (_LAPSING, "lapses_on")] if kind.lasting else [(_STANDING, "day")]
    return [
        way.format(columns=columns, table=table, inside=inside(window, day), in_force=in_force) for way, day in ways
    ]


def _person(merged: Mapping[int, int]) -> str:
    """Whose the rows are, those who were merged as whom they were merged into."""
    cases = " ".join(f"WHEN {literal(one)} THEN {literal(other)}" for one, other in sorted(merged.items()))
    return f"CASE person {cases} ELSE person END AS person" if cases else "person"


def file(path: Path) -> str:
    """A column file as FROM takes it."""
    return f"read_parquet({literal(str(path))})"


def inside(window: Window, day: str = "day") -> str:
    """The condition for the places and days of a window."""
    low, high = map(literal, window.paths)
    found = [f"path >= {low}", f"path < {high}"]
    if window.first:
        found.append(f"{day} >= {literal(window.first)}")
    if window.last:
        found.append(f"{day} <= {literal(window.last)}")
    return " AND ".join(found)


# ── what is asked ───────────────────────────────────────────────────────────────────────────────────────────────────

_IN_ORDER = """\
SELECT record, version, contribution FROM ({behind}) ORDER BY record, contribution"""

_NEWEST = """\
SELECT behind.record, behind.version, behind.contribution
FROM ({behind}) AS behind
JOIN rows AS happened
    ON happened.record = behind.record AND happened.version = behind.version AND NOT happened.lapsed
ORDER BY happened.day DESC, behind.record, behind.contribution"""

_SEAL = """\
SELECT
    {place} AS place,
    CAST(coalesce(sum(contribution), 0) AS BIGINT),
    count(*),
    sha256(string_agg(line, chr(10) ORDER BY line))
FROM (
    WITH rows AS (SELECT * FROM fetched WHERE {inside})
    SELECT contribution, record || ':' || version || ':' || contribution AS line FROM ({behind})
)"""


def in_order(indicator: Indicator) -> str:
    """A statement for the evidence in record order; of what began and ended in the window, the end first."""
    return _IN_ORDER.format(behind=behind(indicator))


def newest(indicator: Indicator, *, offset: int, limit: int | None) -> str:
    """A statement for the evidence, newest event first; limit: so many of it, after so many."""
    text = _NEWEST.format(behind=behind(indicator))
    return text if limit is None else f"{text}\nLIMIT {literal(limit)} OFFSET {literal(offset)}"


def seal(place: int, indicator: Indicator, window: Window) -> str:
    """A statement for (place, sum, count, digest or NULL for none) of the evidence among the rows called ``fetched``."""
    return _SEAL.format(place=literal(place), inside=inside(window), behind=behind(indicator))
