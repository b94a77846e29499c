"""The text of a spreadsheet's cells: what Excel would show in full, and remarks on cells that cannot be trusted.

No value is mended by guessing: what was lost (the end of an 18-digit code, a formula without its result) is marked as
damaged, and who uses the cell must refuse it.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from xingke.base.sayings import Saying, say

Value = int | float | str | bool | time | date | datetime | timedelta
Area = tuple[tuple[int, int], tuple[int, int]]  # first and last (row from 1, column from 0)


class Remark(StrEnum):
    """What there is to say about a cell. Those in DAMAGING: its value is not what the author meant."""

    FULL_WIDTH = "full-width"
    MERGED = "merged"
    HIDDEN_ROW = "hidden row"
    HIDDEN_COLUMN = "hidden column"
    SKIPPED = "skipped"
    OTHER_SHEET = "other sheet"
    LINK = "link"
    OUTSIDE = "outside the header"
    SHOWN_OTHERWISE = "shown otherwise"
    SUSPECT = "suspect"
    UNTOLD = "untold"
    DITTO = "ditto"
    OUTSIDE_LINK = "link outside"
    KIND = "kind"
    PRECISION = "precision lost"
    SCIENTIFIC = "scientific notation"
    SCALED = "shown scaled"
    NO_RESULT = "formula without result"
    FORMULA = "formula in text"
    ERROR = "error value"
    HASHES = "hashes"
    SHIFTED = "shifted"
    SHARED = "one number for several rows"
    COVERED = "covered by a merged cell"
    UNCLEAR = "ditto of nothing"


DAMAGING = frozenset(
    {
        *(Remark.PRECISION, Remark.SCIENTIFIC, Remark.NO_RESULT, Remark.FORMULA, Remark.ERROR, Remark.HASHES),
        *(Remark.SHIFTED, Remark.SCALED, Remark.SHARED, Remark.COVERED, Remark.UNCLEAR),
    }
)


@dataclass(frozen=True)
class Note:
    """A remark on one cell. row: 1-based as the spreadsheet counts; column: 0-based; text: without a full stop."""

    remark: Remark
    row: int
    column: int
    text: Saying

    @property
    def cell(self) -> str:
        """The cell's address, as B7."""
        return address(self.row, self.column)

    @property
    def is_damaging(self) -> bool:
        """Whether the cell's value must not be used."""
        return self.remark in DAMAGING


def letters(column: int) -> str:
    """The name of a column, counted from 0: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    """The address of a cell; row from 1, column from 0."""
    return f"{letters(column)}{row}"


_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def position(cell: str) -> tuple[int, int]:
    """(row from 1, column from 0) of an address. Raises ValueError if it is none."""
    found = _ADDRESS.fullmatch(cell)
    if found is None:
        raise ValueError(f"{cell!r} is no cell address")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


# --- how numbers are shown -------------------------------------------------------------------------


class Shape(StrEnum):
    """Number formats under which what is shown is not what is stored."""

    PERCENT = "percent"
    PADDED = "padded"
    MONTH = "month"
    YEAR = "year"
    SCALED = "scaled"


@dataclass(frozen=True)
class Display:
    """How a cell is shown; digits: the width of a padded number."""

    shape: Shape
    digits: int = 0


# Office Open XML part 1, 18.8.30: built-in formats, those from 27 on as in zh-cn.
_BUILT_IN = {
    **dict.fromkeys((9, 10), Display(Shape.PERCENT)),
    **dict.fromkeys((17, 27, 36, 50, 52, 57), Display(Shape.MONTH)),
}
_LITERALS = re.compile(r'"[^"]*"|[\\!].|_.|\*.|\[[^\]]*\]|AM/PM|A/P', re.IGNORECASE)
_CONDITIONS = re.compile(r"\[[^\]]*\]")
_POINT_PUT_IN = re.compile(r'[0#?](?:[\\!]\.|"\.")')  # 0!.0 shows the tenth of what is stored, or less
_COMMA_BEHIND = re.compile(r"[0#?.],+(?![0#?,])")  # each shows the thousandth


def display_of(number: int, code: str | None) -> Display | None:
    """The display of a number format: built-in number, or its own code; None for what is shown as stored."""
    if code is None:
        return _BUILT_IN.get(number)
    if _is_scaled(code):
        return Display(Shape.SCALED)
    bare = _LITERALS.sub("", code).split(";")[0].strip().lower()
    if "%" in bare:
        return Display(Shape.PERCENT)
    if re.fullmatch("0{2,}", bare):
        return Display(Shape.PADDED, len(bare))
    used = set(bare) & set("ymdhs")
    if used == {"y", "m"}:
        return Display(Shape.MONTH)
    return Display(Shape.YEAR) if used == {"y"} else None


def _is_scaled(code: str) -> bool:
    """Whether a format shows a number in another unit than it is stored in, or says a unit of its own."""
    bare = _LITERALS.sub("", code)
    if not set("0#?") & set(bare) and "general" not in bare.lower():
        return False
    written = _CONDITIONS.sub("", code)
    return bool(_COMMA_BEHIND.search(bare) or _POINT_PUT_IN.search(written) or set("百千万亿") & set(written))


_DIGITS_KEPT = 15  # significant digits a spreadsheet keeps of a number


_LARGEST = 10**_DIGITS_KEPT  # from here on the last digits of a number are lost


def plain(number: float) -> str:
    """A stored number as the spreadsheet shows it in full: at most 15 significant digits, no exponent."""
    if number.is_integer() and abs(number) < _LARGEST:
        return str(int(number))
    short = repr(number)
    if len(short) > _DIGITS_KEPT + 1 or "e" in short:
        short = format(Decimal(f"{number:.{_DIGITS_KEPT}g}"), "f")
        if "." in short:
            short = short.rstrip("0").rstrip(".")
    return short


# --- one cell --------------------------------------------------------------------------------------

_FULL_WIDTH = re.compile("[０-９．％]")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+?(\d{2,3})")
_GUARDED = re.compile(r"['`‘’´＇](?=.*\d)([0-9A-Za-z][0-9A-Za-z./-]*)")  # '2023…: the mark says that it is text
_ODD = re.compile(
    r"^['`‘’´＇]|^[+-]?\d(?:\.\d+)?[Ee]|^##|^[1-9]\d{14}000$|[０-９．％]"
)  # one look that most texts pass
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_EXPLICIT_TEXT = re.compile(r'="([^"]*)"')
_LONG_CODE = re.compile(r"[1-9]\d{14}000")
_CODE_FROM = 11  # exponent from which a spreadsheet shows a whole number in scientific notation

_SENTENCES = {
    Remark.PRECISION: say("超过 15 位的数字被存成了数值，末尾几位已经丢失；请把该列设为文本后重新填写"),
    Remark.SCIENTIFIC: say("“%(found)s”是科学计数法，后面的数字已经丢失；请把该列设为文本后重新填写"),
    Remark.SCALED: say("显示与存值不同，单元格格式换了单位，存的是 %(found)s；请清除该格式，填写与表头单位一致的数值"),
    Remark.NO_RESULT: say("这是没有计算结果的公式；请在电子表格软件中打开并保存一次，或改填数值"),
    Remark.FORMULA: say("“%(found)s”是公式，不是结果；请改填数值"),
    Remark.ERROR: say("公式结果是错误值；请改正公式或改填数值"),
    Remark.HASHES: say("“%(found)s”是列宽不够时的显示，数值没有保存下来；请加宽该列后重新另存"),
    Remark.SHIFTED: say("这一行的格数比表头多，内容可能错位；含有逗号的内容请加引号"),
    Remark.FULL_WIDTH: say("含全角数字，按原样保留"),
    Remark.SUSPECT: say("18 位代码以 000 结尾，可能是被存成数值后丢失的，请核对"),
    Remark.SHOWN_OTHERWISE: say("按显示的样子读作“%(found)s”"),
}


def plainly(value: str | float) -> str | None:
    """The text of a cell there is nothing to say about, as nearly all are; None for one that wants a longer look."""
    if isinstance(value, str):
        text = value.strip()
        return None if _ODD.search(text) else text
    return str(int(value)) if -_LARGEST < value < _LARGEST and value.is_integer() else None


def text_of(value: Value, display: Display | None = None) -> tuple[str, Remark | None]:
    """The text of a stored value and what there is to say about it. Numbers up to 15 digits are exact."""
    if isinstance(value, str):
        return written(value)
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), None
    if isinstance(value, int | float):
        return _number(value, display)
    return _moment(value, display), None


def written(value: str) -> tuple[str, Remark | None]:
    """A cell that holds text: without blanks around it."""
    text = value.strip()
    if not _ODD.search(text):
        return text, None
    remark = None
    if guarded := _GUARDED.fullmatch(text):
        text = guarded[1]
    if _SCIENTIFIC.fullmatch(text) and int(text.upper().partition("E")[2]) >= _CODE_FROM:
        remark = Remark.SCIENTIFIC
    elif text[0] == "#" and len(text) >= 3 and not text.strip("#"):
        remark = Remark.HASHES
    elif _LONG_CODE.fullmatch(text):
        remark = Remark.SUSPECT
    elif _FULL_WIDTH.search(text):
        remark = Remark.FULL_WIDTH
    return text, remark


def written_in_csv(value: str) -> tuple[str, Remark | None]:
    """A cell of a CSV: ``="…"`` is the text inside, a ``'`` that our exports put before a formula's mark is dropped."""
    text = value.strip()
    if text[:1] == "=":
        explicit = _EXPLICIT_TEXT.fullmatch(text)
        return written(explicit[1]) if explicit else (text, Remark.FORMULA)
    if text[:1] == "'" and text[1:].startswith(_FORMULA_MARKS):
        return text[1:].strip(), None
    return written(text)


def _number(value: float, display: Display | None) -> tuple[str, Remark | None]:
    if not math.isfinite(value):
        return "", Remark.ERROR
    if abs(value) >= _LARGEST:
        return f"{value:.{_DIGITS_KEPT}g}", Remark.PRECISION
    text = plain(float(value))
    if display is not None and display.shape is Shape.SCALED:
        return text, Remark.SCALED if value else None
    if display is not None and display.shape is Shape.PERCENT:
        return format((Decimal(text) * 100).normalize(), "f") + "%", Remark.SHOWN_OTHERWISE
    if display is not None and display.shape is Shape.PADDED and text.isdecimal() and len(text) < display.digits:
        return text.zfill(display.digits), Remark.SHOWN_OTHERWISE
    return text, None


def _moment(value: date | datetime | time | timedelta, display: Display | None) -> str:
    """ISO 8601; the month or year alone where only that is shown and the stored day is its first."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, time):
        return value.isoformat("seconds")
    if isinstance(value, datetime):
        if value.time() != time():
            return value.isoformat(" ", "seconds")
        value = value.date()
    if display is not None and value.day == 1:
        if display.shape is Shape.MONTH:
            return f"{value:%Y-%m}"
        if display.shape is Shape.YEAR and value.month == 1:
            return f"{value:%Y}"
    return value.isoformat()


def sentence(remark: Remark, found: str) -> Saying:
    """What a remark says of the cell it stands on."""
    return _SENTENCES[remark].filled(found=found[:40])


# --- secrecy markings ------------------------------------------------------------------------------

_LEVEL = r"(?:绝\s*密|机\s*密|秘\s*密)"
_PERIOD = r"(?:[0-9０-９一二三四五六七八九十]+\s*(?:年|个?月)|长期|启用前|解密前)"
_STARRED = re.compile(rf"\s*[【\[（(〔]?\s*(?:密\s*级\s*[：:]?)?\s*{_LEVEL}\s*级?\s*[★☆*＊※]")
_ALONE = re.compile(
    rf"\s*[【\[（(〔]?\s*(?:密\s*级\s*[：:]?)?\s*{_LEVEL}\s*级?\s*{_PERIOD}?\s*[】\]）)〕]?\s*(?:文件|资料|件)?\s*"
)


def secrecy_mark(text: str, *, is_at_head: bool) -> str | None:
    """The marking of secrecy a text is, or begins with (机密★1年); without a star only at the head of a file (秘密)."""
    if "密" not in text or len(text) > 500:
        return None
    if _STARRED.match(text):
        return text.strip()[:20]
    return text.strip() if is_at_head and _ALONE.fullmatch(text) else None


def is_secret(mark: str) -> Saying:
    """Why a file with a marking of secrecy is refused."""
    return say("文件标有密级（“%(mark)s”），涉密文件不得上传到本系统；请按保密规定处理。", mark=mark)


Displays = Mapping[int, Mapping[int, Display]]  # by row from 1 and column
