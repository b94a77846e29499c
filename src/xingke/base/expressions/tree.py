"""What an expression is once it is read: a bounded tree of nodes that knows nothing of the text it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from xingke.base.labels import Label


class Type(Enum):
    """What a value is; nothing is ever turned into another type by itself."""

    NUMBER = Label("数", "a number")
    TRUTH = Label("判断", "a condition")
    TEXT = Label("文字", "a text")
    DAY = Label("日期", "a day")
    TEXTS = Label("一组文字", "a set of texts")

    @property
    def word(self) -> Label:
        return self.value


Value = Decimal | bool | str | date | frozenset[str]
Names = Mapping[str, Type]


@dataclass(frozen=True)
class NumberLiteral:
    value: Decimal


@dataclass(frozen=True)
class Constant:
    """A text, a truth or a day that stands in the expression itself."""

    value: bool | str | date


@dataclass(frozen=True)
class TextSet:
    """A set of texts, in the order they were written."""

    members: tuple[str, ...]


@dataclass(frozen=True)
class Name:
    code: str
    shift: str = ""

    @property
    def key(self) -> str:
        """Under which its value is given: ``code``, or ``code@shift``."""
        return f"{self.code}@{self.shift}" if self.shift else self.code


@dataclass(frozen=True)
class Prefix:
    sign: str  # - or not
    operand: "Node"


@dataclass(frozen=True)
class Operation:
    sign: str  # one of LEVELS
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]


Node = NumberLiteral | Constant | TextSet | Name | Prefix | Operation | Call

# How tightly a sign binds.
COMPARED, ATOM = 4, 8
LEVELS = {"or": 1, "and": 2, **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in"), COMPARED)}
LEVELS |= {"+": 5, "-": 5, "*": 6, "/": 6}
PREFIXES = {"not": 3, "-": 7}


def parts(node: Node) -> tuple[Node, ...]:
    """What a node is put together from, in the order it is read."""
    match node:
        case Prefix(_sign, operand):
            return (operand,)
        case Operation(_sign, left, right):
            return left, right
        case Call(_function, arguments):
            return arguments
    return ()


def terms(node: Node) -> tuple[Name, ...]:
    """The names of an expression with their shifts, each once, in the order they are read."""
    return tuple(dict.fromkeys(_terms(node)))


def _terms(node: Node) -> Iterator[Name]:
    left = [node]
    while left:
        each = left.pop()
        if isinstance(each, Name):
            yield each
        left += reversed(parts(each))


def names(node: Node) -> tuple[str, ...]:
    """The names an expression needs without their shifts, each once, in the order they are read."""
    return tuple(dict.fromkeys(name.code for name in terms(node)))
