"""Who has a part in a case: whose it is, whom its forms name, whom its steps assign."""

from collections.abc import Mapping
from typing import Any

from xingke.accounts.acts import Act
from xingke.accounts.models import User
from xingke.casework.models import Case, CaseParty
from xingke.casework.rules.flows import CaseSubject, Flow
from xingke.casework.rules.forms import CaseForm
from xingke.registry.models import Organisation, Person


def name_owner(case: Case, flow: Flow, done: Act) -> None:
    """Whose case it is has the first role for an organisation or a person."""
    if flow.owner and flow.about is CaseSubject.PERSON and case.person is not None:
        name(case, flow.owner, done, person=case.person)
    elif flow.owner and flow.about is not CaseSubject.PERSON and case.organisation is not None:
        name(case, flow.owner, done, organisation=case.organisation)


def name_parties(case: Case, flow: Flow, form: CaseForm, values: Mapping[str, Any], done: Act) -> None:
    """The parties that a form names, as it names them now; whom it names no more has no part in the case from now on."""
    for party in flow.parties:
        if party.asked not in form.named:
            continue
        key = values.get(party.asked)
        if party.about is CaseSubject.ORGANISATION:
            name(case, party.role, done, organisation=Organisation.objects.get(key=key) if key else None)
        else:
            name(case, party.role, done, person=Person.objects.get(key=key) if key else None)


def name(case: Case, role: str, done: Act, **who: Organisation | Person | User | None) -> None:
    """Somebody has a role from now on, instead of whoever had it; None for nobody. Who has it already keeps it."""
    had = case.parties.filter(role=role, seq_to__isnull=True)
    (name, one), *_rest = who.items()
    if one is not None and had.filter(**{name: one}).exists():
        return
    had.update(seq_to=done.seq)
    if one is not None:
        CaseParty(case=case, role=role, seq_from=done.seq, **who).save()
