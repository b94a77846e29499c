"""Definitions: what differs between provinces, years and programmes is data, read here from packs.

A pack is a folder of TOML files; what is written in ``indicators.toml`` may stand in any file of ``indicators/`` too.
Each room registers the kinds of definition it understands; this module reads a pack's files into their dataclasses and
collects **every** mistake before it refuses. It keeps nothing: the table of loaded definitions lives in the registry.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from xingke.base.mistakes import entry_words, nearest, shape_mistakes, toml_mistake
from xingke.base.register import Register
from xingke.base.sayings import NOTHING, Saying, say


class Defined(Protocol):
    """What every definition has: a stable key within its kind, and a version."""

    @property
    def key(self) -> str: ...

    @property
    def version(self) -> int: ...


D = TypeVar("D", bound=Defined)


@dataclass(frozen=True)
class Issue:
    """One mistake in a pack: where it is, and a sentence saying what was found and what was expected.

    place: the entry, and within it the table and key; of a file as a whole nothing.
    """

    file: str
    place: str | Saying
    text: str | Saying

    def __str__(self) -> str:
        return ": ".join(str(each) for each in (self.file, self.place, self.text) if each)


class DefinitionError(Exception):
    """A pack does not hold. ``issues`` names every mistake; nothing was loaded."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


@dataclass(frozen=True)
class DefinitionKind(Generic[D]):
    """A kind of definition: its code, the file and table it is written in, its type, and its named checks.

    word: what such a definition is called, for people. meaning: what of a body is hashed, where two ways of writing it
    mean the same. key_today: the key under which a definition stands today that was stored under another. is_regional: whether a region
    may have its own in place of the one that holds everywhere: who asks for one says for which region.
    """

    code: str
    file: str  # as ``indicators.toml``
    type: type[D]
    checks: tuple[Callable[["Catalogue"], Iterator[Issue]], ...] = ()
    word: Saying = NOTHING
    meaning: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    key_today: Callable[[str], str] = str
    is_regional: bool = False


@dataclass(frozen=True)
class DefinitionEntry(Generic[D]):
    """One definition as written: its parsed form, the body as plain JSON data, and the hash of that body.

    is_new: it is not in force yet; what is, is read as it always was.
    """

    kind: str
    value: D
    body: Mapping[str, Any]  # TOML data: strings, numbers, lists and tables
    file: str  # within its pack
    is_new: bool = True

    @property
    def place(self) -> str:
        return f"[[{self.kind}]] {self.value.key}"

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of what the body means."""
        return body_hash(KINDS[self.kind].meaning(self.body))


@dataclass
class Catalogue:
    """Definitions of all kinds, as the checks see them: what a pack brings on top of what is loaded already."""

    entries: dict[str, list[DefinitionEntry[Any]]] = field(default_factory=dict)

    def of(self, kind: str) -> list[DefinitionEntry[Any]]:
        return self.entries.get(kind, [])

    def values(self, kind: str) -> list[Any]:  # the kind decides the type
        return [entry.value for entry in self.of(kind)]


KINDS: Register[DefinitionKind[Any]] = Register("kind of definition")
"""What packs may define: each room announces its own."""


def body_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a definition's body."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def parse(kind_code: str, body: Mapping[str, Any]) -> Any:
    """The dataclass of one stored body. Raises pydantic's ValidationError if it no longer fits."""
    return _adapter(KINDS[kind_code].type).validate_python(dict(body))


def read_pack(folder: Path, *, loaded: Catalogue | None = None) -> Catalogue:
    """Read and check every definition of a pack. Raises DefinitionError with all mistakes of all files.

    loaded: the definitions already in force; checks may refer to them. Returns only what the pack brings.
    """
    issues = list(_strays(folder))
    brought = Catalogue()
    for known in KINDS:
        if names := files_of(folder, known):
            brought.entries[known.code], wrong = _read_files(folder, names, known)
            issues += wrong
    if not issues:  # references are only worth checking once every entry can be read
        merged = _merge(loaded or Catalogue(), brought)
        for known in KINDS:
            for check in known.checks:
                issues += check(merged)
    if issues:
        raise DefinitionError(issues)
    return brought


def _strays(folder: Path) -> Iterator[Issue]:
    """Files that are called like those of no kind: what stands in them would be left out without a word."""
    known = {each.file for each in KINDS}
    kept = {"pack.toml", *known, *(name for each in KINDS for name in files_of(folder, each))}
    for path in sorted((*folder.glob("*.toml"), *folder.glob("*/*.toml"))):
        name, is_another = path.relative_to(folder).as_posix(), (path.parent / "pack.toml").is_file()
        if name not in kept and not path.name.startswith(".") and (path.parent == folder or not is_another):
            yield Issue(name, NOTHING, _stray(name, sorted(known)))


def _stray(name: str, known: Sequence[str]) -> Saying:
    if meant := nearest(Path(name).name, known):
        return say(
            "没有哪种定义写在这个文件里，是不是“%(meant)s”？认得的：%(known)s。", meant=meant, known=tuple(known)
        )
    return say("没有哪种定义写在这个文件里；认得的：%(known)s。", known=tuple(known))


def files_of(folder: Path, known: DefinitionKind[Any]) -> list[str]:
    """The files of a pack that hold a kind, within its folder: ``indicators.toml``, then ``indicators/*.toml`` by name."""
    many = folder / Path(known.file).stem
    own = [folder / known.file, *sorted(path for path in many.glob("*.toml") if not path.name.startswith("."))]
    return [path.relative_to(folder).as_posix() for path in own if path.is_file()]


def _read_files(
    folder: Path, names: Sequence[str], known: DefinitionKind[Any]
) -> tuple[list[DefinitionEntry[Any]], list[Issue]]:
    """The definitions of a kind in all files of a pack, and every mistake; what stands in two files is one."""
    entries: list[DefinitionEntry[Any]] = []
    issues: list[Issue] = []
    first: dict[tuple[str, int], tuple[str, int]] = {}
    for name in names:
        bodies, wrong = _bodies(folder / name, name, known)
        issues += wrong
        for number, body in enumerate(bodies, 1):
            place = entry_words(known.code, number, body)
            try:
                value = _adapter(known.type).validate_python(body)
            except ValidationError as error:
                issues += [Issue(name, *wrong) for wrong in shape_mistakes(error, known.type, body, place)]
                continue
            if said := first.get((value.key, value.version)):
                twice = say("写了两次；先在 %(file)s 第 %(number)s 条。", file=said[0], number=said[1])
                issues.append(Issue(name, place, twice))
            first[value.key, value.version] = name, number
            entries.append(DefinitionEntry(known.code, value, body, name))
    return entries, issues


def _bodies(path: Path, name: str, known: DefinitionKind[Any]) -> tuple[list[dict[str, Any]], list[Issue]]:
    """The tables of a kind as they are written in a file, and what is wrong with the file itself."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        return [], [Issue(name, NOTHING, say("不是 UTF-8 编码，请另存为 UTF-8。"))]
    except tomllib.TOMLDecodeError as error:
        return [], [Issue(name, NOTHING, toml_mistake(error, text))]
    extra = say("这个文件里没有这张表；每一条的前面写 [[%(table)s]]。", table=known.code)
    issues = [Issue(name, each, extra) for each in data if each != known.code]
    bodies = data.get(known.code, [])
    if not isinstance(bodies, list) or not all(isinstance(body, dict) for body in bodies):
        wrong = say("要用两层方括号：每一条的前面写 [[%(table)s]]。", table=known.code)
        return [], [*issues, Issue(name, known.code, wrong)]
    return bodies, issues


def _adapter(target: type[Any], _known: dict[type[Any], TypeAdapter[Any]] = {}) -> TypeAdapter[Any]:  # noqa: B006 - a cache
    if target not in _known:
        _known[target] = TypeAdapter(target)
    return _known[target]


def _merge(loaded: Catalogue, brought: Catalogue) -> Catalogue:
    merged = Catalogue()
    for known in KINDS:
        standing = {entry.value.key: entry.value for entry in loaded.of(known.code)}
        own = [replace(entry, is_new=entry.value != standing.get(entry.value.key)) for entry in brought.of(known.code)]
        replaced = {entry.value.key for entry in own}
        kept = [entry for entry in loaded.of(known.code) if entry.value.key not in replaced]
        merged.entries[known.code] = kept + own
    return merged
