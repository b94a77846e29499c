"""Outlines: sentences that speak figures and never hold one.

``{code}`` is a value with its unit, ``{code:growth}`` its 同比, ``{code:rank}`` its place; ``{region}``, ``{region_word}``
and ``{period}`` are words. ``[…]`` is a clause left out when one of its figures is unknown; an unknown figure outside
brackets takes its sentence along. Whatever is left out is a gap, and gaps are listed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ConfigDict

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.press import numerals

WORDS = ("region", "region_word", "period")
ASPECTS = ("level", "growth", "rank")
_TOKEN = re.compile(r"\{([^{}]*)\}|([\[\]])|([^{}\[\]]+)|([{}])")


class TemplateError(ValueError):
    """A sentence cannot be read: brackets do not match, or a figure has no known aspect."""


@dataclass(frozen=True)
class Slot:
    """Where a figure goes."""

    code: str
    aspect: str


@dataclass(frozen=True)
class Word:
    """Where the name of the region or period goes."""

    name: str


Part = str | Slot | Word


@dataclass(frozen=True)
class Clause:
    """Parts of a sentence that stand or fall together; an optional one may fall alone."""

    parts: tuple[Part, ...]
    is_optional: bool

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))


def parse_sentence(text: str) -> tuple[Clause, ...]:
    """A sentence as clauses in order. Raises TemplateError saying what is wrong with it."""
    clauses: list[Clause] = []
    parts: list[Part] = []
    inside = False
    for name, bracket, words, stray in _TOKEN.findall(text):
        if stray:
            raise TemplateError(f"a lone {stray!r} in {text!r}")
        if bracket:
            if (bracket == "[") == inside:
                raise TemplateError(f"brackets do not match in {text!r}; clauses cannot be nested")
            if parts:
                clauses.append(Clause(tuple(parts), inside))
            parts, inside = [], bracket == "["
        elif words:
            parts.append(words)
        else:
            parts.append(_reference(name))
    if inside:
        raise TemplateError(f"a clause is not closed in {text!r}")
    if parts:
        clauses.append(Clause(tuple(parts), is_optional=False))
    return tuple(clauses)


def _reference(name: str) -> Part:
    if name in WORDS:
        return Word(name)
    code, _colon, aspect = name.partition(":")
    if not code.isidentifier() or (aspect or "level") not in ASPECTS:
        raise TemplateError(f"{{{name}}} is neither {', '.join(WORDS)} nor an indicator with {', '.join(ASPECTS)}")
    return Slot(code, aspect or "level")


@dataclass(frozen=True, kw_only=True)
class SentenceDefinition:
    """One sentence of an outline."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    text: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and the sentences under it; they run on as one paragraph unless one begins a new one."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    heading: str
    sentence: tuple[SentenceDefinition, ...] = ()
    level: int = 1


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What a document of one kind says, in what order."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    code: str
    label: Label
    title: str
    issuer: str
    section: tuple[Section, ...]
    version: int = 1
    source: str = ""

    @property
    def key(self) -> str:
        return self.code

    def slots(self) -> tuple[Slot, ...]:
        """Every figure the outline may speak, each once."""
        found = (
            slot
            for section in self.section
            for sentence in section.sentence
            for clause in parse_sentence(sentence.text)
            for slot in clause.slots
        )
        return tuple(dict.fromkeys(found))


def sentences_can_be_read(catalogue: Catalogue) -> Iterator[Issue]:
    """Every sentence parses, and speaks of indicators that exist."""
    known = {each.code for each in catalogue.values("indicator")}
    for entry in catalogue.of("outline"):
        for section in entry.value.section:
            for sentence in section.sentence:
                try:
                    clauses = parse_sentence(sentence.text)
                except TemplateError as error:
                    yield Issue(entry.file, entry.place, str(error))
                    continue
                for slot in (slot for clause in clauses for slot in clause.slots):
                    if slot.code not in known:
                        yield Issue(entry.file, entry.place, f"{sentence.text!r} names unknown indicator {slot.code!r}")


def prose_holds_no_numeral(catalogue: Catalogue) -> Iterator[Issue]:
    """A number in the prose would be said without evidence."""
    for entry in catalogue.of("outline"):
        for section in entry.value.section:
            for sentence in section.sentence:
                prose = re.sub(r"\{[^{}]*\}", "□", sentence.text)
                for numeral in numerals.find(prose):
                    yield Issue(
                        entry.file,
                        entry.place,
                        f"the numeral {numeral.text!r} in {sentence.text!r} has no evidence: use a figure",
                    )


OUTLINES: DefinitionKind[Outline] = DefinitionKind(
    "outline", "outlines.toml", Outline, (sentences_can_be_read, prose_holds_no_numeral)
)


# ── composing ───────────────────────────────────────────────────────────────────────────────────────────────────────

S = TypeVar("S")


@dataclass(frozen=True)
class Gap:
    """Something the outline would have said: the words, and why they were left out."""

    section: str
    text: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Composed(Generic[S]):
    """A section as it can be said: heading, level, and paragraphs of text and figures."""

    heading: str
    level: int
    paragraphs: tuple[tuple[str | S, ...], ...]


def compose(
    outline: Outline,
    *,
    words: Mapping[str, str],
    say: Callable[[Slot], tuple[S | None, str]],
    label: Callable[[Slot], str],
) -> tuple[list[Composed[S]], list[Gap]]:
    """Say an outline. say: a figure, or None and the reason it is unknown; label: what stands for it in a gap.

    A section left without any sentence is dropped with its heading.
    """
    composed: list[Composed[S]] = []
    gaps: list[Gap] = []
    for section in outline.section:
        inlines: list[str | S] = []
        for sentence in section.sentence:
            said, left = _say(parse_sentence(sentence.text), section.heading, words, say, label)
            inlines += said
            gaps += left
        if inlines:
            composed.append(Composed(section.heading, section.level, (tuple(_joined(inlines)),)))
    return composed, gaps


def _say(
    clauses: Sequence[Clause],
    heading: str,
    words: Mapping[str, str],
    say: Callable[[Slot], tuple[S | None, str]],
    label: Callable[[Slot], str],
) -> tuple[list[str | S], list[Gap]]:
    inlines: list[str | S] = []
    gaps: list[Gap] = []
    for clause in clauses:
        answers = {slot: say(slot) for slot in clause.slots}
        reasons = tuple(dict.fromkeys(why for figure, why in answers.values() if figure is None))
        if reasons:
            shown = (
                clause
                if clause.is_optional
                else Clause(tuple(part for each in clauses for part in each.parts), is_optional=False)
            )
            gap = Gap(heading, _shown(shown, words, label), reasons)
            if not clause.is_optional:
                return [], [gap]  # the whole sentence falls
            gaps.append(gap)
            continue
        for part in clause.parts:
            if isinstance(part, Slot):
                figure = answers[part][0]
                assert figure is not None  # reasons is empty
                inlines.append(figure)
            else:
                inlines.append(words[part.name] if isinstance(part, Word) else part)
    return inlines, gaps


def _shown(clause: Clause, words: Mapping[str, str], label: Callable[[Slot], str]) -> str:
    return "".join(
        f"〔{label(part)}〕" if isinstance(part, Slot) else words[part.name] if isinstance(part, Word) else part
        for part in clause.parts
    ).strip("，、")


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
