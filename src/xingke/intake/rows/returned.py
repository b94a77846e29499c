"""Rows that were not filed, as a table to be mended and handed over again: what stood there, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from xingke.base.sayings import told
from xingke.intake.rows.incoming import Problem, Row
from xingke.intake.sheets.forms import PROBLEMS, ROW_NUMBER
from xingke.press.xlsx_writer import Column, Line, Page


def returned_header(header: Sequence[str]) -> list[str]:
    """The file's own columns in their places, then the row's number there and what is wrong; the importer knows both."""
    return [*header, ROW_NUMBER, PROBLEMS]


def returned_columns(header: Sequence[str]) -> list[Column]:
    """The same as columns of text: nothing that stands in a cell is made a number on the way back."""
    return [Column(label=label) for label in returned_header(header)]


def returned_cells(row: Row) -> list[str | int]:
    """One row's cells as they were, its number and its problems."""
    return [*row.cells, row.number, _("；").join(map(str, row.problems))]


def returned_lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[Line]:
    """The rows with the cells marked that something is wrong with, each with what would do."""
    places = {label: place for place, label in reversed(list(enumerate(header))) if label}
    for row in rows:
        marks: dict[int, str] = {}
        for problem in row.problems:
            if problem.column in places:
                place = places[problem.column]
                marks[place] = "\n".join(filter(None, (marks.get(place), _remedy(problem))))
        yield Line(cells=list(map(str, returned_cells(row))), marks=marks)


def _remedy(problem: Problem) -> str:
    return str(told({"say": problem.remedy, "with": problem.values}))


def how_to_mend(file_name: str) -> Page:
    """The sheet that says what to do with the rows."""
    return Page(
        name=_("怎样改"),
        rows=[
            (_("来自"), file_name),
            (_("标色的格"), _("有问题；指着它看批注，“%(column)s”一列也写着。") % {"column": PROBLEMS}),
            (_("怎样交回"), _("就在表里改，保存后直接再交来；不必删列，最后两列导入时不读。")),
            (_("行号"), _("这一行在原文件中的行号。")),
        ],
    )
