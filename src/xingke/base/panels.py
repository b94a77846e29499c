"""Panels: parts of a page that upper rooms know; base declares the list, they fill it in ``AppConfig.ready()``.

An organisation's page stands in the registry, which does not know the ledger: the ledger adds the timeline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# (user, object) → the panel's context, or None to show nothing. The user and the object are the page's own: Any.
Context = Callable[[Any, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A part of a page: which page, its template, where its context comes from, and its place among others."""

    page: str
    code: str
    template: str
    context: Context
    order: int = 100


@dataclass(frozen=True)
class Filled:
    """A panel with its context, ready to be included."""

    code: str
    template: str
    context: Mapping[str, Any]


_panels: dict[tuple[str, str], Panel] = {}


def register(panel: Panel) -> None:
    """Add a panel; the same one twice is harmless, another under its code is an error."""
    known = _panels.setdefault((panel.page, panel.code), panel)
    if known != panel:
        raise ValueError(f"two panels of page {panel.page!r} are called {panel.code!r}")


def panels(page: str, user: Any, shown: Any) -> list[Filled]:
    """The panels of a page for this user and object, in order; those with nothing to show are left out."""
    ordered = sorted((each for each in _panels.values() if each.page == page), key=lambda each: (each.order, each.code))
    filled = ((each, each.context(user, shown)) for each in ordered)
    return [Filled(each.code, each.template, context) for each, context in filled if context is not None]
