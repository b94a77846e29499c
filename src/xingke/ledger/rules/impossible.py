"""What cannot be, whatever a form or a file says: a part more than its whole, an event before its number was given out."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from xingke.base.sayings import NOTHING, Saying, Value, say
from xingke.ledger.kinds.record_kind import RecordKind
from xingke.ledger.rules.histories import Happens, months_later

EARLIEST = date(1949, 10, 1)
"""The first day something of the ledger can have happened; earlier ones are slips, 1900-01-00 of a spreadsheet among them."""


def exceeding(kind: RecordKind, measures: Mapping[str, Any]) -> tuple[tuple[str, ...], str] | None:
    """The measures that are more, together, than what they are parts of, and that other; None where all is well.

    Parts of one whole exclude each other: of the heads at a training some are farmers and others officials.
    """
    for whole in dict.fromkeys(kind.parts.values()):
        parts = tuple(name for name, of in kind.parts.items() if of == whole and measures.get(name) is not None)
        most = measures.get(whole)
        if most is None or sum(measures[name] for name in parts) <= most:
            continue
        return next(((name,) for name in parts if measures[name] > most), parts), whole
    return None


MORE_THAN_WHOLE = say("“%(part)s”不能多于“%(whole)s”，请核对。")


def number_year(number: str) -> int | None:
    """The year in which an application number was given out: 202310123456.6, 85100001.X; None for another number."""
    digits = number.partition(".")[0]
    if not digits.isdecimal() or len(digits) not in (8, 12):
        return None
    return int(digits[:4]) if len(digits) == 12 else 1900 + int(digits[:2]) + (100 if digits[:2] < "85" else 0)


BEFORE_NUMBER = say("%(event)s（%(day)s）早于申请号表示的年份 %(year)s，不可能；请核对日期和申请号。")
AFTER_NUMBER = say("%(event)s（%(day)s）晚于申请号表示的年份 %(year)s，请对照受理通知书或证书核对日期和申请号。")
DIVIDED = say("%(event)s（%(day)s）早于申请号表示的年份 %(year)s，只有分案等少数申请才会这样，请核对日期和申请号。")


def against_number(
    number: str, history: Iterable[Happens], *, said: Callable[[str], Value] = str
) -> tuple[Saying, Saying]:
    """What of a patent's days cannot be with its number, and what hardly can: empty where they agree.

    A number says the year it was given out in: that of the application, but of a divided application, which keeps the day of
    the first. Source: 《专利申请号标准》（ZC 0006—2003）.
    """
    year, wrong, doubt = number_year(number), NOTHING, NOTHING
    if year is None:
        return wrong, doubt
    for each in history:
        told = {"event": said(each.event), "day": str(each.on), "year": str(year)}
        if each.event == "applied" and each.on.year > year:
            doubt = doubt or AFTER_NUMBER.filled(**told)
        elif each.event == "applied" and each.on.year < year:
            doubt = doubt or DIVIDED.filled(**told)
        elif each.on.year < year:
            wrong = wrong or BEFORE_NUMBER.filled(**told)
    return wrong, doubt


LATER_THAN_TERM = say("有效期至 %(until)s 比这项资质的有效年限（至 %(usual)s）长，请对照证书核对。")


def later_than_term(until: date | None, usual: date | None) -> Saying:
    """What speaks against the last day of a certificate that holds much longer than its title's term; empty for nothing."""
    if until is None or usual is None or until <= months_later(usual, 1):
        return NOTHING
    return LATER_THAN_TERM.filled(until=str(until), usual=str(usual))


WITH_ITSELF = say("“%(name)s”既是卖方又是买方，不可能；请核对。")


def with_itself(holder: str, counterpart: str) -> Saying:
    """That both sides of a contract are one; empty where they are not."""
    names = ["".join(unicodedata.normalize("NFKC", name).split()) for name in (holder, counterpart)]
    return WITH_ITSELF.filled(name=counterpart) if names[0] and names[0] == names[1] else NOTHING
