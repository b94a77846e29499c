"""Archive volumes 案卷, without a database: numbers, terms, the manifest, and whether kept bytes are still those that were filed.

Sources: DA/T 22-2015 归档文件整理规则 (terms, the year something belongs to, the columns of the catalogue), DA/T 13-2022 档号编制规则
(numbers). What was not read in the standards themselves is marked in the pack.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date

from pydantic import ConfigDict

from xingke.base.definitions import Catalogue, DefinitionKind, Issue
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say

STRICT = ConfigDict(extra="forbid")
FORMAT = 1
MANIFEST = "manifest.json"
SIGNATURE = "signature.json"
CATALOGUE = "卷内目录.xlsx"
_PLACES = re.compile(r"\{(\w+)(?::(\d))?\}")
_NUMBERED = {"fonds", "category", "year", "term", "n"}
_FONDS = re.compile(r"[0-9A-Z]{1,10}")
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_LONGEST = 80  # signs of a file's name within a volume


@dataclass(frozen=True, kw_only=True)
class ArchiveCategory:
    """A category of archives 档案门类."""

    __pydantic_config__ = STRICT

    code: str
    label: Label


@dataclass(frozen=True, kw_only=True)
class RetentionTerm:
    """How long something is kept 保管期限. years: 0 for good."""

    __pydantic_config__ = STRICT

    code: str
    label: Label
    years: int = 0


@dataclass(frozen=True, kw_only=True)
class ArchiveScheme:
    """How a bureau numbers its volumes and for how long it keeps them.

    number: the pattern of a volume's number, with ``{fonds}``, ``{category}``, ``{year}``, ``{term}`` and ``{n:3}``. item: of what lies
    in it, behind that: ``-{n:4}``.
    """

    __pydantic_config__ = STRICT

    code: str
    number: str
    item: str
    category: tuple[ArchiveCategory, ...]
    term: tuple[RetentionTerm, ...]
    source: str
    version: int = 1

    @property
    def key(self) -> str:
        return self.code

    def terms(self) -> dict[str, RetentionTerm]:
        """The terms by code."""
        return {each.code: each for each in self.term}

    def categories(self) -> dict[str, ArchiveCategory]:
        """The categories by code."""
        return {each.code: each for each in self.category}


def schemes_hold(catalogue: Catalogue) -> Iterator[Issue]:
    """A pattern tells any two volumes apart; codes are there once."""
    for entry in catalogue.of("archive"):
        scheme: ArchiveScheme = entry.value
        named = {name for name, _digits in _PLACES.findall(scheme.number)}
        if named != _NUMBERED or ("n", "") in _PLACES.findall(scheme.number):
            yield Issue(entry.file, entry.place, "number: name {fonds}, {category}, {year}, {term} and {n:3}, no other")
        if [name for name, digits in _PLACES.findall(scheme.item) if digits] != ["n"]:
            yield Issue(entry.file, entry.place, "item: name {n:4} and nothing else")
        for what, codes in (("category", [*scheme.categories()]), ("term", [*scheme.terms()])):
            if not codes or len(codes) < len(getattr(scheme, what)):
                yield Issue(entry.file, entry.place, f"{what}: at least one, each code once")
        if any(each.years < 0 for each in scheme.term):
            yield Issue(entry.file, entry.place, "term: years are not less than 0")


SCHEMES: DefinitionKind[ArchiveScheme] = DefinitionKind(
    "archive", "archive.toml", ArchiveScheme, (schemes_hold,), say("档号和保管期限"), is_regional=True
)


def filled(pattern: str, **values: str | int) -> str:
    """A number by its pattern; ``{n:3}`` is written with three digits at least."""

    def one(place: re.Match[str]) -> str:
        value = values[place[1]]
        return f"{value:0{place[2]}}" if place[2] else str(value)

    return _PLACES.sub(one, pattern)


def fonds_number(text: str) -> str:
    """A fonds number 全宗号 as it is kept. Raises Refused for what is none."""
    found = text.strip().upper()
    if not _FONDS.fullmatch(found):
        raise Refused(
            say("全宗号“%(text)s”不对：只用数字和大写字母，最多 10 位，由同级综合档案馆给定。", text=text[:20])
        )
    return found


def kept_until(year: int, years: int) -> date | None:
    """The last day of a term, which begins with the year after; None for good."""
    return date(year + years, 12, 31) if years else None


def refuse_other_year(on: date, year: int) -> None:
    """Raise Refused for what belongs to another year: that of its end, or of its signing, whatever it is about."""
    if on.year != year:
        raise Refused(
            say(
                "它的日期是 %(day)s，归入 %(there)s 年度，不能归入 %(year)s 年度的案卷。",
                day=on.isoformat(),
                there=on.year,
                year=year,
            )
        )


# ── the manifest ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class ManifestFile:
    """A file of a volume. path: within the volume; digest: SHA-256 of its bytes; size: in bytes."""

    path: str
    digest: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ManifestItem:
    """What lies in a volume. on: ISO day; pages: None for unknown; source: what it was filed from, with the digest that had."""

    number: str
    title: str
    responsible: str
    document_number: str
    on: str
    pages: int | None
    note: str
    source: str
    digest: str
    files: tuple[ManifestFile, ...]


@dataclass(frozen=True, kw_only=True)
class VolumeManifest:
    """All that a closed volume holds; its canonical bytes are what is signed."""

    number: str
    fonds: str
    category: str
    year: int
    term: str
    title: str
    region: str
    closed_on: str
    ledger: str
    is_fictional: bool
    items: tuple[ManifestItem, ...] = field(default=())
    format: int = FORMAT

    def canonical(self) -> bytes:
        """JSON as docs/proof.md says it: keys sorted, no blanks, UTF-8, signs as they are."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def files(self) -> Iterator[tuple[ManifestItem, ManifestFile]]:
        """Its files in order, each with what it belongs to."""
        for item in self.items:
            for each in item.files:
                yield item, each


def read_manifest(data: bytes) -> VolumeManifest:
    """A manifest that was written. Raises Refused for anything else."""
    try:
        told = json.loads(data)
        items = tuple(
            ManifestItem(**{**item, "files": tuple(ManifestFile(**each) for each in item["files"])})
            for item in told.pop("items")
        )
        found = VolumeManifest(**told, items=items)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(say("案卷的清单读不出来，它已损坏或不是本系统写的。")) from None
    if found.format != FORMAT:
        raise Refused(say("案卷清单的格式是第 %(n)s 版，本程序只认识第 %(own)s 版。", n=found.format, own=FORMAT))
    return found


def digest_of(data: bytes) -> str:
    """SHA-256, in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def path_of(ordinal: int, place: int, name: str) -> str:
    """Where a file lies within its volume: a folder for each item, names that any system can write."""
    stem, dot, suffix = _UNSAFE.sub("_", name).strip(" .").rpartition(".")
    kept = f"{stem[: _LONGEST - len(suffix)]}{dot}{suffix}" if stem else suffix[:_LONGEST]
    return f"{ordinal:04}/{place:02}-{kept}"


def check_files(manifest: VolumeManifest, look: Callable[[ManifestFile], tuple[str, int] | None]) -> Iterator[Saying]:
    """What is missing or changed, one sentence for each file. look: what is there now, digest and size; None for nothing."""
    for item, each in manifest.files():
        there = look(each)
        if there is None:
            yield say("缺少：%(path)s（%(number)s %(title)s）", path=each.path, number=item.number, title=item.title)
        elif there != (each.digest, each.size):
            yield say(
                "变了：%(path)s（%(number)s %(title)s），清单上是 %(size)s 字节、摘要 %(digest)s，现在是 %(now)s 字节、摘要 %(found)s",
                path=each.path,
                number=item.number,
                title=item.title,
                size=each.size,
                digest=each.digest[:16],
                now=there[1],
                found=there[0][:16],
            )
