"""Composing: what an outline says for one region and period, and where something is missing."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from xingke.base.sayings import Saying
from xingke.reports.rules.headings import Count, unnumbered
from xingke.reports.rules.outlines import Clause, Outline, Slot, Word, parse_sentence

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
    count = Count()
    for section in sections:
        if section.heading:
            yield Composed(count.mark(section.level) + section.heading, section.level, section.paragraphs)
        else:
            yield section


# ── headings ────────────────────────────────────────────────────────────────────────────────────────────────────────
