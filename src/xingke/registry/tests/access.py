"""Who may see the addresses of registry."""

from collections.abc import Mapping
from typing import Any

from tests.access import NEXT_DOOR, READERS, Row, World


def furnish(world: World) -> Mapping[str, Any]:
    """A grant, to be taken back."""
    return {"grant": world.cast.officer.grants.get()}


ROWS = {
    "account-list": Row(frozenset({"system"})),
    "account-new": Row(frozenset({"system"})),
    "account-switch": Row(frozenset({"system"}), lambda world: {"username": "stranger"}, posts_only=True),
    "account-reset": Row(frozenset({"system"}), lambda world: {"username": "stranger"}),
    "account-unlock": Row(frozenset({"security"}), lambda world: {"username": "stranger"}, posts_only=True),
    "grant-list": Row(frozenset({"security"})),
    "grant-give": Row(frozenset({"security"})),
    "grant-revoke": Row(frozenset({"security"}), lambda world: {"pk": world.grant.pk}, posts_only=True),
    "audit": Row(frozenset({"auditor"})),
    "organisation-list": Row(READERS | NEXT_DOOR),
    "organisation-new": Row(frozenset({"officer"}) | NEXT_DOOR),
    "organisation-correct": Row(frozenset({"officer"}), lambda world: {"key": world.cast.firm.key}),
    "organisation": Row(READERS, lambda world: {"key": world.cast.firm.key}),
}
