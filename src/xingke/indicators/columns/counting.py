"""Counting: what definitions make of tallies. Exact integers only: every ratio, growth and rounding happens later, in Decimal."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from xingke.indicators.columns.tallies import NOBODY, Integers, Tally, added_up, day_number
from xingke.indicators.rules import Indicator, changing_hands

Span = tuple[date, date]  # first and last day, both inclusive


def counted(
    tallies: Sequence[Tally],
    indicators: Sequence[Indicator],
    places: Sequence[tuple[int, int]],
    spans: Sequence[Span],
    *,
    seq: int | None = None,
) -> tuple[Integers, Integers]:
    """Values, and how many records stand behind them, by place, span and indicator; as of a ledger number, None: now.

    places: half-open ranges of region codes, apart or one within another. A stock counts all until the last day.
    """
    ends, days = np.array(places), np.array([[day_number(first), day_number(last) + 1] for first, last in spans])
    bounds, turns = np.unique(ends), np.unique(days)
    low, high = np.searchsorted(bounds, ends).T
    first, last = np.searchsorted(turns, days).T
    is_flow = np.array([each.nature == "flow" for each in indicators])
    wanted = [added_up(each) for each in indicators]
    found = np.zeros((2, len(places), len(spans), len(indicators)), dtype=np.int64)
    for tally in tallies:
        takes = tally.takes(indicators)
        rows = tally.rows(takes, (int(bounds[0]), int(bounds[-1])), seq)
        rows = rows.where(rows.day < turns[-1])
        shape = (len(bounds), len(turns), len(takes.by))
        place, turn = np.searchsorted(bounds, rows.path, "right"), np.searchsorted(turns, rows.day, "right")
        key = (place * shape[1] + turn) * shape[2] + rows.group
        for what in dict.fromkeys(what for both in wanted for what in both):
            until = rows.added(what, key, shape[0] * shape[1] * shape[2]).reshape(shape).cumsum(0).cumsum(1)
            within = (until[high] - until[low]) @ takes.by
            answer = within[:, last] - within[:, first] * is_flow
            for which, target in enumerate(found):
                mine = [both[which] == what for both in wanted]
                target[..., mine] += answer[..., mine]
    return found[0], found[1]


def distinct(
    tallies: Sequence[Tally],
    indicator: Indicator,
    places: Sequence[tuple[int, int]],
    spans: Sequence[Span],
    *,
    seq: int | None = None,
    merged: Mapping[int, int] | None = None,
) -> list[list[int]]:
    """How many different ones an indicator counts, by place and span; see ``counted``. merged: persons who are another."""
    low, high = min(first for first, _behind in places), max(behind for _first, behind in places)
    parts = [_theirs(tally, indicator, (low, high), seq) for tally in tallies]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    if not rows:
        return [[0] * len(spans) for _place in places]
    gone = rows["id"][rows["sign"] < 0]
    order = np.argsort(rows["path"], kind="stable")
    order = order[~np.isin(rows["id"][order], gone)]
    rows = {name: found[order] for name, found in rows.items()}
    for one, other in (merged or {}).items():
        rows["who"][rows["who"] == one] = other
    count = _holders if indicator.nature == "stock" else _met
    found = []
    for first, behind in places:
        inside = slice(*np.searchsorted(rows["path"], (first, behind)))
        here = {name: all_of_them[inside] for name, all_of_them in rows.items()}
        found.append([count(here, day_number(since), day_number(until)) for since, until in spans])
    return found


def _theirs(tally: Tally, indicator: Indicator, paths: tuple[int, int], seq: int | None) -> dict[str, Integers]:
    """The rows of a tally that an indicator takes, with whose they are; sign −1 for those that end here."""
    inside = slice(*np.searchsorted(tally.path, paths))
    takes = tally.takes([indicator])
    stands, sign = tally.standing(inside, seq)
    at = np.flatnonzero(stands & (takes.by[takes.group[tally.mix[inside]], 0] > 0))
    names = ("path", "day", "effect", "lapsed", "id", "subject", "subject_low", "step")
    found = {name: np.asarray(getattr(tally, name)[inside][at], dtype=np.int64) for name in names}
    found["who"] = np.array(getattr(tally, indicator.distinct)[inside][at], dtype=np.int64)
    handing = changing_hands(indicator.of)
    by_mix = np.array([mix[0] in handing for mix in tally.mixes], dtype=np.int64)  # a mix begins with its event
    found["hands"] = by_mix[tally.mix[inside][at]] if len(at) else np.zeros(0, dtype=np.int64)
    return found | {"sign": np.ones(len(at), dtype=np.int64) if sign is None else sign[at]}


def _met(rows: Mapping[str, Integers], since: int, until: int) -> int:
    """Whom something happened to from one day to another."""
    within = (rows["day"] >= since) & (rows["day"] <= until) & (rows["lapsed"] == 0) & (rows["who"] != NOBODY)
    return len(np.unique(rows["who"][within]))


def _holders(rows: Mapping[str, Integers], _since: int, until: int) -> int:
    """Who holds something at the end of a day: of each that is held, whose the last event says it is that opened it or by
    which it changed hands."""
    within = np.flatnonzero(rows["day"] <= until)
    if not len(within):
        return 0
    keys = rows["subject"][within], rows["subject_low"][within]
    order = within[np.lexsort((rows["step"][within], keys[1], keys[0]))]
    high, low = rows["subject"][order], rows["subject_low"][order]
    begins = np.flatnonzero(np.append(True, (high[1:] != high[:-1]) | (low[1:] != low[:-1])))
    is_held = np.add.reduceat(rows["effect"][order], begins) > 0
    opens = (rows["effect"][order] == 1) | (rows["hands"][order] == 1)
    opens &= (rows["lapsed"][order] == 0) & (rows["who"][order] != NOBODY)
    last = np.maximum.reduceat(np.where(opens, np.arange(len(order)), -1), begins)
    return len(np.unique(rows["who"][order][last[is_held & (last >= 0)]]))


def monthly_values(
    tallies: Sequence[Tally],
    indicators: Sequence[Indicator],
    regions: Sequence[int],
    first: date,
    last: date,
    *,
    seq: int | None = None,
) -> pa.Table:
    """The value of each indicator in each region and month, also where nothing happened: for whole-nation runs.

    regions: codes without repetition; each is counted by itself, not with what lies below it. first, last: the first
    and the last day of the months. A pyarrow.Table of path, month (year × 12 + month − 1), region by region, and one
    int64 column per indicator. Raises ValueError for one that counts whom and not how often.
    """
    if distinct := [each.code for each in indicators if each.distinct]:
        raise ValueError(f"{', '.join(distinct)}: who was there in two months is no sum of both")
    paths, months = np.unique(regions), range(_month(first), _month(last) + 1)
    starts = np.array([day_number(date(month // 12, month % 12 + 1, 1)) for month in months])
    shape = (len(paths), len(months) + 1)  # what happened before the first month comes first: stocks begin with it
    size = shape[0] * shape[1]
    cells = {each.code: np.zeros(shape, dtype=np.int64) for each in indicators}
    for tally in tallies:
        takes = tally.takes(indicators)
        rows = tally.rows(takes, (int(paths[0]), int(paths[-1]) + 1), seq)
        place = np.minimum(np.searchsorted(paths, rows.path), len(paths) - 1)
        rows = rows.where((paths[place] == rows.path) & (rows.day <= day_number(last)))
        place = np.searchsorted(paths, rows.path)
        key = place * shape[1] + np.searchsorted(starts, rows.day, "right")
        for column, each in enumerate(indicators):
            mine = np.flatnonzero((takes.by[:, column] > 0)[rows.group])
            cells[each.code] += rows.where(mine).added(added_up(each)[0], key[mine], size).reshape(shape)
    for each in indicators:
        if each.nature == "stock":
            cells[each.code] = cells[each.code].cumsum(axis=1)
    head = {
        "path": np.repeat(paths, len(months)).astype(np.int32),
        "month": np.tile(np.array(months, np.int32), len(paths)),
    }
    return pa.table(head | {code: found[:, 1:].reshape(-1) for code, found in cells.items()})


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
