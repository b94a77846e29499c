"""Formats of texts that can be checked, and what is said where one does not hold.

Sources: GB 32100 (统一社会信用代码), GB 11643 (公民身份号码), ITU-T E.164 and
the national plan of numbers (11 digits from 1, or an area code and 7 or 8 digits).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xingke.base.codes import is_credit_code, is_patent_number, normalise_code, normalise_patent_number
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.registry.rules import identity_number

_PHONE = re.compile(r"1[3-9]\d{9}|(?:0\d{2,3}-?)?[2-8]\d{6,7}(?:-\d{1,6})?|(?:400|800)\d{7}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


@dataclass(frozen=True)
class TextFormat:
    """How a text is put into one form, whether it holds, and what is said where it does not."""

    tidy: Callable[[str], str]
    holds: Callable[[str], bool]
    wrong: Saying


def _tight(text: str) -> str:
    return re.sub(r"\s", "", text)


def is_id_number(text: str) -> bool:
    """Whether a text is the number of a resident's card."""
    try:
        return len(text) == 18 and identity_number(text) == text
    except Refused:
        return False


_CARD = re.compile(
    r"(?<![0-9A-Za-z])\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)


def holds_id_number(text: str) -> bool:
    """Whether the number of somebody's card stands somewhere in a text, however it is spaced: its day of birth and check are right."""
    wide = unicodedata.normalize("NFKC", text)
    tight = re.sub(r"(?<=[0-9])[ \t-]+(?=[0-9Xx])", "", wide)
    return any(is_id_number(found.upper()) for each in {wide, tight} for found in _CARD.findall(each))


FORMATS: Mapping[str, TextFormat] = {
    "credit_code": TextFormat(
        normalise_code, is_credit_code, say("“%(text)s”不是统一社会信用代码：要 18 位，校验位要对，请照证照核对。")
    ),
    "id_number": TextFormat(
        lambda text: _tight(text).upper(), is_id_number, say("身份证号不对：要 18 位，校验位要对，请照证件核对。")
    ),
    "phone": TextFormat(
        lambda text: re.sub(r"[\s()]|^\+?86(?=1)", "", text),
        lambda text: _PHONE.fullmatch(text) is not None,
        say("“%(text)s”不是电话号码：手机号 11 位，座机写成 0938-8210000。"),
    ),
    "email": TextFormat(
        _tight, lambda text: _MAIL.fullmatch(text) is not None, say("“%(text)s”不是电子邮箱，应当像 name@example.com。")
    ),
    "patent_number": TextFormat(
        normalise_patent_number, is_patent_number, say("“%(text)s”不是专利号，请照证书核对，连校验位一起写。")
    ),
}
