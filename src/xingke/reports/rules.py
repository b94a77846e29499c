"""Outlines: sentences that speak figures and never hold one.

``{code}`` is a value with its unit, ``{code:growth}`` its 同比, ``{code:rank}`` its place … (``indicators.aspect_names``
lists them all); ``{code:names}`` names the records behind it; ``{region}``, ``{region_word}`` and ``{period}`` are words.
``[…]`` is a clause left out when one of its figures is unknown or zero, ``[…|…]`` the first of several that can be said; an
unknown figure outside brackets takes its sentence along. Whatever is left out is a gap, and gaps are listed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, Literal, TypeVar

from pydantic import ConfigDict

from xingke.base.definitions import Catalogue, DefinitionKind, Entry, Issue
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import NOTHING, Saying, say
from xingke.indicators import aspect_names
from xingke.indicators.aspect_names import ASPECT_NAMES
from xingke.indicators.identities import Identity, is_part
from xingke.indicators.rules import Indicator
from xingke.ledger.kinds import KINDS
from xingke.press import numerals

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


def _misfit(slot: Slot, known: Mapping[str, Indicator], identities: Sequence[Identity]) -> str:
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


def _prose(entry: Entry[Outline]) -> Iterator[str]:
    for section in entry.value.section:
        yield unnumbered(section.heading)
        yield from (sentence.text for sentence in section.sentence)
    yield from (names.pattern for names in entry.value.names)


OUTLINES: DefinitionKind[Outline] = DefinitionKind(
    "outline",
    "outlines.toml",
    Outline,
    (sentences_can_be_read, figures_stand_once, periods_are_known, names_can_be_said, prose_holds_no_numeral),
)


# ── composing ───────────────────────────────────────────────────────────────────────────────────────────────────────

S = TypeVar("S")
Say = Callable[[Slot], tuple[S | None, Saying]]


@dataclass(frozen=True)
class Gap:
    """Something the outline would have said: the words, and why they were left out."""

    section: str
    text: str
    why: tuple[Saying, ...]


@dataclass(frozen=True)
class Composed(Generic[S]):
    """A section as it can be said: heading with its number, level, and paragraphs of text and figures."""

    heading: str
    level: int
    paragraphs: tuple[tuple[str | S, ...], ...]


def compose(
    outline: Outline,
    *,
    words: Mapping[str, str],
    say: Say[S],
    label: Callable[[Slot], str],
) -> tuple[list[Composed[S]], list[Gap]]:
    """Say an outline. say: a figure, or None and what is missing (nothing: it is simply not so); label: what stands for
    it in a gap.

    A sentence or section that could speak figures and can say none of them is dropped with its prose and heading.
    """
    found: list[Composed[S]] = []
    gaps: list[Gap] = []
    for section in outline.section:
        heading = unnumbered(section.heading)
        paragraphs: list[list[str | S]] = []
        has_slots = has_figures = False
        for sentence in section.sentence:
            clauses = parse_sentence(sentence.text)
            said, left, spoke = _say(clauses, heading, words, say, label)
            gaps += left
            has_slots |= any(choice.slots for clause in clauses for choice in clause.choices)
            has_figures |= spoke
            if said and (sentence.new_paragraph or not paragraphs):
                paragraphs.append([])
            if said:
                paragraphs[-1] += said
        if has_slots and not has_figures:
            paragraphs = []
        found.append(Composed(heading, section.level, tuple(tuple(_joined(each)) for each in paragraphs)))
    return list(_numbered(_without_empty(found))), gaps


def _say(
    clauses: Sequence[Clause],
    heading: str,
    words: Mapping[str, str],
    say: Say[S],
    label: Callable[[Slot], str],
) -> tuple[list[str | S], list[Gap], bool]:
    """A sentence as it can be said, what was left out, and whether a figure is in it."""
    inlines: list[str | S] = []
    gaps: list[Gap] = []
    spoke = False
    lead: str | None = None  # how the first of the clauses left out since the last one said would have begun
    for clause in clauses:
        chosen, reasons = _choose(clause, say)
        if chosen is None:
            shown = clause if clause.is_optional else _whole(clauses)
            gap = [Gap(heading, _shown(shown, words, label), reasons)] if reasons else []
            if not clause.is_optional:
                return [], gap, False  # the whole sentence falls
            gaps += gap
            lead = _opening(clause) if lead is None else lead
            continue
        parts = [words[part.name] if isinstance(part, Word) else part for part in chosen.parts]
        if parts and isinstance(parts[0], str):
            parts[0] = _fitted(parts[0], lead, inlines)
            if parts[0][:1] in _ENDS and inlines and isinstance(inlines[-1], str):
                inlines[-1] = inlines[-1].rstrip(_PAUSES)
        for part in parts:
            if isinstance(part, Slot):
                figure = say(part)[0]
                assert figure is not None  # the clause was chosen
                inlines.append(figure)
                spoke = True
            elif part:
                inlines.append(part)
        lead = None
    if any(clause.slots for clause in clauses) and not spoke:
        return [], gaps, False
    return inlines, gaps, spoke


def _choose(clause: Clause, say: Say[S]) -> tuple[Clause | None, tuple[Saying, ...]]:
    """The first of a clause's choices that can be said; None and what is missing."""
    missing: tuple[Saying, ...] = ()
    for choice in clause.choices:
        answers = [say(slot) for slot in choice.slots]
        if all(figure is not None for figure, _why in answers):
            return choice, ()
        reasons = tuple(dict.fromkeys(why for figure, why in answers if figure is None and why))
        missing = missing or reasons
    return None, missing


def _whole(clauses: Sequence[Clause]) -> Clause:
    return Clause(tuple(part for each in clauses for part in each.parts), is_optional=False)


_LEAD = re.compile("^[，；、：]?(?:其中|分别为|包括)?")
_PAUSES = "，、；："
_ENDS = tuple("。；）")


def _opening(clause: Clause) -> str:
    """How a clause begins: the mark that parts it from what goes before, and 其中 where a list begins with it."""
    first = clause.parts[0] if clause.parts else ""
    found = _LEAD.match(first) if isinstance(first, str) else None
    return found[0] if found else ""


def _fitted(text: str, lead: str | None, before: Sequence[object]) -> str:
    """A clause's first words, as they must be where clauses before it were left out.

    The next item of a list takes over how the list began (、 becomes ，其中); no mark stands at the beginning of a
    sentence or behind another mark.
    """
    if lead is not None and text.startswith("、"):
        text = lead + text[1:]
    last = before[-1] if before else ""
    is_open = isinstance(last, str) and (not last or last[-1] in _PAUSES + "（。")
    return text.lstrip(_PAUSES) if is_open else text


def _shown(clause: Clause, words: Mapping[str, str], label: Callable[[Slot], str]) -> str:
    return "".join(
        f"〔{label(part)}〕" if isinstance(part, Slot) else words[part.name] if isinstance(part, Word) else part
        for part in clause.parts
    ).strip(_PAUSES)


def _joined(inlines: Sequence[str | S]) -> Iterator[str | S]:
    """Neighbouring texts as one."""
    text = ""
    for part in inlines:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text


# ── headings ────────────────────────────────────────────────────────────────────────────────────────────────────────

_MARKS = {
    1: r"[一二三四五六七八九十]+、",
    2: r"（[一二三四五六七八九十]+）",
    3: r"[0-9]{1,2}[.．](?![0-9])",
    4: r"（[0-9]{1,2}）",
}
_NUMBER = re.compile(f"^(?:{'|'.join(_MARKS.values())})")
_DIGITS = "〇一二三四五六七八九"


def unnumbered(heading: str) -> str:
    """A heading without its number."""
    return _NUMBER.sub("", heading)


def is_numbered(heading: str, level: int) -> bool:
    """Whether a heading begins with a number as its level has it."""
    return re.match(_MARKS[level], heading) is not None


def renumbered(headings: Sequence[tuple[str, int]]) -> list[str]:
    """Headings (text, level) with the numbers of their places: those that have one. The others stay and do not count."""
    count = _Count()
    found = []
    for text, level in headings:
        numbered = is_numbered(text, level)
        found.append(count.mark(level) + unnumbered(text) if numbered else text)
        if not numbered:
            count.begin_below(level)
    return found


def _without_empty(sections: Sequence[Composed[S]]) -> list[Composed[S]]:
    """The sections that say something, and those above them."""
    kept: list[Composed[S]] = []
    below = 0  # level of the section kept last; those above it stand for its sake
    for section in reversed(sections):
        if section.paragraphs or below > section.level:
            kept.append(section)
            below = section.level
    return kept[::-1]


def _numbered(sections: Sequence[Composed[S]]) -> Iterator[Composed[S]]:
    """Headings with their numbers: 一、 · （一） · 1. · （1）, beginning anew below each heading."""
    count = _Count()
    for section in sections:
        if section.heading:
            yield Composed(count.mark(section.level) + section.heading, section.level, section.paragraphs)
        else:
            yield section


class _Count:
    """The numbers of headings, one after the other."""

    def __init__(self) -> None:
        self._reached = [0] * 5

    def mark(self, level: int) -> str:
        """The number of the next heading of a level."""
        self._reached[level] += 1
        self.begin_below(level)
        number = self._reached[level]
        marks = {1: f"{_chinese(number)}、", 2: f"（{_chinese(number)}）", 3: f"{number}.", 4: f"（{number}）"}
        return marks[level]

    def begin_below(self, level: int) -> None:
        """Begin anew below a heading."""
        self._reached[level + 1 :] = [0] * (4 - level)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
