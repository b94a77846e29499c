"""Who may see which address. Every room says it of its own, in ``tests/access.py``, and ``tests/test_access.py`` walks them.

Such a module has ``ROWS``, by the address's name without its room, and, where its addresses need something to show,
``furnish(world)``, which makes it and returns it by name; what lower rooms made is there already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from django.apps import apps

from tests.cast import Cast

EVERYBODY = frozenset(
    [
        "officer",
        "director",
        "reviewer",
        "neighbour",
        "superior",
        "statistician",
        "system",
        "security",
        "auditor",
        "enterprise",
        "commissioner",  # somebody in their own name, see registry
        "stranger",
    ]
)
# They read what lies in the county.
BUSINESS = frozenset({"officer", "director", "reviewer", "superior", "statistician"})
# The bureau itself: before its superiors lies only what is finished.
OWN = frozenset({"officer", "director", "reviewer"})
READERS = BUSINESS | {"enterprise"}  # the firm's own user reads the firm's own
NEXT_DOOR = frozenset({"neighbour"})  # same role, other county: the lists, but nothing of this county in them
ENTER, CONFIRM = frozenset({"officer", "statistician"}), frozenset({"director", "statistician"})
CHOOSE, WRITE = frozenset({"officer", "director", "statistician"}), frozenset({"officer", "director"})


class World(SimpleNamespace):
    """One of everything in the county, so that every address has something to show: what the rooms made, by name.

    cast: the people. folder: for whatever has to lie in files meanwhile.
    """

    def __init__(self, cast: Cast, folder: Path) -> None:
        super().__init__(cast=cast, folder=folder)
        for room, module in rooms().items():
            made: Mapping[str, Any] = module.furnish(self) if hasattr(module, "furnish") else {}
            if known := made.keys() & vars(self).keys():
                raise ValueError(f"{room} makes what is there already: {', '.join(sorted(known))}")
            vars(self).update(made)


@dataclass(frozen=True)
class Row:
    """Who may see an address; everybody else who is signed in gets 404, and who is not is sent to sign in."""

    may: frozenset[str]
    arguments: Callable[[World], Mapping[str, Any]] = lambda world: {}
    query: str = ""
    is_public: bool = False  # for everybody who is not signed in
    posts_only: bool = False
    is_page: bool = True
    lost: int = 404  # what those get who may not


def rooms() -> dict[str, ModuleType]:
    """The modules that say who may see what, by room, from the ground floor up: of every app of ours that has one."""
    names = {each.label: f"{each.name}.tests.access" for each in apps.get_app_configs() if _is_ours(each.name)}
    return {room: import_module(name) for room, name in names.items() if find_spec(name) is not None}


def rows() -> dict[str, Row]:
    """Who may see what, by the address's name with its room."""
    return {f"{room}:{name}": row for room, module in rooms().items() for name, row in module.ROWS.items()}


def _is_ours(name: str) -> bool:
    return name.startswith("xingke.") and find_spec(f"{name}.tests") is not None
