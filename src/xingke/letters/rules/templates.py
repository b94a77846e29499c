"""A letter 文书 as data: which step it is issued with, its number, and its words, with places of a closed list."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.casework.rules.flow_checks import fields_asked
from xingke.casework.rules.flows import STRICT, CaseSubject, Flow, FlowStep, Through
from xingke.casework.rules.forms import CaseForm, FieldType, FormField

ASKED = "asked."
PLACES: Mapping[str, Saying] = {
    "number": say("文号"),
    "check_code": say("校验码"),
    "bureau": say("发文机关"),
    "region": say("区划"),
    "flow": say("业务"),
    "case_number": say("事项编号"),
    "title": say("事项名称"),
    "organisation": say("单位"),
    "credit_code": say("统一社会信用代码"),
    "opened": say("收到申请的日期"),
    "step": say("步骤"),
    "opinion": say("意见或理由"),
    "day": say("日期"),
    "due": say("期限"),
}
"""All that a letter can name, besides ``asked.NAME``: what a form asked and marks ``listed``. Nothing that is about a person."""

WORDED = frozenset(
    {
        FieldType.TEXT,
        FieldType.LONG_TEXT,
        FieldType.DAY,
        FieldType.PERIOD,
        FieldType.AMOUNT,
        FieldType.COUNT,
        FieldType.PERCENT,
        FieldType.TERM,
        FieldType.ORGANISATION,
        FieldType.REGION,
    }
)
_PLACE = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"[^{}]{1,20}(?:\{(?:year|region|n:[1-9])\}[^{}]{0,10}){2,3}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, kw_only=True)
class LetterTemplate:
    """A letter that is issued with a step of a flow, and by which alone that step is taken.

    number: of ``{year}``, ``{n:1}`` and, where one number serves many regions, ``{region}``. title, to, text: with places, see ``PLACES``; to:
    empty for nobody in particular; text: its paragraphs. issuer: the bureau, by the name of its region.
    """

    __pydantic_config__ = STRICT

    code: str
    label: Label
    version: int = 1
    flow: str
    steps: tuple[str, ...]
    number: str
    title: str
    to: str = "{organisation}"
    text: tuple[str, ...]
    issuer: str = "{region}科学技术局"
    source: str = ""

    @property
    def key(self) -> str:
        return self.code

    @property
    def places(self) -> set[str]:
        """What it names."""
        return set(_PLACE.findall("".join((self.title, self.to, *self.text))))

    def filled(self, values: Mapping[str, str], asked: Mapping[str, FormField]) -> "LetterText":
        """Its words. values: of each place, what is written there. Raises Refused, naming the first thing that nobody said."""
        for name in sorted(self.places):
            if not values.get(name):
                field = asked.get(name.removeprefix(ASKED))
                word = PLACES.get(name, field.label if field is not None else name)
                raise Refused(say("“%(letter)s”要写“%(what)s”，这件事还没有这一项。", letter=self.label, what=word))

        def said(text: str) -> str:
            return _PLACE.sub(lambda place: values[place[1]], text)

        paragraphs = chain.from_iterable(said(text).splitlines() for text in self.text)
        return LetterText(said(self.title), said(self.to), tuple(each.strip() for each in paragraphs if each.strip()))


@dataclass(frozen=True)
class LetterText:
    """The words of a letter."""

    title: str
    to: str
    paragraphs: tuple[str, ...]


def letters_hold(catalogue: Catalogue) -> Iterator[Issue]:
    """Every letter belongs to a step that is taken by it, and names what is known there and what its reader may see."""
    forms = {form.code: form for form in catalogue.values("form")}
    flows = {flow.code: flow for flow in catalogue.values("flow")}
    of_step: dict[tuple[str, str], str] = {}
    for entry in catalogue.of("letter"):
        letter: LetterTemplate = entry.value
        for step in letter.steps:
            if (other := of_step.setdefault((letter.flow, step), letter.code)) != letter.code:
                text = f"step {step!r} of {letter.flow!r} is taken by the letter {other!r} already"
                yield Issue(entry.file, entry.place, text)
        flow = flows.get(letter.flow)
        asked = fields_asked(flow, forms) if flow is not None else {}
        yield from (Issue(entry.file, entry.place, text) for text in template_faults(letter, flow, asked, forms))
    for entry in catalogue.of("flow"):
        if entry.is_new:
            for step in entry.value.step:
                if step.through is Through.LETTER and (entry.value.code, step.code) not in of_step:
                    text = "is taken by a letter, and no [[letter]] names it among its steps"
                    yield Issue(entry.file, f"{entry.place} step {step.code}", text)


LETTERS: DefinitionKind[LetterTemplate] = DefinitionKind(
    "letter", "letters.toml", LetterTemplate, (letters_hold,), say("文书"), is_regional=True
)


def template_faults(
    letter: LetterTemplate, flow: Flow | None, asked: Mapping[str, FormField], forms: Mapping[str, CaseForm]
) -> Iterator[str]:
    """What is wrong with a letter: all of it. flow: None where there is none of that name. asked: what its forms ask."""
    yield from _text_faults(letter)
    if flow is None:
        yield f"flow {letter.flow!r} is not known"
        return
    if not letter.steps:
        yield "steps names none"
    steps = [flow.steps[code] for code in letter.steps if code in flow.steps]
    yield from (f"steps names no step of {flow.code!r}: {code!r}" for code in letter.steps if code not in flow.steps)
    for step in steps:
        yield from _step_faults(letter, step)
    if letter.places & {"organisation", "credit_code"} and flow.about is not CaseSubject.ORGANISATION:
        yield f"names {{organisation}} or {{credit_code}}, and a case of {flow.code!r} is not an organisation's; to may be empty"
    hidden = {name for step in flow.step if step.seen_by for name in _asked_by(step, forms)}
    for name in sorted(letter.places - set(PLACES)):
        yield from _field_faults(name, asked, hidden)


def _text_faults(letter: LetterTemplate) -> Iterator[str]:
    if not _CODE.fullmatch(letter.code):
        yield "code must be small letters, digits and _, at most 32"
    parts = [letter.number.count(part) for part in ("{year}", "{n:", "{region}")]
    if not _NUMBER.fullmatch(letter.number) or parts[:2] != [1, 1] or parts[2] > 1:
        yield f"number is {letter.number!r}; expected words with one {{year}} and one {{n:1}}, and {{region}} at most once"
    if letter.issuer.replace("{region}", "", 1).strip("{}") != letter.issuer.replace("{region}", "", 1):
        yield f"issuer is {letter.issuer!r}; it may name {{region}}, nothing else"
    if not letter.text or not letter.title.strip():
        yield "has no title or no text"
    for text in (letter.title, letter.to, *letter.text):
        if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
            yield f"{text[:40]!r} has a brace that opens or closes nothing"


def _asked_by(step: FlowStep, forms: Mapping[str, CaseForm]) -> Iterator[str]:
    form = forms.get(step.form)
    yield from (each.name for each in form.fields) if form is not None else ()


def _step_faults(letter: LetterTemplate, step: FlowStep) -> Iterator[str]:
    if step.through is not Through.LETTER:
        yield f'step {step.code!r} does not say through = "letter"'
    if step.form or step.assigns:
        yield f"step {step.code!r} asks a form or assigns somebody, which a letter does not ask"
    if "opinion" in letter.places and not step.reason:
        yield f"names {{opinion}}, and step {step.code!r} does not say reason = true"
    if "due" in letter.places and step.due is None:
        yield f"names {{due}}, and nothing is due after step {step.code!r}"


def _field_faults(name: str, asked: Mapping[str, FormField], hidden: Collection[str]) -> Iterator[str]:
    if not name.startswith(ASKED):
        yield f"{{{name}}} is no place; known: {', '.join(PLACES)}, {ASKED}NAME"
        return
    field = asked.get(name.removeprefix(ASKED))
    if field is None:
        yield f"{{{name}}}: no form of this flow asks that"
    elif not field.listed:
        yield f"{{{name}}}: the form does not mark it listed"
    elif field.type not in WORDED or field.personal:
        yield f"{{{name}}}: what is of the type {field.type.value} or personal stands in no letter"
    elif field.seen_by or field.name in hidden:
        yield f"{{{name}}}: not everybody may see it, and whoever gets the letter reads it"
