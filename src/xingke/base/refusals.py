"""The error a user is meant to read: a rule said no, and nothing was changed."""

from dataclasses import dataclass


class Refused(Exception):
    """A rule said no. The text is one or two sentences for the user: what happened, with which value, what to do."""


@dataclass(frozen=True)
class Answer:
    """Yes, or no with the reason; button, error page and command say the same sentence."""

    allowed: bool
    reason: str = ""

    def or_refuse(self) -> None:
        """Raise Refused with the reason if the answer is no."""
        if not self.allowed:
            raise Refused(self.reason)


YES = Answer(True)


def no(reason: str) -> Answer:
    """The answer no, with its reason."""
    return Answer(False, reason)
