"""A pack of the program in an installation that has an earlier state of it: what is new, and what stays as it is.

What others have defined here stays in force: where a definition of another pack, or other content, holds the place of a
definition of the program, that one is neither loaded over it nor called missing.
"""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xingke.accounts.acts import act
from xingke.base import definitions
from xingke.registry import queries
from xingke.registry.actions import store_definitions
from xingke.registry.models import Definition, Grant, Region

Entry = definitions.DefinitionEntry[definitions.Defined]


@dataclass(frozen=True, kw_only=True)
class PackStanding:
    """How the definitions of a pack of the program stand here. missing: not loaded; held: a definition of somebody else holds the place."""

    total: int
    missing: tuple[Entry, ...]
    held: tuple[Entry, ...]


def standing(folder: Path, *, shipped: Collection[str]) -> PackStanding:
    """Compare a pack of the program with what is loaded. Raises DefinitionError if it does not hold together with that.

    shipped: the names of all packs of the program; definitions of any other pack are local.
    """
    return _compared(_brought(folder), shipped)


def _brought(folder: Path) -> definitions.Catalogue:
    return definitions.read_pack(folder, loaded=queries.loaded_catalogue())


def _compared(brought: definitions.Catalogue, shipped: Collection[str]) -> PackStanding:
    known: dict[tuple[str, str], dict[int, Definition]] = {}
    rows = Definition.objects.filter(region=None).only("kind", "key", "version", "hash", "pack")
    for row in rows:
        known.setdefault((row.kind, row.key), {})[row.version] = row
    entries = [entry for kind in definitions.KINDS for entry in brought.of(kind.code)]
    places = [_place(entry, known.get((entry.kind, entry.value.key), {}), shipped) for entry in entries]
    return PackStanding(
        total=len(entries),
        missing=tuple(entry for entry, place in zip(entries, places, strict=True) if place == "missing"),
        held=tuple(entry for entry, place in zip(entries, places, strict=True) if place == "held"),
    )


def _place(entry: Entry, versions: dict[int, Definition], shipped: Collection[str]) -> str:
    if not versions:
        return "missing"
    same, newest = versions.get(entry.value.version), versions[max(versions)]
    if newest.pack not in shipped or (same is not None and same.hash != entry.hash):
        return "held"
    return "missing" if same is None else "in_force"


def update_pack(*, folder: Path, shipped: Collection[str], now: datetime) -> PackStanding:
    """Load what a pack of the program has new; returns how it stood before. Raises DefinitionError; nothing is loaded then."""
    brought = _brought(folder)
    with act(by=None, now=now, code="pack.loaded", kind="pack", target=folder.name) as done:
        done.lock()
        before = _compared(brought, shipped)
        if before.missing:
            store_definitions(entries=before.missing, pack=folder.name, done=done)
        else:
            done.nothing()
    return before


def regions_missing(folder: Path) -> list[str]:
    """The names of regions of a pack whose code is known nowhere here."""
    path = folder / "regions.csv"
    if not path.is_file():
        return []
    known = set(Region.objects.values_list("code", flat=True))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["name"] for row in csv.DictReader(file) if row["code"] not in known]


def new_roles_of_nobody(entries: Sequence[Entry]) -> list[str]:
    """The labels of the roles among some definitions that nobody holds."""
    held = set(Grant.objects.filter(revoked_at__isnull=True).values_list("role", flat=True).distinct())
    return [each.body["label"]["zh"] for each in entries if each.kind == "role" and each.value.key not in held]
