"""Keys: time-ordered UUIDs (RFC 9562, version 7); the standard library has none before Python 3.14."""

import os
import time
import uuid
from collections.abc import Iterator


def new_key() -> uuid.UUID:
    """A fresh version-7 UUID: 48 bits of milliseconds, 74 random bits."""
    return _version_7(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def new_keys() -> Iterator[uuid.UUID]:
    """Fresh version-7 UUIDs without end, each greater than the one before: indexes like to grow at their end.

    Where many fall into one millisecond their random bits go up by random steps (RFC 9562, 6.2, method 2).
    """
    milliseconds, random = 0, 0
    while True:
        for step in memoryview(os.urandom(4096)).cast("I"):
            now = time.time_ns() // 1_000_000
            if now > milliseconds:
                milliseconds, random = now, int.from_bytes(os.urandom(10)) >> 7
            else:
                random += 1 + step
            yield _version_7(milliseconds, random)


def _version_7(milliseconds: int, random: int) -> uuid.UUID:
    return uuid.UUID(
        int=milliseconds << 80 | 0x7 << 76 | (random >> 62 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    )


def derived_key(*parts: object) -> uuid.UUID:
    """The same UUID for the same parts on every machine: keys of seeded data."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts))


_NAMESPACE = uuid.UUID("5f1b7b1e-3f0c-5c55-9d0e-6b1d1c2f9a01")
