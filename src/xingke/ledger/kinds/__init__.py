"""The kinds of records, each in a file of its own that says all there is to know of it. Knows no Django.

``KINDS`` is read whenever it is asked, so that a room above may register kinds of its own before the apps are ready.
"""

from collections.abc import Callable, Mapping
from typing import Any

from xingke.ledger.kinds import (
    appointment,
    award,
    contract,
    event,
    matter,
    milestone,
    patent,
    payment,
    project,
    recognition,
    service_log,
)
from xingke.ledger.kinds.record_kind import RecordKind

KINDS: dict[str, RecordKind] = {}


LONGEST_CODE = 16  # as tables keep it
LONGEST_MODEL = 19  # an index is called after it, in 30 characters


def register(kind: RecordKind) -> RecordKind:
    """Let records be of a kind. Raises ValueError for a code that another kind has, for names its tables cannot keep, and for a measure that another kind
    counts in another unit: what is called alike is said alike."""
    for code in (kind.code, *kind.effects):
        if len(code) > LONGEST_CODE:
            raise ValueError(
                f"{code!r} has {len(code)} characters; codes of kinds and events have {LONGEST_CODE} at most"
            )
    for name in (kind.model, kind.events_model):
        if len(name) > LONGEST_MODEL:
            raise ValueError(f"{name!r} has {len(name)} characters; names of tables have {LONGEST_MODEL} at most")
    for other in KINDS.values():
        for name in set(kind.measures) & set(other.measures):
            if kind.measure(name).units[-1] != other.measure(name).units[-1]:
                raise ValueError(
                    f"{kind.code!r} counts {name!r} in another unit than {other.code!r}; call it otherwise"
                )
    if KINDS.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"there is a kind {kind.code!r} already")
    return kind


def current(code: str) -> str:
    """The code a kind goes by today: what was written earlier may name it by one it had before."""
    return next((kind.code for kind in KINDS.values() if code in kind.formerly), code)


def first(code: str) -> str:
    """The code a kind was first called by: what definitions of it are hashed by, so that a new name changes none."""
    kind = KINDS.get(current(code))
    return kind.formerly[0] if kind is not None and kind.formerly else code


def meant(key: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """What a definition means that names a kind under ``key``: the kind by its first code, see ``first``."""
    return lambda body: {**body, key: first(body[key])} if body.get(key) else body


for _module in (
    recognition,
    patent,
    project,
    payment,
    contract,
    award,
    appointment,
    event,
    milestone,
    matter,
    service_log,
):
    register(_module.KIND)
