"""Which sheet of several is read: the one asked for, else the visible one whose header has the most known words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xingke.base.sayings import say
from xingke.press.cells import Area, Note, Remark
from xingke.press.delimited import RawRow
from xingke.press.headers import ENOUGH
from xingke.press.packages import Unreadable


@dataclass(frozen=True)
class OpenedSheet:
    """One sheet: its rows, the merged areas, and what there is to say apart from rows."""

    name: str
    rows: Iterator[RawRow]
    merged: Sequence[Area] = ()
    notes: Sequence[Note] = ()


@dataclass(frozen=True)
class Candidate:
    """A sheet that holds something. words: how many known headers stand in its best row."""

    name: str
    is_visible: bool
    words: int = 0


_EXAMPLE = re.compile("示例|样例|样表|范例|示范表|模板|填表说明|填报说明")
_UNREAD = say("工作表“%(name)s”没有读入，只读了“%(read)s”")
_UNREAD_ALIKE = say("工作表“%(name)s”里也有这样的表，没有读入，只读了“%(read)s”；要读它，请指定工作表再导入一次")


def choose(candidates: Sequence[Candidate], wanted: str) -> int:
    """The place of the sheet to read: the first of those with the most known words; without any, the first.

    Raises Unreadable where there is none, or none called ``wanted``.
    """
    visible = [at for at, each in enumerate(candidates) if each.is_visible]
    if wanted:
        found = next((at for at in visible if candidates[at].name == wanted), None)
        if found is None:
            names = tuple(candidates[at].name for at in visible) or say("无")
            raise Unreadable(
                say("工作簿里没有名为“%(name)s”的有内容的工作表；可用：%(names)s。", name=wanted, names=names)
            )
        return found
    if not visible and candidates:
        hidden = candidates[0].name
        raise Unreadable(say("工作簿里没有可导入的内容（有内容的工作表“%(name)s”是隐藏的，请取消隐藏）。", name=hidden))
    if not visible:
        raise Unreadable(say("工作簿里没有可导入的内容。"))
    most = max(candidates[at].words for at in visible)
    likely = [at for at in visible if candidates[at].words == most]
    best = next((at for at in likely if not _EXAMPLE.search(candidates[at].name)), likely[0])  # the first of equals
    return best if candidates[best].words >= ENOUGH else visible[0]


def unread(candidates: Sequence[Candidate], chosen: int) -> list[Note]:
    """A note on each other sheet."""
    read = candidates[chosen].name
    return [
        Note(
            Remark.OTHER_SHEET,
            1,
            0,
            (_UNREAD_ALIKE if each.words >= ENOUGH and each.is_visible else _UNREAD).filled(name=each.name, read=read),
        )
        for at, each in enumerate(candidates)
        if at != chosen
    ][:20]
