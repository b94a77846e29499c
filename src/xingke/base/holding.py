"""Who refers to the files that are kept: base declares the list, rooms fill it in ``AppConfig.ready()``.

Whoever lets a file go asks all of them: the bytes are kept once, by their digest (``blobs``), whoever handed them over.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xingke.base.register import Register


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Something that refers to files. digests: those it needs, as it stands now."""

    code: str
    digests: Callable[[], Iterable[str]]


HOLDERS: Register[Holder] = Register("holder of files")


def referred() -> set[str]:
    """The digests of all files that something refers to. A query per holder."""
    return {digest for holder in HOLDERS for digest in holder.digests()}
