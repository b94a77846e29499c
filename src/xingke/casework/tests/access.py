"""Who may see the addresses of casework."""

from collections.abc import Mapping
from typing import Any

from tests.access import World
from xingke.casework.tests import access_common


def furnish(world: World) -> Mapping[str, Any]:
    """What several cases share."""
    return access_common.furnish(world)


ROWS = {**access_common.ROWS}
