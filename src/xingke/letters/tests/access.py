"""Who may see the addresses of letters: whoever sees the step of a case; links are the bureau's to make, and anybody's to open."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from tests.access import EVERYBODY, NEXT_DOOR, Row, World
from xingke.letters.tests.writing import load_flow, new_case, new_link, tell

BUREAU, HANDLE = frozenset({"officer", "director"}), frozenset({"officer"})
READ = BUREAU | {"enterprise", "commissioner"} | NEXT_DOOR


def furnish(world: World) -> Mapping[str, Any]:
    """A letter to the firm, a case that waits for one, and a link for its tester."""
    load_flow()
    (letter,) = tell(world.cast, new_case(world.cast)).letters
    waiting = new_case(world.cast, title="二号传感器")
    return {"letter": letter, "to_be_told": waiting, "made_link": new_link(world.cast, waiting, now=timezone.now())}


def _letter(world: World) -> Mapping[str, Any]:
    return {"key": world.letter.key}


ROWS = {
    "letter-list": Row(READ),
    "letter-issue": Row(HANDLE, lambda world: {"flow": "product_test", "step": "told"}),
    "letter": Row(BUREAU | {"enterprise"}, _letter),
    "letter-file": Row(BUREAU | {"enterprise"}, _letter, is_page=False),
    "check": Row(EVERYBODY, is_public=True),
    "link-new": Row(HANDLE, lambda world: {"key": world.to_be_told.key}),
    "link-revoke": Row(HANDLE, lambda world: {"key": world.made_link.link.key}, posts_only=True),
    "outside": Row(EVERYBODY, lambda world: {"token": world.made_link.token}, is_public=True),
}
