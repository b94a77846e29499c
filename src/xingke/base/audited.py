"""What the codes of the audit trail say: every room announces the words of what it writes there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xingke.base.register import Register
from xingke.base.sayings import Saying


@dataclass(frozen=True)
class AuditedAct:
    """A kind of act. word: a saying or lazy text."""

    code: str
    word: Any  # a Saying or Django's lazy text, which has no public type of its own


@dataclass(frozen=True)
class AuditedKind:
    """A kind of record as the trail speaks of it. amounts: what its amounts are called, and so many of them make one."""

    code: str
    word: Saying
    amounts: Mapping[str, tuple[Saying, int]]


ACTS: Register[AuditedAct] = Register("act in the trail")
KINDS: Register[AuditedKind] = Register("kind of record in the trail")


def announce(words: Mapping[str, Any]) -> None:
    """Say what the codes of a room's acts mean."""
    for code, word in words.items():
        ACTS.add(AuditedAct(code, word))


def action_words() -> dict[str, str]:
    """What the trail's codes say; a code that nobody announced is shown as it is."""
    return {act.code: str(act.word) for act in ACTS}


def kind_words() -> dict[str, str]:
    """What the kinds of records are called."""
    return {kind.code: str(kind.word) for kind in KINDS}


def amounts() -> dict[str, tuple[str, int]]:
    """What their amounts are called, and how many of what the database keeps make one of what is said."""
    return {name: (str(word), scale) for kind in KINDS for name, (word, scale) in kind.amounts.items()}
