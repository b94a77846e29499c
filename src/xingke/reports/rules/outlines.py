"""Outlines: sentences that speak figures and never hold one.

``{code}`` is a value with its unit, ``{code:growth}`` its 同比, ``{code:rank}`` its place … (``indicators.aspect_names``
lists them all); ``{code:names}`` names the records behind it; ``{region}``, ``{region_word}`` and ``{period}`` are words.
``[…]`` is a clause left out when one of its figures is unknown or zero, ``[…|…]`` the first of several that can be said; an
unknown figure outside brackets takes its sentence along. Whatever is left out is a gap, and gaps are listed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pydantic import ConfigDict

from xingke.base.definitions import Catalogue, DefinitionEntry, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import NOTHING, Saying, say
from xingke.indicators.rules import Indicator, aspect_names
from xingke.indicators.rules.aspect_names import ASPECT_NAMES
from xingke.indicators.rules.identities import IndicatorIdentity, is_part
from xingke.ledger.kinds import KINDS
from xingke.press import numerals
from xingke.reports.rules.headings import unnumbered

WORDS = ("region", "region_word", "period", "next_period")
NAMES = "names"
_TOKEN = re.compile(r"\{([^{}]*)\}|([\[\]|])|([^{}\[\]|]+)|([{}])")


def words_of(region: str, region_word: str, period: Period) -> dict[str, str]:
    """What the words of a sentence stand for."""
    return dict(zip(WORDS, (region, region_word, period.label(), period.years_before(-1).label()), strict=True))


class TemplateError(ValueError):
    """A sentence cannot be read: brackets do not match, or a figure has no known aspect."""


@dataclass(frozen=True)
class Slot:
    """Where a figure goes, or with the aspect ``names`` the names of the records behind it.

    aspect: as written, ``growth`` or ``share:other_code``.
    """

    code: str
    aspect: str


@dataclass(frozen=True)
class Word:
    """Where the name of the region or period goes."""

    name: str


Part = str | Slot | Word


@dataclass(frozen=True)
class Clause:
    """Parts of a sentence that stand or fall together; an optional one may fall alone, or give way to another."""

    parts: tuple[Part, ...]
    is_optional: bool
    otherwise: "Clause | None" = None

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))

    @property
    def choices(self) -> "tuple[Clause, ...]":
        """The clause and those that may stand in its place, in order."""
        return (self, *(self.otherwise.choices if self.otherwise else ()))


def parse_sentence(text: str) -> tuple[Clause, ...]:
    """A sentence as clauses in order. Raises TemplateError saying what is wrong with it."""
    clauses: list[Clause] = []
    parts: list[Part] = []
    others: list[tuple[Part, ...]] = []  # alternatives already read, inside brackets
    inside = False
    for name, mark, words, stray in _TOKEN.findall(text):
        if stray:
            raise TemplateError(f"a lone {stray!r} in {text!r}")
        if mark:
            _refuse_misplaced(mark, text, inside=inside, is_empty=not parts, is_other=bool(others))
        if mark == "|":
            others.append(tuple(parts))
            parts = []
        elif mark:
            if parts:
                clauses.append(_clause([*others, tuple(parts)], is_optional=inside))
            parts, others, inside = [], [], mark == "["
        elif words:
            parts.append(words)
        else:
            parts.append(_reference(name))
    if inside:
        raise TemplateError(f"a clause is not closed in {text!r}")
    if parts:
        clauses.append(Clause(tuple(parts), is_optional=False))
    return tuple(clauses)


def _refuse_misplaced(mark: str, text: str, *, inside: bool, is_empty: bool, is_other: bool) -> None:
    """Raise TemplateError for a bracket or bar that cannot stand where it does.

    inside: of brackets. is_empty: nothing was read since the last mark. is_other: that last mark was a bar.
    """
    is_bar = mark == "|"
    if not is_bar and (mark == "[") == inside:
        raise TemplateError(f"brackets do not match in {text!r}; clauses cannot be nested")
    if (is_bar and not inside) or (is_empty and (is_bar or is_other)):
        raise TemplateError(f"a lone '|' in {text!r}: alternatives stand in brackets, [one|other]")


def _clause(choices: Sequence[tuple[Part, ...]], *, is_optional: bool) -> Clause:
    first, *others = choices
    return Clause(first, is_optional, _clause(others, is_optional=is_optional) if others else None)


def _reference(name: str) -> Part:
    if name in WORDS:
        return Word(name)
    code, _colon, aspect = name.partition(":")
    wrong = "" if aspect == NAMES else aspect_names.problem(aspect or aspect_names.LEVEL)
    if not code.isidentifier() or wrong:
        known = f"{', '.join(WORDS)} nor an indicator with {', '.join(ASPECT_NAMES)}, {NAMES}"
        raise TemplateError(f"{{{name}}} is neither {known}{f': {wrong}' if wrong else ''}")
    return Slot(code, aspect or aspect_names.LEVEL)


@dataclass(frozen=True, kw_only=True)
class SentenceDefinition:
    """One sentence of an outline."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    text: str
    new_paragraph: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and the sentences under it; they run on as one paragraph unless one begins a new one.

    heading: without its number, which follows from what is said; empty for the opening paragraph. level: 1 to 4.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    heading: str = ""
    sentence: tuple[SentenceDefinition, ...] = ()
    level: int = 1


@dataclass(frozen=True, kw_only=True)
class NameList:
    """How the records behind an indicator are named where a sentence says ``{code:names}``.

    pattern: what is said of one record; empty: the organisation, or else what the record is called. most: how many are
    named; 等 follows where there are more.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    indicator: str
    pattern: str = ""
    order: Literal["oldest", "newest", "largest"] = "oldest"
    most: int = 5
    between: str = "、"

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(_FIELD.findall(self.pattern))


_FIELD = re.compile(r"\{([^{}]*)\}")
NAME_FIELDS = ("organisation", "name", "event", "month", "day")


@dataclass(frozen=True, kw_only=True)
class Span:
    """A kind of period that an outline may be for: what it is called, and which periods are of it."""

    word: Saying
    holds: Callable[[Period], bool]


SPANS: Mapping[str, Span] = {
    "year": Span(word=say("全年"), holds=lambda period: period.is_year),
    "first_half": Span(word=say("上半年"), holds=lambda period: period.code.endswith("-H1")),
    "half": Span(word=say("半年"), holds=lambda period: "-H" in period.code),
    "quarter": Span(word=say("季度"), holds=lambda period: "-Q" in period.code),
    "month": Span(word=say("单月"), holds=lambda period: period.length == 1),
}


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What a document of one kind says, in what order.

    periods: which kinds of period its words fit, from ``SPANS``; empty: any.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    code: str
    label: Label
    title: str
    issuer: str
    section: tuple[Section, ...]
    periods: tuple[str, ...] = ()
    names: tuple[NameList, ...] = ()
    version: int = 1
    source: str = ""

    @property
    def key(self) -> str:
        return self.code

    def misfit(self, period: Period, *, today: date) -> Saying:
        """Why it cannot be written for a period: its words are of another, or what it tells of is not over."""
        if self.periods and not any(SPANS[name].holds(period) for name in self.periods):
            spans = tuple(SPANS[name].word for name in self.periods)
            return say("“%(outline)s”只写%(spans)s，不能写%(period)s。", outline=self.label, spans=spans, period=period)
        if period.last > today:
            return say("%(period)s还没有结束，数字未定，不能成文。", period=period)
        return NOTHING

    def slots(self) -> tuple[Slot, ...]:
        """Every figure and every list of names the outline may speak, each once."""
        return tuple(
            dict.fromkeys(slot for clause in self._clauses() for each in clause.choices for slot in each.slots)
        )

    def required(self) -> frozenset[Slot]:
        """The figures that stand outside brackets somewhere: they are said even where they are zero."""
        return frozenset(slot for clause in self._clauses() if not clause.is_optional for slot in clause.slots)

    def _clauses(self) -> Iterator[Clause]:
        for section in self.section:
            for sentence in section.sentence:
                yield from parse_sentence(sentence.text)

    def names_of(self, code: str) -> NameList:
        """How the records behind an indicator are named."""
        return next((each for each in self.names if each.indicator == code), NameList(indicator=code))


AHEAD = timedelta(days=31)  # a document may be dated so long after today


def may_be_dated(day: date, *, period: Period, today: date) -> Answer:
    """Whether a document of a period may bear a day: what it tells of is over, and the day is not far off."""
    if day < period.last:
        return no(
            say("成文日期 %(day)s 早于%(period)s的最后一天，那时数字还没有定，请改晚。", day=str(day), period=period)
        )
    if day > today + AHEAD:
        return no(say("成文日期 %(day)s 还早，最多写到今天之后的 %(days)s 天。", day=str(day), days=AHEAD.days))
    return YES


def sentences_can_be_read(catalogue: Catalogue) -> Iterator[Issue]:
    """Every sentence parses, and speaks of indicators that exist and of which its aspects can be said."""
    known = {each.code: each for each in catalogue.values("indicator")}
    identities = list(catalogue.values("identity"))
    for entry in catalogue.of("outline"):
        for section in entry.value.section:
            for sentence in section.sentence:
                try:
                    clauses = parse_sentence(sentence.text)
                except TemplateError as error:
                    yield Issue(entry.file, entry.place, str(error))
                    continue
                slots = (slot for clause in clauses for choice in clause.choices for slot in choice.slots)
                for wrong in filter(None, (_misfit(slot, known, identities) for slot in slots)):
                    yield Issue(entry.file, entry.place, f"{sentence.text!r} {wrong}")


def figures_stand_once(catalogue: Catalogue) -> Iterator[Issue]:
    """Within one section no figure is said twice; the alternatives of one clause are one place."""
    for entry in catalogue.of("outline"):
        for section in entry.value.section:
            said: set[Slot] = set()
            for clause in _readable_clauses(section):
                slots = {slot for choice in clause.choices for slot in choice.slots}
                for slot in sorted(slots & said, key=lambda each: (each.code, each.aspect)):
                    yield Issue(
                        entry.file, entry.place, f"section {section.heading!r} says {slot.code}:{slot.aspect} twice"
                    )
                said |= slots


def _readable_clauses(section: Section) -> Iterator[Clause]:
    for sentence in section.sentence:
        try:
            yield from parse_sentence(sentence.text)
        except TemplateError:  # named by ``sentences_can_be_read``
            continue


def _misfit(slot: Slot, known: Mapping[str, Indicator], identities: Sequence[IndicatorIdentity]) -> str:
    """What is wrong with speaking of an indicator so; empty when nothing is."""
    code, other = aspect_names.split(slot.aspect)
    for each in filter(None, (slot.code, other)):
        if each not in known:
            return f"names unknown indicator {each!r}"
    asked = known[slot.code]
    if code == NAMES:
        return "" if asked.counts_records else f"names the records of {slot.code!r}, which counts none"
    if asked.nature not in ASPECT_NAMES[code].natures:
        return f"says {code} of {slot.code!r}, whose nature is {asked.nature!r}"
    if other and known[other].unit != asked.unit:
        return f"compares {slot.code!r} in {asked.unit!r} with {other!r} in {known[other].unit!r}"
    if other and not is_part(asked, known[other], identities):
        return f"says the share of {slot.code!r} in {other!r}, which no definition or identity makes its whole"
    return ""


def periods_are_known(catalogue: Catalogue) -> Iterator[Issue]:
    """An outline is for kinds of period there are."""
    for entry in catalogue.of("outline"):
        for name in entry.value.periods:
            if name not in SPANS:
                yield Issue(entry.file, entry.place, f"periods: {name!r} is none of {', '.join(SPANS)}")


def names_can_be_said(catalogue: Catalogue) -> Iterator[Issue]:
    """A list of names belongs to an indicator that counts records, and its pattern asks for what those have."""
    known = {each.code: each for each in catalogue.values("indicator")}
    for entry in catalogue.of("outline"):
        for names in entry.value.names:
            asked = known.get(names.indicator)
            if asked is None or asked.of not in KINDS:
                yield Issue(entry.file, entry.place, f"names: {names.indicator!r} is no indicator that counts records")
                continue
            has = (*NAME_FIELDS, *KINDS[asked.of].fields)
            for field in names.fields:
                if field not in has:
                    yield Issue(entry.file, entry.place, f"names: {{{field}}} is not in {asked.of}; {', '.join(has)}")
            if names.most < 1:
                yield Issue(entry.file, entry.place, f"names: most is {names.most}; at least 1 is named")


def prose_holds_no_numeral(catalogue: Catalogue) -> Iterator[Issue]:
    """A number in the prose would be said without evidence."""
    for entry in catalogue.of("outline"):
        for text in _prose(entry):
            for numeral in numerals.find(re.sub(r"\{[^{}]*\}", "□", text)):
                yield Issue(
                    entry.file,
                    entry.place,
                    f"the numeral {numeral.text!r} in {text!r} has no evidence: use a figure",
                )


def _prose(entry: DefinitionEntry[Outline]) -> Iterator[str]:
    for section in entry.value.section:
        yield unnumbered(section.heading)
        yield from (sentence.text for sentence in section.sentence)
    yield from (names.pattern for names in entry.value.names)


OUTLINES: DefinitionKind[Outline] = DefinitionKind(
    "outline",
    "outlines.toml",
    Outline,
    (sentences_can_be_read, figures_stand_once, periods_are_known, names_can_be_said, prose_holds_no_numeral),
    say("提纲"),
    is_regional=True,
)
