"""Numbers as the ledger keeps them, and what speaks against them."""

from dataclasses import dataclass

from xingke.base.codes import (
    credit_code_faults,
    has_credit_form,
    is_copied_right,
    is_patent_number,
    normalise_code,
    normalise_patent_number,
)
from xingke.base.refusals import Refused
from xingke.base.sayings import NOTHING, Saying, say


@dataclass(frozen=True)
class ReadNumber:
    """A number as the ledger keeps it, and what speaks against it: nothing, or a sentence to be checked by a person."""

    kept: str
    doubt: Saying = NOTHING


def patent_number(written: str, *, digit: str) -> ReadNumber:
    """An application number: 201710601862.3. digit: the one its form has in the year's place 5; "" for no such number.

    A failing check is a doubt, never a refusal: numbers with a wrong check character have been given out. Raises
    Refused if it has not the form of one.
    """
    if not digit:
        return ReadNumber(written.strip())
    try:
        kept = normalise_patent_number(written)
    except ValueError:
        raise Refused(
            say(
                "“%(number)s”不是专利申请号：应为 8 或 12 位数字加一位校验位，如 202310123456.6。",
                number=written.strip(),
            )
        ) from None
    if not is_patent_number(kept):
        return ReadNumber(kept, say("申请号 %(number)s 的校验位不对，请对照受理通知书或证书核对。", number=kept))
    place = 5 if len(kept) == 14 else 3
    if kept[place - 1] != digit:
        doubt = say("申请号 %(number)s 的第 %(place)s 位与所选的专利类型不符，请核对。", number=kept, place=place)
        return ReadNumber(kept, doubt)
    return ReadNumber(kept)


_CHECKED_PLACES = {17: say("第 17 位（主体标识码的校验位）"), 18: say("第 18 位（校验位）")}


def credit_code(written: str) -> ReadNumber:
    """A 统一社会信用代码 as it is kept, and which of its check characters does not hold. Raises Refused if it is none."""
    kept = normalise_code(written)
    if not has_credit_form(kept):
        if len(kept) != 18:
            raise Refused(say("统一社会信用代码应为 18 位，这里是 %(count)s 位。", count=len(kept)))
        raise Refused(say("统一社会信用代码应为 18 位数字和大写字母，不含 I、O、S、V、Z。"))
    if is_copied_right(kept):
        return ReadNumber(kept)
    faults = tuple(_CHECKED_PLACES[place] for place in credit_code_faults(kept))
    return ReadNumber(
        kept, say("统一社会信用代码 %(code)s 的%(places)s不对，请对照营业执照核对。", code=kept, places=faults)
    )
