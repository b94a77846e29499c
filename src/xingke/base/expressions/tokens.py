"""The words of an expression: numbers, texts, names and signs, each with the place it stands at."""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from xingke.base.expressions.errors import ExpressionError
from xingke.base.sayings import say

MAX_DIGITS = 20


@dataclass(frozen=True)
class Token:
    """One word; text: what is meant (``<=`` for ≤, ``and`` for 且, a text without its quotation marks).

    written: as it stands in the expression, from ``place`` on; empty at the end.
    """

    kind: Literal["number", "text", "truth", "name", "sign", "end"]
    text: str
    place: int
    written: str


# Each form stands for one character, so that places stay what they are.
_FORMS = {wide: chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF01, 0xFF5F))}
_FORMS |= {"\u3000": " ", "−": "-", "×": "*", "÷": "/"}
_FOLDED = str.maketrans(_FORMS)
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}
_QUOTES = {'"': '"', "“": "”", "＂": "＂"}
CONNECTIVES = {"且": "and", "或": "or", "非": "not", "属于": "in"}
_WORDS = {"and": "and", "or": "or", "not": "not", "in": "in", **CONNECTIVES}

_TOKEN = re.compile(
    r"(?P<blank>\s+)|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
    r"|(?P<sign><=|>=|!=|[-+*/=<>(){},@≤≥≠])"
)
_RUN = re.compile(r"[A-Za-z0-9_.]+")


_PROGRAMMED = re.compile(
    r"(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:D(?:\.D?)?|\.D)(?:[eE][+-]?D)?)(?![\w.])".replace(
        "D", "(?:[0-9](?:_?[0-9])*)"
    )
)


def tokens(text: str, *, as_stored: bool = False) -> list[Token]:
    """The words of a text and the end after them. Raises ExpressionError for what is none.

    as_stored: also numbers as programs write them, see ``_number``.
    """
    folded = text.translate(_FOLDED)
    found: list[Token] = []
    place = 0
    while place < len(text):
        if text[place] in _QUOTES:
            token = _quoted(text, place)
        elif match := _TOKEN.match(folded, place):
            if match.lastgroup == "blank":
                place = match.end()
                continue
            token = _word(match, text, as_stored)
        else:
            raise _strange(text, place)
        found.append(token)
        place += len(token.written)
    return [*found, Token("end", "", len(text.rstrip()), "")]


def _word(match: re.Match[str], text: str, as_stored: bool) -> Token:
    place, written = match.start(), text[match.start() : match.end()]
    match match.lastgroup:
        case "number":
            return _number(match, text, as_stored)
        case "sign":
            return Token("sign", _SIGNS.get(match[0], match[0]), place, written)
    name = unicodedata.normalize("NFKC", match[0])
    if name in _WORDS:
        return Token("sign", _WORDS[name], place, written)
    if name in ("true", "false"):
        return Token("truth", name, place, written)
    if not all(part.isidentifier() for part in name.split(".")):
        raise _strange(text, place)
    return Token("name", name, place, written)


def _quoted(text: str, place: int) -> Token:
    """A text in quotation marks; written twice, the one that ends it stands for itself."""
    closing = _QUOTES[text[place]]
    end = text.find(closing, place + 1)
    while end >= 0 and text[end + 1 : end + 2] == closing:
        end = text.find(closing, end + 2)
    if end < 0:
        raise ExpressionError(say("文字没有写完：后面缺引号 %(mark)s。", mark=closing), text, place)
    return Token("text", text[place + 1 : end].replace(closing * 2, closing), place, text[place : end + 1])


def _number(match: re.Match[str], text: str, as_stored: bool) -> Token:
    """A plain decimal; what programs write otherwise (1e3, 0x10, 1_000, 007) may mean something else to a reader.

    as_stored: formulas stored before were read by Python: what is no plain decimal of theirs still is what Python made of it.
    """
    number, place = match[0], match.start()
    programmed = _PROGRAMMED.match(match.string, place) if as_stored else None
    if programmed and not _is_plain(programmed[0]) and (value := _programmed(programmed[0])) is not None:
        return Token("number", str(value), place, text[place : programmed.end()])
    run = _RUN.match(match.string, place)
    assert run is not None  # a number is one
    if run[0] != number or re.match("0[0-9]", number):
        written = text[place : run.end()]
        wrong = say("“%(found)s”不是这里的数：数写作 12 或 12.5，开头不加 0；编号请放在引号里。", found=written)
        raise ExpressionError(wrong, text, place)
    if (digits := _digits(number)) > MAX_DIGITS:
        wrong = say("这个数有 %(digits)s 位；最多 %(most)s 位。", digits=digits, most=MAX_DIGITS)
        raise ExpressionError(wrong, text, place)
    return Token("number", number, place, text[place : match.end()])


def _digits(number: str) -> int:
    return sum(char != "." for char in number)


def _is_plain(number: str) -> bool:
    return bool(re.fullmatch(r"(?!0[0-9])[0-9.]+", number)) and _digits(number) <= MAX_DIGITS


def _programmed(number: str) -> Decimal | None:
    """What Python makes of a number; None where it is none to it (007), or greater than numbers go."""
    try:
        return Decimal(int(number, 0))
    except ValueError:
        if number.isdigit():
            return None
    value = float(number)
    return Decimal(str(value)) if math.isfinite(value) else None


def _strange(text: str, place: int) -> ExpressionError:
    char = text[place]
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    return ExpressionError(say('“%(char)s”不能用在算式里；文字请放在引号里，如 "大型"。', char=shown), text, place)
