"""What a table says of several rows at once: the line 云渡县 above those of that county, a firm's name above its rows.

Each row is made to say it itself, so that it is read, shown and kept like any other cell.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xingke.base.sayings import Saying, say
from xingke.intake.rules.lines import EMPTY_MARKS, looks_like_firm
from xingke.intake.sheets.columns import roles_in
from xingke.intake.sheets.forms import SheetForm

_PLACE = re.compile(
    r"(?:[省市县区州旗镇乡盟]|地区|街道|直辖|本级|直|直属|[国省市县]属|单位|园区|新区|兵团|[省市县区]局|外地|其他|其它)$"
)
# what may stand between rows without saying where they belong
_NO_PLACE = re.compile(
    r"(?:级|批|批次|类|类别|型|计划|专项|项目|工程|资金|经费|年|年度|季度|月|月份|年[以之]?[前后上下内]|企业|机构|平台|基地|名单"
    r"|专利|新型|设计|合同|人才|奖|奖项|领域|认定|备案|复审|入库|立项|验收|业|技术|信息|医药|航天|材料|服务|节能|环境|制造|自动化|活动|培训|宣传|金额)$"
)

_BRACKET = re.compile(r"[（(][^）)]*[）)]$")

_BEHIND = say("第 %(number)s 行“%(line)s”在数据之后，没有作为数据读入")
_PLACED = say("第 %(number)s 行“%(line)s”作为下面没有写明区划的行的区划")
_SHEET_PLACED = say("工作表的名称“%(name)s”作为没有写明区划的行的区划")
_ABOVE_PLACED = say(
    "表格内外（文件名、工作表、标题或表尾）写的是“%(name)s”，作为没有写明区划的行的区划；不是的请补上区划一列"
)
_TOTAL_PLACED = say("第 %(number)s 行是“%(name)s”的合计，作为它上面没有写明区划的行的区划")
_HELD = say("第 %(number)s 行“%(line)s”作为下面没有写明单位的行的单位")
_NOT_USED = say("第 %(number)s 行“%(line)s”不是区划，没有用到；请核对下面各行")
_UNCLEAR = say("第 %(number)s 行“%(line)s”不知道是哪个区划，下面没有写明区划的行不能登记；请补上区划一列")


class Whole(NamedTuple):
    """The place a whole table says: as the name of its sheet, or in words around it, where that is not the usual one."""

    sheet: str = ""
    above: str = ""


@dataclass
class Belonging:
    """A table whose rows say what they belong to. unplaced: rows without a place below one that says it.

    unplaced: as (row number, place of the column, what the row above says).
    """

    header: tuple[str, ...]
    rows: list[Sequence[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    notes: list[Saying] = field(default_factory=list)
    unplaced: list[tuple[int, int, str]] = field(default_factory=list)


def belonging(
    form: SheetForm,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int],
    groups: Sequence[tuple[int, str]],
    *,
    totals: Sequence[tuple[int, str]] = (),
    whole: Whole,
    is_place: Callable[[str], bool],
) -> Belonging:
    """The table with each row's place and holder in it, where a line above says them.

    totals: lines that add up the rows above, with the place they name: 云渡县小计 says it of those since the one before.
    is_place: whether a region is called so. A line that might be a place and is none known here is said as the place
    all the same, so that its rows are refused with its name and not filed elsewhere.
    """
    behind = max(numbers, default=0)
    lines, notes = _meanings([each for each in groups if each[0] < behind], is_place)
    notes += [_BEHIND.filled(number=number, line=text[:40]) for number, text in groups if number > behind]
    if whole.sheet:
        lines.insert(0, (0, whole.sheet))
        notes.append(_SHEET_PLACED.filled(name=whole.sheet))
    elif whole.above and not lines and _place(form, "region", header) is None:
        lines.insert(0, (0, whole.above))
        notes.append(_ABOVE_PLACED.filled(name=whole.above))
    if not lines and any(place for _number, place in totals):
        lines, summed = _added_up(totals)
        notes += summed
    holders = _holders(form, header, rows, numbers)
    notes += [_HELD.filled(number=number, line=name[:40]) for number, name in holders]
    ends = [(number, "") for number, _line in groups]  # another group begins: its rows are not the firm's above
    region = _Column(form, "region", "region_code", header, lines)
    holder = _Column(form, "organisation", "credit_code", header, sorted([*holders, *ends] if holders else []))
    found = Belonging(tuple(header), notes=notes)
    for each in (region, holder):
        found.header = each.added_to(found.header)
    lone = {number for number, _name in holders}
    for number, cells in zip(numbers, rows, strict=True):
        if number in lone:
            continue
        said = [*cells, *[""] * (len(found.header) - len(cells))]
        region.fill(number, said)
        holder.fill(number, said, is_over=True)
        if region.missing:
            found.unplaced.append((number, region.place, region.missing))
        found.rows.append(said)
        found.numbers.append(number)
    return found


def _meanings(
    groups: Sequence[tuple[int, str]], is_place: Callable[[str], bool]
) -> tuple[list[tuple[int, str]], list[Saying]]:
    """The lines that say a place, and what there is to say of all."""
    lines: list[tuple[int, str]] = []
    notes: list[Saying] = []
    for number, text in groups:
        if is_place(text):
            lines.append((number, text))
            notes.append(_PLACED.filled(number=number, line=text[:40]))
        elif _NO_PLACE.search(_BRACKET.sub("", text)) and not _PLACE.search(text):
            notes.append(_NOT_USED.filled(number=number, line=text[:40]))
        else:
            lines.append((number, text))
            notes.append(_UNCLEAR.filled(number=number, line=text[:40]))
    return lines, notes


def _added_up(totals: Sequence[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[Saying]]:
    """The places that lines below rows say of them, as lines above them, and what there is to say of that."""
    lines = [(before, place) for (before, _), (_number, place) in zip([(0, ""), *totals], totals, strict=False)]
    notes = [_TOTAL_PLACED.filled(number=number, name=place) for number, place in totals if place]
    return [*lines, (totals[-1][0], "")], notes


def _holders(
    form: SheetForm, header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]
) -> list[tuple[int, str]]:
    """Rows that are nothing but the name of an organisation, and stand over rows that name none."""
    place = _place(form, "organisation", header)
    found = []
    for at in range(len(rows) - 1):
        names = [text for text in rows[at] if text]
        below = rows[at + 1]
        is_alone = len(names) == 1 and len(header) > 2 and looks_like_firm(names[0])
        if is_alone and sum(map(bool, below)) > 1 and (place is None or not below[place]):
            found.append((numbers[at], names[0]))
    return found


def _place(form: SheetForm, role: str, header: Sequence[str]) -> int | None:
    """Where the column of a role stands in a file."""
    name = roles_in(form, header).get(role)
    return None if name is None else list(header).index(name)


class _Column:
    """A column that lines above the rows fill in; where the file has none, a new one at the end."""

    def __init__(
        self, form: SheetForm, role: str, code: str, header: Sequence[str], lines: Sequence[tuple[int, str]]
    ) -> None:
        self._own, self._code = _place(form, role, header), _place(form, code, header)
        self._name = next((each.headers[0] for each in form.column if each.role == role), "")
        self._lines = list(reversed(lines))
        self._line = self._above = ""
        self.place = -1 if self._own is None else self._own
        self.missing = ""  # what a row above says, where this one and the lines say nothing

    def added_to(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The header, with this column behind it where it is needed and not there."""
        if self._own is not None or not self._lines or not self._name:
            return header
        self.place = len(header)
        return (*header, self._name)

    def fill(self, number: int, cells: list[str], *, is_over: bool = False) -> None:
        """Say in a row what the line above it says. is_over: a row that says something else ends the group."""
        self.missing = ""
        while self._lines and self._lines[-1][0] < number:
            self._line, self._above = self._lines.pop()[1], ""
        if self.place < 0 or (self._code is not None and cells[self._code] not in EMPTY_MARKS):
            return
        own = cells[self.place]
        if own not in EMPTY_MARKS:
            self._above = own
            self._line = "" if is_over else self._line
        elif self._line and self._above in ("", self._line):
            cells[self.place] = self._line
        else:  # below a row of another place than the group's, it may be of either
            self.missing = f"{self._above}（{self._line}）" if self._line else self._above
