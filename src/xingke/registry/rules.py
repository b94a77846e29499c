"""Regions, roles and vocabulary: the rules, without a database."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from xingke.accounts.permissions import PERMISSIONS
from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.keys import derived_key
from xingke.base.labels import Label
from xingke.base.quantities import KINDS, Unit
from xingke.base.refusals import YES, Answer, Refused, no
from xingke.base.sayings import say

STRICT = ConfigDict(extra="forbid")
LEVELS = ("nation", "province", "city", "county")
FICTIONAL_FROM = 990_000  # codes from here on are outside GB/T 2260 and belong to demonstration data


@dataclass(frozen=True, kw_only=True)
class VocabularyTerm:
    """One word of a code list: a title, a level, an event, a unit …"""

    __pydantic_config__ = STRICT

    list: str
    code: str
    label: Label
    version: int = 1
    valid_years: int | None = None  # titles: how long one lasts
    levels: tuple[str, ...] = ()  # titles: those it can be of; empty: any
    named: bool = False  # titles: one holder may have several, each with a name of its own
    kind: str | None = None  # units: money, count, percent, points, rank, rate
    factor: Decimal | None = None  # units: how many base units one is
    base: str = ""  # units: what the base unit is called
    order: int | None = None  # levels: 1 is the highest
    number_digit: str = ""  # patent forms: the digit of the number that says so
    chain: str = ""  # money layers: the chain the layer is a step of
    additive_across_layers: bool = False  # money layers: never true; the software says why when asked to add
    bound: str = ""  # approximations: lower, upper or about
    source: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.list}:{self.code}"

    def unit(self) -> Unit:
        """The term as a unit. Raises ValueError for a term of another list."""
        if self.list != "unit" or self.kind is None:
            raise ValueError(f"{self.key} is no unit")
        return Unit(code=self.code, kind=self.kind, factor=self.factor or Decimal(1))


@dataclass(frozen=True, kw_only=True)
class Role:
    """A named bundle of permissions. Roles are data; code only asks for permissions."""

    __pydantic_config__ = STRICT

    code: str
    label: Label
    purpose: Label
    permissions: tuple[str, ...]
    administrative: bool = False
    of_organisation: bool = False  # given for one organisation only, never for a whole region
    of_person: bool = (
        False  # given for one person only, who acts in their own name; never for a region or an organisation
    )
    works_below: bool = False  # what it may change, it changes in lower regions too; others only look on there
    excludes: tuple[str, ...] = ()
    version: int = 1

    @property
    def key(self) -> str:
        return self.code


@dataclass(frozen=True, kw_only=True)
class Alias:
    """A short name people say and write: 高企. Search, the figure picker and imports understand it.

    means: terms as ``list:code`` and indicators by code, the first the nearest; a term only where the word says exactly
    that. said: other wordings of the same, for finding. One that means two terms of a list is not read in that list.
    """

    __pydantic_config__ = STRICT

    word: str
    means: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    version: int = 1

    @property
    def key(self) -> str:
        return self.word


def aliases_mean_something(catalogue: Catalogue) -> Iterator[Issue]:
    """A short name has two characters at least and stands for terms, indicators or words that exist."""
    known = {each.key for each in catalogue.values("term")} | {each.code for each in catalogue.values("indicator")}
    for entry in catalogue.of("alias"):
        if len(entry.value.word) < 2:
            yield Issue(entry.file, entry.place, "is too short: one character stands in everything")
        if not entry.value.means and not entry.value.said:
            yield Issue(entry.file, entry.place, "means nothing and is said in no other words")
        for each in entry.value.means:
            if each not in known:
                yield Issue(entry.file, entry.place, f"means {each!r}, which is no term (list:code) and no indicator")


def units_are_known_kinds(catalogue: Catalogue) -> Iterator[Issue]:
    """Every unit says what kind of quantity it measures."""
    for entry in catalogue.of("term"):
        if entry.value.list == "unit" and entry.value.kind not in KINDS:
            yield Issue(entry.file, entry.place, f"kind is {entry.value.kind!r}; expected one of {', '.join(KINDS)}")


def exclusions_are_mutual_roles(catalogue: Catalogue) -> Iterator[Issue]:
    """A role excludes only roles that exist."""
    known = {role.code for role in catalogue.values("role")}
    for entry in catalogue.of("role"):
        for other in entry.value.excludes:
            if other not in known:
                yield Issue(entry.file, entry.place, f"excludes unknown role {other!r}")


def roles_are_given_for_one_thing(catalogue: Catalogue) -> Iterator[Issue]:
    """A role is one of an organisation or one of a person, never both; what a person does in their own name is no
    administration."""
    for entry in catalogue.of("role"):
        if entry.value.of_person and entry.value.of_organisation:
            yield Issue(entry.file, entry.place, "is given for an organisation and for a person: choose one")
        if entry.value.of_person and entry.value.administrative:
            yield Issue(
                entry.file, entry.place, "is of a person and administrative: administrators look after the whole"
            )


def permissions_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """A role holds only permissions that some room asks for."""
    known = {each.permission.value for each in PERMISSIONS}
    for entry in catalogue.of("role"):
        for permission in entry.value.permissions:
            if permission not in known:
                yield Issue(
                    entry.file,
                    entry.place,
                    f"holds {permission!r}, which nobody asks for; known: {', '.join(sorted(known))}",
                )


TERMS: DefinitionKind[VocabularyTerm] = DefinitionKind(
    "term", "vocabulary.toml", VocabularyTerm, (units_are_known_kinds,), say("代码")
)
ALIASES: DefinitionKind[Alias] = DefinitionKind("alias", "aliases.toml", Alias, (aliases_mean_something,), say("简称"))
ROLES: DefinitionKind[Role] = DefinitionKind(
    "role",
    "roles.toml",
    Role,
    (exclusions_are_mutual_roles, roles_are_given_for_one_thing, permissions_are_known),
    say("岗位角色"),
)


def may_hold(role: Role, held: Collection[Role]) -> Answer:
    """Whether an account that holds ``held`` may also be given ``role`` (三员分立: pairwise exclusive)."""
    for other in held:
        if other.code == role.code:
            continue
        if other.code in role.excludes or role.code in other.excludes:
            return no(say("“%(role)s”与已有的“%(other)s”不得由同一账号担任。", role=role.label, other=other.label))
        if role.administrative != other.administrative:
            return no(
                say(
                    "“%(role)s”与“%(other)s”一为管理岗位、一为业务岗位，不得由同一账号担任。",
                    role=role.label,
                    other=other.label,
                )
            )
    return YES


def may_be_given_in(role: Role, *, is_topmost: bool) -> Answer:
    """Whether a role can be given for a region: accounts, grants and the trail belong to no region (ADR 0013)."""
    if role.administrative and not is_topmost:
        return no(say("“%(role)s”管理整个系统的账号、授权或审计，只能在最上级区划授予。", role=role.label))
    return YES


def may_be_given_for(role: Role, *, organisation: bool, person: bool, section: bool) -> Answer:
    """Whether a role can be given for one organisation, for one person, in one section, or for a region as a whole."""
    if role.of_person and not person:
        return no(say("“%(role)s”以本人名义办事，只能授予一个人，请填写人员。", role=role.label))
    if role.of_organisation and not organisation:
        return no(say("“%(role)s”只能授予一个单位，请填写单位的统一社会信用代码。", role=role.label))
    if person and organisation:
        return no(say("一项授权要么给一个单位，要么给一个人，请只填一样。"))
    if person and not role.of_person:
        return no(say("“%(role)s”不是以本人名义办事的角色，不能授予个人，请不要填写人员。", role=role.label))
    if section and person:
        return no(say("科室是科技部门的，授予个人的角色不填科室。"))
    if section and organisation:
        return no(say("科室是科技部门的，授予一家单位的角色不填科室。"))
    return YES


def works_below(role: Role, permission: str, changing: Collection[str]) -> bool:
    """Whether with a permission a role is at home in lower regions, too: it works there, and may change what is meant.

    changing: the permissions that change something; what is meant stands before their point: ``record``, ``document``. Who
    only reads what others change there is a superior in every lower region.
    """
    meant = permission.partition(".")[0]
    changed_by = {each for each in changing if each.partition(".")[0] == meant}
    return role.works_below and (not changed_by or not changed_by.isdisjoint(role.permissions))


def path_range(code: int, level: str) -> tuple[int, int]:
    """The half-open range of six-digit codes a region of that level covers: 620700 city → (620700, 620800)."""
    if level == "nation":
        return (0, FICTIONAL_FROM)  # a fictional place never enters a real roll-up
    return (code, code + {"province": 10_000, "city": 100, "county": 1}[level])


@dataclass(frozen=True)
class Scope:
    """Where somebody may do one thing: ranges of region codes, single organisations, and for whom as a person.

    home: of the ranges, those where somebody is one of the bureau; elsewhere they are its superior, before whom lies only
    what was finished there. colleagues: accounts whose unfinished work lies before them wherever it is: their own
    bureau's, where that works below itself. persons: the entries of the register that are somebody themselves; they reach
    what names one of these, never what else lies where these are at home.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    organisations: frozenset[int] = field(default_factory=frozenset)
    home: tuple[tuple[int, int], ...] = ()
    colleagues: frozenset[int] = field(default_factory=frozenset)
    persons: frozenset[int] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.ranges or self.organisations or self.persons)

    @property
    def in_order(self) -> tuple[Any, ...]:
        """All of it, the same for two scopes that are equal: what answers are kept under."""
        return self.ranges, sorted(self.organisations), self.home, sorted(self.colleagues), sorted(self.persons)

    def covers(self, path: int) -> bool:
        """Whether the region with that code lies in one of the ranges."""
        return any(low <= path < high for low, high in self.ranges)

    @property
    def is_all_home(self) -> bool:
        """Whether nothing lies in it before which somebody is a superior."""
        return all(each in self.home for each in self.ranges)

    def is_home(self, path: int) -> bool:
        """Whether somebody is one of the bureau of the region with that code."""
        return any(low <= path < high for low, high in self.home)

    @property
    def at_home(self) -> "Scope":
        """The part where somebody is one of the bureau."""
        return Scope(self.home, self.organisations, self.home, persons=self.persons)


_CHECKS = "10X98765432"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity_number(written: str) -> str:
    """A number of identity as it is kept: of a resident's card with its check character (GB 11643), else a passport's.

    Raises Refused for a card whose check character is wrong, and for what is neither.
    """
    plain = "".join(unicodedata.normalize("NFKC", written).split()).upper()
    if len(plain) == 18 and plain[:17].isdecimal():
        total = sum(int(digit) * weight for digit, weight in zip(plain, _WEIGHTS, strict=False))
        if plain[17] != _CHECKS[total % 11]:
            raise Refused(
                say("身份证件号码 %(number)s 的校验位不对，请对照证件核对。", number=f"{plain[:6]}…{plain[-2:]}")
            )
        return plain
    if 5 <= len(plain) <= 20 and plain.isascii() and plain.isalnum():
        return plain
    raise Refused(say("身份证件号码应为 18 位，或护照、通行证上的字母和数字。"))


def same_name(name: str) -> str:
    """A name without what hands write differently: brackets, blanks, width and case. Two that agree may be one firm."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


def listed_key(region_code: str, name: str) -> UUID:
    """The key of somebody a place's lists name: the same name there is the same key, and the name itself is not kept."""
    return derived_key("person", region_code, "".join(unicodedata.normalize("NFKC", name).split()))
