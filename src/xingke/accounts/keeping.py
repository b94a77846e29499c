"""Answers that outlive a request, kept in this process under a name that says everything they depend on.

Nothing is kept, nor found, in the midst of an act or of what is taken back: what was read there has no number yet that
anybody else could ask for, and may be undone. Rooms reach the cache through here only.
"""

from typing import Any

from django.core.cache import cache

from xingke.accounts.acts import may_be_undone

KEPT = 24 * 3600  # seconds


def found(name: str) -> Any:  # what ``keep`` was given
    """What is kept under a name; None for nothing."""
    return None if may_be_undone() else cache.get(name)


def keep(name: str, answer: object) -> None:
    """Keep an answer for a day."""
    if not may_be_undone():
        cache.set(name, answer, KEPT)
