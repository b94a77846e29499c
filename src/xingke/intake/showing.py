"""What the page of an import shows of its rows: whose and where, what happened, what would change, and what they ask."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from xingke.intake.models import ImportBatch
from xingke.intake.queries import options_of
from xingke.intake.rows.incoming import CHANGED, REPEATED_OR_ANOTHER, UNCHANGED, Brief, Options, Problem, Row, RowReader
from xingke.intake.rows.marks import UNLESS_SURE
from xingke.intake.rows.stored import OTHER_DAY, SAME_DAY, SEVERAL_ALIKE
from xingke.intake.sheets.columns import Understood
from xingke.press.cells import letters
from xingke.registry import queries as registry

# What may be said of a row with such a problem: another fact, a correction, numbers that are right.
_ANSWERS = {
    REPEATED_OR_ANOTHER: {"another"},
    SAME_DAY: {"another", "correction"},
    OTHER_DAY: {"another", "correction"},
    SEVERAL_ALIKE: {"another"},
    UNLESS_SURE.text: {"sure"},
}


@dataclass(frozen=True)
class ShownRow:
    """A row as the page shows it. asks: which ticks it has; ticked: those that are set."""

    number: int
    outcome: str
    brief: Brief | None
    place: str
    holder: str
    is_new: bool
    altered: Sequence[tuple[str, str, str]]
    notes: Sequence[str]
    problems: Sequence[Mapping[str, str]]
    cells: Sequence[tuple[str, str]]
    asks: Collection[str] = field(default_factory=frozenset)
    ticked: Collection[str] = field(default_factory=frozenset)
    why: str = ""


def shown(batch: ImportBatch, staged: Sequence[Any], reader: RowReader | None) -> list[ShownRow]:
    """Staged rows (pairs of outcome and [number, cells, problems]) with all that is read from them now."""
    rows = [
        (outcome, Row(number, cells), [Problem(*each) for each in problems])
        for outcome, (number, cells, problems) in staged
    ]
    prepared = batch.state == ImportBatch.State.PREPARED
    known = {}
    if reader is not None and rows:
        fresh = [row for _outcome, row, _problems in rows]
        reader.read(fresh, lambda _done: None)
        if prepared:
            reader.compare([row for row in fresh if not row.problems])
        statements = reader.statements(fresh)
        codes = {statement.region for statement in statements}
        places = {code: region.name for code, region in registry.regions_by_code(codes).items()}
        known = {
            row.number: (brief, statement, places.get(statement.region, ""))
            for row, brief, statement in zip(fresh, reader.briefs(fresh), statements, strict=True)
        }
    options = options_of(batch)
    return [
        _shown(batch, row, outcome, problems, known.get(row.number), reader, options) for outcome, row, problems in rows
    ]


def _shown(
    batch: ImportBatch,
    row: Row,
    outcome: str,
    problems: Sequence[Problem],
    known: Any,
    reader: RowReader | None,
    options: Options,
) -> ShownRow:
    at = {name: letters(place) for place, name in enumerate(batch.header) if name}
    brief, statement, place = known or (None, None, "")
    holder = statement.holder if statement else None
    is_altered = reader is not None and outcome == row.outcome == CHANGED
    found = ShownRow(
        number=row.number,
        outcome=outcome,
        brief=brief,
        place=place,
        holder=holder.name if holder else "",
        is_new=bool(holder and holder.is_new),
        altered=reader.altered(row) if reader is not None and is_altered else [],
        notes=[str(note) for note in row.notes],
        problems=[
            {"cell": f"{at[each.column]}{row.number}" if each.column in at else "", "text": str(each)}
            for each in problems
        ],
        cells=[(name, text) for name, text in zip(batch.header, row.cells, strict=False) if text],
    )
    return _asking(found, row, problems, options) if batch.state == ImportBatch.State.PREPARED else found


def _asking(found: ShownRow, row: Row, problems: Sequence[Problem], options: Options) -> ShownRow:
    """The row with the ticks it has: those its problems ask for, and those that are set."""
    ticked = {
        name for name, rows in (("another", options.another), ("correction", options.correction)) if row.number in rows
    }
    if str(row.number) in options.sure:
        ticked.add("sure")
    asks = ticked.union(*(_ANSWERS.get(each.remedy, set()) for each in problems))
    if found.outcome == UNCHANGED and row.notes:
        asks.add("another")
    return replace(found, asks=asks, ticked=ticked, why=options.sure.get(str(row.number), ""))


def unused(understood: Understood | None) -> tuple[list[str], list[str]]:
    """The columns that are not read, as letter and header: those that look like amounts, and the others."""
    if understood is None:
        return [], []
    amounts = dict(understood.unused_amounts)
    others = [(place, name) for place, name in understood.unused if place not in amounts]
    return [_column(*each) for each in amounts.items()], [_column(*each) for each in others]


def _column(place: int, name: str) -> str:
    return f"{letters(place)} {name}"


def chosen(options: Options, posted: Any) -> Options:
    """The choices of a batch with those of the rows that a page showed as they were ticked there."""
    rows = {int(each) for each in posted.getlist("shown") if each.isdecimal()}

    def ticked(name: str, before: Sequence[int]) -> list[int]:
        now = {int(each) for each in posted.getlist(name) if each.isdecimal()}
        return sorted((set(before) - rows) | (now & rows))

    sure = {number: why for number, why in options.sure.items() if int(number) not in rows}
    for each in posted.getlist("sure"):
        if each.isdecimal() and int(each) in rows:
            sure[str(int(each))] = str(posted.get(f"why-{each}", "")).replace("\0", "").strip()[:200]
    return replace(
        options,
        another=ticked("another", options.another),
        correction=ticked("correction", options.correction),
        sure=sure,
    )


def outcome_word(outcome: str) -> str:
    """What became, or would become, of a row."""
    return {
        "new": _("新登记"),
        "changed": _("有改动"),
        "unchanged": _("未改动"),
        "waiting": _("待读"),
        "rejected": _("未导入"),
    }[outcome]


OUTCOMES_IN_ORDER = ("new", "changed", "unchanged", "waiting", "rejected")


def counts_of(batch: ImportBatch) -> list[tuple[str, int]]:
    """How many rows of an import came to which end, in words."""
    return [(outcome_word(outcome), batch.counts.get(outcome, 0)) for outcome in OUTCOMES_IN_ORDER]


def state_of(batch: ImportBatch) -> dict[str, str]:
    """The tag of an import."""
    if batch.state == ImportBatch.State.FILED:
        return {"state": "confirmed", "label": _("已登记")}
    if batch.state == ImportBatch.State.CANCELLED:
        return {"state": "unknown", "label": _("已取消")}
    if batch.state == ImportBatch.State.UNDONE:
        return {"state": "void", "label": _("已撤销")}
    return {"state": "draft", "label": _("待登记")} if batch.ready else {"state": "unknown", "label": _("没有新内容")}
