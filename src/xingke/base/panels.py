"""Panels: parts of a page that upper rooms know; base declares the list, they fill it in ``AppConfig.ready()``.

An organisation's page stands in the registry, which does not know the ledger: the ledger adds the timeline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xingke.base.register import Register

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


PANELS: Register[Panel] = Register("panel", lambda panel: f"{panel.page}/{panel.code}")


def panels(page: str, user: Any, shown: Any) -> list[Filled]:
    """The panels of a page for this user and object, in order; those with nothing to show are left out."""
    ordered = sorted((each for each in PANELS if each.page == page), key=lambda each: (each.order, each.code))
    filled = ((each, each.context(user, shown)) for each in ordered)
    return [Filled(each.code, each.template, context) for each, context in filled if context is not None]
