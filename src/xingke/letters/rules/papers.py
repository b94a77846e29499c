"""A letter as a document, and the code by which its paper is checked."""

import json
from datetime import date

from xingke.base.sayings import say
from xingke.letters.rules.templates import LetterText
from xingke.press.tree import Aside, DocumentTree, Paragraph, TextLine

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are taken for others
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
CODE_LENGTH = 12  # of 5 bits each


def day_words(day: date) -> str:
    """2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def said_by(text: LetterText, *, number: str, bureau: str, day: date) -> bytes:
    """All that a letter says but its check code, as the code is made of it."""
    said = [number, bureau, day.isoformat(), text.title, text.to, *text.paragraphs]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def code_of(mac: bytes) -> str:
    """A check code from a keyed digest: ``7K2M-0PQX-41TD``."""
    value = int.from_bytes(mac[:8])
    signs = "".join(_SIGNS[value >> 5 * at & 31] for at in range(CODE_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def code_typed(text: str) -> str:
    """A check code as somebody read it off a paper, in the form it is kept in; empty for what cannot be one."""
    signs = "".join(each for each in text.upper().translate(_READ_AS) if each.isalnum())
    if len(signs) != CODE_LENGTH or set(signs) - set(_SIGNS):
        return ""
    return "-".join(signs[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def number_typed(text: str) -> str:
    """A number as somebody read it off a paper: brackets of any kind, blanks anywhere."""
    same = text.translate(str.maketrans("[【［(（]】］)）", "〔〔〔〔〔〕〕〕〕〕"))
    return "".join(same.split())


def paper_of(
    text: LetterText,
    *,
    key: str,
    number: str,
    bureau: str,
    day: date,
    check_code: str,
    where: str,
    is_fictional: bool,
) -> DocumentTree:
    """The whole letter. check_code: empty before it is issued. where: the address of the page on which it is checked."""
    blocks: list[TextLine | Paragraph | Aside] = [TextLine(text=number, is_centred=True)]
    blocks += [TextLine(text=f"{text.to}：")] if text.to else []
    blocks += [Paragraph(inlines=(each,)) for each in text.paragraphs]
    if check_code:
        blocks.append(Aside(text=str(say("校验码：%(code)s。核对真伪：%(where)s", code=check_code, where=where))))
    return DocumentTree(
        id=key,
        title=text.title,
        issuer=bureau,
        date=day_words(day),
        blocks=tuple(blocks),
        is_fictional=is_fictional,
    )
