"""Tallies: what counting needs of a kind's events, as arrays in order of place, so that any region is one slice.

Each column file has a tally beside it, made from it alone: whole numbers in the clear, mapped into memory and shared by
all processes. The tail has one of its own. An event and the fields its kind repeats become one number, its ``mix``:
what a definition takes is a short list of mixes. Everything added up is int64: every sum is exact.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xingke.indicators.rules import Indicator
from xingke.ledger.tables import Kind

Integers = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Truths = npt.NDArray[np.bool_]

FORM = 3  # raise when the same rows make another tally
_IN_FORCE = np.iinfo(np.int64).max  # the end of a version that has none
NOBODY = -1  # whose an event is that is nobody's
_UNSAID = np.iinfo(np.int64).min  # a measure of which an event says nothing
_EPOCH = date(1970, 1, 1).toordinal()
_RECORDS, _EFFECT, _CHANGES = "records", "effect", "changes"  # what can be added up, besides measures
_SAYING = "saying "  # how many say something of a measure


def added_up(each: Indicator) -> tuple[str, str]:
    """What an indicator adds up, and what counts the records behind it."""
    if each.nature == "stock":
        return _EFFECT, _EFFECT
    if each.net:
        return _EFFECT, _CHANGES
    return (each.sum, _SAYING + each.sum) if each.sum else (_RECORDS, _RECORDS)


def day_number(day: date) -> int:
    """A day as tallies have it."""
    return day.toordinal() - _EPOCH


@dataclass(frozen=True)
class Takes:
    """What some indicators take of a tally: mixes that all of them treat alike are one group; nobody takes group 0.

    group: of each mix. by: groups × indicators, 1 where it is taken.
    """

    group: Small
    by: Integers


@dataclass(frozen=True)
class Rows:
    """Rows of a tally that count. sign: −1 for those that stand in another tally and end here; None: all are +1."""

    path: Small
    day: Small
    group: Small
    effect: npt.NDArray[np.int8]
    measures: Mapping[str, Integers]
    sign: Integers | None
    lapsed: npt.NDArray[np.int8]  # 1 for what ends by its term: no event, only an effect

    def where(self, condition: Any) -> "Rows":
        """Those for which something holds."""
        return Rows(
            self.path[condition],
            self.day[condition],
            self.group[condition],
            self.effect[condition],
            {name: said[condition] for name, said in self.measures.items()},
            None if self.sign is None else self.sign[condition],
            self.lapsed[condition],
        )

    def added(self, what: str, key: Integers, size: int) -> Integers:
        """The sums of one thing by key."""
        if what == _RECORDS and self.sign is None and not self.lapsed.any():
            return np.bincount(key, minlength=size)
        total = np.zeros(size, dtype=np.int64)
        np.add.at(total, key, self._weights(what) if self.sign is None else self._weights(what) * self.sign)
        return total

    def _weights(self, what: str) -> Integers:
        if what == _RECORDS:
            return 1 - self.lapsed.astype(np.int64)
        if what in (_EFFECT, _CHANGES):
            effect = self.effect if what == _EFFECT else self.effect != 0
            return effect.astype(np.int64)
        said = self.measures[what.removeprefix(_SAYING)]
        return (said != _UNSAID).astype(np.int64) if what.startswith(_SAYING) else np.where(said == _UNSAID, 0, said)


@dataclass(frozen=True)
class Tally:
    """Event versions of one kind in order of place. ends: True for rows that stand in another tally and end here.

    A version whose subject ends by its term stands here twice: the second time as that, on its day, with lapsed 1.
    """

    names: tuple[str, ...]  # of what makes a mix: ``event``, then what a definition may ask about
    mixes: Sequence[tuple[str, ...]]
    path: Small
    day: Small
    mix: Small
    effect: npt.NDArray[np.int8]
    seq_from: Integers
    seq_to: Integers
    measures: Mapping[str, Integers]
    lapsed: npt.NDArray[np.int8]
    id: Integers
    subject: Integers  # with subject_low the 128 bits of its key
    subject_low: Integers
    step: npt.NDArray[np.int16]
    organisation: Integers  # −1: nobody's
    person: Integers
    ends: Truths | None = None
    _takes: dict[tuple[Indicator, ...], Takes] = field(default_factory=dict, compare=False, repr=False)

    def takes(self, indicators: Sequence[Indicator]) -> Takes:
        """What some indicators take; worked out once."""
        key = tuple(indicators)
        if key not in self._takes:
            if len(self._takes) >= 32:
                self._takes.clear()
            self._takes[key] = self._taken(key)
        return self._takes[key]

    def _taken(self, indicators: Sequence[Indicator]) -> Takes:
        taken = np.ones((len(self.mixes), len(indicators)), dtype=np.int64)
        for column, each in enumerate(indicators):
            wanted = {name: frozenset(each.allows(name)) for name in each.where}
            if each.events:
                wanted["event"] = frozenset(each.events)
            for name, values in wanted.items():
                place = self.names.index(name)
                taken[:, column] &= np.array([mix[place] in values for mix in self.mixes], dtype=np.int64)
        nobody = np.zeros((1, len(indicators)), dtype=np.int64)
        by, group = np.unique(np.concatenate([nobody, taken]), axis=0, return_inverse=True)  # sorted: zeros first
        return Takes(group.reshape(-1)[1:].astype(np.int32), by)

    def standing(self, inside: slice, seq: int | None) -> tuple[Any, Integers | None]:
        """Which rows of a stretch count at a number (None: now), and how often: −1 for what ends here; None: once."""
        ended = self.seq_to[inside] <= (_IN_FORCE - 1 if seq is None else seq)
        stands = ~ended if seq is None else (self.seq_from[inside] <= seq) & ~ended
        if self.ends is None:
            return stands, None
        return np.where(self.ends[inside], ended, stands), np.where(self.ends[inside], -1, 1)

    def rows(self, takes: Takes, paths: tuple[int, int], seq: int | None) -> Rows:
        """The rows of a half-open range of places that somebody takes and that count at a number; None: now."""
        inside = slice(*np.searchsorted(self.path, paths))
        counts, sign = self.standing(inside, seq)
        group = takes.group[self.mix[inside]]
        rows = Rows(
            self.path[inside],
            self.day[inside],
            group,
            self.effect[inside],
            {name: said[inside] for name, said in self.measures.items()},
            sign,
            self.lapsed[inside],
        )
        return rows.where(np.flatnonzero(counts & (group > 0)))


# ── keeping ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def tally(kind: Kind, table: pa.Table, ended: pa.Table | None = None) -> Tally:
    """The tally of some rows of a kind's columns. ended: rows that stand in another tally and have ended since."""
    both = table if ended is None else pa.concat_tables([table, ended])
    names = ("event", *kind.asked)
    mix = np.zeros(both.num_rows, dtype=np.int64)
    words = []
    for name in names:
        coded = both[name].combine_chunks().dictionary_encode()
        words.append(coded.dictionary.to_pylist())
        mix = mix * max(len(words[-1]), 1) + coded.indices.to_numpy(zero_copy_only=False)
    found, mix = np.unique(mix, return_inverse=True)
    mixes = [_spelled(int(number), words) for number in found]
    whole = {name: both[name].fill_null(_UNSAID).to_numpy() for name in kind.measures}
    columns = {
        "path": both["path"].to_numpy(),
        "day": both["day"].cast(pa.int32()).to_numpy(),
        "mix": mix.astype(np.int32),
        "effect": both["effect"].to_numpy(),
        "seq_from": both["seq_from"].to_numpy(),
        "seq_to": both["seq_to"].fill_null(_IN_FORCE).to_numpy(),
        "lapsed": np.zeros(both.num_rows, dtype=np.int8),
        "id": both["id"].to_numpy(),
        "step": both["step"].to_numpy(),
        **dict(zip(("subject", "subject_low"), _halves(both["subject"]), strict=True)),
        **{name: both[name].fill_null(NOBODY).to_numpy() for name in ("organisation", "person")},
    }
    ends = np.arange(both.num_rows) >= table.num_rows
    if kind.is_lasting:
        lapses = both["lapses_on"].cast(pa.int32())
        at = np.flatnonzero(lapses.is_valid().to_numpy())
        again = {name: found[at] for name, found in columns.items()} | {
            "day": lapses.fill_null(0).to_numpy()[at].astype(np.int32),
            "effect": np.full(len(at), -1, dtype=np.int8),
            "lapsed": np.ones(len(at), dtype=np.int8),
        }
        columns = {name: np.concatenate([found, again[name]]) for name, found in columns.items()}
        silent = np.full(len(at), _UNSAID, dtype=np.int64)
        whole = {name: np.concatenate([said, silent]) for name, said in whole.items()}
        ends = np.concatenate([ends, ends[at]])
    order = np.argsort(columns["path"], kind="stable")
    return Tally(
        names,
        mixes,
        measures={name: said[order] for name, said in whole.items()},
        ends=None if ended is None else ends[order],
        **{name: found[order] for name, found in columns.items()},
    )


def _halves(keys: pa.ChunkedArray) -> tuple[Integers, Integers]:
    """Keys of 32 hex digits as two whole numbers each."""
    text = keys.combine_chunks()
    ends = np.frombuffer(text.buffers()[1], np.int32)[text.offset : text.offset + len(text) + 1]
    letters = np.frombuffer(text.buffers()[2] or b"", np.uint8)[ends[0] : ends[-1]] if len(text) else _NO_LETTERS
    digits = np.where(letters >= ord("a"), letters - ord("a") + 10, letters - ord("0")).astype(np.uint8)
    whole = ((digits[0::2] << 4) | digits[1::2]).view(">i8").astype(np.int64).reshape(-1, 2)
    return whole[:, 0], whole[:, 1]


_NO_LETTERS = np.zeros(0, dtype=np.uint8)


def _spelled(number: int, words: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """What a mix stands for: the digits of a number, each to its own base."""
    found = []
    for each in reversed(words):
        number, digit = divmod(number, len(each))
        found.append(each[digit])
    return tuple(reversed(found))


_COLUMNS = (
    "path",
    "day",
    "mix",
    "effect",
    "seq_from",
    "seq_to",
    "lapsed",
    "id",
    "subject",
    "subject_low",
    "step",
    "organisation",
    "person",
)


def write(path: Path, made: Tally, stamp: Mapping[str, str]) -> None:
    """Keep a tally as a file."""
    columns = {name: getattr(made, name) for name in _COLUMNS} | {
        f"of {name}": said for name, said in made.measures.items()
    }
    meta = {**stamp, "form": str(FORM), "names": json.dumps(made.names), "mixes": json.dumps(made.mixes)}
    table = pa.table(columns).replace_schema_metadata(meta)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def read(path: Path, stamp: Mapping[str, str]) -> Tally | None:
    """A tally from its file, mapped into memory; None where it is none of this form that was made from what ``stamp`` says."""
    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
        meta = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        if meta["form"] != str(FORM) or any(meta.get(key) != value for key, value in stamp.items()):
            return None
        columns = {name: table[name].combine_chunks().to_numpy() for name in table.column_names}
        measures = {name.removeprefix("of "): said for name, said in columns.items() if name.startswith("of ")}
        return Tally(
            names=tuple(json.loads(meta["names"])),
            mixes=[tuple(mix) for mix in json.loads(meta["mixes"])],
            measures=measures,
            **{name: columns[name] for name in _COLUMNS},
        )
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None
