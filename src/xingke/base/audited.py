"""What the audit trail says of an act and its details: every room announces the words of what it writes there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xingke.base.register import Register
from xingke.base.sayings import Saying


@dataclass(frozen=True)
class AuditedAct:
    """A kind of act. word: a saying or lazy text."""

    code: str
    word: Any  # a Saying or Django's lazy text, which has no public type of its own
    formerly: tuple[str, ...] = ()  # what the trail of earlier years calls it


@dataclass(frozen=True)
class AuditedKind:
    """A kind of record as the trail speaks of it. amounts: what its amounts are called, and so many of them make one."""

    code: str
    word: Saying
    formerly: tuple[str, ...]
    amounts: Mapping[str, tuple[Saying, int]]


@dataclass(frozen=True)
class AuditedDetail:
    """What an act says besides its target. word: lazy text. values: what the codes in it say, where it holds codes."""

    code: str
    word: Any  # Django's lazy text
    values: Mapping[str, Any] = field(default_factory=dict)


ACTS: Register[AuditedAct] = Register("act in the trail")
KINDS: Register[AuditedKind] = Register("kind of record in the trail")
DETAILS: Register[AuditedDetail] = Register("detail in the trail")


def announce(words: Mapping[str, Any], formerly: Mapping[str, tuple[str, ...]] | None = None) -> None:
    """Say what the codes of a room's acts mean. formerly: by code, those the same act had before."""
    for code, word in words.items():
        ACTS.add(AuditedAct(code, word, (formerly or {}).get(code, ())))


def announce_details(words: Mapping[str, Any]) -> None:
    """Say what a room's details are called. A detail of several rooms is announced by the lowest that writes it."""
    DETAILS.add(*(AuditedDetail(code, word) for code, word in words.items()))


def action_words() -> dict[str, str]:
    """What the trail's codes say; a code that nobody announced is shown as it is."""
    return {code: str(act.word) for act in ACTS for code in (act.code, *act.formerly)}


def action_choices() -> list[tuple[str, str]]:
    """The acts to choose from, by the codes they have today."""
    return [(act.code, str(act.word)) for act in ACTS]


def codes_of(action: str) -> list[str]:
    """An act's code, or the beginning of some, with the codes it had before."""
    return [action, *(code for act in ACTS if act.code == action for code in act.formerly)]


def detail_words() -> dict[str, str]:
    """What the details are called; one that nobody announced is shown by its code."""
    return {detail.code: str(detail.word) for detail in DETAILS}


def value_words() -> dict[str, str]:
    """What the codes inside details say."""
    return {code: str(word) for detail in DETAILS for code, word in detail.values.items()}


def kind_words() -> dict[str, str]:
    """What the kinds of records are called."""
    return {code: str(kind.word) for kind in KINDS for code in (kind.code, *kind.formerly)}


def amounts() -> dict[str, tuple[str, int]]:
    """What their amounts are called, and how many of what the database keeps make one of what is said."""
    return {name: (str(word), scale) for kind in KINDS for name, (word, scale) in kind.amounts.items()}
