"""The cells of rows with a history: what each means by itself. A text that comes again is judged once."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db.models import Q
from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.base import codes
from xingke.base.quantities import Quantity, Unit, multiplied, unit_of
from xingke.intake.rows.incoming import EMPTY, TOO_LONG, Problem, Row
from xingke.intake.rules.days import written_day
from xingke.intake.rules.holder_names import close
from xingke.intake.rules.lines import EMPTY_MARKS
from xingke.intake.sheets.columns import Taken
from xingke.intake.sheets.forms import SheetForm, columns_besides
from xingke.ledger import rules
from xingke.ledger.kinds.record_kind import DetailType
from xingke.ledger.tables import Kind
from xingke.registry import queries as registry
from xingke.registry.models import Organisation

C = TypeVar("C")
V = TypeVar("V")

YES = frozenset({"是", "√", "✓", "✔", "☑", "y", "yes", "对", "true", "t", "v", "○", "●", "*"})
NO = frozenset({"", "否", "×", "✗", "x", "n", "no", "0", "false", "f", "不是", "☐", "□"})

NO_TERM = gettext_noop("不在代码表中，可写：%(known)s。")
NO_DAY = gettext_noop("不是日期，请写成 2024-03-05。")
NO_DAY_ONLY_MONTH = gettext_noop("只有年月，请写到日，如 2024-03-05。")
SHORT_YEAR = gettext_noop("年份只有两位，看不出是哪一年，请写成 2024-03-05。")
SERIAL_DAY = gettext_noop("像是日期被存成了数值，请把该列设为日期格式后重新填写。")
FUTURE = gettext_noop("在今天之后；还没有发生的事不能登记。")
TOO_EARLY = gettext_noop("早于 1949 年 10 月 1 日，请核对年份。")
NO_AMOUNT = gettext_noop("不是可以精确保存的数字，请只填数字，单位写在列名里。")
NEGATIVE = gettext_noop("不能是负数。")
UNIT_UNSAID = gettext_noop("没有写明单位；请在列名后注明，如“%(header)s（%(example)s）”，或写在数字后面。")
NO_UNIT = gettext_noop("数字后面的不是这一列能用的单位，可写：%(known)s。")
OTHER_UNIT = gettext_noop("单位与列名写明的“%(unit)s”不一致，请改成同一种单位。")
ROUGH = gettext_noop("是约数；这一列要填确切的数。")
NOT_WHOLE = gettext_noop("应为整数，请核对单位。")
NO_PATENT = gettext_noop("不是专利申请号；应为 9 位或 13 位，如 202310123456.6。")


def each_once(values: Iterable[C], judge: Callable[[C], V]) -> list[V]:
    """What each of the values means; equal ones are judged once."""
    values = list(values)
    known = {value: judge(value) for value in set(values)}
    return [known[value] for value in values]


@dataclass(frozen=True)
class Headers:
    """A form's columns as a file has them."""

    form: SheetForm
    taken: Mapping[str, Taken]  # by role

    def place(self, role: str) -> int | None:
        """Where a column stands; None where the file has none."""
        found = self.taken.get(role)
        return found.place if found else None

    def cells(self, rows: Sequence[Row], role: str, read: Callable[[str], V]) -> list[V]:
        """What the cells of a column mean; a column the file has not is one of empty cells."""
        place = self.place(role)
        if place is None:
            return [read("")] * len(rows)
        return each_once([row.cells[place] for row in rows], lambda cell: read(said(cell)))

    def called(self, role: str) -> str:
        """What the file calls a column; what the template calls it where the file has none."""
        if role in self.taken:
            return self.taken[role].header
        columns = (*self.form.column, *columns_besides(self.form.kind))
        return next((each.headers[0] for each in columns if each.role == role), role)

    def said(self, row: Row, role: str) -> str:
        """What a row's cell of a column says; "" where the file has no such column."""
        place = self.place(role)
        return said(row.cells[place]) if place is not None else ""

    def is_required(self, role: str) -> bool:
        """Whether the form wants a column filled in every row."""
        return any(each.role == role and each.required for each in self.form.column)


def said(cell: str) -> str:
    """A cell's text; nothing where it only marks that there is nothing."""
    text = cell.strip()
    return "" if text in EMPTY_MARKS else text


class Terms:
    """A column of codes: the many ways to write each."""

    def __init__(self, headers: Headers, kind: Kind, name: str) -> None:
        self._header = headers.called(name)
        self._may_be_empty = name in headers.form.given or name not in kind.names.telling
        terms = registry.terms(kind.field_list(name)).values()
        self._labels = "、".join(each.label.zh for each in terms)
        self._codes: dict[str, str] = {}
        for term in terms:
            self._codes |= {each.lower(): term.code for each in (term.code, term.label.zh, term.label.en)}
        short = registry.terms_meant(kind.field_list(name))
        self._codes = {close(word).lower(): code for word, code in short.items()} | self._codes
        for column in headers.form.column:
            if column.to == name:
                self._codes |= {close(words).lower(): code for words, code in column.values.items()}

    def read(self, text: str) -> str | Problem:
        """The code; "" where nothing is said and the form says it for all rows, or nobody has to."""
        if not text:
            return "" if self._may_be_empty else Problem(self._header, "", EMPTY)
        code = self._codes.get(close(text).lower())
        return Problem(self._header, text, NO_TERM, {"known": self._labels}) if code is None else code


class Details:
    """A column of a detail, read as its type says."""

    def __init__(self, headers: Headers, kind: Kind, name: str, *, by: User) -> None:
        self._header = headers.called(name)
        self._is_wanted = headers.is_required(name) and name not in headers.form.given
        detail = kind.names.detail(name)
        if detail.type is DetailType.TEXT:
            self._read: Callable[[str], Any] = Texts(headers, kind, name).read
        elif detail.type is DetailType.DAY:
            self._read = self._day
        elif detail.type is DetailType.FLAG:
            self._read = self._flag
        elif detail.type is DetailType.ORGANISATION:
            self._read, self._by = self._organisation, by
        elif name in headers.taken:
            self._read = self._amount
            self._amounts = Amounts(headers.taken[name])

    def read(self, text: str) -> Any | Problem:
        """What is kept; "" where nothing is said."""
        if not text:
            return Problem(self._header, "", EMPTY) if self._is_wanted else ""
        return self._read(text)

    def _day(self, text: str) -> date | Problem:
        on = day_or_remedy(text, date.max)
        return Problem(self._header, text, on) if isinstance(on, str) else on

    def _flag(self, text: str) -> bool | Problem:
        word = close(text).lower()
        return word in YES if word in YES | NO else Problem(self._header, text, NO_FLAG)

    def _amount(self, text: str) -> int | Problem | None:
        found = self._amounts.read(text)
        return found.scaled if isinstance(found, RoughAmount) else found

    def _organisation(self, text: str) -> Organisation | Problem:
        known = registry.organisations_visible_to(self._by)
        found = list(known.filter(Q(name=text) | Q(credit_code=codes.normalise_code(text)))[:2])
        return found[0] if len(found) == 1 else Problem(self._header, text, NO_ORGANISATION)


NO_FLAG = gettext_noop("请写“是”或“否”。")
NO_ORGANISATION = gettext_noop("名录里没有唯一的一家叫这个名字的单位，请填全称或统一社会信用代码。")


class Texts:
    """A column of free text, or a number."""

    def __init__(self, headers: Headers, kind: Kind, name: str) -> None:
        self._header, self._longest = headers.called(name), kind.names.detail(name).length
        self._is_wanted = headers.is_required(name) and name not in headers.form.given
        self._form = (_patent if kind.code == "patent" else _number) if name == "number" else None

    def read(self, text: str) -> str | Problem:
        """The text as it is kept."""
        text = " ".join(text.split())
        if len(text) > self._longest:
            return Problem(self._header, f"{text[:20]}…", TOO_LONG, {"longest": self._longest})
        if not text:
            return Problem(self._header, "", EMPTY) if self._is_wanted else ""
        try:
            return self._form(text) if self._form else text
        except ValueError:
            return Problem(self._header, text, NO_PATENT)


def _number(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


_PCT = re.compile(r"PCT/?([A-Z]{2}\d{4})/?(\d{6})")


def _patent(text: str) -> str:
    """An application number as it is kept: 202310123456.6, PCT/CN2024/123456. Raises ValueError for anything else."""
    try:
        return codes.normalise_patent_number(text)
    except ValueError:
        if found := _PCT.fullmatch(codes.normalise_code(text)):
            return f"PCT/{found[1]}/{found[2]}"
        raise


class Days:
    """A column of days."""

    def __init__(self, taken: Taken, today: date) -> None:
        self._header, self._today = taken.header, today

    def read(self, text: str) -> date | Problem | None:
        """The day; None where none is said."""
        if text in EMPTY_MARKS:
            return None
        on = day_or_remedy(text, self._today)
        return Problem(self._header, text, on) if isinstance(on, str) else on


def day_or_remedy(text: str, today: date) -> date | str:
    """The day a text names, or what would be one."""
    try:
        on = written_day(text)
    except ValueError:
        if re.fullmatch(r"[2-6]\d{4}(?:\.\d+)?", text):
            return SERIAL_DAY
        if re.fullmatch(r"\d{2}([-/.年])\d{1,2}([-/.月])\d{1,2}日?", text):
            return SHORT_YEAR
        return NO_DAY_ONLY_MONTH if re.fullmatch(r"\d{4}[-/.年]\d{1,2}月?", text) else NO_DAY
    if on < rules.EARLIEST:
        return TOO_EARLY
    return FUTURE if on > today else on


class RoughAmount(NamedTuple):
    """An amount as it is kept, and the word that makes it a rough one (约, 余 …); "" for an exact one."""

    scaled: int
    roughly: str = ""


_AMOUNT = re.compile(
    r"(?P<before>大约|约|将近|近|超过|超|逾)?(?:人民币|rmb|[¥$])?(?P<number>[-+]?[\d,]*\.?\d+)(?P<between>[余多])?"
    r"(?P<times>[十百千万亿]*)(?P<within>[余多])?(?P<unit>[^\d余多]*?)(?P<after>[余多]|以上|左右)?",
    re.IGNORECASE,
)
_WORDS = {"大约": "约", "左右": "约", "将近": "近", "超过": "超", "逾": "超"}


def _amount(text: str) -> re.Match[str] | None:
    """A cell as number and words around it; blanks between two numbers part them."""
    return _AMOUNT.fullmatch(re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", unicodedata.normalize("NFKC", text).strip()))


def is_bare(text: str) -> bool:
    """Whether a cell holds a number without a unit."""
    found = _amount(text)
    return found is not None and not found["times"] + found["unit"]


class Amounts:
    """A column of amounts: in the unit of its header, or of the cell itself. is_rough: whether 约 and the like are kept."""

    def __init__(self, taken: Taken, *, is_rough: bool = False) -> None:
        self._taken, self._header, self._is_rough = taken, taken.header, is_rough
        self._known = "、".join((taken.column.bases[0], f"万{taken.column.bases[0]}"))

    def read(self, text: str) -> RoughAmount | Problem | None:
        """The amount as it is kept; None where none is said."""
        words = said(text)
        if not words:
            return None
        found = _amount(words)
        if found is None or "$" in words:
            return Problem(self._header, words, NO_AMOUNT)
        unit = self._unit_of((found["times"] + found["unit"]).removesuffix("整").replace("圆", "元"))
        if isinstance(unit, str):
            told = {"known": self._known, "header": self._header, "example": self._known.rpartition("、")[2]}
            return Problem(self._header, words, unit, {**told, **self._said()})
        rough = [word for word in (found["before"], found["between"], found["within"], found["after"]) if word]
        if len(rough) > 1 or (rough and not self._is_rough):
            return Problem(self._header, words, ROUGH)
        try:
            scaled = Quantity.read(found["number"], unit).scaled
        except ValueError:
            return Problem(self._header, words, NO_AMOUNT)
        if scaled < 0:
            return Problem(self._header, words, NEGATIVE)
        if self._taken.column.is_whole and scaled % unit.scale:
            return Problem(self._header, words, NOT_WHOLE)
        return RoughAmount(scaled, _WORDS.get(rough[0], rough[0]) if rough else "")

    def _said(self) -> dict[str, str]:
        return {"unit": self._taken.unit.code if self._taken.unit else ""}

    def _unit_of(self, word: str) -> Unit | str:
        """The unit of a cell, or what is wrong: its own word against what the header says."""
        usual, column = self._taken.unit, self._taken.column
        if not word:
            return usual or UNIT_UNSAID
        own = unit_of(word, column.bases, column.quantity)
        if own is None:
            return NO_UNIT
        is_multiple = not multiplied(word)[1]  # 35万 under a header that says 元
        is_said = self._taken.is_unit_said and usual is not None
        if is_said and usual is not None and own.factor != usual.factor and not (is_multiple and usual.factor == 1):
            return OTHER_UNIT
        return own
