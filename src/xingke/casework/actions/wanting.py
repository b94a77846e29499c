"""What somebody wants of a case: a new one, or its next step; and how a form says what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from xingke.accounts.actions import StoredFile
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import Case, CaseCall
from xingke.casework.rules.answers import AnswersRead, FormFault
from xingke.casework.rules.flows import Through
from xingke.registry.models import Organisation, Person, Region


class AnswersRefused(Refused):
    """A form was not filled in so that it can be taken. ``faults``: every one, at its field."""

    def __init__(self, read: AnswersRead) -> None:
        self.read = read
        self.faults: tuple[FormFault, ...] = read.faults
        super().__init__(say("表单有%(count)s处要改：%(first)s", count=len(read.faults), first=read.faults[0].says))


@dataclass(frozen=True, kw_only=True)
class StepWanted:
    """A step as somebody wants to take it.

    typed: what came from the page of its form, of files the digests of some of ``files``, whose bytes are kept already. assignee: who is
    to take the next. through: the common act it is part of, done on a day. corrects: the step whose answers are corrected, of the one that
    every flow has.
    """

    step: str
    typed: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[StoredFile] = ()
    opinion: str = ""
    assignee: User | None = None
    through: Through | None = None
    corrects: int = 0
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """A case to be opened. title: where its form asks for none. parent_step: of its parent, the step that opens it. key: the same from
    one page, so that a second press opens none. call: the call it is opened for, by whose definitions it runs."""

    flow: str
    region: Region
    organisation: Organisation | None = None
    person: Person | None = None
    parent: Case | None = None
    parent_step: int | None = None
    title: str = ""
    call: CaseCall | None = None
    is_fictional: bool = False
    key: UUID = field(default_factory=new_key)
