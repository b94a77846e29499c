"""The page on which decisions are recorded: what it asks of each item, and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.actions.meetings import DutyWanted, ItemDecision
from xingke.casework.forms import chooser_of, widget_of
from xingke.casework.models import Case, MeetingPerson
from xingke.casework.queries.facts import Said, facts_said
from xingke.casework.queries.meetings import AgendaRead, forms_asked
from xingke.casework.rules.flows import FlowStep
from xingke.casework.rules.forms import NUMBERS, FieldType, FormField
from xingke.casework.rules.meetings import MeetingVerdict, Presence
from xingke.registry import queries as registry

ASKED_HERE = (
    FieldType.TEXT,
    FieldType.LONG_TEXT,
    FieldType.DAY,
    FieldType.AMOUNT,
    FieldType.COUNT,
    FieldType.PERCENT,
    FieldType.FLAG,
    FieldType.TERM,
    FieldType.ORGANISATION,
    FieldType.PERSON,
)
"""What can be asked beside many other cases; files and tables are not."""


@dataclass(frozen=True)
class AskedHere:
    """A field of a form as the page asks for it. name: in the page; of: the step that asks; chooser: as of ``AskedField``."""

    name: str
    label: str
    of: str
    kind: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    chooser: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class DecideRow:
    """An item whose decision is to be recorded. verdicts: value, words, whether chosen. facts: what its case says, as definition_list shows it."""

    read: AgendaRead
    verdicts: Sequence[tuple[str, str, bool]]
    asked: Sequence[AskedHere]
    people: Sequence[tuple[str, bool]]
    words: str
    why: str
    seen: int
    duty: Mapping[str, str] = field(default_factory=dict)
    not_here: Sequence[str] = ()
    assigns: bool = False
    assignee: str = ""
    facts: Sequence[Mapping[str, Any]] = ()

    @property
    def is_left(self) -> bool:
        """Whether somebody was ticked as having left."""
        return any(left for _name, left in self.people)


def rows_to_decide(
    agenda: Sequence[AgendaRead],
    people: Sequence[MeetingPerson],
    typed: Mapping[str, Any],
    why: Mapping[int, str],
    *,
    reader: User,
    language: str,
) -> list[DecideRow]:
    """The items that are open still, filled with what was typed, each with what its case says. why: what speaks against one, by its case."""
    still = [read for read in agenda if read.item.is_open]
    said = facts_said(reader, [read.item.case for read in still])
    rows = [_row(read, people, typed, why.get(read.item.case_id, ""), reader, language=language) for read in still]
    return [replace(row, facts=_facts(said[row.read.item.case_id], language)) for row in rows]


def _facts(said: Said, language: str) -> list[dict[str, Any]]:
    return [
        {"label": each.label.in_language(language), "value": words, "numeric": each.type in NUMBERS}
        for each, words in said
    ]


def _row(
    read: AgendaRead,
    people: Sequence[MeetingPerson],
    typed: Mapping[str, Any],
    why: str,
    reader: User,
    *,
    language: str,
) -> DecideRow:
    pk = read.item.pk
    chosen = str(typed.get(f"verdict-{pk}", ""))
    left = typed.getlist(f"withdrawn-{pk}") if hasattr(typed, "getlist") else []
    steps = [] if read.item.corrects_id is not None else list(read.choices)
    words = {f"step:{step.code}": step.label.in_language(language) for step in steps}
    words[MeetingVerdict.PUT_OFF.value] = str(say("缓议"))
    if read.item.corrects_id is not None:
        words[MeetingVerdict.AMENDED.value] = str(say("更正前次决定"))
    asked = [each for step in steps for each in asked_for(read.item.case, step, pk, typed, reader, language)]
    not_here = [step.label.in_language(language) for step in steps if asks_elsewhere(read.item.case, step)]
    return DecideRow(
        read,
        [(value, label, value == chosen) for value, label in words.items()],
        asked,
        [(each.name, each.name in left) for each in people if each.presence == Presence.PRESENT],
        str(typed.get(f"words-{pk}", "")),
        why,
        _number(str(typed.get(f"seen-{pk}", ""))) or read.stands.number,
        {each: str(typed.get(f"duty-{each}-{pk}", "")) for each in ("text", "due", "who")},
        tuple(dict.fromkeys(not_here)),
        any(step.assigns for step in steps),
        str(typed.get(f"assignee-{pk}", "")),
    )


def asked_for(
    case: Case, step: FlowStep, pk: int, typed: Mapping[str, Any], reader: User, language: str
) -> list[AskedHere]:
    """What the form of a step asks that can be asked here, filled with what was typed. pk: what tells the rows of the page apart."""
    form = forms_asked(case, step)
    fields = form.fields if form is not None else ()
    asked = [each for each in fields if each.type in ASKED_HERE and not each.computed]
    return [_asked(each, pk, step, typed, reader, language) for each in asked]


def asks_elsewhere(case: Case, step: FlowStep) -> bool:
    """Whether a step must be answered with what cannot be asked here."""
    form = forms_asked(case, step)
    return form is not None and any(each.required and each.type not in ASKED_HERE for each in form.fields)


def answers_typed(case: Case, step: FlowStep | None, pk: int, typed: Mapping[str, Any], reader: User) -> dict[str, Any]:
    """What was typed for a step."""
    form = forms_asked(case, step) if step is not None else None
    asked = [each for each in form.fields if each.type in ASKED_HERE] if form is not None else []
    code = step.code if step is not None else ""
    found = {}
    for each in asked:
        if (key := _named(pk, code, each.name)) in typed:
            chooser = chooser_of(each.type, reader)
            found[each.name] = typed[key] if chooser is None else chooser.value_from_datadict(typed, {}, key)
    return found


def _named(pk: int, step: str, field: str) -> str:
    """What an input is called: two decisions of one item may ask the same, and each is answered by itself."""
    return f"f-{pk}-{step}-{field}"


def _asked(
    each: FormField, pk: int, step: FlowStep, typed: Mapping[str, Any], reader: User, language: str
) -> AskedHere:
    kinds = {FieldType.DAY: "date", FieldType.LONG_TEXT: "long", FieldType.TERM: "choice", FieldType.FLAG: "choice"}
    options: list[tuple[str, str]] = []
    if each.type is FieldType.TERM:
        options = [(code, term.label.in_language(language)) for code, term in registry.terms(each.list).items()]
    elif each.type is FieldType.FLAG:
        options = [("yes", str(say("是"))), ("no", str(say("否")))]
    name = _named(pk, step.code, each.name)
    label = each.label.in_language(language)
    if each.unit:
        label = str(say("%(what)s（%(unit)s）", what=label, unit=registry.term_label("unit", each.unit, language)))
    of = step.label.in_language(language)
    value, chooser = str(typed.get(name, "")), chooser_of(each.type, reader)
    if chooser is not None:
        value = chooser.value_from_datadict(typed, {}, name)
    drawn = widget_of(chooser, name, value) if chooser is not None else None
    return AskedHere(name, label, of, kinds.get(each.type, "text"), value, options, drawn)


def decisions_typed(
    agenda: Sequence[AgendaRead], typed: Any, people: Sequence[User], reader: User
) -> list[ItemDecision]:
    """The decisions that were chosen on the page; items of which none was are left. typed: a QueryDict."""
    by_name = {each.username: each for each in people}
    found = []
    for read in agenda:
        pk = read.item.pk
        own = str(typed.get(f"verdict-{pk}", ""))
        verdict, _colon, step = (own or _alike(read, typed)).partition(":")
        if not read.item.is_open or verdict not in {each.value for each in MeetingVerdict}:
            continue
        seen = str(typed.get(f"seen-{pk}", ""))
        chosen = next((each for each in read.choices if each.code == step), None)
        found.append(
            ItemDecision(
                item=read.item,
                verdict=MeetingVerdict(verdict),
                step=step,
                typed=answers_typed(read.item.case, chosen, pk, typed, reader),
                assignee=by_name.get(str(typed.get(f"assignee-{pk}", ""))),
                seen=_number(seen),
                words=str(typed.get(f"words-{pk}", "")) or ("" if own else str(typed.get("words-all", ""))),
                withdrawn=typed.getlist(f"withdrawn-{pk}"),
                duties=_duties(pk, typed, by_name),
            )
        )
    return found


def alike(agenda: Sequence[AgendaRead], language: str) -> list[tuple[str, str]]:
    """What may be decided of several at once: steps that more than one item may take, and putting off."""
    steps = [step for read in agenda if read.item.is_open and read.item.corrects_id is None for step in read.choices]
    several = {f"step:{step.code}": step.label.in_language(language) for step in steps if steps.count(step) > 1}
    return [*several.items(), (MeetingVerdict.PUT_OFF.value, str(say("缓议")))] if several else []


def _alike(read: AgendaRead, typed: Mapping[str, Any]) -> str:
    """What is decided of an item of which nothing was chosen by itself."""
    chosen = str(typed.get("verdict-all", ""))
    fits = chosen in {f"step:{step.code}" for step in read.choices} | {MeetingVerdict.PUT_OFF.value}
    return chosen if fits and read.item.corrects_id is None else ""


def _duties(pk: int, typed: Mapping[str, Any], by_name: Mapping[str, User]) -> list[DutyWanted]:
    text, due, who = (str(typed.get(f"duty-{each}-{pk}", "")).strip() for each in ("text", "due", "who"))
    if not text:
        return []
    if who not in by_name:
        raise Refused(say("交办事项要写明由谁办。"))
    try:
        return [DutyWanted(text=text, due=date.fromisoformat(due), responsible=by_name[who])]
    except ValueError:
        raise Refused(say("交办事项要写明办到哪一天。")) from None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0
