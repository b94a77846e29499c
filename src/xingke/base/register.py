"""What upper rooms announce to a lower one: the lower room declares the list, the upper ones fill it in ``ready()``."""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Generic, TypeVar

T = TypeVar("T")


class Register(Generic[T]):
    """Entries by their code, in the order in which they were announced.

    what: of what, in words, for whoever errs. code: what tells entries apart, where it is not their ``code``.
    """

    def __init__(self, what: str, code: Callable[[T], str] = attrgetter("code")) -> None:
        self._what, self._code = what, code
        self._entries: dict[str, T] = {}

    def add(self, *entries: T) -> None:
        """Announce entries. The same again changes nothing. Raises ValueError for another one under a known code."""
        for entry in entries:
            code = self._code(entry)
            if self._entries.setdefault(code, entry) != entry:
                raise ValueError(
                    f"{self._what} {code!r} is announced already, as {self._entries[code]!r}: choose another code"
                )

    def __getitem__(self, code: str) -> T:
        """The entry of a code. Raises LookupError naming those there are."""
        try:
            return self._entries[code]
        except KeyError:
            raise LookupError(f"no {self._what} {code!r}; known: {', '.join(self._entries)}") from None

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)
