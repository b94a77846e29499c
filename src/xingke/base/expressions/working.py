"""Expressions worked out: exact in 28 digits, and unknown (None) where what they need is not known."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from xingke.base.expressions.functions import CONTEXT, FUNCTIONS
from xingke.base.expressions.tree import (
    Call,
    Constant,
    Name,
    Node,
    NumberLiteral,
    Operation,
    Prefix,
    TextSet,
    Value,
    parts,
)

Values = Mapping[str, Value | None]
_DAYS = 4_000_000  # more than from the first day to the last one that is a day


def evaluate(node: Node, values: Values) -> Value | None:
    """The value of an expression, numbers unrounded (28 digits); None where it is unknown.

    values: by name as ``Name.key`` writes it, of the types it was parsed with; None for what is not known. Unknown is
    also what divides by zero, is greater than numbers go, or is no day. Raises KeyError for a name without an entry.
    """
    match node:
        case NumberLiteral(value) | Constant(value):
            return value
        case TextSet(members):
            return frozenset(members)
        case Name():
            return values[node.key]
        case Prefix(sign, operand):
            return _prefixed(sign, evaluate(operand, values))
        case Operation(sign, left, right):
            return _operated(sign, evaluate(left, values), evaluate(right, values))
        case Call(name, arguments):
            function, given = FUNCTIONS[name], [evaluate(each, values) for each in arguments]
            if function.is_strict and None in given:
                return None
            return _possible(function.work(*given))


def evaluate_number(node: Node, values: Mapping[str, Decimal]) -> Decimal | None:
    """The value of an expression that gives a number, as arithmetic does; None and KeyError as ``evaluate``."""
    found = evaluate(node, values)
    assert found is None or isinstance(found, Decimal)  # by its type
    return found


def why_unknown(node: Node, values: Values) -> tuple[str, ...]:
    """The names that must be known before an expression can be, each once, in the order they are read.

    Empty where it is known, and where no name is to blame: it divides by zero. Of ``if`` the condition is named first,
    its branches once that is known. Raises KeyError for a name without an entry.
    """
    if evaluate(node, values) is not None:
        return ()
    match node:
        case Name():
            return (node.key,)
        case Call("if", (condition, one, other)):
            match evaluate(condition, values):
                case None:
                    return why_unknown(condition, values)
                case decided:
                    return why_unknown(one if decided else other, values)
    return tuple(dict.fromkeys(name for each in parts(node) for name in why_unknown(each, values)))


def _possible(value: Value | None) -> Value | None:
    """A value, or unknown where it is greater than numbers go."""
    return None if isinstance(value, Decimal) and not value.is_finite() else value


def _prefixed(sign: str, value: Any) -> Value | None:
    if value is None:
        return None
    return CONTEXT.minus(value) if sign == "-" else not value


def _operated(sign: str, left: Any, right: Any) -> Value | None:
    match sign:
        case "and":
            return False if left is False or right is False else None if None in (left, right) else True
        case "or":
            return True if left is True or right is True else None if None in (left, right) else False
    if left is None or right is None:
        return None
    return _possible(_OPERATIONS[sign](left, right))


def _plus(left: Any, right: Decimal) -> Value | None:
    return _moved(left, right) if isinstance(left, date) else CONTEXT.add(left, right)


def _minus(left: Any, right: Any) -> Value | None:
    if isinstance(right, date):
        return Decimal((left - right).days)
    return _moved(left, CONTEXT.minus(right)) if isinstance(left, date) else CONTEXT.subtract(left, right)


def _moved(day: date, days: Decimal) -> date | None:
    """A day so many days later; unknown where that is no whole number of days, or before or after all calendars."""
    if abs(days) > _DAYS or days != days.to_integral_value():
        return None
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return None


def _divided(left: Decimal, right: Decimal) -> Decimal | None:
    return CONTEXT.divide(left, right) if right else None


_OPERATIONS: dict[str, Callable[[Any, Any], Value | None]] = {
    "+": _plus,
    "-": _minus,
    "*": CONTEXT.multiply,
    "/": _divided,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
}
