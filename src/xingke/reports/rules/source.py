"""The text of a document as somebody edits it: headings and paragraphs, in which a token stands for each figure.

Tokens are those of outlines: ``{code}`` is a value, ``{code:growth}`` its 同比. ``{@name}`` is a name taken from a record, as
an earlier edition said it. Pure: knows no Django.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any, Literal

from xingke.press import numerals, tree
from xingke.press.tree import MASK
from xingke.reports import rules

HEADING, PARAGRAPH = "heading", "paragraph"
LEVELS = range(1, 5)
_LEVELS = frozenset(map(str, LEVELS))
LONGEST_TITLE = 200
LONGEST = 20_000  # characters of one paragraph
MOST = 400  # headings and paragraphs
KEPT = 10 * MOST  # of them kept while somebody types
ALIKE = 0.4  # how much two paragraphs must share to be one that changed
_TOKEN = re.compile(r"\{[^{}\[\]]*\}")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffc\ufffe\uffff\ud800-\udfff]")  # what no document can carry
_BRACKETS = re.compile(r"[{}\[\]]")


@dataclass(frozen=True)
class NameToken:
    """A name taken from a record; which record, the editions of the document know."""

    text: str


Part = str | rules.Slot | NameToken


@dataclass(frozen=True)
class Block:
    """A heading (level 1–4) or a paragraph (level 0) as it is typed."""

    kind: str
    text: str
    level: int = 0

    @property
    def is_heading(self) -> bool:
        return self.kind == HEADING


@dataclass(frozen=True)
class Source:
    """A whole text: its title, what stands under it, and the day it is dated; no day: the day it is saved."""

    title: str
    blocks: tuple[Block, ...]
    dated_on: date | None = None

    def to_json(self) -> dict[str, Any]:  # as JSONField keeps it
        dated_on = self.dated_on.isoformat() if self.dated_on else ""
        return asdict(self) | {"blocks": [asdict(block) for block in self.blocks], "dated_on": dated_on}


def from_json(stored: Mapping[str, Any]) -> Source:
    """The source that to_json gave."""
    blocks = tuple(Block(**block) for block in stored["blocks"])
    return Source(stored["title"], blocks, read_day(stored.get("dated_on", "")))


def read_day(text: str) -> date | None:
    """A day as a form or a document's last line writes it: 2026-01-05, 2026年1月5日; None for anything else."""
    found = re.fullmatch(r"(\d{4})(?:-|年)(\d{1,2})(?:-|月)(\d{1,2})日?", text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def date_line(day: date) -> str:
    """The last line of a document: 2026年1月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def of_tree(document: tree.DocumentTree, tokens: Mapping[str, str]) -> Source:
    """The text of a document tree. tokens: how each figure is typed, by its id."""
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, tree.Heading):
            blocks.append(Block(HEADING, block.text, block.level))
        elif isinstance(block, tree.Paragraph):
            blocks.append(Block(PARAGRAPH, "".join(_typed(part, tokens) for part in block.inlines)))
    return Source(document.title, tuple(blocks), read_day(document.date))


def _typed(part: tree.Inline, tokens: Mapping[str, str]) -> str:
    if isinstance(part, tree.Chip):
        return tokens[part.figure]
    if isinstance(part, tree.Mention):
        return part.text if _BRACKETS.search(part.text) else name_token(part.text)
    return part


def name_token(text: str) -> str:
    """How a name taken from a record is typed."""
    return f"{{@{text}}}"


def token(code: str, aspect: str) -> str:
    """How a figure is typed."""
    return f"{{{code}}}" if aspect == "level" else f"{{{code}:{aspect}}}"


def read_token(text: str) -> rules.Slot | NameToken | None:
    """The figure or name a token stands for; None if it is none."""
    if text.startswith("{@"):
        return NameToken(text[2:-1]) if text[2:-1] else None
    try:
        clauses = rules.parse_sentence(text)
    except rules.TemplateError:
        return None
    slots = [slot for clause in clauses for slot in clause.slots if slot.aspect != rules.NAMES]
    return slots[0] if slots else None


def parts(text: str) -> Iterator[Part]:
    """Text, figures and names of a paragraph in order. What looks like a token and is none stays text: see ``mistakes``."""
    at = 0
    for match in _TOKEN.finditer(text):
        part = read_token(match[0])
        if part is None:
            continue
        if text[at : match.start()]:
            yield text[at : match.start()]
        yield part
        at = match.end()
    if text[at:]:
        yield text[at:]


def typed(title: str, kinds: Sequence[str], texts: Sequence[str], dated_on: str = "") -> Source:
    """The source of a form: kinds are ``paragraph`` or ``heading-1`` … ``heading-4``. A line break ends a paragraph."""
    blocks: list[Block] = []
    for kind, text in zip(kinds[:KEPT], texts[:KEPT], strict=False):
        lines = _clean(text).split("\n")
        name, _dash, level = kind.partition("-")
        if name == HEADING:
            blocks.append(Block(HEADING, "".join(lines).strip(), int(level) if level in _LEVELS else 1))
        else:
            said = [line.strip() for line in lines]
            blocks += [Block(PARAGRAPH, line) for line in ([line for line in said if line] or [""])]
    return Source(_clean(title).replace("\n", "").strip(), tuple(blocks), read_day(dated_on))


def _clean(text: str) -> str:
    return "".join(
        char
        for char in _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        if unicodedata.category(char) != "Cf"  # zero-width: nobody sees them
    )


def slots(source: Source) -> tuple[rules.Slot, ...]:
    """Every figure the text speaks, each once, in order."""
    return tuple(dict.fromkeys(part for part in _parts(source) if isinstance(part, rules.Slot)))


def names(source: Source) -> tuple[str, ...]:
    """Every name taken from a record, each once, in order."""
    return tuple(dict.fromkeys(part.text for part in _parts(source) if isinstance(part, NameToken)))


def _parts(source: Source) -> Iterator[Part]:
    return (part for block in source.blocks for part in parts(block.text))


# ── what stands in the way of saving ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Mistake:
    """Something that cannot be saved: in which block (−1: the title), from where to where, and what it is.

    kind: "loose" a number without evidence, "touching" a figure that typed digits touch, "token" braces that mark no
    figure, "name" a name no edition took from a record, "heading" a figure in a heading, "empty" a heading without words,
    "long" a paragraph or title that is too long, "many" the first paragraph that is one too many.
    """

    kind: Literal["loose", "touching", "token", "name", "heading", "empty", "long", "many"]
    block: int
    start: int
    end: int
    text: str
    around: str


def masked(text: str) -> str:
    """The text with its figures made unreadable, of the same length."""
    return _TOKEN.sub(
        lambda match: MASK * len(match[0]) if isinstance(read_token(match[0]), rules.Slot) else match[0], text
    )


def mistakes(source: Source, *, terms: Collection[str], names: Collection[str] = ()) -> list[Mistake]:
    """Whatever stands in the way of saving, in reading order.

    terms: names whose digits are no quantities; names: those that were taken from records.
    """
    found = sorted(_mistakes_of_title(source.title, terms), key=lambda each: each.start)
    for number, block in enumerate(source.blocks[:MOST]):
        found += sorted(_mistakes(number, block, terms, names), key=lambda each: each.start)
    if len(source.blocks) > MOST:
        found.append(Mistake("many", MOST, 0, 0, "", source.blocks[MOST].text[:24]))
    return found


def _mistakes_of_title(title: str, terms: Collection[str]) -> Iterator[Mistake]:
    if not title:
        yield Mistake("empty", -1, 0, 0, "", "")
    if len(title) > LONGEST_TITLE:
        yield Mistake("long", -1, LONGEST_TITLE, len(title), "", title[:24])
    for match in _BRACKETS.finditer(title):
        yield Mistake("token", -1, *match.span(), match[0], title)
    for each in numerals.find(title, terms=terms):
        yield Mistake("loose", -1, each.start, each.end, each.text, title)


def _mistakes(number: int, block: Block, terms: Collection[str], names: Collection[str]) -> Iterator[Mistake]:
    hidden = masked(block.text)

    def mistake(kind: Any, start: int, end: int) -> Mistake:  # one of Mistake.kind
        return Mistake(kind, number, start, end, block.text[start:end], block.text[max(start - 12, 0) : end + 12])

    if block.is_heading and not _words(block).strip():
        yield mistake("empty", 0, 0)
    if len(block.text) > LONGEST:
        yield Mistake("long", number, 0, 0, "", block.text[:24])
        return
    for match in _TOKEN.finditer(block.text):
        if wrong := _wrong_token(match, block, hidden, names):
            yield mistake(*wrong)
    without = _TOKEN.sub(lambda match: MASK * len(match[0]), block.text)
    yield from (mistake("token", *match.span()) for match in _BRACKETS.finditer(without))
    for each in numerals.find(without, terms=terms):
        yield mistake("loose", each.start, each.end)


def _wrong_token(
    match: re.Match[str], block: Block, hidden: str, names: Collection[str]
) -> tuple[str, int, int] | None:
    """Why braces cannot stand where they do: the kind of mistake, from where to where. hidden: the text, masked."""
    part = read_token(match[0])
    if part is None:
        return "token", *match.span()
    if isinstance(part, NameToken):
        return ("name", *match.span()) if part.text not in names or block.is_heading else None
    if block.is_heading:
        return "heading", *match.span()
    if numerals.touches(hidden, match.start(), match.end()):
        before, after = hidden[: match.start()].rstrip(), hidden[match.end() :]
        far = len(hidden) - len(after.lstrip())  # with the digits that touch it: two characters on either side
        return "touching", max(len(before) - 2, 0), min(far + 2, len(hidden))
    return None


# ── arranging: every change gives a new source ──────────────────────────────────────────────────────────────────────


def section_end(blocks: Sequence[Block], at: int) -> int:
    """Where the part ends that begins at a block: a heading brings along everything below it."""
    if not blocks[at].is_heading:
        return at + 1
    level = blocks[at].level
    behind = range(at + 1, len(blocks))
    return next((each for each in behind if blocks[each].is_heading and blocks[each].level <= level), len(blocks))


def moved(source: Source, at: int, by: Literal[-1, 1]) -> Source:
    """A paragraph one place up or down; a section past its neighbour. Where there is no room, nothing moves."""
    blocks, head = source.blocks, source.blocks[at]
    if by == 1:
        start, middle = at, section_end(blocks, at)
        if middle >= len(blocks) or (head.is_heading and blocks[middle].level != head.level):
            return source
        end = section_end(blocks, middle) if head.is_heading else middle + 1
    else:
        middle, end = at, section_end(blocks, at)
        above = range(at) if not head.is_heading else _siblings_above(blocks, at)
        if not above:
            return source
        start = above[-1]
    arranged = (*blocks[:start], *blocks[middle:end], *blocks[start:middle], *blocks[end:])
    return replace(source, blocks=renumbered(arranged) if head.is_heading else arranged)


def _siblings_above(blocks: Sequence[Block], at: int) -> list[int]:
    """The headings of the same level before a heading, since the last one above its level."""
    found: list[int] = []
    for each in (number for number in range(at) if blocks[number].is_heading):
        if blocks[each].level < blocks[at].level:
            found = []
        elif blocks[each].level == blocks[at].level:
            found.append(each)
    return found


def removed(source: Source, at: int) -> Source:
    """Without a paragraph, or without a heading and everything below it."""
    left = (*source.blocks[:at], *source.blocks[section_end(source.blocks, at) :])
    return replace(source, blocks=renumbered(left) if source.blocks[at].is_heading else left)


def added(source: Source, at: int, kind: str) -> Source:
    """With an empty paragraph right behind a block, or an empty heading behind its section; at −1: first of all.

    Behind a heading that is numbered the new one is, too.
    """
    blocks = source.blocks
    level = next((each.level for each in reversed(blocks[: at + 1]) if each.is_heading), 1)
    if kind == PARAGRAPH:
        return replace(source, blocks=(*blocks[: at + 1], Block(PARAGRAPH, ""), *blocks[at + 1 :]))
    heads = [each for each in range(at + 1) if blocks[each].is_heading]
    place = section_end(blocks, heads[-1]) if heads else at + 1
    is_counted = bool(heads) and rules.is_numbered(blocks[heads[-1]].text, level)
    fresh = Block(HEADING, blocks[heads[-1]].text.removesuffix(_words(blocks[heads[-1]])) if is_counted else "", level)
    return replace(source, blocks=renumbered((*blocks[:place], fresh, *blocks[place:])))


def renumbered(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks whose numbered headings have the numbers of their places; what is numbered otherwise stays as it was typed."""
    texts = iter(rules.renumbered([(block.text, block.level) for block in blocks if block.is_heading]))
    return tuple(replace(block, text=next(texts)) if block.is_heading else block for block in blocks)


def _words(heading: Block) -> str:
    return rules.unnumbered(heading.text)


def replaced(source: Source, at: int, start: int, end: int, text: str) -> Source:
    """With a stretch of one block replaced."""
    block = source.blocks[at]
    changed = replace(block, text=block.text[:start] + text + block.text[end:])
    return replace(source, blocks=(*source.blocks[:at], changed, *source.blocks[at + 1 :]))


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ChangedPiece:
    """A stretch of text that stayed (same), went (old) or came (new)."""

    what: Literal["same", "old", "new"]
    text: str


@dataclass(frozen=True)
class ChangedLine:
    """A heading or paragraph as it changed; ``what`` says whether it stayed, went, came or was changed within."""

    what: Literal["same", "old", "new", "changed"]
    pieces: tuple[ChangedPiece, ...]


def compared(before: Sequence[str], after: Sequence[str]) -> list[ChangedLine]:
    """What changed between two texts, paragraph by paragraph; within a changed one, character by character."""
    lines: list[ChangedLine] = []
    for what, low, high, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            lines += [ChangedLine("same", (ChangedPiece("same", text),)) for text in before[low:high]]
        else:
            lines += _paired(before[low:high], after[start:end])
    return lines


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangedLine]:
    """Paragraphs that have much in common are one that changed; the others went or came."""
    at = 0
    for text in new:
        partner = next((each for each in range(at, len(old)) if _alike(old[each], text)), None)
        if partner is None:
            yield ChangedLine("new", (ChangedPiece("new", text),))
            continue
        yield from (ChangedLine("old", (ChangedPiece("old", each),)) for each in old[at:partner])
        yield ChangedLine("changed", tuple(_pieces(old[partner], text)))
        at = partner + 1
    yield from (ChangedLine("old", (ChangedPiece("old", each),)) for each in old[at:])


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() > ALIKE


def _pieces(old: str, new: str) -> Iterator[ChangedPiece]:
    for what, low, high, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield ChangedPiece("same", old[low:high])
            continue
        if low < high:
            yield ChangedPiece("old", old[low:high])
        if start < end:
            yield ChangedPiece("new", new[start:end])
