"""What the page of a case shows of the archive: in which volume it lies."""

from collections.abc import Mapping
from typing import Any

from xingke.accounts.models import User
from xingke.archive import queries
from xingke.casework.queries import CaseRead


def of_case(user: User, read: CaseRead) -> Mapping[str, Any] | None:
    """The volumes in which a case lies, for whoever finds them; None where it lies in none."""
    items = queries.filed_as(user, read.case)
    if not items:
        return None
    return {"items": items, "is_behind": items[-1].step_id != read.last.pk}
