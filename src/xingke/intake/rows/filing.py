"""Filing what rows of histories say: new records with their events, and what changes of those that stand."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.base import codes
from xingke.base.keys import new_keys
from xingke.intake.rows.contents import Content, Happened, person_key
from xingke.intake.rows.firms import known_organisations
from xingke.intake.rows.incoming import (
    CHANGED,
    NEW,
    Filing,
    Row,
)
from xingke.intake.rows.stored import Stored, place_of
from xingke.intake.sheets.forms import SheetForm
from xingke.ledger.actions import NewEvent, NewHistory, file_histories
from xingke.ledger.actions.amending import Amendment, amend_histories
from xingke.ledger.actions.bulk import listed
from xingke.ledger.tables import TABLES
from xingke.registry.actions import NewOrganisation, enter_organisations, enter_persons
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import people
from xingke.registry.rules import Scope


class HistoryFiler:
    """Files rows that were read and held against the ledger. confirming: where what is filed counts at once."""

    def __init__(self, form: SheetForm, stored: Stored, confirming: Scope) -> None:
        self.form, self.kind = form, TABLES[form.kind]
        self._stored, self._confirming = stored, confirming
        self._keys = new_keys()
        self._entered: dict[UUID, Organisation] = {}
        self._persons: Mapping[UUID, Person] = {}

    def _enter_what_they_need(self, rows: Sequence[Row], filing: Filing) -> None:
        wanted: dict[UUID, NewOrganisation] = {}
        sure: dict[str, str] = {}
        for row in rows:
            if isinstance(each := row.content.firm, NewOrganisation):
                wanted[each.key] = each
                if each.credit_code and not codes.is_copied_right(each.credit_code):
                    sure[each.credit_code] = row.content.mark.sure
        if wanted:
            enter_organisations(
                organisations=wanted.values(),
                by=filing.done.account,
                now=filing.done.now,
                source=filing.source,
                sure=_reasons(sure),
            )
            self._entered = {each.key: each for each in known_organisations().filter(key__in=listed(wanted))}
        named = {each: row.content.region for row in rows if (each := row.content.person)}
        register = {
            person_key(person.region, person.name): person
            for person in people.people_in({region.pk for region in named.values()})
            if person.region is not None
        }
        known = {key: register[key] for key in named if key in register}
        self._persons = enter_persons(keys={key for key in named if key not in known}) | known

    def file(self, rows: Sequence[Row], filing: Filing) -> int:
        """File them; returns how many rows that were."""
        self._enter_what_they_need(rows, filing)
        wholes = [row for row in rows if row.part_of is None]
        fresh = [row for row in wholes if row.outcome == NEW]
        for confirmed in (False, True):
            part = [row for row in fresh if self._is_confirmed(row.content.region) == confirmed]
            if part:
                file_histories(
                    kind=self.form.kind,
                    histories=map(self._new_history, part),
                    by=filing.done.account,
                    now=filing.done.now,
                    source=filing.source,
                    confirmed=confirmed,
                )
        changed = [row for row in wholes if row.outcome == CHANGED]
        amend_histories(
            kind=self.form.kind,
            amendments=map(self._amendment, changed),
            done=filing.done,
            source=filing.source,
            reason=filing.reason,
            is_confirmed=self._is_confirmed,
        )
        return len(rows)

    def _is_confirmed(self, region: Region) -> bool:
        """Whether what is filed there counts at once: only where it was asked for by somebody who may say so."""
        return self._confirming.covers(region.path)

    def _holder(self, content: Content) -> Organisation | None:
        return self._entered[content.firm.key] if isinstance(content.firm, NewOrganisation) else content.firm

    def _new_history(self, row: Row) -> NewHistory:
        content: Content = row.content
        holder = self._holder(content)
        return NewHistory(
            key=next(self._keys),
            fields=content.columns,
            region=content.region,
            organisation=holder,
            zone=holder.zone if holder else None,
            events=self._new_events(content.happened, content.region, holder),
            is_fictional=content.region.is_fictional,
            source_place=place_of(row),
            reason=self._why(row),
            person=self._persons[content.person] if content.person else None,
        )

    def _why(self, row: Row) -> str:
        """Why a number was entered in spite of what speaks against it."""
        content: Content = row.content
        return _("编号确认无误：%(why)s") % {"why": content.mark.sure} if content.mark.sure and content.doubts else ""

    def _amendment(self, row: Row) -> Amendment:
        columns, events, fresh = row.changes
        content: Content = row.content
        if "person" in columns:
            columns = {**columns, "person": self._persons[columns["person"]]}
        return Amendment(
            subject=row.stored,
            history=self._stored.history(row.stored),
            columns=columns,
            events=events,
            fresh=self._new_events(fresh, content.region, self._holder(content)),
            source_place=f"第 {row.number} 行",
        )

    def _new_events(self, happened: Iterable[Happened], region: Region, holder: Organisation | None) -> list[NewEvent]:
        """What happened, as it is filed: whose the row is has what was taken over."""
        arrivals = self.kind.names.arrivals
        return [
            NewEvent(
                event=each.event,
                on=each.on,
                region=region,
                key=next(self._keys),
                measures=each.columns,
                organisation=holder if each.event in arrivals else None,
            )
            for each in happened
        ]


def _reasons(sure: Mapping[str, str]) -> dict[str, str]:
    """Why codes whose check character does not hold are right all the same, as the audit trail keeps it."""
    return {"code_reason": "；".join(f"{code} {why}" for code, why in sure.items())} if sure else {}
