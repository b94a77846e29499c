"""A flow: how one kind of business runs, as data. Which step follows which, who may take it, until when, and what it files.

A case is one piece of business of a flow. Of its steps one is open at a time: the last one taken says where the case stands,
and the flow says what may come next. What runs side by side are cases of their own, children that a step waits for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from pydantic import ConfigDict

from xingke.base.labels import Label
from xingke.casework.rules.forms import FormCheck

STRICT = ConfigDict(extra="forbid")


class CaseSubject(StrEnum):
    """Whose business a case is."""

    ORGANISATION = "organisation"
    PERSON = "person"
    TEAM = "team"
    REGION = "region"
    NOBODY = "nobody"


class CaseEnd(StrEnum):
    """How a case ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"
    PASSED_ON = "passed on"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


GOOD_ENDS = frozenset({CaseEnd.GRANTED, CaseEnd.DONE})


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How long something may take: exactly one of the five. until: a day that a form asked for, which is the last one."""

    __pydantic_config__ = STRICT

    working_days: int | None = None
    days: int | None = None
    months: int | None = None
    hours: int | None = None
    until: str = ""

    @property
    def said(self) -> list[str]:
        """Which of the five are given."""
        numbers = [name for name in ("working_days", "days", "months", "hours") if getattr(self, name) is not None]
        return [*numbers, *(["until"] if self.until else [])]


@dataclass(frozen=True, kw_only=True)
class Earliest:
    """Before when a step may not be taken: so long after another was, or on a day that a form asked for.

    first_counts: whether the day of the other step is the first of a limit in days (some places count 公示 so).
    """

    __pydantic_config__ = STRICT

    after: str = ""
    working_days: int | None = None
    days: int | None = None
    on: str = ""
    first_counts: bool = False


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """Which cases below this one must have ended before a step can be taken.

    flow: whose. enough: all of them; a share (``"2/3"``) or number (``"5"``) of them; or ``"due"``: all that were due, silence
    being consent. outcomes: how they must have ended; empty for any way. at_least: how many there must be.
    """

    __pydantic_config__ = STRICT

    flow: str
    enough: str = "all"
    outcomes: tuple[CaseEnd, ...] = ()
    at_least: int = 1


@dataclass(frozen=True, kw_only=True)
class Spawned:
    """Cases that a step opens below this one: one, or one for each entry of a field that names several."""

    __pydantic_config__ = STRICT

    flow: str
    each: str = ""


class Turn(StrEnum):
    """What a step does to the clock of its case."""

    STARTS = "starts"
    PAUSES = "pauses"
    RESUMES = "resumes"
    EXTENDS = "extends"
    STOPS = "stops"


class Through(StrEnum):
    """The common act by which a step is taken, and by nothing else: it stands in the book of that act."""

    MEETING = "meeting"
    PUBLICITY = "publicity"
    PAYMENT = "payment"
    LETTER = "letter"


@dataclass(frozen=True, kw_only=True)
class RecordTemplate:
    """A record that a step files: a bounded template, in which ``{name}`` stands for what a form asked or the case says.

    kind, event: as the ledger knows them. on: the day. each: a table of the form, with one record for each of its rows. unsaid: the
    measures that may be left out where nobody gave them; any other refuses the step.
    """

    __pydantic_config__ = STRICT

    kind: str
    event: str
    on: str = "{day}"
    organisation: str = ""
    person: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    each: str = ""
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    """Something that is done to a case.

    by: who may take it, any of: a permission, ``party:ROLE``, ``opener``, ``assignee``, ``clock`` (the job child, when a limit
    has passed). next: what may follow. form: what is asked. reason: whether words must be given. other_than: steps whose takers
    may not take this one; ``authors`` are all who filled in a form. when: a condition on what is known of the case. due: until
    when something must follow; late: the step that follows by itself where nothing did. not_before, waits_for: what must
    have come to pass. through: the common act it is taken by. clock: what it does to the clock of the case; kind: of a pause. on: the
    field with the day on which it was done, where that is not today. ends: how the case has ended with it. matter: the event of the
    办件 it files. assigns: the party that is named in it. seen_by: who sees it, besides whoever took it; empty for all who see the case.
    """

    __pydantic_config__ = STRICT

    code: str
    label: Label
    by: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    form: str = ""
    reason: bool = False
    other_than: tuple[str, ...] = ()
    when: str = ""
    due: Limit | None = None
    late: str = ""
    not_before: Earliest | None = None
    waits_for: Awaited | None = None
    opens: tuple[Spawned, ...] = ()
    through: Through | None = None
    clock: Turn | None = None
    kind: str = ""
    extends: Limit | None = None
    on: str = ""
    ends: CaseEnd | None = None
    matter: str = ""
    assigns: str = ""
    files: tuple[RecordTemplate, ...] = ()
    seen_by: tuple[str, ...] = ()


WITHDRAW, CORRECT, REOPEN, TERMINATE, TRANSFER = "withdraw", "correct", "reopen", "terminate", "transfer"
RESERVED = (WITHDRAW, CORRECT, REOPEN, TERMINATE, TRANSFER)
"""Steps that every flow has, under these codes."""

AUTHORS, OPENER, ASSIGNEE, CLOCK, PARTY = "authors", "opener", "assignee", "clock", "party:"
HANDLE = "case.handle"
GIVEN = frozenset({ASSIGNEE, HANDLE})
"""Whom a step names that is the assignee's, once a case was given to somebody."""


@dataclass(frozen=True, kw_only=True)
class FlowParty:
    """Somebody who has to do with a case: 申报单位, 承办人, 监督人.

    asked: the field of a form, an organisation or person, in which it is named; the newest answer stands.
    """

    __pydantic_config__ = STRICT

    role: str
    label: Label
    about: CaseSubject = CaseSubject.PERSON
    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """How one kind of business runs.

    about: whose it is. number: its cases' numbers, of ``{year}``, ``{region}`` and ``{n:4}``. managed_by: the permission of whoever
    answers for it: terminates, reopens, transfers and corrects. below: the flows whose cases may stand above these. limit: of the
    whole case, counted by its clock. withdrawable_until: the steps from which on nothing can be withdrawn any more. counts:
    whether its cases are 办件. check: what must hold between the forms of its steps. step: the first one written opens a case.
    """

    __pydantic_config__ = STRICT

    code: str
    label: Label
    version: int = 1
    about: CaseSubject = CaseSubject.ORGANISATION
    number: str = ""
    managed_by: str
    parties: tuple[FlowParty, ...] = ()
    below: tuple[str, ...] = ()
    limit: Limit | None = None
    withdrawable_until: tuple[str, ...] = ()
    counts: bool = True
    check: tuple[FormCheck, ...] = ()
    step: tuple[FlowStep, ...]
    source: str = ""

    @property
    def key(self) -> str:
        return self.code

    @cached_property
    def steps(self) -> Mapping[str, FlowStep]:
        """Its own steps by code, in the order they are written."""
        return {step.code: step for step in self.step}

    @property
    def first(self) -> FlowStep:
        """The step that opens a case."""
        return self.step[0]

    @property
    def owner(self) -> str:
        """The role of the organisation whose case it is, or of the person: the first of its parties that is one; empty for none."""
        wanted = CaseSubject.PERSON if self.about is CaseSubject.PERSON else CaseSubject.ORGANISATION
        return next((party.role for party in self.parties if party.about is wanted), "")

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles of its parties."""
        return frozenset(party.role for party in self.parties)
