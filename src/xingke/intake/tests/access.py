"""Who may see the addresses of intake."""

from collections.abc import Mapping
from typing import Any

from tests.access import ENTER, NEXT_DOOR, Row, World
from xingke.intake.models import ImportBatch


def furnish(world: World) -> Mapping[str, Any]:
    """The import that the ledger's reported figures came by."""
    return {"batch": ImportBatch.objects.latest("seq")}


def _batch(world: World) -> dict[str, Any]:
    return {"pk": world.batch.pk}


ROWS = {
    "import-list": Row(ENTER | NEXT_DOOR),
    "import": Row(frozenset({"statistician"}), _batch),
    "import-form": Row(ENTER | NEXT_DOOR, lambda world: {"code": "patent"}, is_page=False),
    "import-file": Row(frozenset({"statistician"}), _batch, posts_only=True),
    "import-recheck": Row(frozenset({"statistician"}), _batch, posts_only=True),
    "import-undo": Row(frozenset({"statistician"}), _batch, posts_only=True),
    "import-cancel": Row(frozenset({"statistician"}), _batch, posts_only=True),
}
