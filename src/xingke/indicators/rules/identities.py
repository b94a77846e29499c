"""Identities: what indicators owe to each other, as definitions of a pack, and the rule that judges them. No database.

An identity that does not hold is a finding about the figures, not an error: reports may disagree with themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import ConfigDict

from xingke.base import expressions
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.sayings import say
from xingke.indicators.rules import Indicator, counts_more

CHILDREN = "children"
SHIFTS = ("year_before", CHILDREN)  # the like period a year before; the sum over the regions right below


@dataclass(frozen=True, kw_only=True)
class IdentityExample:
    """A worked example: a value for each term as it is written, and whether the identity holds."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    story: str
    values: Mapping[str, str]
    holds: bool = True


@dataclass(frozen=True, kw_only=True)
class IndicatorIdentity:
    """Two formulas that must give the same, or the left at most the right.

    tolerance: what they may differ by, in the unit of the left; rounded reported figures are allowed their rounding
    beside. among: ``reported`` judges reported figures only, where records know more than reports say.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    code: str
    label: Label
    left: str
    right: str
    source: str
    relation: Literal["=", "<="] = "="
    tolerance: Decimal = Decimal(0)
    among: Literal["any", "reported"] = "any"
    version: int = 1
    examples: tuple[IdentityExample, ...] = ()

    @property
    def key(self) -> str:
        return self.code

    @cached_property
    def sides(self) -> tuple[expressions.Node, expressions.Node]:
        """Both formulas, parsed."""
        return expressions.arithmetic(self.left, shifts=SHIFTS), expressions.arithmetic(self.right, shifts=SHIFTS)

    @cached_property
    def terms(self) -> tuple[expressions.Name, ...]:
        """Every term of both, each once, in the order they are read."""
        return tuple(dict.fromkeys(term for side in self.sides for term in expressions.terms(side)))

    def has_part(self, part: str, whole: str) -> bool:
        """Whether it says that one indicator, alone or with others, is at most another."""
        left, right = self.sides
        return self.relation == "<=" and right == expressions.Name(whole) and expressions.Name(part) in _addends(left)


@dataclass(frozen=True)
class Amount:
    """A term's value; slack: by how much the true one may be off, as the figure was rounded when it was written."""

    value: Decimal
    slack: Decimal = Decimal(0)

    @property
    def range(self) -> expressions.Range:
        return self.value - self.slack, self.value + self.slack


@dataclass(frozen=True)
class IdentityVerdict:
    """What both sides give, and whether the identity holds."""

    left: Decimal
    right: Decimal
    holds: bool

    @property
    def difference(self) -> Decimal:
        return self.left - self.right


def judge(identity: IndicatorIdentity, amounts: Mapping[str, Amount]) -> IdentityVerdict | None:
    """Hold the sides of an identity against each other; None where a side divides by zero.

    amounts: by term as written. Rounding is carried through: sides agree where the values they may have overlap.
    """
    values = {key: amount.value for key, amount in amounts.items()}
    ranges = {key: amount.range for key, amount in amounts.items()}
    left, right = (expressions.evaluate_number(side, values) for side in identity.sides)
    low, high = (expressions.reach(side, ranges) for side in identity.sides)
    if left is None or right is None or low is None or high is None:
        return None
    holds = low[0] <= high[1] + identity.tolerance
    if identity.relation == "=":
        holds = holds and high[0] <= low[1] + identity.tolerance
    return IdentityVerdict(left, right, holds)


def is_part(part: Indicator, whole: Indicator, known: Iterable[IndicatorIdentity]) -> bool:
    """Whether one indicator is part of another: by what both count, or because an identity says so."""
    return counts_more(whole, part) or any(each.has_part(part.code, whole.code) for each in known)


def _addends(node: expressions.Node) -> tuple[expressions.Node, ...]:
    """What a plain sum adds up; the node itself where it is none."""
    if isinstance(node, expressions.Operation) and node.sign == "+":
        return _addends(node.left) + _addends(node.right)
    return (node,)


# ── checks of definitions ───────────────────────────────────────────────────────────────────────────────────────────


def sides_can_be_read(catalogue: Catalogue) -> Iterator[Issue]:
    """Both sides parse and name indicators that exist."""
    known = {each.code for each in catalogue.values("indicator")}
    for entry in catalogue.of("identity"):
        for side in (entry.value.left, entry.value.right):
            try:
                needed = expressions.names(expressions.arithmetic(side, shifts=SHIFTS, is_new=entry.is_new))
            except expressions.ExpressionError as error:
                said = f"{side!r} is no formula, at character {error.place + 1}: {error}"
                yield Issue(entry.file, entry.place, said)
                continue
            for code in needed:
                if code not in known:
                    yield Issue(entry.file, entry.place, f"{side!r} names unknown indicator {code!r}")


def distinct_ones_are_not_added_up(catalogue: Catalogue) -> Iterator[Issue]:
    """A firm with records in two counties counts in both, and once in the city: sums over the regions below say nothing."""
    known = {each.code: each for each in catalogue.values("indicator")}
    for entry in catalogue.of("identity"):
        for side in (entry.value.left, entry.value.right):
            for term in _terms_of(side):
                if term.shift != CHILDREN or not (whom := _distinct_in(term.code, known)):
                    continue
                place = expressions.place_of(term, side) + 1
                said = f"{side!r} adds up {term.code} over the regions below, at character {place}"
                why = f"{whom} counts whom and not how often (`distinct`), and whoever is in two of them would count twice"
                yield Issue(entry.file, entry.place, f"{said}: {why}; name it without @{CHILDREN}")


def _terms_of(side: str) -> tuple[expressions.Name, ...]:
    """The terms of a side; none where it cannot be read, which is said elsewhere."""
    try:
        return expressions.terms(expressions.arithmetic(side, shifts=SHIFTS))
    except expressions.ExpressionError:
        return ()


def _distinct_in(code: str, known: Mapping[str, Indicator]) -> str:
    """The indicator that counts whom: the named one, or one that its formula names; empty for none."""
    try:
        asked = (
            [code, *expressions.names(expressions.arithmetic(known[code].formula))] if known[code].formula else [code]
        )
    except (KeyError, expressions.ExpressionError):
        asked = [code]
    return next((each for each in asked if each in known and known[each].distinct), "")


def examples_come_out(catalogue: Catalogue) -> Iterator[Issue]:
    """Every worked example is judged as it says."""
    for entry in catalogue.of("identity"):
        for number, example in enumerate(entry.value.examples, 1):
            try:
                amounts = {key: Amount(Decimal(value)) for key, value in example.values.items()}
                verdict = judge(entry.value, amounts)
            except (KeyError, ArithmeticError, expressions.ExpressionError) as error:
                yield Issue(entry.file, entry.place, f"example {number} cannot be judged: {error}")
                continue
            if verdict is None or verdict.holds != example.holds:
                found = "cannot be judged" if verdict is None else f"differs by {verdict.difference}"
                yield Issue(entry.file, entry.place, f"example {number} {found} ({example.story})")


IDENTITIES: DefinitionKind[IndicatorIdentity] = DefinitionKind(
    "identity",
    "identities.toml",
    IndicatorIdentity,
    (sides_can_be_read, distinct_ones_are_not_added_up, examples_come_out),
    say("核对关系"),
)
