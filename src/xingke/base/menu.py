"""The menu, and where else somebody may go: base declares the lists, the upper rooms fill them in ``AppConfig.ready()``."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from xingke.base.register import Register

# The user is whatever the accounts room puts on the request; base knows no model of it, hence Any.
PermissionCheck = Callable[[Any, str], bool]


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One entry. ``label`` is lazy text, ``icon`` a symbol of static/base/icons.svg, ``order`` counts in tens.

    ``permission``: the code the reader must hold somewhere; None shows the entry to everybody who is signed in.
    ``public``: strangers see it too. ``of_region``: the permission must be held for a region, not only for one
    organisation: the page is empty for whoever has it for their own firm alone. ``as_icon``: where there is room it stands
    beside the bell, as its icon: what everybody has leaves the row to what they work at.
    """

    code: str
    label: Any  # a str or Django's lazy text, which has no public type of its own
    url_name: str
    permission: str | None = None
    order: int = 100
    icon: str = ""
    public: bool = False
    of_region: bool = False
    as_icon: bool = False


ITEMS: Register[MenuItem] = Register("menu entry")


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """What whoever holds a permission often does, on the workbench; order: the most frequent first, in tens. is_look: it leads to a
    page of the menu, where nothing is begun."""

    code: str
    label: Any
    url_name: str
    permission: str
    icon: str
    order: int = 100
    is_look: bool = False


SHORTCUTS: Register[Shortcut] = Register("shortcut")


def shortcuts(held: Collection[str]) -> list[Shortcut]:
    """Those of somebody who holds some permissions, in order."""
    return sorted((each for each in SHORTCUTS if each.permission in held), key=lambda each: (each.order, each.code))


@dataclass(frozen=True)
class Way:
    """A page somebody may go to, or something they may begin there."""

    label: str
    url: str
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """Where else than by the menu somebody may go in a room, or what they may begin: what the palette offers beside it.

    find: user → ways, only those that are theirs; the user is the accounts room's. begins: they begin something.
    """

    code: str
    find: Callable[[Any], Iterable[Way]]
    begins: bool = False
    order: int = 100


WAYS: Register[Ways] = Register("ways")


def ways(user: Any, *, begins: bool) -> list[Way]:
    """Those of somebody, in the order of the rooms."""
    asked = sorted((each for each in WAYS if each.begins is begins), key=lambda each: (each.order, each.code))
    return [way for each in asked for way in each.find(user)]


_check: PermissionCheck | None = None
_check_region: PermissionCheck | None = None


def items() -> tuple[MenuItem, ...]:
    """Every entry, by ``order``, then by code."""
    return tuple(sorted(ITEMS, key=lambda item: (item.order, item.code)))


def use_permission_check(check: PermissionCheck, check_region: PermissionCheck | None = None) -> None:
    """Say how to ask whether a user holds a permission, and whether for a region; the accounts room does this once, when
    it is ready."""
    global _check, _check_region
    _check, _check_region = check, check_region or check


def visible_to(user: Any) -> tuple[MenuItem, ...]:
    """The entries this user may see. Without a permission check, entries that need a permission stay hidden."""
    return tuple(item for item in items() if _may_see(user, item))


def _may_see(user: Any, item: MenuItem) -> bool:
    if item.public:
        return True
    if not getattr(user, "is_authenticated", False):
        return False
    if item.permission is None:
        return True
    check = _check_region if item.of_region else _check
    return check is not None and check(user, item.permission)
