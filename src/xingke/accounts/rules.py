"""What may be kept as an attachment, without a database: what a file is, not what it is called."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.press.cells import is_secret, secrecy_mark
from xingke.press.sniffing import FileKind, named_kind, sniff, spoken

SIZE_LIMIT = 20 * 2**20
MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.OFD: "application/ofd",
}
SUFFIXES = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
SHOWN_BY_BROWSERS = ("application/pdf", "image/jpeg", "image/png")
_NAME_LENGTH = 120
_JOINTS = re.compile(r"[\s_\-—·.、，]+|(?=[【\[（(〔])|(?<=[】\]）)〕])")


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: its name without a path, and its type, told from its bytes."""

    name: str
    media_type: str


def accepted(name: str, data: bytes) -> Accepted:
    """Whether a file may be kept as an attachment. Raises Refused with one sentence that names it.

    Not archives: what is inside them cannot be seen here; nor files with macros, nor what a name marks as secret.
    """
    kept = kept_name(name)
    if len(data) > SIZE_LIMIT:
        raise Refused(say("“%(name)s”超过 20 MB，请压缩或分成几个文件。", name=kept))
    if mark := secrecy_in_name(kept):
        raise Refused(is_secret(mark))
    said, found = named_kind(kept), sniff(data).kind
    if found is FileKind.EMPTY:
        raise Refused(say("“%(name)s”是空文件，请重新选择。", name=kept))
    if said not in MEDIA_TYPES:
        raise Refused(
            say(
                "“%(name)s”不能作为佐证：只收 PDF、图片（jpg、png）、Word（docx）、Excel（xlsx）和 OFD 文件。",
                name=kept,
            )
        )
    if found is not said:
        raise Refused(
            say("“%(name)s”的内容是%(found)s，与文件名不符，请核对后重新上传。", name=kept, found=spoken(found))
        )
    if b"vbaProject.bin" in data:
        raise Refused(say("“%(name)s”带有宏，请另存为不带宏的文件再上传。", name=kept))
    return Accepted(kept, MEDIA_TYPES[found])


def kept_name(name: str) -> str:
    """The name a file is kept under: without a path and without characters that do not print, not too long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip() or "未命名"
    suffix = PurePosixPath(clean).suffix
    return clean if len(clean) <= _NAME_LENGTH else clean[: _NAME_LENGTH - len(suffix)] + suffix


def secrecy_in_name(name: str) -> str:
    """The marking of secrecy a file's name carries as a part of its own (机密★1年, （秘密）); "" for none."""
    found = (secrecy_mark(part, is_at_head=True) for part in _JOINTS.split(name) if part)
    return next((mark for mark in found if mark), "")
