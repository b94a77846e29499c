"""Cases opened from a sheet, as one act: what one row refuses holds up no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import derived_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.actions.together import MOST
from xingke.casework.models import Case, CaseCall
from xingke.casework.queries import cases_seen
from xingke.casework.rules.sheets import SheetEntry
from xingke.registry.models import Organisation, Person, Region


@dataclass(frozen=True)
class RowWanted:
    """A row of a sheet that is to become a case, and whose. says: see ``rules.sheets.said_in``."""

    entry: SheetEntry
    says: str
    region: Region
    organisation: Organisation | None = None
    person: Person | None = None


@dataclass(frozen=True)
class CasesOpened:
    """What became of the rows, in their order: cases opened now, those that an earlier sheet had opened already, and why others were not."""

    opened: Sequence[tuple[RowWanted, Case]]
    before: Sequence[tuple[RowWanted, Case]]
    refused: Sequence[tuple[RowWanted, Refused]]


def open_cases(
    *, flow: str, step: str, rows: Sequence[RowWanted], call: CaseCall | None = None, by: User, now: datetime
) -> CasesOpened:
    """Open a case of every row. A row that says the same of the same holder as one of an earlier sheet opens none: a corrected sheet may
    be sent whole, by a colleague too. Raises Refused for none and for too many; what a row refuses is in what is returned.
    """
    if not rows:
        raise Refused(say("表里没有可以开立的行。"))
    refuse_too_many(len(rows))
    opened: list[tuple[RowWanted, Case]] = []
    before: list[tuple[RowWanted, Case]] = []
    refused: list[tuple[RowWanted, Refused]] = []
    keyed = [(_key(row, flow, call), row) for row in rows]
    with act(by=by, now=now, code="case.opened-together", kind="case", target=flow) as done:
        done.lock()
        there = {case.key: case for case in cases_seen(by).filter(key__in=[key for key, _row in keyed])}
        for key, row in keyed:
            if key in there:
                before.append((row, there[key]))
                continue
            new = NewCase(
                flow=flow, region=row.region, organisation=row.organisation, person=row.person, call=call, key=key
            )
            try:
                case = open_case(new=new, first=StepWanted(step=step, typed=row.entry.typed), by=by, now=now)
            except Refused as refusal:
                refused.append((row, refusal))
            else:
                opened.append((row, case))
        if done.is_empty:
            done.nothing()
        else:
            done.says(flow=flow, count=len(opened), left=len(refused))
    return CasesOpened(opened, before, refused)


def refuse_too_many(count: int) -> None:
    """Raise Refused for more rows than one act opens: nobody else writes meanwhile."""
    if count > MOST:
        raise Refused(say("一次最多开立%(most)s件，表里有%(there)s件；请分成几个文件。", most=MOST, there=count))


def _key(row: RowWanted, flow: str, call: CaseCall | None) -> UUID:
    """The same for a row that says the same of the same holder."""
    holder = row.organisation or row.person
    return derived_key("case-sheet", flow, row.region.pk, call and call.pk, holder and holder.key, row.says)
