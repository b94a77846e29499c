"""Verifying a .docx that may come from anywhere, in a confined child process: what it claims to be, what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from xingke.base.sayings import say, told
from xingke.press.confined import ChildWork, answers
from xingke.press.findings import Verdict
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable
from xingke.press.sniffing import FileKind, sniff, spoken
from xingke.press.tree import DocumentTree, to_json

LIMITS = Limits(packed=20 << 20, unfolded=64 << 20, seconds=10)
_WORK = ChildWork(
    module="xingke.press.examining",
    slow=say("核验这个文件用了超过 %(seconds)s 秒，已停止，没有结论；请上传原来的文件。"),
    heavy=say("核验这个文件需要的内存超过 %(memory)s MB 的上限，已停止，没有结论；请上传原来的文件。"),
    long=say("文件里的文字超过 %(output)s MB 的上限，没有结论；请上传原来的文件。"),
    broken=say("这个文件读不出来，可能已经损坏，没有结论；请上传原来的文件。"),
)
_PACKAGES = (
    FileKind.DOCX,
    FileKind.ZIP,
    FileKind.UNKNOWN,
    FileKind.DOC,
    FileKind.ENCRYPTED,
    FileKind.EMPTY,
    FileKind.CSV,
)


@dataclass(frozen=True)
class Claims:
    """What a file says it is: the keys of documents it names, whether it brings a proof, by whose key, its first lines."""

    documents: tuple[str, ...]
    is_proved: bool
    signed_by: str
    lines: tuple[str, ...]


def claims(data: bytes) -> Claims:
    """What a file says it is. Raises Unreadable with a sentence when it cannot be read, or not within its limits."""
    said = _asked(data, {"ask": "claims"})["claims"]
    return Claims(tuple(said["documents"]), said["is_proved"], said["signed_by"], tuple(said["lines"]))


def examined(
    data: bytes, *, frozen: DocumentTree | None, trusted_keys: Collection[bytes], allowed_terms: Collection[str] = ()
) -> Verdict:
    """The verdict on a file, as ``verify.compare`` gives it. Raises Unreadable like ``claims``."""
    request = {
        "ask": "verdict",
        "frozen": to_json(frozen) if frozen is not None else "",
        "keys": [key.hex() for key in trusted_keys],
        "terms": list(allowed_terms),
    }
    return Verdict.from_json(_asked(data, request)["verdict"])


def _asked(data: bytes, request: dict[str, Any]) -> dict[str, Any]:
    kind = sniff(data).kind
    if kind not in _PACKAGES:
        raise Unreadable(
            say("这是%(kind)s，核验要用 Word 文档（.docx）：请上传从本系统下载的那一份。", kind=spoken(kind))
        )
    found: dict[str, Any] = {}
    for message in answers(_WORK, data, request, LIMITS):
        if "error" in message:
            raise Unreadable(told(message["error"]))
        found |= message
    return found
