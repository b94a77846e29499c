"""The one expression language of the house: typed, bounded, three-valued, and pointing at the character that is wrong.

A text is read once, with the types of its names (``parse``), or as arithmetic over numbers only (``arithmetic``); the
tree is worked out as often as values come (``evaluate``). A value that is not known makes unknown what depends on it.

    whole     = either                                    (and nothing after it)
    either    = both { ( "or" | "或" ) both }
    both      = negated { ( "and" | "且" ) negated }
    negated   = ( "not" | "非" ) negated | compared
    compared  = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "属于" ) sum ]
    sum       = product { ( "+" | "-" ) product }
    product   = signed { ( "*" | "/" ) signed }
    signed    = "-" signed | operand
    operand   = number | text | "true" | "false" | "{" text { "," text } "}" | "(" either ")"
              | name [ "@" shift ] | function "(" [ either { "," either } ] ")"
    text      = in quotation marks; the one that ends it, written twice, stands for itself: "a ""b"" c"
    name      = word { "." word }                         (a word: letters of any script, digits, _)
"""

from xingke.base.expressions.errors import ExpressionError
from xingke.base.expressions.functions import FUNCTIONS
from xingke.base.expressions.parser import arithmetic, parse, place_of
from xingke.base.expressions.ranges import Range, reach
from xingke.base.expressions.spelling import spell
from xingke.base.expressions.tree import (
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
    Value,
    names,
    terms,
)
from xingke.base.expressions.working import evaluate, evaluate_number, why_unknown

__all__ = [
    "FUNCTIONS",
    "Call",
    "Constant",
    "ExpressionError",
    "Name",
    "Names",
    "Node",
    "NumberLiteral",
    "Operation",
    "Prefix",
    "Range",
    "TextSet",
    "Type",
    "Value",
    "arithmetic",
    "evaluate",
    "evaluate_number",
    "names",
    "parse",
    "place_of",
    "reach",
    "spell",
    "terms",
    "why_unknown",
]
