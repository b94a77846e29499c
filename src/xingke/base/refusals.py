"""The error a user is meant to read: a rule said no, and nothing was changed."""

from dataclasses import dataclass

from xingke.base.sayings import NOTHING, Saying, plain


class Refused(Exception):
    """A rule said no, in one or two sentences for the user: what happened, with which value, what to do.

    They are a saying where they are written without Django or kept beyond the request; ``str()`` says them either way.
    """

    @property
    def saying(self) -> Saying:
        """The sentence as it can be kept."""
        return plain(self.args[0] if self.args else NOTHING)


@dataclass(frozen=True)
class Answer:
    """Yes, or no with the reason; button, error page and command say the same sentence."""

    allowed: bool
    reason: Saying = NOTHING

    def or_refuse(self) -> None:
        """Raise Refused with the reason if the answer is no."""
        if not self.allowed:
            raise Refused(self.reason)


YES = Answer(True)


def no(reason: Saying) -> Answer:
    """The answer no, with its reason."""
    return Answer(False, reason)
