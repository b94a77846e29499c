"""Sentences kept apart from the language they are said in. Knows no Django: an app says how to translate.

A rule, a file reader or a job says *what* is the matter; the words are chosen when somebody reads them. So a sentence
travels between processes and lies in the database as its Chinese text and what fills it, and is read in any language.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from xingke.base.labels import Label
from xingke.base.periods import Period

Value = Union[str, int, float, "Saying", Label, Period, tuple["Value", ...]]

_PLACE = re.compile(r"%\((\w+)\)[sd]")  # nothing else is a format: a text may come from a process that is not trusted


@dataclass(frozen=True)
class Saying:
    """A sentence: its Chinese text, which is the msgid, and the values of its ``%(name)s`` places.

    A value may be a saying, a label, a period or a tuple of such, which are enumerated. ``str()`` says it in the reader's
    language; where nobody told how to translate, in Chinese.
    """

    text: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        words = _translate(self.text) if self.text else ""
        return _PLACE.sub(self._filling, words) if self.values else words

    def _filling(self, place: re.Match[str]) -> str:
        name = place[1]
        return _spoken(self.values[name]) if name in self.values else place[0]

    def __hash__(self) -> int:
        return hash((self.text, *self.values))

    def __bool__(self) -> bool:
        return bool(self.text)

    def filled(self, **values: Value) -> "Saying":
        """The same sentence with these values."""
        return Saying(self.text, values)


def say(text: str, /, **values: Value) -> Saying:
    """A sentence to be said later. ``tools.messages`` collects the text from the call, so it must stand there."""
    return Saying(text, values)


NOTHING = Saying("")


def plain(words: object) -> Saying:
    """Words as a saying: a saying as it is, any other text as words that stand in no catalogue."""
    return words if isinstance(words, Saying) else Saying(str(words))


def _spoken(value: Value) -> str:
    match value:
        case Label():
            return value.in_language(_language())
        case Period():
            return value.label(_language())
        case tuple():
            return str(say("、")).join(map(_spoken, value))
        case _:
            return str(value)


# ── kept as JSON ────────────────────────────────────────────────────────────────────────────────────────────────────


def kept(value: Value) -> Any:
    """A saying, or what fills one, as JSON keeps it."""
    match value:
        case Saying():
            return {"say": value.text, "with": {name: kept(each) for name, each in value.values.items()}}
        case Label():
            return {"zh": value.zh, "en": value.en}
        case Period():
            return {"period": value.code}
        case tuple():
            return [kept(each) for each in value]
        case _:
            return value


def told(value: Any) -> Saying:
    """The saying that JSON kept; a plain text, as was kept before there were sayings, is one without a translation."""
    found = _told(value)
    return found if isinstance(found, Saying) else Saying(str(found))


def _told(value: Any) -> Value:
    match value:
        case {"say": str(text)}:
            return Saying(text, {name: _told(each) for name, each in value.get("with", {}).items()})
        case {"zh": str(zh), "en": str(en)}:
            return Label(zh, en)
        case {"period": str(code)}:
            return Period.parse(code)
        case list():
            return tuple(map(_told, value))
        case _:
            return value  # type: ignore[no-any-return]  # a text or a number


# ── the reader's language ───────────────────────────────────────────────────────────────────────────────────────────


def _as_written(text: str) -> str:
    return text


def _chinese() -> str:
    return "zh-hans"


_translate: Callable[[str], str] = _as_written
_language: Callable[[], str] = _chinese


def speak_by(*, translate: Callable[[str], str], language: Callable[[], str]) -> None:
    """Say how texts are translated into the reader's language, and which that is."""
    global _translate, _language
    _translate, _language = translate, language
