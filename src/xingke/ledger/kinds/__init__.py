"""The kinds of records, each in a file of its own that says all there is to know of it. Knows no Django.

``KINDS`` is read whenever it is asked, so that a room above may register kinds of its own before the apps are ready.
"""

from xingke.ledger.kinds import (
    activity,
    appointment,
    award,
    contract,
    milestone,
    patent,
    payment,
    project,
    recognition,
)
from xingke.ledger.kinds.record_kind import RecordKind

KINDS: dict[str, RecordKind] = {}


def register(kind: RecordKind) -> RecordKind:
    """Let records be of a kind. Raises ValueError for a code that another kind has."""
    if KINDS.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"there is a kind {kind.code!r} already")
    return kind


for _module in (recognition, patent, project, payment, contract, award, appointment, activity, milestone):
    register(_module.KIND)
