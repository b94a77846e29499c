"""Signed heads of the audit chain: whoever rewrites the trail in the database would have to rewrite these as well.

``heads.log`` in the data folder, one line per backup: number, digest of the audit entry with that number, and the
installation's signature of both. Every backup takes the file along, so that copies lie where the database does not.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from xingke.accounts.models import AuditEntry
from xingke.config.archive import HEADS
from xingke.reports.keys import signing_key, trusted_keys


def line(seq: int, digest: str) -> str:
    """The line that says a head, signed."""
    signature = Ed25519PrivateKey.from_private_bytes(signing_key()).sign(_content(seq, digest))
    return f"{seq} {digest} {signature.hex()}"  # Ed25519 signs the same bytes the same way


def with_line(said: str) -> str:
    """The file's text with a further line, unless that is the last one already."""
    path = Path(settings.DATA) / HEADS
    text = path.read_text(encoding="ascii", errors="replace") if path.is_file() else ""
    return text if text.splitlines()[-1:] == [said] else f"{text}{said}\n"


def append(said: str) -> None:
    """Append a line, unless it is the last one already."""
    path = Path(settings.DATA) / HEADS
    if path.is_file() and path.read_text(encoding="ascii", errors="replace").splitlines()[-1:] == [said]:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(said + "\n")
        file.flush()
        os.fsync(descriptor)


def compared() -> tuple[int, list[str]]:
    """How many heads were signed, and what is wrong with them: each has to be signed by a key that counts here, and the
    trail has to hold its entry as it was."""
    path = Path(settings.DATA) / HEADS
    lines = path.read_text(encoding="ascii", errors="replace").splitlines() if path.is_file() else []
    return len(lines), list(_problems(lines))


def _problems(lines: list[str]) -> Iterator[str]:
    keys = [Ed25519PublicKey.from_public_bytes(key) for key in trusted_keys()] if lines else []
    for place, line in enumerate(lines, 1):
        try:
            number, digest, signature = line.split(" ")
            seq, signed = int(number), bytes.fromhex(signature)
        except ValueError:
            yield f"{HEADS} 第 {place} 行不完整，可能被改动过"
            continue
        if not any(_is_signed(key, signed, _content(seq, digest)) for key in keys):
            yield f"{HEADS} 第 {place} 行的签名不符，可能被改动过"
        elif not AuditEntry.objects.filter(seq=seq, digest=digest).exists():
            yield f"审计链的第 {seq} 号与 {HEADS} 第 {place} 行签过名的摘要不符：此号或以前的审计记录被改写或删除过"


def _is_signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _content(seq: int, digest: str) -> bytes:
    return f"xingke audit head {seq} {digest}".encode()
