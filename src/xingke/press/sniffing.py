"""What a file really is, told from its bytes; its name is only compared with that. Nothing is parsed."""

import codecs
import io
import re
import zipfile
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
    MHT = "mht"
    RTF = "rtf"
    RAR = "rar"
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
    FileKind.MHT: say("单个文件网页（.mht）"),
    FileKind.RTF: say("RTF 文档"),
    FileKind.RAR: say("压缩包"),
    FileKind.ZIP: say("压缩包"),
    FileKind.EMPTY: say("空文件"),
    FileKind.UNKNOWN: say("无法识别的内容"),
}
_BY_SUFFIX = {
    **{kind.value: kind for kind in FileKind if kind not in (FileKind.ENCRYPTED, FileKind.EMPTY, FileKind.UNKNOWN)},
    "txt": FileKind.CSV,
    "tsv": FileKind.CSV,
    "htm": FileKind.HTML,
    "mhtml": FileKind.MHT,
    "jpeg": FileKind.JPEG,
    "7z": FileKind.RAR,
    "et": FileKind.XLS,
    "ett": FileKind.XLS,
    "xlt": FileKind.XLS,
    "xltx": FileKind.XLSX,
    "wps": FileKind.DOC,
}
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|table|thead|tbody|tr|td|meta|link|title|style|script|div|span|center|font|p|br)\b",
    re.I | re.S,
)
_MARKS = (
    (b"{\\rtf", FileKind.RTF),
    (b"Rar!", FileKind.RAR),
    (b"7z\xbc\xaf", FileKind.RAR),
    (b"\x1f\x8b", FileKind.RAR),
    *(
        (start, FileKind.XLS)
        for start in (b"\x09\x08\x08\0\0\x05", b"\x09\x08\x10\0\0\x06", b"\x09\x04\x06\0", b"\x09\x02\x06\0")
    ),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_MHT = re.compile(r"\A\s*(?:From:|MIME-Version:).*^Content-Type:\s*multipart/related", re.I | re.S | re.M)
_HEAD = 4096  # bytes that tell the kind of a text


def sniff(data: bytes) -> Sniffed:
    """What ``data`` is, whatever it is called."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Sniffed(FileKind.EMPTY if b"\0" not in data else FileKind.UNKNOWN)
    if (kind := _kind_by_mark(data)) is not None:
        return Sniffed(kind)
    encoding = encoding_of(data)
    if not encoding:
        return Sniffed(FileKind.UNKNOWN)
    return Sniffed(_kind_of_text(data[:_HEAD].decode(encoding, errors="ignore").lstrip("\ufeff")), encoding)


def _kind_by_mark(data: bytes) -> FileKind | None:
    """By the bytes it begins with; None where they say nothing, as those of most texts."""
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _kind_of_zip(data)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return _kind_of_old_office(data)
    if b"%PDF-" in data[:1024]:  # not always first: readers take a PDF behind a few bytes of something else
        return FileKind.PDF
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    return next((kind for mark, kind in _MARKS if data.startswith(mark)), None)


def _kind_of_text(head: str) -> FileKind:
    """By the mark-up at its head: HTML before XML, since a page may begin as XML does."""
    if _HTML.match(head):
        return FileKind.HTML
    if head.lstrip().startswith(("<?xml", "<!DOCTYPE", "<!ENTITY", "<Workbook", "<ss:Workbook")):
        return FileKind.XML
    return FileKind.MHT if _MHT.search(head) else FileKind.CSV


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


_CONTENT_TYPES = (
    (b"ms-excel.sheet.macroenabled.main+xml", FileKind.XLSM),
    (b"ms-excel.template.macroenabled.main+xml", FileKind.XLSM),
    (b"spreadsheetml.sheet.main+xml", FileKind.XLSX),
    (b"spreadsheetml.template.main+xml", FileKind.XLSX),
    (b"sheet.binary", FileKind.XLSB),
    (b"wordprocessingml.document.main+xml", FileKind.DOCX),
)
_PART_NAMES = (
    (b"xl/workbook.xml", FileKind.XLSX),
    (b"xl/workbook.bin", FileKind.XLSB),
    (b"word/document.xml", FileKind.DOCX),
    (b"ofd.xml", FileKind.OFD),
)
_OPEN_DOCUMENT_SHEET = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_END_OF_DIRECTORY, _LAST, _LARGEST_DIRECTORY = b"PK\x05\x06", 1 << 17, 1 << 20  # bytes in which it stands, and of it
_TYPES_READ = 1 << 18  # bytes of [Content_Types].xml that are looked at


def _kind_of_zip(data: bytes) -> FileKind:
    """By what it says of its parts, whatever they are called; else by their names, which stand in the clear."""
    names, declared = _directory(data)
    if b"xl/vbaproject.bin" in names:
        return FileKind.XLSM
    found = [
        kind
        for marks, text in ((_CONTENT_TYPES, declared), (_PART_NAMES, names))
        for mark, kind in marks
        if mark in text
    ]
    if not found and _OPEN_DOCUMENT_SHEET in data[:400]:
        return FileKind.ODS
    return found[0] if found else FileKind.ZIP


def _directory(data: bytes) -> tuple[bytes, bytes]:
    """The names of a zip's parts and the beginning of its [Content_Types].xml, in small letters; what of both can be had."""
    end = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - _LAST))
    if end < 0 or int.from_bytes(data[end + 12 : end + 16], "little") > _LARGEST_DIRECTORY:
        return data, b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {each.filename.replace("\\", "/").lstrip("/").lower(): each for each in package.infolist()}
            names = "\n".join(parts).encode(errors="replace")
            if "[content_types].xml" not in parts:
                return names, b""
            with package.open(parts["[content_types].xml"]) as stream:
                return names, stream.read(_TYPES_READ).lower()
    except Exception:  # what zipfile raises for broken files shares no narrower base; the gate judges them later
        return data, b""


def _kind_of_old_office(data: bytes) -> FileKind:
    """By the names of its streams, UTF-16 in the directory of the compound file."""
    for name, kind in (
        ("EncryptedPackage", FileKind.ENCRYPTED),
        ("Workbook", FileKind.XLS),
        ("WORKBOOK", FileKind.XLS),
        ("Book", FileKind.XLS),
        ("BOOK", FileKind.XLS),
        ("WordDocument", FileKind.DOC),
    ):
        if (name + "\0").encode("utf-16-le") in data:
            return kind
    return FileKind.DOC


def named_kind(name: str) -> FileKind | None:
    """What a file's name says it is; None when it says nothing that is known here."""
    return _BY_SUFFIX.get(PurePath(name.strip()).suffix.lower().removeprefix("."))


def spoken(kind: FileKind) -> Saying:
    """What a sentence calls such a file."""
    return _SPOKEN[kind]


TABLES = frozenset({FileKind.CSV, FileKind.XLSX, FileKind.XLS, FileKind.HTML, FileKind.XML})
"""What can be read as a table; of XML and web pages their reader says whether they hold one."""

_SAVE_AS = say("请在电子表格软件中打开，另存为 .xlsx 后再导入")
_WAYS_OUT = {
    FileKind.XLSB: _SAVE_AS,
    FileKind.ODS: _SAVE_AS,
    FileKind.MHT: _SAVE_AS,
    FileKind.DOCX: say("请把其中的表格复制到电子表格软件中，存为 .xlsx 后再导入"),
    FileKind.DOC: say("请把其中的表格复制到电子表格软件中，存为 .xlsx 后再导入"),
    FileKind.RTF: say("请把其中的表格复制到电子表格软件中，存为 .xlsx 后再导入"),
    FileKind.PDF: say("请向发文单位要表格原件，或在 Word、WPS 中转成表格后另存为 .xlsx"),
    FileKind.OFD: say("请向发文单位要表格原件，或在 WPS 中转成表格后另存为 .xlsx"),
    FileKind.JPEG: say("请向发文单位要表格原件，或照着图片填一份 .xlsx"),
    FileKind.PNG: say("请向发文单位要表格原件，或照着图片填一份 .xlsx"),
    FileKind.RAR: say("请先解压，再导入其中的表格"),
    FileKind.ZIP: say("请先解压，再导入其中的表格"),
}


def no_table(sniffed: Sniffed) -> Saying | None:
    """Why a file cannot be read as a table, and what would do; None for one that may be."""
    kind = sniffed.kind
    if kind in TABLES:
        return None
    if kind is FileKind.EMPTY:
        return say("文件是空的，没有可导入的内容。")
    if kind is FileKind.XLSM:
        return say("文件里带有宏（程序），不予打开；请另存为不带宏的 .xlsx 或 CSV 再试。")
    if kind is FileKind.ENCRYPTED:
        return say("文件加了密码，请去掉密码、另存为 .xlsx 再试。")
    if kind is FileKind.UNKNOWN:
        return say("认不出这是什么文件，或者文字的编码不对；表格请另存为 .xlsx，文本请用 UTF-8 或 GB18030 编码。")
    return say("这是%(found)s，不能当作表格读；%(way)s。", found=spoken(kind), way=_WAYS_OUT[kind])


def disguise(sniffed: Sniffed, name: str) -> Saying | None:
    """What to say of a file that is read as what it is although its name says something else; None where both agree."""
    said = named_kind(name)
    if said is None or said is sniffed.kind:
        return None
    suffix = PurePath(name.strip()).suffix
    return say("文件名以“%(suffix)s”结尾，内容其实是%(found)s，按后者读入", suffix=suffix, found=spoken(sniffed.kind))
