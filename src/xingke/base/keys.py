"""Keys: time-ordered UUIDs (RFC 9562, version 7); the standard library has none before Python 3.14."""

import os
import time
import uuid


def new_key() -> uuid.UUID:
    """A fresh version-7 UUID: 48 bits of milliseconds, 74 random bits."""
    random = int.from_bytes(os.urandom(10))
    value = (
        (time.time_ns() // 1_000_000) << 80
        | 0x7 << 76
        | (random >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | random & (1 << 62) - 1
    )
    return uuid.UUID(int=value)


def derived_key(*parts: object) -> uuid.UUID:
    """The same UUID for the same parts on every machine: keys of seeded data."""
    return uuid.uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts))


_NAMESPACE = uuid.UUID("5f1b7b1e-3f0c-5c55-9d0e-6b1d1c2f9a01")
