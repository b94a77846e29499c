"""An expression written back: with the words of whoever reads it, and the brackets it needs. ``parse`` reads it again."""

from collections.abc import Callable
from datetime import date
from operator import attrgetter

from xingke.base.expressions.functions import DAY
from xingke.base.expressions.tree import (
    ATOM,
    LEVELS,
    PREFIXES,
    Call,
    Constant,
    Name,
    Node,
    NumberLiteral,
    Operation,
    Prefix,
    TextSet,
)
from xingke.base.sayings import Saying, say

_SIGNS: dict[str, str | Saying] = {"-": "−", "*": "×", "/": "÷", "!=": "≠", "<=": "≤", ">=": "≥"}
_SIGNS |= {"and": say("且"), "or": say("或"), "not": say("非"), "in": say("属于")}


def spell(node: Node, name: Callable[[Name], str] = attrgetter("key"), outer: int = 0) -> str:
    """An expression in words, each name as ``name`` says it; outer: how tightly what stands around it binds."""
    match node:
        case NumberLiteral(value):
            return f"{value.normalize():f}"
        case Name():
            return name(node)
        case Constant(value):
            return _constant(value)
        case TextSet(members):
            return f"{{{', '.join(map(_quoted, members))}}}"
        case Call(function, arguments):
            return f"{function}({', '.join(spell(each, name) for each in arguments)})"
    level, words = _signed(node, name)
    return str(say("（%(words)s）", words=words)) if level < outer else words


def _signed(node: Prefix | Operation, name: Callable[[Name], str]) -> tuple[int, str]:
    """How tightly it binds, and the words without brackets around them."""
    sign = str(_SIGNS.get(node.sign, node.sign))
    if isinstance(node, Prefix):
        level = PREFIXES[node.sign]
        operand = spell(node.operand, name, _after(node.operand, level))
        return level, f"{sign} {operand}" if node.sign == "not" else f"{sign}{operand}"
    level = LEVELS[node.sign]
    left = level + _is_comparison(node.sign)  # comparisons do not follow one another
    right = _after(node.right, level + 1)  # a − (b + c), a ÷ (b × c)
    return level, f"{spell(node.left, name, left)} {sign} {spell(node.right, name, right)}"


def _is_comparison(sign: str) -> bool:
    return LEVELS[sign] == LEVELS["="]


def _after(node: Node, level: int) -> int:
    """A minus right behind another sign is put in brackets: a − （−b）."""
    return ATOM if isinstance(node, Prefix) and node.sign == "-" else level


def _constant(value: bool | str | date) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
    return f'{DAY}("{value.isoformat()}")'


def _quoted(text: str) -> str:
    """In the quotation marks that are not in it; where both are, the one that would end it is written twice."""
    if '"' in text and "”" not in text:
        return f"“{text}”"
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
