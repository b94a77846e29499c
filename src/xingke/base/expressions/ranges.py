"""Interval arithmetic: the least and the greatest value of arithmetic whose inputs lie in ranges."""

from collections.abc import Mapping
from decimal import Decimal

from xingke.base.expressions.functions import CONTEXT
from xingke.base.expressions.tree import Name, Node, NumberLiteral, Operation, Prefix

Range = tuple[Decimal, Decimal]


def reach(node: Node, inputs: Mapping[str, Range]) -> Range | None:
    """The least and the greatest value; None where it may divide by zero, and for all but + − × ÷.

    inputs: by name as ``Name.key`` writes it. Raises KeyError for a name without an entry.
    """
    match node:
        case NumberLiteral(value):
            return value, value
        case Name():
            return inputs[node.key]
        case Prefix("-", operand):
            inner = reach(operand, inputs)
            return inner and (CONTEXT.minus(inner[1]), CONTEXT.minus(inner[0]))
        case Operation(sign, one, other) if sign in ("+", "-", "*", "/"):
            left, right = reach(one, inputs), reach(other, inputs)
            found = left and right and _joined(sign, left, right)
            return found if found and found[0].is_finite() and found[1].is_finite() else None
    return None


def _joined(sign: str, left: Range, right: Range) -> Range | None:
    match sign:
        case "+":
            return CONTEXT.add(left[0], right[0]), CONTEXT.add(left[1], right[1])
        case "-":
            return CONTEXT.subtract(left[0], right[1]), CONTEXT.subtract(left[1], right[0])
        case "*":
            found = [CONTEXT.multiply(one, other) for one in left for other in right]
            return min(found), max(found)
    if right[0] <= 0 <= right[1]:
        return None
    found = [CONTEXT.divide(one, other) for one in left for other in right]
    return min(found), max(found)
