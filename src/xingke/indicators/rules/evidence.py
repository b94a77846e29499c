"""Evidence: the versions behind a value, their digest, and what changed between two of them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class EvidenceRow:
    """One record behind a value: which version of it, and what it contributes (scaled for observations)."""

    record: str
    version: int
    contribution: int

    def __str__(self) -> str:
        return f"{self.record}:{self.version}:{self.contribution}"


def evidence_digest(rows: Iterable[EvidenceRow]) -> str:
    """SHA-256 over the sorted ``record:version:contribution`` lines."""
    return hashlib.sha256("\n".join(sorted(map(str, rows))).encode()).hexdigest()


@dataclass(frozen=True)
class EvidenceChange:
    """How the evidence of a value differs from what was frozen."""

    added: tuple[EvidenceRow, ...]
    removed: tuple[EvidenceRow, ...]
    changed: tuple[tuple[EvidenceRow, EvidenceRow], ...]  # same record, before and after

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def evidence_change(before: Iterable[EvidenceRow], after: Iterable[EvidenceRow]) -> EvidenceChange:
    """What came, what went, and which records stand behind both with another version or contribution."""
    old, new = _by_place(before), _by_place(after)
    return EvidenceChange(
        tuple(sorted(new[key] for key in new.keys() - old.keys())),
        tuple(sorted(old[key] for key in old.keys() - new.keys())),
        tuple((old[key], new[key]) for key in sorted(old.keys() & new.keys()) if old[key] != new[key]),
    )


def _by_place(rows: Iterable[EvidenceRow]) -> dict[tuple[str, int], EvidenceRow]:
    """By record and place: what began and ended in one period stands there twice."""
    found: dict[tuple[str, int], EvidenceRow] = {}
    for row in sorted(rows, key=lambda each: (each.record, -each.contribution)):
        found[row.record, sum(key in found for key in ((row.record, 0), (row.record, 1)))] = row
    return found


# ── growth, ranks, words ────────────────────────────────────────────────────────────────────────────────────────────
