"""Expressions read from text by precedence, their types found on the way. Nothing of a text is ever run."""

import difflib
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from xingke.base.expressions.errors import ExpressionError
from xingke.base.expressions.functions import DAY, FUNCTIONS, MAX_PLACES, Function
from xingke.base.expressions.tokens import CONNECTIVES, Token, tokens
from xingke.base.expressions.tree import (
    COMPARED,
    LEVELS,
    PREFIXES,
    Call,
    Constant,
    Name,
    Names,
    Node,
    NumberLiteral,
    Operation,
    Prefix,
    TextSet,
    Type,
)
from xingke.base.sayings import Saying, say

_NUMBER, _TRUTH, _TEXT, _DAY, _TEXTS = Type.NUMBER, Type.TRUTH, Type.TEXT, Type.DAY, Type.TEXTS
_GIVES: dict[tuple[str, Type, Type], Type] = {
    **{(sign, _NUMBER, _NUMBER): _NUMBER for sign in "+-*/"},
    ("+", _DAY, _NUMBER): _DAY,
    ("-", _DAY, _NUMBER): _DAY,
    ("-", _DAY, _DAY): _NUMBER,
    **{(sign, each, each): _TRUTH for sign, each in product(("=", "!="), (_NUMBER, _TRUTH, _TEXT, _DAY))},
    **{(sign, each, each): _TRUTH for sign, each in product(("<", "<=", ">", ">="), (_NUMBER, _DAY))},
    **{(sign, _TRUTH, _TRUTH): _TRUTH for sign in ("and", "or")},
    ("in", _TEXT, _TEXTS): _TRUTH,
}


_ARITHMETIC = frozenset("+-*/()@")


@dataclass(frozen=True)
class Grammar:
    """What a text may hold, and how much of it; is_whole: more than numbers, names, brackets and + − × ÷. as_stored: numbers
    as programs write them, too."""

    is_whole: bool
    max_length: int
    max_parts: int
    max_depth: int
    shifts: tuple[str, ...] = ()
    as_stored: bool = False


def parse(
    text: str,
    names: Names,
    *,
    wanted: Type | None = None,
    shifts: Collection[str] = (),
    max_length: int = 2000,
) -> Node:
    """Read an expression over names of known types. Raises ExpressionError, types that do not fit included.

    wanted: the type it must give; any where it is None. shifts: what may stand behind an @ after a name.
    """
    grammar = Grammar(True, max_length, max_parts=400, max_depth=100, shifts=tuple(shifts))
    return _Parser(text, names, grammar).whole(wanted)


def arithmetic(text: str, *, shifts: Collection[str] = (), is_new: bool = False) -> Node:
    """Read + − × ÷, brackets, numbers and names, all of which are numbers. Raises ExpressionError for anything else.

    shifts: what may stand behind an @ after a name. is_new: it was not stored yet, so numbers are plain decimals; those
    stored before ``1e4``, ``1_000`` and ``0x10`` were refused are read as they were.
    """
    grammar = Grammar(False, max_length=300, max_parts=80, max_depth=150, shifts=tuple(shifts), as_stored=not is_new)
    return _Parser(text, None, grammar).whole(None)


def place_of(name: Name, text: str) -> int:
    """At which character, from 0, a name with its shift first stands in a text that can be read."""
    found = tokens(text, as_stored=True)
    pairs = zip(found, [*found[1:], None], [*found[2:], None, None], strict=True)
    return next(
        word.place
        for word, sign, shift in pairs
        if (word.kind, word.text) == ("name", name.code)
        and name.shift == (shift.text if sign and shift and (sign.kind, sign.text) == ("sign", "@") else "")
    )


@dataclass(frozen=True)
class _Part:
    """What was read of an expression, its type, where it begins, and how many levels deep it is."""

    node: Node
    type: Type
    place: int
    depth: int = 1


class _Parser:
    def __init__(self, text: str, names: Names | None, grammar: Grammar) -> None:
        self._text, self._names, self._grammar = text, names, grammar
        if len(text) > grammar.max_length:
            said = say("算式有 %(length)s 个字符；最多 %(most)s 个。", length=len(text), most=grammar.max_length)
            raise self._wrong(said, grammar.max_length)
        self._tokens = tokens(text, as_stored=grammar.as_stored)
        self._next = self._parts = self._depth = 0
        if not grammar.is_whole:
            self._refuse_more_than_arithmetic()

    def whole(self, wanted: Type | None) -> Node:
        """The one expression the text is."""
        part = self._expression(0)
        if self._token.kind != "end":
            raise self._unexpected(say("运算符或算式的结尾"))
        if wanted is not None and part.type is not wanted:
            said = say("这里要的是%(wanted)s，算式给出的是%(found)s。", wanted=wanted.word, found=part.type.word)
            raise self._wrong(said, part.place)
        return part.node

    # ── by precedence ───────────────────────────────────────────────────────────────────────────────────────────────

    def _expression(self, least: int) -> _Part:
        """What signs that bind at least so tightly hold together."""
        self._depth += 1
        self._refuse_too_deep(self._depth, self._token.place)
        left = self._operand(least)
        while (level := self._level) > 0 and level >= least:
            sign = self._take()
            left = self._operation(sign, left, self._expression(level + 1))
            if level == self._level == COMPARED:
                said = say("比较不能连写；请分成两个比较，中间写“且”，如 1 < a 且 a < 5。")
                raise self._wrong(said, self._token.place)
        self._depth -= 1
        return left

    def _operand(self, least: int) -> _Part:
        """What stands between signs that bind at least so tightly."""
        token = self._token
        match token.kind, token.text:
            case "number", text:
                return self._atom(NumberLiteral(Decimal(text)), Type.NUMBER)
            case "text", text:
                return self._atom(Constant(text), Type.TEXT)
            case "truth", text:
                return self._atom(Constant(text == "true"), Type.TRUTH)
            case "name", _text:
                return self._name()
            case "sign", "not" if least > PREFIXES["not"]:
                said = say("“%(sign)s”在这里要放进括号：（%(sign)s …）。", sign=token.written)
                raise self._wrong(said, token.place)
            case "sign", ("-" | "not") as sign:
                return self._prefix(sign)
            case "sign", "(":
                self._take()
                inner = self._expression(0)
                self._expect(")", say("运算符或“)”"))
                return inner
            case "sign", "{":
                return self._texts()
        raise self._unexpected(say("数、文字、名称、函数或“(”") if self._grammar.is_whole else say("数、名称或“(”"))

    def _operation(self, sign: Token, left: _Part, right: _Part) -> _Part:
        gives = _GIVES.get((sign.text, left.type, right.type))
        if gives is None:
            raise self._wrong(_misfit(sign, left.type, right.type), sign.place)
        return self._built(Operation(sign.text, left.node, right.node), gives, left.place, (left, right))

    def _prefix(self, sign: str) -> _Part:
        token = self._take()
        inner = self._expression(PREFIXES[sign])
        wanted = Type.NUMBER if sign == "-" else Type.TRUTH
        if inner.type is not wanted:
            said = say("“%(sign)s”后面应当是%(wanted)s，不是%(found)s。")
            filled = said.filled(sign=token.written, wanted=wanted.word, found=inner.type.word)
            raise self._wrong(filled, inner.place)
        return self._built(Prefix(sign, inner.node), wanted, token.place, (inner,))

    def _texts(self) -> _Part:
        """A set: texts in braces, at least one."""
        opening = self._take()
        found: list[str] = []
        while not found or self._token.text == ",":
            if found:
                self._take()
            if self._token.kind != "text":
                raise self._unexpected(say("引号里的文字"))
            found.append(self._take().text)
        self._expect("}", say("“,”或“}”"))
        return self._built(TextSet(tuple(dict.fromkeys(found))), Type.TEXTS, opening.place)

    # ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self) -> _Part:
        token = self._take()
        if self._is_sign("(") and self._grammar.is_whole:
            return self._day(token) if token.text == DAY else self._call(token)
        known = {token.text: Type.NUMBER} if self._names is None else self._names
        if token.text not in known:
            raise self._wrong(_unknown(token.text, known), token.place)
        name = Name(token.text, self._shift())
        return self._built(name, known[token.text], token.place)

    def _shift(self) -> str:
        """What stands behind an @ after a name; nothing where there is none."""
        if not self._is_sign("@") or not self._grammar.shifts:
            return ""
        self._take()
        if self._token.kind != "name" or self._token.text not in self._grammar.shifts:
            raise self._unexpected(say("%(shifts)s 之一", shifts=self._grammar.shifts))
        return self._take().text

    # ── functions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _call(self, token: Token) -> _Part:
        function = FUNCTIONS.get(token.text)
        if function is None:
            said = say("没有函数 %(found)s；有 %(known)s。", found=token.text, known=(*FUNCTIONS, DAY))
            raise self._wrong(said, token.place)
        arguments = self._arguments()
        if token.text == "round" and len(arguments) == len(function.takes):
            self._check_places(arguments[1])
        gives = self._typed(token, function, arguments)
        node = Call(token.text, tuple(each.node for each in arguments))
        return self._built(node, gives, token.place, arguments)

    def _arguments(self) -> list[_Part]:
        self._take()
        found: list[_Part] = []
        if not self._is_sign(")"):
            found.append(self._expression(0))
        while found and self._is_sign(","):
            self._take()
            found.append(self._expression(0))
        self._expect(")", say("运算符、“,”或“)”"))
        return found

    def _typed(self, token: Token, function: Function, arguments: Sequence[_Part]) -> Type:
        """The type a call gives."""
        least = len(function.takes)
        if len(arguments) < least or (len(arguments) > least and not function.has_more):
            said = say("%(function)s 的括号里应当有 %(least)s 项，这里有 %(found)s 项。")
            if function.has_more:
                said = say("%(function)s 的括号里至少应当有 %(least)s 项，这里有 %(found)s 项。")
            filled = said.filled(function=token.text, least=least, found=len(arguments))
            raise self._wrong(filled, token.place)
        for number, each in enumerate(arguments, 1):
            wanted = function.takes[min(number, least) - 1]
            if each.type not in wanted:
                raise self._wrong(_unfit(token.text, number, wanted, each.type), each.place)
        alike = arguments[function.alike :]
        for each in alike if function.gives is None else ():
            if each.type is not alike[0].type:
                said = say("%(function)s 的各项应当同是%(wanted)s，这一项是%(found)s。")
                filled = said.filled(function=token.text, wanted=alike[0].type.word, found=each.type.word)
                raise self._wrong(filled, each.place)
        return function.gives or alike[0].type

    def _check_places(self, part: _Part) -> None:
        match part.node:
            case NumberLiteral(value) if value <= MAX_PLACES and value == value.to_integral_value():
                return
        raise self._wrong(say("round 的第 2 项是保留几位小数，写 0 到 %(most)s 的整数。", most=MAX_PLACES), part.place)

    def _day(self, token: Token) -> _Part:
        """``day("2025-06-30")``: the day it says."""
        self._take()
        text = self._token
        try:
            day = date.fromisoformat(text.text) if text.kind == "text" and len(text.text) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise self._wrong(say('day 的括号里写一个日期，如 day("2025-06-30")。'), text.place)
        self._take()
        self._expect(")", say("“)”"))
        return self._built(Constant(day), Type.DAY, token.place)

    # ── one token after the other ───────────────────────────────────────────────────────────────────────────────────

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    @property
    def _level(self) -> int:
        """How tightly the next token binds what stands on both sides of it; 0 where it does not."""
        return LEVELS.get(self._token.text, 0) if self._token.kind == "sign" else 0

    def _is_sign(self, sign: str) -> bool:
        return self._token.kind == "sign" and self._token.text == sign

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _expect(self, sign: str, wanted: Saying) -> None:
        if not self._is_sign(sign):
            raise self._unexpected(wanted)
        self._take()

    def _atom(self, node: Node, type_: Type) -> _Part:
        return self._built(node, type_, self._take().place)

    def _built(self, node: Node, type_: Type, place: int, of: Sequence[_Part] = ()) -> _Part:
        """A node that was read, within the bounds."""
        self._parts += 1
        if self._parts > self._grammar.max_parts:
            raise self._wrong(say("算式太长：最多由 %(most)s 个部分组成。", most=self._grammar.max_parts), place)
        depth = 1 + max((each.depth for each in of), default=0)
        self._refuse_too_deep(depth, place)
        return _Part(node, type_, place, depth)

    # ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────

    def _wrong(self, saying: Saying, place: int) -> ExpressionError:
        return ExpressionError(saying, self._text, place)

    def _refuse_too_deep(self, depth: int, place: int) -> None:
        if depth > self._grammar.max_depth:
            raise self._wrong(say("算式一层套一层，超过了 %(most)s 层。", most=self._grammar.max_depth), place)

    def _refuse_more_than_arithmetic(self) -> None:
        for token, after in zip(self._tokens, self._tokens[1:], strict=False):
            is_allowed = token.kind == "number" or (token.kind == "sign" and token.text in _ARITHMETIC)
            if token.kind == "name":
                is_allowed = "." not in token.text and token.text not in ("True", "False", "None")
                is_allowed &= not (after.kind == "sign" and after.text == "(")
            if not is_allowed:
                said = say("“%(found)s”不能用在这里；这里的算式只用 + - * / ( )、数和名称。", found=token.written)
                raise self._wrong(said, token.place)

    def _unexpected(self, wanted: Saying) -> ExpressionError:
        """That the next token cannot stand where it does, and what can."""
        token = self._token
        if token.kind == "end":
            return self._wrong(say("算式没有写完，后面应当是%(wanted)s。", wanted=wanted), token.place)
        if token.kind == "name" and (word := _connective(token.text)):
            return self._wrong(say("“%(word)s”前后要留空格。", word=word), token.place)
        said = say("“%(found)s”的位置应当是%(wanted)s。", found=token.written, wanted=wanted)
        return self._wrong(said, token.place)


def _misfit(sign: Token, left: Type, right: Type) -> Saying:
    """Why a sign cannot stand between two types."""
    match sign.text:
        case "+":
            said = say("%(left)s与%(right)s不能相加。")
        case "-":
            said = say("%(left)s与%(right)s不能相减。")
        case "*":
            said = say("%(left)s与%(right)s不能相乘。")
        case "/":
            said = say("%(left)s与%(right)s不能相除。")
        case "=" | "!=":
            said = say("%(left)s与%(right)s不能比较是否相同。")
        case "<" | "<=" | ">" | ">=":
            said = say("%(left)s与%(right)s不能比较大小。")
        case "in":
            said = say("“%(sign)s”前面应当是文字、后面是一组文字，这里是%(left)s和%(right)s。")
        case _:
            said = say("“%(sign)s”两边应当都是判断，这里是%(left)s和%(right)s。")
    return said.filled(sign=sign.written, left=left.word, right=right.word)


def _unfit(function: str, number: int, wanted: Set[Type], found: Type) -> Saying:
    """Why an argument cannot stand where it does."""
    words = tuple(each.word for each in Type if each in wanted)
    said = say("%(function)s 的第 %(number)s 项应当是%(wanted)s，不是%(found)s。")
    return said.filled(function=function, number=number, wanted=words, found=found.word)


def _unknown(name: str, known: Collection[str]) -> Saying:
    """That a name is not known, and what may have been meant."""
    word = _connective(name)
    if word and any(part in known for part in name.split(word)):
        return say("没有“%(found)s”；如果是“%(word)s”连着两项，“%(word)s”前后要留空格。", found=name, word=word)
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return say("没有“%(found)s”；是不是“%(near)s”？", found=name, near=near[0])
    return say("没有“%(found)s”这一项；文字请放在引号里。", found=name)


def _connective(name: str) -> str:
    """The Chinese word for a sign that stands in a name without blanks around it; empty where there is none."""
    return next((word for word in CONNECTIVES if word in name), "")
