"""Opening Office packages (.docx, .xlsx) that may come from anywhere: the gate before any reader.

A package is a zip of XML parts. Nothing in it is trusted: sizes, names and the layout of the zip are judged from its
directory before anything is unfolded, DTDs are refused, nothing external is opened.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say


class Unreadable(Refused):
    """A file cannot be read; the sentence is for the person who sent it."""


@dataclass(frozen=True, kw_only=True)
class PackageLimits:
    """What a package may cost. Bytes, except entries and the ratios (unfolded : folded, judged only above one MiB).

    part_ratio, when given, is asked of every part by itself as well.
    """

    packed: int = 64 << 20
    unfolded: int = 256 << 20
    part: int = 64 << 20
    entries: int = 4000
    ratio: int = 200
    part_ratio: int | None = None


@dataclass(frozen=True, kw_only=True)
class Format:
    """How sentences speak of a kind of package. slim: what makes such a file smaller."""

    suffix: str
    old: str
    program: Saying
    slim: Saying

    @property
    def damaged(self) -> Saying:
        """The sentence for what is no such package at all."""
        return say(
            "这不是 %(suffix)s 文件，或者文件已经损坏，请在%(program)s中打开后另存为 %(suffix)s 再试。",
            suffix=self.suffix,
            program=self.program,
        )


DOCX = Format(suffix=".docx", old=".doc", program=say("文字处理软件"), slim=say("请压缩其中的图片后再试"))
XLSX = Format(suffix=".xlsx", old=".xls", program=say("电子表格软件"), slim=say("请分成几个文件导入"))

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def part_name(entry: zipfile.ZipInfo) -> str:
    """A part's name as Office compares them: cases are one, and so are the strokes some systems write into it."""
    return entry.filename.replace("\\", "/").lstrip("/").lower()


_PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LOCAL_HEADER = 30  # bytes of a local file header, its name apart
_END_RECORD = 22  # bytes of the end of the directory before its comment
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Relation:
    """A relationship of a part. kind: last word of its type; target: an inner part's path, else the address outside."""

    type: str
    kind: str
    target: str
    identifier: str
    is_external: bool


class Package:
    """The zip, opened with care. Raises Unreadable from every method."""

    def __init__(self, data: bytes, limits: PackageLimits, form: Format) -> None:
        self.limits = limits
        self.form = form
        if len(data) > limits.packed:
            size, most = len(data) >> 20, limits.packed >> 20
            raise Unreadable(
                say("文件有 %(size)s MB，超过 %(most)s MB 的上限，%(slim)s。", size=size, most=most, slim=form.slim)
            )
        if data[:4] == _OLD_OFFICE:
            raise Unreadable(
                say(
                    "这是旧版 %(old)s 文件或加了密码的文件，请另存为不带密码的 %(suffix)s 再试。",
                    old=form.old,
                    suffix=form.suffix,
                )
            )
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
            self.entries = self._checked_entries()
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise Unreadable(form.damaged) from error
        self._refuse_double_bottom(data)

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        listed = self.zip.infolist()
        if len(listed) > self.limits.entries:
            count, most = len(listed), self.limits.entries
            raise Unreadable(
                say("文件里有 %(count)s 个部件，超过 %(most)s 个的上限，不予打开。", count=count, most=most)
            )
        entries = {part_name(entry): entry for entry in listed}
        if len(entries) != len(listed):
            raise Unreadable(say("文件里有重名的部件，不同软件会读出不同内容，不予打开。"))
        if any(entry.flag_bits & 1 for entry in listed):
            raise Unreadable(say("文件加了密码，请去掉密码后再试。"))
        unfolded = sum(entry.file_size for entry in listed)
        folded = sum(entry.compress_size for entry in listed)
        largest = max((entry.file_size for entry in listed), default=0)
        if unfolded > self.limits.unfolded or largest > self.limits.part:
            size = unfolded >> 20
            raise Unreadable(say("文件展开后有 %(size)s MB，超过上限，疑似压缩炸弹，不予打开。", size=size))
        self._refuse_ratio(unfolded, folded, self.limits.ratio)
        if self.limits.part_ratio is not None:
            for entry in listed:
                self._refuse_ratio(entry.file_size, entry.compress_size, self.limits.part_ratio)
        return entries

    def _refuse_ratio(self, unfolded: int, folded: int, most: int) -> None:
        if unfolded > 1 << 20 and unfolded > folded * most:
            times = unfolded // max(folded, 1)
            raise Unreadable(say("文件展开后是原来的 %(times)s 倍，疑似压缩炸弹，不予打开。", times=times))

    def _refuse_double_bottom(self, data: bytes) -> None:
        """Parts may not overlap (one block unfolded many times), nor may anything stand before or behind the zip."""
        end = 0
        for entry in sorted(self.entries.values(), key=lambda each: each.header_offset):
            if entry.header_offset < end:
                raise Unreadable(say("文件里的部件互相重叠，疑似压缩炸弹，不予打开。"))
            end = entry.header_offset + _LOCAL_HEADER + entry.compress_size
        closing = len(data) - _END_RECORD - len(self.zip.comment)
        if (
            data[:4] != b"PK\x03\x04"
            or data[closing : closing + 4] != b"PK\x05\x06"
            or b"PK\x05\x06" in self.zip.comment
        ):
            raise Unreadable(
                say(
                    "文件的压缩包前后夹带了别的内容，不同软件会读出不同内容，请另存为 %(suffix)s 再试。",
                    suffix=self.form.suffix,
                )
            )

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, or None. A part that unfolds to more than it declares fails its checksum."""
        chunks: list[bytes] = []
        entry = self.entries.get(name.lstrip("/").lower())
        if entry is None:
            return None
        self._unfold(entry, chunks.append)
        return b"".join(chunks)

    def unfold(self, name: str, take: Callable[[bytes], object]) -> None:
        """Give the bytes of a part that is there to ``take``, piece by piece."""
        self._unfold(self.entries[name.lstrip("/").lower()], take)

    def _unfold(self, entry: zipfile.ZipInfo, take: Callable[[bytes], object]) -> None:
        """Give a part's bytes to ``take``, at most one MiB at a time; its checksum is judged at the end."""
        try:
            with self.zip.open(entry) as stream:
                while chunk := stream.read(_CHUNK):
                    take(chunk)
        except Unreadable:
            raise
        except Exception as error:  # zlib.error, lzma.LZMAError, BadZipFile and OSError share no narrower base
            raise Unreadable(say("文件里的 %(part)s 已经损坏，无法读出。", part=entry.filename)) from error

    def inspect(self, watchers: Mapping[str, Callable[[bytes], object]]) -> None:
        """Unfold every part once: checksums hold, and no XML part has a DTD or an encoding that hides one.

        watchers: for a part's name in lower case, who wants its bytes in passing.
        """
        for name, entry in self.entries.items():
            guard = _MarkupGuard(entry.filename)
            watcher = watchers.get(name)

            def take(
                chunk: bytes, guard: "_MarkupGuard" = guard, watcher: Callable[[bytes], object] | None = watcher
            ) -> None:
                guard.take(chunk)
                if watcher is not None:
                    watcher(chunk)

            self._unfold(entry, take)

    def xml(self, name: str) -> etree._Element | None:
        """A parsed part, or None. Refuses DTDs and encodings other than UTF-8 and UTF-16."""
        data = self.part(name)
        return None if data is None else parse(data, name, suffix=self.form.suffix)

    def all_relations(self, name: str) -> list[Relation]:
        """The relationships of a part ("" for the package), in order."""
        folder, leaf = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", leaf + ".rels"))
        if root is None:
            return []
        found = []
        for relation in root.iterchildren(f"{{{_PACKAGE_RELATIONSHIPS}}}Relationship"):
            target = (relation.get("Target") or "").replace("\\", "/")
            is_external = relation.get("TargetMode") == "External"
            if not is_external:
                target = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
            whole = relation.get("Type") or ""
            kind = whole.rsplit("/", 1)[-1]
            found.append(Relation(whole, kind, target, relation.get("Id") or "", is_external))
        return found

    def relations(self, name: str) -> list[tuple[str, str]]:
        """(kind, target part) of the inner relationships of a part, in order; kind is the last word of the type."""
        return [(each.kind, each.target) for each in self.all_relations(name) if not each.is_external]


def _with_dtd(part: str) -> Unreadable:
    return Unreadable(say("文件里的 %(part)s 带有文档类型声明（DTD），可能用于攻击，不予打开。", part=part))


def _not_utf8(part: str) -> Unreadable:
    return Unreadable(say("文件里的 %(part)s 不是 UTF-8 编码，无法读出。", part=part))


_NESTED = (b"PK\x03\x04", _OLD_OFFICE, b"Rar!", b"7z\xbc\xaf", b"MZ\x90\x00", b"%PDF")


class _MarkupGuard:
    """Watches one part go by in chunks; refuses a DTD and, in what looks like XML, any encoding but UTF-8."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_markup: bool | None = None
        self.tail = b""

    def take(self, chunk: bytes) -> None:
        """Raises Unreadable naming the part."""
        if self.is_markup is None:
            self._begin(chunk)
        if self.is_markup:
            seen = self.tail + chunk
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise _with_dtd(self.name)
            if b"\0" in chunk:
                raise _not_utf8(self.name)
            self.tail = chunk[-16:]

    def _begin(self, chunk: bytes) -> None:
        if chunk[:4] in _NESTED:
            raise Unreadable(say("文件里套着别的文件（%(part)s），不予打开；请删除后再试。", part=self.name))
        start = chunk[:400].removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n\xff\xfe")
        self.is_markup = self.name.lower().endswith((".xml", ".rels", ".vml")) or start[:1] == b"<"
        if not self.is_markup:
            return
        if chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = chunk.decode("utf-16", errors="replace")
            if "<!DOCTYPE" in text or "<!ENTITY" in text:
                raise _with_dtd(self.name)
            raise _not_utf8(self.name)
        declared = _ENCODING_BYTES.match(start)
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
            encoding = declared[1].decode("ascii", errors="replace")
            raise Unreadable(
                say("文件里的 %(part)s 声明了 %(encoding)s 编码，不予打开。", part=self.name, encoding=encoding)
            )


_STRICT = (
    (
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    ("http://purl.oclc.org/ooxml/spreadsheetml/main", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    ("http://purl.oclc.org/ooxml/drawingml/chart", "http://schemas.openxmlformats.org/drawingml/2006/chart"),
    ("http://purl.oclc.org/ooxml/drawingml/main", "http://schemas.openxmlformats.org/drawingml/2006/main"),
    ("http://purl.oclc.org/ooxml/officeDocument/math", "http://schemas.openxmlformats.org/officeDocument/2006/math"),
)
_ENCODING = re.compile(r"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_ENCODING_BYTES = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse(data: bytes, name: str, *, suffix: str) -> etree._Element:
    """One XML part, parsed without DTD, comments, entities or network, strict names as usual ones. Raises Unreadable naming it."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(name) from error
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in ("utf-8", "utf8", "utf-16", "us-ascii", "ascii"):
        raise Unreadable(
            say(
                "文件里的 %(part)s 声明了 %(encoding)s 编码，%(suffix)s 不允许，不予打开。",
                part=name,
                encoding=declared[1],
                suffix=suffix,
            )
        )
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _with_dtd(name)
    for strict, usual in _STRICT:
        text = text.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(_DECLARATION.sub("", text, count=1).encode(), parser)
    except (etree.XMLSyntaxError, ValueError, RecursionError) as error:
        raise Unreadable(say("文件里的 %(part)s 不是完整的 XML，文件可能已经损坏。", part=name)) from error
