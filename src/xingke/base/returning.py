"""Small forms that stand on a larger page: one that is refused comes back on its page, with what was typed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Returned:
    """A refused form: the id of its field on the page, what was typed there, and why it was refused."""

    field: str
    typed: str
    why: str
