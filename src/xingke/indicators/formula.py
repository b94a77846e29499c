"""Formulas over indicators: parsed to a bounded tree of + − × ÷, never evaluated as code.

A name may carry a shift, ``code@year_before``, where the caller allows it.
"""

import ast
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

MAX_NODES = 40
MAX_LENGTH = 300


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Name:
    code: str
    shift: str = ""

    @property
    def key(self) -> str:
        return f"{self.code}@{self.shift}" if self.shift else self.code


@dataclass(frozen=True)
class Operation:
    sign: str  # one of + - * /
    left: "Node"
    right: "Node"


Node = Number | Name | Operation
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class FormulaError(ValueError):
    """A formula uses something outside + − × ÷, brackets, numbers and indicator codes."""


def parse(text: str, *, shifts: Collection[str] = ()) -> Node:
    """Read a formula; shifts: what may stand behind an @. Raises FormulaError saying what is not allowed in it."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"{text!r} is no formula: {error}") from error
    if sum(1 for _node in ast.walk(tree)) > MAX_NODES * 3:
        raise FormulaError(f"the formula has more than {MAX_NODES} parts")
    return _node(tree, shifts)


def _node(tree: ast.expr, shifts: Collection[str]) -> Node:
    match tree:
        case ast.Constant(value=bool()):
            raise FormulaError("True and False have no place in a formula")
        case ast.Constant(value=int() | float() as value) if math.isfinite(value):
            return Number(Decimal(str(value)))
        case ast.Name(id=code):
            return Name(code)
        case ast.BinOp(left=ast.Name(id=code), op=ast.MatMult(), right=ast.Name(id=shift)) if shift in shifts:
            return Name(code, shift)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _SIGNS:
            return Operation(_SIGNS[type(operator)], _node(left, shifts), _node(right, shifts))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("-", Number(Decimal(0)), _node(operand, shifts))
        case ast.BinOp(op=ast.MatMult()) if shifts:
            raise FormulaError(f"{ast.unparse(tree)!r}: after a code, in brackets, may stand @{', @'.join(shifts)}")
    raise FormulaError(f"{ast.unparse(tree)!r} is not allowed: only + - * / ( ), numbers and indicator codes are")


def names(node: Node) -> tuple[str, ...]:
    """The indicator codes a formula needs, each once, in the order they are read."""
    return tuple(dict.fromkeys(name.code for name in terms(node)))


def terms(node: Node) -> tuple[Name, ...]:
    """The names of a formula with their shifts, each once, in the order they are read."""
    match node:
        case Name():
            return (node,)
        case Operation(_sign, left, right):
            return tuple(dict.fromkeys(terms(left) + terms(right)))
    return ()


Range = tuple[Decimal, Decimal]


def reach(node: Node, inputs: Mapping[str, Range]) -> Range | None:
    """The least and the greatest value of a formula whose inputs lie in ranges; None where it may divide by zero."""
    match node:
        case Number(value):
            return value, value
        case Name():
            return inputs[node.key]
    left, right = reach(node.left, inputs), reach(node.right, inputs)
    if left is None or right is None:
        return None
    match node.sign:
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return left[0] - right[1], left[1] - right[0]
        case "*":
            products = [one * other for one in left for other in right]
            return min(products), max(products)
    if right[0] <= 0 <= right[1]:
        return None
    quotients = [one / other for one in left for other in right]
    return min(quotients), max(quotients)


def evaluate(node: Node, inputs: Mapping[str, Decimal]) -> Decimal | None:
    """The formula's value, unrounded (28 digits); None where it divides by zero. Raises KeyError for a missing input."""
    match node:
        case Number(value):
            return value
        case Name():
            return inputs[node.key]
    left, right = evaluate(node.left, inputs), evaluate(node.right, inputs)
    if left is None or right is None:
        return None
    match node.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else None
