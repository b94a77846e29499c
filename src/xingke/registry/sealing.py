"""What is known of a person, sealed under a key of their own beside the signing key; whoever destroys the key forgets it.

Each person's keys lie in ``person-keys/`` of the data folder, one a line, the newest first: while a key is changed there
are two. What an upper room seals likewise, as account numbers, has keys in the same folder: it announces them in ``SEALERS``.
AES-256-GCM with the person's key as associated data, so that no sealed text can be passed off as another's.
``person-marks.key`` makes marks (HMAC-SHA256): two equal numbers have one mark, and the mark alone says nothing.
"""

import hashlib
import hmac
import json
import math
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from xingke.base import files
from xingke.base.refusals import Refused
from xingke.base.register import Register
from xingke.base.sayings import say

FOLDER, MARKS = "person-keys", "person-marks.key"
SEALED = ("phone", "email", "address", "identity")  # what is known of a person besides a name and a place
_NONCE = 12


@dataclass(frozen=True, kw_only=True)
class Sealer:
    """What an upper room keeps sealed, each thing under a key of its own in the folder of persons' keys.

    owners: the keys of all there are. owns: whether a key is one of them. change: gives each a new key and seals it anew; returns how many.
    erased: of whom nothing is kept any more, so that no key may lie here.
    """

    code: str
    owners: Callable[[], set[UUID]]
    owns: Callable[[UUID], bool]
    change: Callable[[Any, datetime], int]  # by whom, an account or None: the accounts room's
    erased: Callable[[], set[UUID]] = set


SEALERS: Register[Sealer] = Register("sealer")


def prepare(person: UUID) -> None:
    """Make a person's key, and that of the marks, where there is none yet: before an act, inside which no file is written."""
    for path in (_path(person), _marks()):
        if not path.exists():
            _make(path)


def has_key(person: UUID) -> bool:
    """Whether a key lies here."""
    return _path(person).exists()


def keys_of(person: UUID) -> list[bytes]:
    """The keys of a person, the newest first, for whoever seals or opens something inside an act, where no file is read. Raises Refused
    where there is none."""
    path = _path(person)
    if not path.exists():
        raise Refused(_LOST.filled())
    return [bytes.fromhex(line) for line in _lines(path)]


def seal(person: UUID, facts: Mapping[str, str], keys: Sequence[bytes] | None = None) -> str:
    """Facts as a text that only the person's newest key opens; "" for none. keys: see ``keys_of``. Raises Refused where there is no key."""
    if not facts:
        return ""
    key, nonce = (keys or keys_of(person))[0], os.urandom(_NONCE)
    data = AESGCM(key).encrypt(nonce, json.dumps(dict(facts), ensure_ascii=False).encode(), person.bytes)
    return f"{_name(key)}:{b64encode(nonce + data).decode()}"


def is_opened_by(sealed: str, keys: Sequence[bytes]) -> bool:
    """Whether one of some keys opens a sealed text; any opens ""."""
    return not sealed or sealed.partition(":")[0] in {_name(key) for key in keys}


def unseal(person: UUID, sealed: str, keys: Sequence[bytes] | None = None) -> dict[str, str]:
    """The facts of a sealed text; none of "". keys: see ``keys_of``. Raises Refused where its key is gone, or it is not what was sealed."""
    if not sealed:
        return {}
    name, _colon, data = sealed.partition(":")
    key = next((each for each in keys or keys_of(person) if _name(each) == name), None)
    if key is None:
        raise Refused(_LOST.filled())
    raw = b64decode(data)
    try:
        found: dict[str, str] = json.loads(AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], person.bytes))
    except InvalidTag:
        raise Refused(_LOST.filled()) from None
    return found


_LOST = say("加密保存的内容（个人信息或账号）打不开：密钥不在，或内容已损坏；请从备份恢复数据文件夹里的 person-keys。")


def mark(number: str) -> str:
    """The mark of a number: the same for the same one, however it is spaced; "" for none. Raises Refused without its key."""
    plain = "".join(number.split()).upper()
    if not plain:
        return ""
    path = _marks()
    if not path.exists():
        raise Refused(_LOST.filled())
    return hmac.new(bytes.fromhex(path.read_text("ascii").split()[0]), plain.encode(), hashlib.sha256).hexdigest()


def kept(before: float = math.inf) -> Iterator[UUID]:
    """The persons of whom a key lies here. before: only those written before a moment, in seconds since 1970."""
    for path in (Path(settings.DATA) / FOLDER).glob("*/*.key"):
        with suppress(ValueError, FileNotFoundError):
            if path.stat().st_mtime < before:
                yield UUID(path.stem)


def begin_change(person: UUID) -> None:
    """Add a newer key; what was sealed by the older one opens still."""
    path = _path(person)
    files.write(path, "\n".join([os.urandom(32).hex(), *_lines(path)]).encode())


def end_change(person: UUID) -> None:
    """Forget all keys but the newest: after everything was sealed anew."""
    path = _path(person)
    files.write(path, _lines(path)[0].encode())


def destroy(person: UUID) -> None:
    """Forget a person: what was sealed opens nowhere any more but from backups made before."""
    with suppress(FileNotFoundError):
        _path(person).unlink()
        files.sync_folder(_path(person).parent)


def _path(person: UUID) -> Path:
    return Path(settings.DATA) / FOLDER / person.hex[-2:] / f"{person}.key"


def _marks() -> Path:
    return Path(settings.DATA) / MARKS


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        files.create(path, os.urandom(32).hex())


def _lines(path: Path) -> list[str]:
    return path.read_text("ascii").split()


def _name(key: bytes) -> str:
    """What a key is called in what it sealed; says nothing of the key."""
    return hashlib.sha256(b"xingke person key" + key).hexdigest()[:8]
