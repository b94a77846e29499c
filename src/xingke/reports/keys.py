"""Keys: the installation's own signing key, made once, readable by its owner only, and those of others that count here.

``trusted.keys`` in the data folder holds one key a line, ``64 hexadecimal digits`` and the name of whose it is; what
follows a # at the beginning of a line is a remark. ``xingke key`` prints such a line, ``xingke trust`` adds it.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from xingke.accounts.queries import ledger_identity
from xingke.base import files
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.registry import queries as registry

TRUSTED = "trusted.keys"
LONGEST_NAME = 60
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_LARGEST = 2**20  # bytes of a file of keys
# Points of small order: a signature that holds for everything can be made for them (the first of each pair of signs).
_WEAK = frozenset(
    bytes.fromhex(each)
    for each in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


@dataclass(frozen=True)
class TrustedKey:
    """A public key that counts here, and the name of whose it is; a name may be missing in files of old."""

    key: bytes
    name: str


@dataclass(frozen=True)
class Wrong:
    """A line that is no key: its number from 1, and why."""

    line: int
    why: Saying


def signing_key() -> bytes:
    """The raw 32-byte Ed25519 private key; made on first use. Raises Refused where its file is no key any more."""
    path = Path(settings.DATA) / "signing.key"
    if not path.exists():
        _make(path)
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if not _HEX.fullmatch(text):
        raise Refused(
            say("签名密钥文件 %(path)s 已损坏，不能签名也不能核对签名；请从备份恢复这个文件。", path=str(path))
        )
    return bytes.fromhex(text)


def _make(path: Path) -> None:
    """A key of one's own; whole under its name, or not there. Who comes second uses that of the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        files.create(path, Ed25519PrivateKey.generate().private_bytes_raw().hex())


def public_key() -> bytes:
    """The installation's own raw 32-byte public key."""
    return Ed25519PrivateKey.from_private_bytes(signing_key()).public_key().public_bytes_raw()


def trusted_keys() -> tuple[bytes, ...]:
    """The public keys whose signatures count: the installation's own first, and those in ``trusted.keys``."""
    return tuple(key_names())


def key_names() -> Mapping[bytes, str]:
    """Whose the keys are that count here; "" for the installation's own. Lines that are no keys are left out."""
    found = {each.key: each.name or str(say("未写名称的安装")) for each in read_trusted()[0]}
    return {public_key(): "", **{key: name for key, name in found.items() if key != public_key()}}


def signer(public_key_hex: str) -> Saying:
    """Whose key signed something, for whoever reads what was verified."""
    try:
        names = {key.hex(): name for key, name in key_names().items()}
    except Refused as refusal:
        return refusal.saying
    known = names.get(public_key_hex.lower())
    if known is None:
        return say("公钥 %(key)s…，不在信任名单中", key=public_key_hex[:16])
    return say("“%(name)s”的密钥", name=known) if known else say("本安装的密钥")


def read_trusted() -> tuple[list[TrustedKey], list[Wrong]]:
    """What ``trusted.keys`` holds: its keys, and its lines that are none."""
    path = Path(settings.DATA) / TRUSTED
    try:
        data = path.read_bytes()[:_LARGEST] if path.is_file() else b""
    except OSError as error:
        return [], [Wrong(0, say("读不了这个文件：%(why)s", why=os.strerror(error.errno or 0)))]
    return read_lines(data.decode("utf-8-sig", errors="replace"))


def read_lines(text: str) -> tuple[list[TrustedKey], list[Wrong]]:
    """The keys of a text of lines, and the lines that are none."""
    keys: dict[bytes, TrustedKey] = {}
    wrong: list[Wrong] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            for each in _keys_of(line):
                keys.setdefault(each.key, each)
        except Refused as refusal:
            wrong.append(Wrong(number, refusal.saying))
    return list(keys.values()), wrong


def _keys_of(line: str) -> Iterator[TrustedKey]:
    """What a line holds: a key and its name, nothing, or several keys as an earlier release kept them."""
    words = line.split()
    if not words or words[0].startswith("#"):
        return
    if len(words) > 1 and all(map(_HEX.fullmatch, words)):
        for word in words:
            yield TrustedKey(key_in(word), "")
    else:
        yield TrustedKey(key_in(words[0]), named(" ".join(words[1:])) if len(words) > 1 else "")


def key_in(text: str) -> bytes:
    """The public key written in 64 hexadecimal digits. Raises Refused for anything else and for a key that proves nothing."""
    text = text.strip()
    if not _HEX.fullmatch(text):
        shown = text if len(text) <= 20 else text[:20] + "…"
        raise Refused(
            say("“%(text)s”不是公钥：应为 64 位十六进制数字（0-9、a-f），见对方 xingke key 的输出。", text=shown)
        )
    key = bytes.fromhex(text)
    if bytes([*key[:31], key[31] & 0x7F]) in _WEAK:
        raise Refused(say("这个公钥证明不了什么（低阶点），任何人都能伪造它的签名；请向对方重新要一次。"))
    return key


def named(text: str) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME or name.startswith("#"):
        raise Refused(
            say(
                "名称“%(name)s”不能用：请写一个单位或安装的名称，不超过 %(most)d 个字。",
                name=name[:20],
                most=LONGEST_NAME,
            )
        )
    return name


def own_name() -> str:
    """What this installation is called where nobody said: the one region it works for, its site, or its ledger."""
    named = {each.name for each in registry.regions_worked_for()}
    if len(named) == 1:
        return named.pop()
    hosts = [each for each in settings.ALLOWED_HOSTS if each not in ("127.0.0.1", "localhost", "*", "")]
    return hosts[0][:LONGEST_NAME] if hosts else f"xingke {ledger_identity()[:8]}".strip()


def offered(key: str, name: str) -> TrustedKey:
    """The key somebody wants to add: its digits, or the file that holds them; a name that is said goes before the file's.
    Raises Refused with what would do."""
    if _HEX.fullmatch(key.strip()):
        return TrustedKey(key_in(key), name)
    path = Path(key)
    if not path.is_file():
        raise Refused(say("“%(text)s”既不是 64 位十六进制的公钥，也不是文件。", text=key[:LONGEST_NAME]))
    with path.open("rb") as file:
        data = file.read(_LARGEST)
    if data.startswith((b"PK", b"%PDF")):
        raise Refused(say("这是文稿，不是公钥：文稿自带的公钥不能作凭据。请向对方另要 xingke key 打印的那一行。"))
    found, wrong = read_lines(data.decode("utf-8-sig", errors="replace"))
    if len(found) == 1 and not wrong:
        return TrustedKey(found[0].key, name or found[0].name)
    if wrong:
        raise Refused(say("文件第 %(line)d 行：%(why)s", line=wrong[0].line, why=wrong[0].why))
    raise Refused(say("文件里有 %(count)d 个公钥，应当正好一个。", count=len(found)))
