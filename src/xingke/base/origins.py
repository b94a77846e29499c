"""Where a record came from, when an upper room filed it: base declares the list, the rooms fill it in ``AppConfig.ready()``.

A record keeps its source as ``CODE:KEY``, as ``case:…``; only the room of that code knows what it is and who may see it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xingke.base.register import Register


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What sources of a code are. called: (user, key) → its words and its address, empty for who may not see it."""

    code: str
    called: Callable[[Any, str], tuple[str, str]]


ORIGINS: Register[Origin] = Register("origin of records")


def origin_of(user: Any, source: str) -> tuple[str, str]:
    """A source in words, with its address; what no room knows is said as it stands."""
    code, colon, key = source.partition(":")
    found = next((each for each in ORIGINS if each.code == code), None)
    return found.called(user, key) if found is not None and colon else (source, "")
