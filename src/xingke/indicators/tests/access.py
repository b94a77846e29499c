"""Who may see the addresses of indicators."""

from typing import Any

from tests.access import BUSINESS, NEXT_DOOR, Row, World


def _here(world: World) -> dict[str, Any]:
    return {"code": "inventions_granted"}


HERE = "region=990121&period=2024"
ROWS = {
    "indicator-list": Row(BUSINESS | NEXT_DOOR),
    "identity-list": Row(BUSINESS | NEXT_DOOR),
    "indicator": Row(BUSINESS | NEXT_DOOR, _here, HERE),
    "evidence": Row(BUSINESS | NEXT_DOOR, _here, HERE),  # the neighbour only learns that it is closed
}
