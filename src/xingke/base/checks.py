"""What ``xingke check`` looks at: base declares the list, rooms fill it in ``AppConfig.ready()``.

Its sentences are Chinese only: the operator reads them on the command line.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xingke.base.register import Register

SHOWN = 10  # of many wrong things, so many are named


@dataclass(frozen=True)
class CheckResult:
    """What one check says, and the sentences about what is wrong: none when all is well."""

    said: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """Something to look at. find: what is found, anew each time it is called, by reading only.

    order: what others rest on comes first. needs_tables: the database has to be as the program expects it.
    """

    code: str
    find: Callable[[], Iterator[CheckResult]]
    order: int
    needs_tables: bool = True


CHECKS: Register[Check] = Register("check")


def findings(*, needs_tables: bool) -> Iterator[CheckResult]:
    """What the checks find that need the tables, or that need none, in order."""
    for check in sorted(CHECKS, key=lambda each: (each.order, each.code)):
        if check.needs_tables == needs_tables:
            yield from check.find()
