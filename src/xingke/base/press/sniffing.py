"""What a file really is, told from its bytes; its name is only compared with that. Nothing is unfolded or parsed."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from xingke.base.sayings import Saying, say


class FileKind(StrEnum):
    """What the bytes are. The value is the suffix such a file goes by."""

    CSV = "csv"  # text without mark-up; whether it is a table, its reader says
    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ENCRYPTED = "encrypted"
    ODS = "ods"
    DOCX = "docx"
    DOC = "doc"
    PDF = "pdf"
    OFD = "ofd"
    JPEG = "jpg"
    PNG = "png"
    HTML = "html"
    XML = "xml"
    ZIP = "zip"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sniffed:
    """What a file is; encoding is Python's name of the text's encoding, "" for what is no text."""

    kind: FileKind
    encoding: str = ""


ENCODING_NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
}

_SPOKEN = {
    FileKind.CSV: say("文本（CSV）"),
    FileKind.XLSX: say("Excel 工作簿（.xlsx）"),
    FileKind.XLSM: say("带宏的 Excel 工作簿（.xlsm）"),
    FileKind.XLSB: say("二进制 Excel 工作簿（.xlsb）"),
    FileKind.XLS: say("旧版 Excel 工作簿（.xls）"),
    FileKind.ENCRYPTED: say("加了密码的 Office 文件"),
    FileKind.ODS: say("OpenDocument 表格（.ods）"),
    FileKind.DOCX: say("Word 文档（.docx）"),
    FileKind.DOC: say("旧版 Office 文件"),
    FileKind.PDF: say("PDF 文件"),
    FileKind.OFD: say("OFD 文件"),
    FileKind.JPEG: say("JPEG 图片"),
    FileKind.PNG: say("PNG 图片"),
    FileKind.HTML: say("网页（HTML）"),
    FileKind.XML: say("XML 文件"),
    FileKind.ZIP: say("压缩包"),
    FileKind.EMPTY: say("空文件"),
    FileKind.UNKNOWN: say("无法识别的内容"),
}
_BY_SUFFIX = {
    **{suffix: FileKind(suffix) for suffix in ("csv", "xlsx", "xlsm", "xlsb", "xls", "ods", "docx", "doc", "pdf", "ofd", "jpg", "png", "html", "xml", "zip")},
    "txt": FileKind.CSV, "tsv": FileKind.CSV, "htm": FileKind.HTML, "jpeg": FileKind.JPEG, "et": FileKind.XLS, "wps": FileKind.DOC,
}  # fmt: skip
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style|script|div)\b", re.I | re.S
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_HEAD = 4096  # bytes that tell the kind of a text


def sniff(data: bytes) -> Sniffed:
    """What ``data`` is, whatever it is called."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Sniffed(FileKind.EMPTY if b"\0" not in data else FileKind.UNKNOWN)
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return Sniffed(_kind_of_zip(data))
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return Sniffed(_kind_of_old_office(data))
    if b"%PDF-" in data[:1024]:
        return Sniffed(FileKind.PDF)
    if data.startswith(b"\xff\xd8\xff"):
        return Sniffed(FileKind.JPEG)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sniffed(FileKind.PNG)
    encoding = encoding_of(data)
    if not encoding:
        return Sniffed(FileKind.UNKNOWN)
    head = data[:_HEAD].decode(encoding, errors="ignore").lstrip("\ufeff")
    if _HTML.match(head):
        return Sniffed(FileKind.HTML, encoding)
    if head.lstrip().startswith(("<?xml", "<!DOCTYPE", "<!ENTITY")):
        return Sniffed(FileKind.XML, encoding)
    return Sniffed(FileKind.CSV, encoding)


def encoding_of(data: bytes) -> str:
    """The encoding a text is in: by its mark, else UTF-8, else UTF-16 by its zero bytes, else GB18030; "" for no text.

    GB18030 is only taken where most of what is not ASCII is common Chinese: nearly any bytes can be read as GB18030,
    but what was Big5 then turns into rare characters.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _reads(data, "utf-16") else ""
    if b"\0" in data:
        looks_wide = data[1 : 2 * _HEAD : 2].count(0) > max(1, 8 * data[0 : 2 * _HEAD : 2].count(0))
        return "utf-16-le" if looks_wide and _reads(data, "utf-16-le") else ""
    if _reads(data, "utf-8"):
        return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    return "gb18030" if _reads(data, "gb18030") and _is_common_chinese(data.decode("gb18030")) else ""


def _reads(data: bytes, encoding: str) -> bool:
    try:
        return not _CONTROL.search(data.decode(encoding))
    except UnicodeDecodeError:
        return False


def _is_common_chinese(text: str) -> bool:
    foreign = sum(not character.isascii() for character in text[:20_000])
    common = len(text[:20_000].encode("gb2312", errors="ignore")) - (len(text[:20_000]) - foreign)
    return common >= 2 * 0.7 * foreign  # GB/T 2312 takes two bytes a character


def _kind_of_zip(data: bytes) -> FileKind:
    """By the names of its parts, which stand in the clear."""
    if b"xl/vbaProject.bin" in data:
        return FileKind.XLSM
    for mark, kind in (
        (b"xl/workbook.xml", FileKind.XLSX),
        (b"xl/workbook.bin", FileKind.XLSB),
        (b"word/document.xml", FileKind.DOCX),
        (b"OFD.xml", FileKind.OFD),
        (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", FileKind.ODS),
    ):
        if mark in data:
            return kind
    return FileKind.ZIP


def _kind_of_old_office(data: bytes) -> FileKind:
    """By the names of its streams, UTF-16 in the directory of the compound file."""
    for name, kind in (
        ("EncryptedPackage", FileKind.ENCRYPTED), ("Workbook", FileKind.XLS), ("Book", FileKind.XLS),
    ):  # fmt: skip
        if (name + "\0").encode("utf-16-le") in data:
            return kind
    return FileKind.DOC


def named_kind(name: str) -> FileKind | None:
    """What a file's name says it is; None when it says nothing that is known here."""
    return _BY_SUFFIX.get(PurePath(name.strip()).suffix.lower().removeprefix("."))


def spoken(kind: FileKind) -> Saying:
    """What a sentence calls such a file."""
    return _SPOKEN[kind]


def contradictions(sniffed: Sniffed, name: str) -> Iterator[Saying]:
    """A sentence if the file is not what its name says; none for an empty name or one that says nothing."""
    said = named_kind(name)
    suffix = PurePath(name.strip()).suffix
    if said is None or said is sniffed.kind or sniffed.kind is FileKind.ENCRYPTED:
        return
    if {said, sniffed.kind} <= {FileKind.DOC, FileKind.XLS}:  # one container, and WPS writes either into it
        return
    yield say(
        "文件名以“%(suffix)s”结尾，内容却是%(found)s，不予打开；请用相应软件打开，另存为 .xlsx 或 CSV 再试。",
        suffix=suffix,
        found=spoken(sniffed.kind),
    )
