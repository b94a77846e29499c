"""Which keys count here: a key is trusted, or not any more. Each is an act; the list itself is a file of the data folder."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from xingke.accounts.acts import act
from xingke.base import files
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.reports.keys import LONGEST_NAME, TRUSTED, TrustedKey, named, public_key, read_lines, read_trusted


def trust(*, key: bytes, name: str, now: datetime) -> TrustedKey:
    """Let the signatures of a key count, under a name; the trail says so. Raises Refused for one that counts already, and
    for a name another key has."""
    added = TrustedKey(key, named(name))
    known, _wrong = read_trusted()
    if key == public_key():
        raise Refused(say("这是本安装自己的公钥，本来就承认。"))
    for each in known:
        if each.key == key and each.name:
            raise Refused(say("这个公钥已在名单中，名称是“%(name)s”。", name=each.name))
        if each.name == added.name:
            raise Refused(say("名单中已有叫“%(name)s”的公钥；请另取名称，或先用 --remove 去掉它。", name=added.name))
    with act(by=None, now=now, code="key.trusted", kind="key", target=added.name) as done:
        done.says(key=key.hex())
        _write(
            [*_lines_without(key), f"{key.hex()} {added.name}"]
        )  # before the number is taken: the row follows the list
    return added


def distrust(*, named: str, now: datetime) -> TrustedKey:
    """Let the signatures of a key count no longer: named by its name, or by the beginning of its digits (eight at least)."""
    known, _wrong = read_trusted()
    wanted = named.strip()
    is_digits = len(wanted) >= 8 and re.fullmatch(r"[0-9a-fA-F]+", wanted) is not None
    found = [each for each in known if each.name == wanted or (is_digits and each.key.hex().startswith(wanted.lower()))]
    if len(found) != 1:
        raise Refused(
            say("名单中没有叫“%(name)s”的公钥；xingke trust --list 列出全部。", name=wanted[:LONGEST_NAME])
            if not found
            else say("“%(name)s”在名单中不止一个；请写全公钥的 64 位。", name=wanted)
        )
    (removed,) = found
    name = removed.name or removed.key.hex()
    with act(by=None, now=now, code="key.distrusted", kind="key", target=name) as done:
        done.says(key=removed.key.hex())
        _write(list(_lines_without(removed.key)))  # as ``trust``
    return removed


def _lines_without(key: bytes) -> Iterator[str]:
    """The lines of ``trusted.keys`` as they are, wrong ones and remarks too, but for a key; others beside it stay."""
    path = Path(settings.DATA) / TRUSTED
    text = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else ""
    for line in text.splitlines():
        held = read_lines(line)[0]
        if key not in {each.key for each in held}:
            yield line
        else:
            yield from (f"{each.key.hex()} {each.name}".rstrip() for each in held if each.key != key)


def _write(lines: list[str]) -> None:
    """Whole, or as it was."""
    path = Path(settings.DATA) / TRUSTED
    with files.replacing(path, mode=0o600) as part:
        part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
