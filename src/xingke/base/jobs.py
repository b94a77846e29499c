"""Jobs: work too long for a request. Base declares the list of kinds, rooms fill it in ``AppConfig.ready()``.

A job is asked for by somebody, kept in a table (accounts) and done by a child process, one after the other. A child may
be killed at any moment and the job is then done again from its beginning: what ``run`` does must bear that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from xingke.base.register import Register


class Stopped(Exception):
    """Somebody asked for the end of the job that is running."""


class Work(Protocol):
    """A job as whoever does it sees it."""

    @property
    def key(self) -> int:
        """The job's own number: the same when it is begun again."""

    @property
    def payload(self) -> Mapping[str, Any]:
        """What was asked for."""

    @property
    def by(self) -> Any:
        """Who asked; base knows no model of users."""

    def step(self, done: int, total: int, said: str) -> None:
        """Say how far it is. said: a message to be translated. Raises Stopped where the job is to end."""


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """One kind of work. label: lazy text. back: the name of the page that offers it.

    run: returns the job's result; ``result["url"]`` is where its asker is led. A Refused ends the job with its sentence.
    """

    code: str
    label: Any
    back: str
    run: Callable[[Work], Mapping[str, Any]]


KINDS: Register[JobKind] = Register("kind of job")
