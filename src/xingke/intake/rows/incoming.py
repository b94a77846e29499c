"""Rows on their way in: what all kinds of records share, whatever a row of theirs says."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from xingke.accounts.acts import Act
from xingke.base.sayings import Saying, kept, say, told
from xingke.intake.sheets.columns import Understood

# What may become of a row, in the order in which people want to see them.
REJECTED, WAITING, CHANGED, NEW, UNCHANGED = OUTCOMES = ("rejected", "waiting", "changed", "new", "unchanged")
FILED = (NEW, CHANGED)  # what filing writes

EMPTY = gettext_noop("不能为空。")
REPEATED = gettext_noop("与第 %(line)d 行是同一条记录，请只保留一行。")
REPEATED_OR_ANOTHER = gettext_noop(
    "与第 %(line)d 行说的是同一件事；是重复的请删去一行，确是另一笔（另一人、另一次）的请勾选“另一笔”。"
)
REPEATED_TITLE = gettext_noop("与第 %(line)d 行是同一条记录，请合并成一行；后来再次认定的日期写在“重新认定日期”一列。")
OUTSIDE = gettext_noop("不在您的授权范围内。")
CONFIRMED = gettext_noop("这条记录已经确认，更正须由另一人复核；请在记录页提出更正，不能用导入改动。")
VOIDED = gettext_noop("台账中这条记录已作废，导入不会使它恢复；确需重新登记的，请在网页上逐条登记。")
TOO_LONG = gettext_noop("最多 %(longest)d 个字，请缩短后再导入。")


class Problem(NamedTuple):
    """Why a row is not filed: the column, what was found there, and what would do, to be said in any language."""

    column: str
    found: str
    remedy: str
    values: Mapping[str, Any] = {}

    @classmethod
    def of(cls, column: str, found: str, remedy: Saying) -> Self:
        """A problem whose remedy is a saying."""
        return cls(column, found, remedy.text, kept(remedy)["with"])

    def __str__(self) -> str:
        remedy = told({"say": self.remedy, "with": self.values})
        if not self.column:
            return str(remedy)
        return str(
            say("%(column)s 列为“%(found)s”：%(remedy)s", column=self.column, found=self.found[:60], remedy=remedy)
        )


@dataclass(slots=True, eq=False)
class Row:
    """A row: its number in the file, its cells, and what became of it.

    content: what its reader made of it; partly: the same of a row with problems, as far as it was understood. stored:
    the record it is, if there is one; changes: what differs there. notes: what was settled for it, to be looked at.
    part_of: the earlier row of the file that is filed for both.
    """

    number: int
    cells: Sequence[str]
    outcome: str = ""
    problems: list[Problem] = field(default_factory=list)
    content: Any = None
    stored: Any = None
    changes: Any = None
    part_of: "Row | None" = None
    notes: list[Saying] = field(default_factory=list)
    partly: Any = None

    def refuse(self, column: str, found: str, remedy: str, **values: Any) -> None:
        self.problems.append(Problem(column, found, remedy, values))


@dataclass(frozen=True, kw_only=True)
class Options:
    """What somebody chose when handing a file over.

    region: code of the place of rows that name none. new_organisations: enter the organisations nobody knows.
    confirmed: file as confirmed, for whoever may. given: what holds for the whole file, by role (see ``whole_file``).
    above: what stands over the header and under the rows, taken from the file. another, correction: numbers of rows that look like another and are
    one more fact, or correct what stands; sure: numbers of rows whose doubtful numbers are right → why.
    """

    region: str = ""
    new_organisations: bool = False
    confirmed: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    above: Sequence[str] = ()
    another: Sequence[int] = ()
    correction: Sequence[int] = ()
    sure: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Filing:
    """The act of filing, and the file it files from."""

    done: Act
    source: str

    @property
    def reason(self) -> str:
        """Why a later version was written."""
        return _("重新导入 %(file)s") % {"file": self.source}


class Measured(NamedTuple):
    """An amount, exact, in a base unit: 元, 人次, 份."""

    value: Decimal
    unit: str


class StatedFact(NamedTuple):
    """What a row says happened: on which day (None where that cannot be read), to what, and how much."""

    event: str
    on: date | None
    fields: Mapping[str, str]
    measures: Mapping[str, Measured]


class NamedHolder(NamedTuple):
    """Whose a row is. is_new: the organisation is entered along with it."""

    name: str
    key: str
    is_new: bool


class Statement(NamedTuple):
    """All a row says, as far as it was understood, in codes and exact amounts. region: its code, "" where unknown."""

    region: str
    holder: NamedHolder | None
    facts: Sequence[StatedFact]


class Brief(NamedTuple):
    """A row as it was understood, in a few words: whose, what, and what happened or how much."""

    who: str
    what: str
    facts: Sequence[str]


Told = Callable[[int], object]
PART = 5_000  # rows after which the next word on how far it is


def telling(rows: Sequence[Row], told: Told) -> Iterator[Row]:
    """The rows, telling now and then how many are done."""
    for start in range(0, len(rows), PART):
        told(start)
        yield from rows[start : start + PART]


class RowReader(Protocol):
    """What knows the rows of one kind of record."""

    key_column: str  # the column that is named where two rows are one record

    @property
    def remarks(self) -> Sequence[Saying]:
        """What somebody should look at in rows that are filed all the same."""

    def read(self, rows: Sequence[Row], told: Told) -> None:
        """Fill each row's content, or its problems. A row that waits gets its outcome too. told: see ``telling``."""

    def key(self, row: Row) -> object:
        """What tells the row from others of the file; None where too little of it was understood."""

    def repeated(self, row: Row) -> str:
        """What would do for a row that says the same as an earlier one."""

    def join(self, first: Row, row: Row) -> bool:
        """Whether a later row of the file tells more of the same record, and is then filed with the first."""

    def compare(self, rows: Sequence[Row]) -> None:
        """Hold rows that were read against the ledger: their outcome, or a problem."""

    def since(self, row: Row) -> int:
        """The number at which what a changed row changes came to say what it says."""

    def file(self, rows: Sequence[Row], filing: Filing) -> int:
        """Write the new and changed rows and what they need, inside the act. Returns how many records."""

    def statements(self, rows: Sequence[Row]) -> list[Statement]:
        """All that rows say, those with problems as far as they were understood."""

    def altered(self, row: Row) -> list[tuple[str, str, str]]:
        """What a changed row would change: what it is called, what stands, what would stand; in the reader's language."""

    def briefs(self, rows: Sequence[Row]) -> list[Brief]:
        """Rows that were read, in the reader's language."""


def refuse_repeats(rows: Iterable[Row], reader: RowReader, understood: Understood) -> None:
    """Of rows that are one record only the first may be filed, and that only if it is right; unless others tell more of it."""
    first: dict[object, Row] = {}
    place = understood.header.index(reader.key_column) if reader.key_column in understood.header else None
    for row in rows:
        if (key := reader.key(row)) is None or row.outcome:
            continue
        before = first.setdefault(key, row)
        if before is not row and not row.problems and not reader.join(before, row):
            found = row.cells[place] if place is not None else ""
            row.refuse(reader.key_column, found, reader.repeated(row), line=before.number)


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows came out how, in the order of OUTCOMES."""
    found = Counter(row.outcome for row in rows)
    return {outcome: found[outcome] for outcome in OUTCOMES}
