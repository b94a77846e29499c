"""What is wrong with how something is written in a pack, said so that whoever wrote it can mend it.

The parser of TOML and pydantic know what they stumbled over; here that becomes a place (which entry, which table, which key) and a
sentence: what stands there, what may stand there, and which key was probably meant.
"""

import re
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from xingke.base.sayings import Saying, plain, say

LONGEST = 60  # characters of what was found
CALLED = ("code", "name", "role", "word", "written")  # keys by which people know one table of several
Location = tuple[int | str, ...]
Mistake = tuple[Saying, Saying]
"""The place, and what is wrong there."""


def entry_words(code: str, number: int, body: Mapping[str, Any]) -> Saying:
    """An entry of a file as people find it: by its number, and what it is called."""
    return _numbered(say("[[%(table)s]] 第 %(number)s 条", table=code, number=number), body)


def shape_mistakes(error: ValidationError, target: type[Any], body: Mapping[str, Any], entry: Saying) -> list[Mistake]:
    """Every mistake of one entry. target: what it was to become; body: as it was written."""
    found = error.errors(include_url=False)
    unknown = {wrong["loc"]: _meant(target, wrong["loc"]) for wrong in found if wrong["type"] in _UNKNOWN}
    misspelt = {(*location[:-1], meant) for location, meant in unknown.items() if meant}
    return [
        (_place(entry, wrong["loc"], body), _sentence(wrong, target, unknown))
        for wrong in found
        if not (wrong["type"] == "missing" and wrong["loc"] in misspelt)
    ]


_UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")


def _meant(target: type[Any], location: Location) -> str:
    return nearest(str(location[-1]), _keys(_type_at(target, location[:-1])))


def nearest(written: str, known: Sequence[str]) -> str:
    """What was probably meant; empty where nothing is alike."""
    return next(iter(get_close_matches(written, known, n=1, cutoff=0.6)), "")


def _place(entry: Saying, location: Location, body: Any) -> Saying:
    """The entry, the tables on the way each by number and name, and the key."""
    place, names = entry, list[str]()
    for step in location:
        body = _within(body, step)
        if isinstance(step, str):
            names.append(step)
        else:
            table = say("%(table)s 第 %(number)s 项", table=".".join(names), number=step + 1)
            place, names = say("%(place)s，%(next)s", place=place, next=_numbered(table, body)), []
    return say("%(place)s，键 %(key)s", place=place, key=".".join(names)) if names else place


def _within(body: Any, step: int | str) -> Any:
    try:
        return body[step]
    except (KeyError, IndexError, TypeError):
        return None


def _numbered(table: Saying, body: Any) -> Saying:
    name = (
        next((body[key] for key in CALLED if isinstance(body.get(key), str)), "") if isinstance(body, Mapping) else ""
    )
    return say("%(table)s“%(name)s”", table=table, name=name[:LONGEST]) if name else table


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────────────────────────


def _sentence(wrong: Any, target: type[Any], unknown: Mapping[Location, str]) -> Saying:  # pydantic's ErrorDetails
    kind, location = wrong["type"], wrong["loc"]
    if kind in _UNKNOWN:
        known = tuple(_keys(_type_at(target, location[:-1])))
        if meant := unknown[location]:
            return say("没有这个键，是不是“%(meant)s”？可以写：%(known)s。", meant=meant, known=known)
        return say("没有这个键；可以写：%(known)s。", known=known)
    wanted = _type_at(target, location)
    if kind == "missing":
        return say("没有写；%(wanted)s。", wanted=_expected(wanted))
    found = _written(wrong["input"])
    choices = _choices(wanted)
    if choices and (meant := nearest(str(wrong["input"]), choices)):
        return say(
            '写的是 %(found)s，是不是 "%(meant)s"？%(wanted)s。', found=found, meant=meant, wanted=_expected(wanted)
        )
    if wanted is str and isinstance(wrong["input"], int | float):
        return say('写的是 %(found)s；%(wanted)s："%(found)s"。', found=found, wanted=_expected(wanted))
    if wanted is None:  # no key of ours, or a check of the type itself
        return say("写的是 %(found)s；%(wrong)s", found=found, wrong=plain(wrong["msg"]))
    return say("写的是 %(found)s；%(wanted)s。", found=found, wanted=_expected(wanted))


def _written(value: Any) -> str:
    """A value as TOML writes it, shortened."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{value}"'
        case Mapping():
            text = "{ " + ", ".join(f"{key} = {_written(each)}" for key, each in value.items()) + " }"
        case list() | tuple():
            text = "[" + ", ".join(map(_written, value)) + "]"
        case _:
            text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _expected(wanted: Any) -> Saying:
    """What may stand in a place of a type."""
    plain_types: Mapping[Any, Saying] = {
        str: say("这里要文字，放在引号里"),
        int: say("这里要整数，不加引号"),
        bool: say("这里要 true 或 false，不加引号"),
        date: say("这里要日子，如 2026-03-05"),
        Decimal: say('这里要数，如 "12.5"'),
    }
    if wanted in plain_types:
        return plain_types[wanted]
    if choices := _choices(wanted):
        return say("只能是 %(known)s 之一", known=tuple([f'"{each}"' for each in choices]))
    if keys := _keys(wanted):
        example = ", ".join(f"{key} = …" for key in _needed(wanted) or keys[:1])
        return say("这里要一张表，如 { %(example)s }；可以写：%(known)s", example=example, known=tuple(keys))
    if get_origin(wanted) is tuple:
        return _expected_several(get_args(wanted))
    if isinstance(get_origin(wanted), type) and issubclass(get_origin(wanted), Mapping):
        return say("这里要一张表，如 { 名称 = … }")
    return say("这里不能这样写")


def _expected_several(parts: tuple[Any, ...]) -> Saying:
    each, is_open = parts[0], parts[-1] is Ellipsis
    if not is_open:
        return say(
            "这里要方括号里的 %(count)s 项，如 [%(example)s]", count=len(parts), example=", ".join(["1"] * len(parts))
        )
    if keys := _keys(each):
        example = ", ".join(f"{key} = …" for key in _needed(each) or keys[:1])
        return say("这里要一组表，写在方括号里，如 [{ %(example)s }]", example=example)
    return say('这里要一组，写在方括号里，如 ["…"]')


# ── what the types say ──────────────────────────────────────────────────────────────────────────────────────────────


def _type_at(target: Any, location: Location) -> Any:
    """The type that is wanted at a place within another, without None; None where that cannot be said."""
    wanted = _plain(target)
    for step in location:
        if isinstance(step, str) and is_dataclass(wanted):
            wanted = typing.get_type_hints(wanted).get(step)
        elif get_origin(wanted) is tuple:
            parts = get_args(wanted)
            wanted = (
                parts[0]
                if parts[-1] is Ellipsis
                else parts[step]
                if isinstance(step, int) and step < len(parts)
                else None
            )
        elif get_origin(wanted) is not None and len(get_args(wanted)) == 2:
            wanted = get_args(wanted)[1]
        else:
            return None
        wanted = _plain(wanted)
    return wanted


def _plain(wanted: Any) -> Any:
    """A type without None beside it, and without what is annotated; of several types none is chosen."""
    if get_origin(wanted) in (typing.Union, types.UnionType):
        parts = [part for part in get_args(wanted) if part is not types.NoneType]
        return parts[0] if len(parts) == 1 else None
    return wanted


def _keys(wanted: Any) -> list[str]:
    return [each.name for each in fields(wanted)] if is_dataclass(wanted) else []


def _needed(wanted: Any) -> list[str]:
    """The keys that must be written."""
    return [each.name for each in fields(wanted) if each.default is MISSING and each.default_factory is MISSING]


def _choices(wanted: Any) -> list[str]:
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return [each.value for each in wanted]
    return [str(each) for each in get_args(wanted) if each != ""] if get_origin(wanted) is Literal else []


# ── TOML itself ─────────────────────────────────────────────────────────────────────────────────────────────────────

_AT = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.S)
_TOML: Mapping[str, Saying] = {
    "Expected '=' after a key": say("键的后面要有等号"),
    "Invalid value": say("等号后面要写值：文字放在引号里，true 和 false 小写，数不加引号"),
    "Cannot overwrite a value": say("同一个键写了两次"),
    "Cannot declare": say("同一张表写了两次；一组里的每一条用两层方括号"),
    "Cannot redefine": say("同一个键写了两次"),
    "Cannot mutate": say("一行里写完的表不能在别处再添"),
    "Duplicate inline table key": say("同一个键写了两次"),
    "Unclosed": say("括号没有合上，或者中间少了逗号"),
    "Unterminated string": say("文字的引号没有合上"),
    "Illegal character": say("文字的引号没有合上，或者有看不见的控制字符"),
    "Expected newline or end of document": say("一行只写一个键，后面有多余的字"),
    "Expected ']'": say("方括号没有合上"),
    "Invalid initial character for a key part": say("键只用字母、数字、_ 和 -；全角的标点不行"),
    "Invalid statement": say("这一行既不是“键 = 值”，也不是方括号里的表名"),
    "Unescaped": say("文字里的 \\ 要写两遍"),
}


def toml_mistake(error: ValueError, text: str) -> Saying:
    """Where a file stops being TOML, and why: the line as it stands there."""
    found = _AT.fullmatch(str(error))
    what = found["what"] if found else str(error)
    why = next((said for start, said in _TOML.items() if what.startswith(start)), plain(what))
    if found is None or found["line"] is None:
        return say("读到文件末尾还没有完：%(why)s", why=why)
    line = "".join(text.splitlines()[int(found["line"]) - 1 : int(found["line"])]).strip()
    if what == "Invalid value" and line.endswith(("”", "“", "‘", "’")):
        why = say('引号要用半角的 "，不用全角的“”')
    return say(
        "第 %(line)s 行第 %(column)s 个字符读不下去：%(why)s。这一行写的是：%(text)s",
        line=found["line"],
        column=found["column"],
        why=why,
        text=line[:LONGEST],
    )
