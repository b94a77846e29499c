"""How text is cut for the index, how a question is cut into words, and how both databases are asked for them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xingke.base.pinyin import initials
from xingke.base.searching import Searchable

RECIPE = 1  # raised when the same text would be cut otherwise: the index is then made anew
LONGEST, MOST = 100, 8  # characters and words of a question that are looked at
AROUND = 40  # characters of a passage shown on either side of a word

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_LITTLE = frozenset("的了在与和及或之")  # alone they say nothing


def recipe(kind: Searchable) -> int:
    """By which recipe the texts of a kind are made: how they are cut, and what they say."""
    return RECIPE + 100 * kind.recipe


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_han(run: str) -> bool:
    return re.match(rf"[{_HAN}]", run) is not None


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run))]


def cut(text: str) -> str:
    """A text as the index keeps it: every pair of neighbouring Chinese characters, every other word whole.

    明渠GR2023 → 明渠 渠 gr2023. Pairs and not words: a dictionary cuts 青溪县智旺 into 青溪 and 县智旺, and 智旺 is lost.
    """
    return " ".join(token for run in _RUN.findall(_plain(text)) for token in (_pairs(run) if _is_han(run) else [run]))


def identifier(text: str) -> str:
    """An official number as it is compared: without the marks in it, without the letters a patent's is quoted with."""
    return "".join(_RUN.findall(_plain(text))).removeprefix("zl")


@dataclass(frozen=True)
class Asked:
    """A question: its words, and all of it as an official number would be compared (empty where it can be none).

    instead: for each word what may stand in its place: 高企 is found where 高新技术企业 stands.
    """

    words: tuple[str, ...] = ()
    number: str = ""
    instead: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def marks(self) -> tuple[str, ...]:
        """Every wording to be marked where it was found."""
        return (*self.words, *(each for some in self.instead for each in some))

    def fts5(self) -> str:
        """The question in SQLite's language; words are quoted, so nothing that was typed is syntax."""
        every = " AND ".join(
            _any(" OR ", [f'"{" ".join(tokens)}"{"*" if is_begun else ""}' for tokens, is_begun in ways])
            for ways in self._ways()
        )
        return f'({every}) OR "{self.number}"*' if self.number else every

    def tsquery(self, weight: str = "") -> str:
        """The question in PostgreSQL's language. weight: A looks in names only."""
        every = " & ".join(
            _any(
                " | ",
                [
                    f"({' <-> '.join(_lexeme(token, is_begun, weight) for token in tokens)})"
                    for tokens, is_begun in ways
                ],
            )
            for ways in self._ways()
        )
        return f"({every}) | {_lexeme(self.number, True, weight)}" if self.number else every

    def _ways(self) -> Iterable[list[tuple[list[str], bool]]]:
        """Each word as the index has it, and whether it may go on there, and so what may stand in its place."""
        for at, word in enumerate(self.words):
            instead = self.instead[at] if at < len(self.instead) else ()
            yield [_tokens(each) for each in (word, *instead)]


def _any(joint: str, ways: Sequence[str]) -> str:
    return ways[0] if len(ways) == 1 else f"({joint.join(ways)})"


def _tokens(word: str) -> tuple[list[str], bool]:
    """A wording as the index has it, and whether it may go on there: a lone character, letters and digits may."""
    runs = _RUN.findall(_plain(word))
    last = runs[-1]
    is_whole = _is_han(last) and len(last) > 1
    parts = [_pairs(run) if _is_han(run) else [run] for run in runs]
    if is_whole:
        parts[-1] = parts[-1][:-1]
    return [token for part in parts for token in part], not is_whole


def _lexeme(token: str, is_begun: bool, weight: str) -> str:
    marks = ("*" if is_begun else "") + weight
    return f"'{token}'" + (f":{marks}" if marks else "")


_FORMERLY = re.compile(r"\((?:原|曾用名|更名前|前身)[^()]*\)?")  # 甲公司（原乙公司）
_QUOTED = re.compile(r"^(?:zl|cn)+(?=\d)")  # a patent's number as it is quoted


def asked(text: str, wordings: Mapping[str, Sequence[str]] | None = None) -> Asked:
    """What somebody typed, cut into words that must all occur; empty where there is nothing to look for.

    wordings: what short names stand for: see ``Asked.instead``.
    """
    known = {_plain(word): full for word, full in (wordings or {}).items()}
    typed = _plain(text[:LONGEST])
    typed = _FORMERLY.sub(" ", typed) if _FORMERLY.sub("", typed).strip() else typed
    words: list[str] = []
    for run in _RUN.findall(typed):
        for part in _parted(run, known):
            words += [part] if part in known or not _is_han(part) else _words(part)
    told = [word for word in dict.fromkeys(words) if word not in _LITTLE][:MOST]
    number = _QUOTED.sub("", identifier(text[:LONGEST]))
    is_number = len(number) >= 4 and any(character.isdigit() for character in number)
    instead = tuple(_others(word, known.get(word, ())) for word in told)
    return Asked(tuple(told), number if is_number else "", instead if any(instead) else ())


def _parted(run: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """A run of characters with the short names in it apart; not where it holds the full name already."""
    short = [word for word, full in known.items() if word in run and not any(_plain(each) in run for each in full)]
    if not short:
        return [run]
    names = "|".join(re.escape(word) for word in sorted(short, key=len, reverse=True))
    return [part for part in re.split(f"({names})", run) if part]


def _others(word: str, full: Sequence[str]) -> tuple[str, ...]:
    """The wordings that are not found by the word itself anyway, nor by one another."""
    found: list[str] = []
    for each in sorted(map(_plain, full), key=len):
        if _RUN.search(each) and not any(before in each for before in (word, *found)):
            found.append(each)
    return tuple(found)


def _words(run: str) -> list[str]:
    """A run of Chinese characters as words. What the dictionary leaves alone stays with its neighbours: 智旺, 新材料."""
    import rjieba  # its dictionary takes a quarter of a second to load, and most commands cut no words

    words: list[str] = []
    for word in rjieba.cut(run, False):
        before = words[-1] if words else ""
        is_little = word in _LITTLE or before in _LITTLE
        if before and not is_little and (len(word) == 1 or len(before) == 1):
            words[-1] += word
        else:
            words.append(word)
    return words


BEGINS, HOLDS, SPELLED, SPELLED_WITHIN = range(4)  # how near a label is to what was typed; the lower, the nearer


def nearness(label: str, text: str) -> int | None:
    """How near what a page or an act is called is to what was typed, by its words or its initials; None where it is another.

    Every word has to be found, each somewhere: the farthest says how near all is. Nothing typed is as near as can be.
    """
    plain, spelled = _plain(label), "".join(initials(label)[:1])
    found = [_nearness_of(plain, spelled, word) for word in _plain(text).split()]
    return None if None in found else max((each for each in found if each is not None), default=BEGINS)


def _nearness_of(plain: str, spelled: str, word: str) -> int | None:
    if plain.startswith(word):
        return BEGINS
    if word in plain:
        return HOLDS
    if spelled.startswith(word):
        return SPELLED
    return SPELLED_WITHIN if word in spelled else None


@dataclass(frozen=True)
class Piece:
    """A piece of a shown text; ``is_found``: it is one of the words."""

    text: str
    is_found: bool = False


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """A text in pieces, with the words that were looked for apart."""
    if not words:
        return [Piece(text)]
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    pieces = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return [Piece(piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece]


def passage(text: str, words: Sequence[str]) -> str:
    """The piece of a long text around the first of the words in it; empty if it has none of them."""
    places = [at for word in words if (at := text.lower().find(word)) >= 0]
    if not places:
        return ""
    start, end = max(0, min(places) - AROUND), min(places) + 2 * AROUND
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")
