"""Importing a table (.xlsx, CSV) of reported figures: reading rows (pure), then one transaction that files what holds.

Every row ends in one of five ways: new, changed (a new version), unchanged, waiting (a kind of figure that has no
place yet) or rejected with what was found and what would do. Importing the same file twice writes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts.actions import record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.base.periods import Period
from xingke.base.press.cells import Note, Remark, letters
from xingke.base.press.packages import Unreadable
from xingke.base.press.sheets import Sheet, read_sheet
from xingke.base.quantities import Quantity, Unit
from xingke.base.refusals import Refused
from xingke.ledger import rules
from xingke.ledger.actions import write_next_version
from xingke.ledger.models import ImportBatch, ImportRow, Observation, State
from xingke.registry import queries as registry
from xingke.registry.models import Region

COLUMNS = (
    "figure", "document", "level", "region", "region_code", "stated_year", "real_year", "period", "indicator",
    "measure", "value", "value_max", "unit", "basis", "part", "as_written", "note",
)  # fmt: skip
REQUIRED = ("figure", "document", "region", "period", "indicator", "measure", "value", "unit", "as_written")
SIZE_LIMIT = 20 * 2**20


@dataclass(frozen=True)
class Table:
    """A file as read: its rows by column name and what they were in.

    numbers: each row's number in the file. encoding: UTF-8, GB18030 or UTF-16; XLSX for a workbook. damage: by row
    number, the cells whose value was lost before it came here, as (column name, note). notes: what else there is to say.
    """

    rows: Sequence[Mapping[str, str]]
    encoding: str
    digest: str
    numbers: Sequence[int]
    sheet_name: str = ""
    damage: Mapping[int, Sequence[tuple[str, Note]]] = field(default_factory=dict)
    notes: Sequence[Note] = ()


def read_table(data: bytes, *, name: str = "") -> Table:
    """Read a CSV or the first filled sheet of an .xlsx, in a child process.

    name: the file's, if known; it must not contradict what the file is. Raises Refused for what is no table, is
    dangerous, marked as secret, empty, too large or lacks a column.
    """
    if len(data) > SIZE_LIMIT:
        raise Refused(_("文件超过 20 MB，请分成几个文件导入。"))
    if not data.strip():
        raise Refused(_("文件是空的，没有可导入的内容。"))
    try:
        sheet = read_sheet(data, name=name)
    except Unreadable as error:
        raise Refused(str(error)) from error
    missing = [column for column in REQUIRED if column not in sheet.header]
    if missing:
        raise Refused(_("缺少必需的列：%(columns)s。") % {"columns": _("、").join(missing)})
    if not sheet.rows:
        raise Refused(_("文件只有表头，没有数据行。"))
    named = [(column, name) for column, name in enumerate(sheet.header) if name]
    return Table(
        rows=[{name: row[column] for column, name in named} for row in sheet.rows],
        encoding=sheet.encoding or "XLSX",
        digest=hashlib.sha256(data).hexdigest(),
        numbers=sheet.numbers,
        sheet_name=sheet.sheet_name,
        damage=_used_damage(sheet),
        notes=[note for note in sheet.notes if not note.is_damaging],
    )


def _used_damage(sheet: Sheet) -> dict[int, list[tuple[str, Note]]]:
    """The damaged cells that matter here: in a column that is read, or a whole row that is shifted."""
    used: dict[int, list[tuple[str, Note]]] = {}
    for number, notes in sheet.damage.items():
        for note in notes:
            column = sheet.header[note.column] if note.column < len(sheet.header) else letters(note.column)
            if column in COLUMNS or note.remark is Remark.SHIFTED:
                used.setdefault(number, []).append((column, note))
    return used


@dataclass(frozen=True)
class Problem:
    """Why a row was not filed: the column, what was found there, and what would do."""

    column: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return _("%(column)s 列为“%(found)s”：%(remedy)s") % {
            "column": self.column, "found": self.found, "remedy": self.remedy
        }  # fmt: skip


@dataclass
class Row:
    """A row on its way in: its number in the file, what it says, and its columns or its problems."""

    number: int
    raw: Mapping[str, str]
    columns: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    is_waiting: bool = False


@dataclass(frozen=True)
class Books:
    """What rows are read against: units, stated names, terms and the regions the file speaks of."""

    units: Mapping[str, Unit]
    names: Mapping[str, rules.StatedName]
    layers: frozenset[str]
    by_code: Mapping[str, Region]
    by_name: Mapping[str, Sequence[Region]]

    @classmethod
    def open(cls, rows: Sequence[Mapping[str, str]]) -> "Books":
        """Load what the rows need; a handful of queries whatever their number."""
        names = {row.get("region", "").strip() for row in rows}
        by_name: dict[str, list[Region]] = {}
        for region in Region.objects.filter(name__in=names, valid_to__isnull=True):
            by_name.setdefault(region.name, []).append(region)
        return cls(
            registry.units(),
            {key: found.value for key, found in registry.catalogue("name").items()},
            frozenset(registry.terms("layer")),
            registry.regions_by_code(row.get("region_code", "").strip() for row in rows),
            by_name,
        )

    def name(self, written: str, measure: str, unit: str) -> rules.StatedName | None:
        """What a stated name means: with that unit, else with any."""
        return self.names.get(f"{written}|{measure}|{unit}") or self.names.get(f"{written}|{measure}|")


# column of the file → the field it is kept in, where that keeps only so many characters
_KEPT_IN = {
    "figure": "place", "document": "document", "region": "region_written", "real_year": "real_written",
    "indicator": "name", "part": "part", "as_written": "as_written", "note": "note",
}  # fmt: skip
_SIZES = {field.name: field.max_length or 0 for field in Observation._meta.fields}
_LONGEST = {column: _SIZES[name] for column, name in _KEPT_IN.items()}


def read_row(number: int, raw: Mapping[str, str], books: Books) -> Row:
    """Read one row completely: either all its columns, or all its problems."""
    row = Row(number, raw)
    text = {column: raw.get(column, "").strip() for column in COLUMNS}
    for column in REQUIRED:
        if not text[column]:
            row.problems.append(Problem(column, "", _("不能为空。")))
    if text["measure"] == "target":
        row.is_waiting = True
        row.problems.append(Problem("measure", "target", _("这是目标数；目标台账尚未启用，此行保留待读。")))
        return row
    if text["measure"] and text["measure"] not in rules.MEASURES:
        row.problems.append(
            Problem("measure", text["measure"], _("请写：%(known)s。") % {"known": _("、").join(rules.MEASURES)})
        )
    region = _region(row, text, books)
    stated, real = _periods(row, text)
    quantity, most = _quantities(row, text, books)
    if text["basis"] and text["basis"] not in books.layers:
        row.problems.append(
            Problem(
                "basis",
                text["basis"],
                _("不是已知的资金口径，可用：%(known)s。") % {"known": _("、").join(sorted(books.layers))},
            )
        )
    for column, longest in _LONGEST.items():
        if len(text[column]) > longest:
            remedy = _("最多 %(longest)d 个字，请缩短后再导入。") % {"longest": longest}
            row.problems.append(Problem(column, f"{text[column][:20]}…", remedy))
    if row.problems or region is None or quantity is None or stated is None:
        return row
    name = books.name(text["indicator"], text["measure"], text["unit"])
    row.columns = {
        "region": region, "region_written": text["region"], "is_region_inferred": "place inferred" in text["real_year"],
        "happened_on": (real.period or stated).last, "is_fictional": region.is_fictional,
        "name": text["indicator"], "indicator": name.indicator if name else "", "aspect": name.aspect if name else "level",
        "measure": text["measure"], "value": quantity.scaled, "value_max": most.scaled if most else None,
        "unit": text["unit"], "kind": quantity.unit.kind, "decimals": quantity.decimals,
        "approximation": rules.approximation(text["as_written"]), "layer": text["basis"], "part": text["part"],
        "stated_period": stated.code, "real_period": real.period.code if real.period else "",
        "confidence": real.confidence, "real_written": text["real_year"], "document": text["document"],
        "place": text["figure"], "as_written": text["as_written"], "note": text["note"],
    }  # fmt: skip
    return row


def _region(row: Row, text: Mapping[str, str], books: Books) -> Region | None:
    if code := text["region_code"]:
        region = books.by_code.get(code)
        if region is None:
            row.problems.append(Problem("region_code", code, _("没有这个区划代码，请填六位现行代码。")))
        elif text["region"] and region.name != text["region"]:
            row.problems.append(
                Problem(
                    "region",
                    text["region"],
                    _("代码 %(code)s 是“%(name)s”，名称与代码不一致。") % {"code": code, "name": region.name},
                )
            )
            return None
        return region
    found = books.by_name.get(text["region"], ())
    if len(found) == 1:
        return found[0]
    if text["region"]:
        remedy = (
            _("有 %(count)d 个同名区划，请填 region_code。") % {"count": len(found)}
            if found
            else _("没有这个区划；原文未写明地名的，请补充 region_code 后再导入。")
        )
        row.problems.append(Problem("region", text["region"], remedy))
    return None


def _periods(row: Row, text: Mapping[str, str]) -> tuple[Period | None, rules.RealPeriod]:
    unknown = rules.RealPeriod(None, "ambiguous")
    try:
        stated = Period.parse(text["period"])
    except ValueError:
        if text["period"]:
            row.problems.append(
                Problem("period", text["period"], _("请写成 2024、2024-H1、2024-Q3、2024-06 或 2024-01..2024-10。"))
            )
        return None, unknown
    try:
        return stated, rules.real_period(stated, stated_year=text["stated_year"], real_year=text["real_year"])
    except ValueError:
        row.problems.append(
            Problem("real_year", text["real_year"], _("请写年份或期间，如 2018；不确定的写成 2015/2016。"))
        )
        return stated, unknown


def _quantities(row: Row, text: Mapping[str, str], books: Books) -> tuple[Quantity | None, Quantity | None]:
    unit = books.units.get(text["unit"])
    if unit is None:
        if text["unit"]:
            row.problems.append(
                Problem("unit", text["unit"], _("不是已知的计量单位，请改用规则包中的单位或补充该单位。"))
            )
        return None, None
    read: list[Quantity | None] = []
    for column in ("value", "value_max"):
        try:
            read.append(Quantity.read(text[column], unit) if text[column] else None)
        except ValueError:
            row.problems.append(
                Problem(column, text[column], _("不是可以精确保存的数字；遮盖或缺失的数请留待核实，不要填写。"))
            )
            read.append(None)
    return read[0], read[1]


@dataclass(frozen=True)
class Outcome:
    """What an import did: rows by outcome, the rows that were not filed, and the batch (None when nothing was new)."""

    counts: Mapping[str, int]
    left: Sequence[Row]
    encoding: str
    batch: ImportBatch | None
    earlier: ImportBatch | None


OUTCOMES = ("new", "changed", "unchanged", "waiting", "rejected")


@transaction.atomic
def import_observations(*, table: Table, file_name: str, by: User, now: datetime) -> Outcome:
    """File the rows of a table as observations, all in one transaction.

    Rows of a region ``by`` may not write to are rejected one by one; a figure is filed as confirmed where ``by`` may
    confirm, else as a draft. Rows already filed with the same content change nothing; with other content they become
    a new version.
    """
    registry.require(by, Permission.IMPORT_RUN)
    entering = registry.scope(by, Permission.RECORD_ENTER)
    confirming = registry.scope(by, Permission.RECORD_CONFIRM)
    books = Books.open(table.rows)
    rows = [read_row(number, raw, books) for number, raw in zip(table.numbers, table.rows, strict=True)]
    _refuse_damaged(rows, table)
    _refuse_repeats(rows)
    for row in rows:
        if row.columns and not entering.covers(row.columns["region"].path):
            row.problems.append(Problem("region", row.columns["region_written"], _("不在您的授权范围内。")))
    known = _known([row for row in rows if not row.problems])
    for row in rows:
        stored = known.get((row.columns["document"], row.columns["place"])) if not row.problems else None
        if stored is not None and not entering.covers(stored.region.path):
            remedy = _("这个数属于“%(region)s”，不在您的授权范围内。") % {"region": stored.region.name}
            row.problems.append(Problem("figure", row.columns["place"], remedy))
    ready = [row for row in rows if not row.problems]
    counts: Counter[str] = Counter(dict.fromkeys(OUTCOMES, 0))
    fresh: list[Row] = []
    changed: list[tuple[Observation, dict[str, Any]]] = []
    for row in ready:
        stored = known.get((row.columns["document"], row.columns["place"]))
        if stored is None:
            fresh.append(row)
        elif changes := _differences(stored, row.columns):
            changed.append((stored, changes))
        else:
            counts["unchanged"] += 1
    left = [row for row in rows if row.problems]
    counts.update(new=len(fresh), changed=len(changed))
    counts.update("waiting" if row.is_waiting else "rejected" for row in left)
    earlier = ImportBatch.objects.filter(digest=table.digest).first()
    if not fresh and not changed and (earlier is not None or not left):
        return Outcome(dict(counts), left, table.encoding, None, earlier)
    seq = take_seq()
    batch = ImportBatch.objects.create(
        kind="observation", file_name=file_name[:200], digest=table.digest, encoding=table.encoding, seq=seq,
        imported_at=now, imported_by=by, counts=dict(counts),
    )  # fmt: skip
    Observation.objects.bulk_create(
        [_observation(row, seq=seq, by=by, now=now, source=file_name, confirmed=confirming.covers(row.columns["region"].path)) for row in fresh],
        batch_size=400,
    )  # fmt: skip
    for stored, changes in changed:
        write_next_version(
            stored, seq=seq, by=by, now=now, reason=_("重新导入 %(file)s") % {"file": file_name}, changes=changes
        )
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                batch=batch, number=row.number, key=str(row.raw.get("figure", ""))[:130],
                status=ImportRow.Status.WAITING if row.is_waiting else ImportRow.Status.REJECTED,
                problems=[str(problem) for problem in row.problems], raw=dict(row.raw),
            )
            for row in left
        ],
        batch_size=400,
    )  # fmt: skip
    record_audit(
        seq=seq, by=by, action="observation.imported", target_kind="import", target=file_name, now=now,
        count=len(fresh) + len(changed), detail={"counts": dict(counts), "digest": table.digest, "encoding": table.encoding},
    )  # fmt: skip
    return Outcome(dict(counts), left, table.encoding, batch, earlier)


def _refuse_damaged(rows: Sequence[Row], table: Table) -> None:
    """A cell whose value was lost in the spreadsheet is never used, whatever could be made of it."""
    for row in rows:
        damaged = table.damage.get(row.number, ())
        if damaged:
            row.columns.clear()
            said = {
                column: Problem(column, row.raw.get(column, ""), f"{note.cell} {note.text}。")
                for column, note in damaged
            }
            row.problems[:] = [*said.values(), *(each for each in row.problems if each.column not in said)]


def _refuse_repeats(rows: Sequence[Row]) -> None:
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.columns:
            key = (row.columns["document"], row.columns["place"])
            if key in first:
                row.problems.append(
                    Problem("figure", key[1], _("与第 %(line)d 行重复，请只保留一行。") % {"line": first[key]})
                )
            first.setdefault(key, row.number)


def _known(rows: Sequence[Row]) -> dict[tuple[str, str], Observation]:
    documents = {row.columns["document"] for row in rows}
    stored = Observation.objects.filter(document__in=documents, seq_to__isnull=True).select_related("region")
    return {(each.document, each.place): each for each in stored}


def _differences(stored: Observation, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if getattr(stored, name) != value}


def _observation(row: Row, *, seq: int, by: User, now: datetime, source: str, confirmed: bool) -> Observation:
    return Observation(
        record=derived_key("observation", row.columns["document"], row.columns["place"]), version=1, seq_from=seq,
        state=State.CONFIRMED if confirmed else State.DRAFT, source=source[:200], source_place=f"第 {row.number} 行",
        entered_at=now, entered_by=by, confirmed_at=now if confirmed else None, confirmed_by=by if confirmed else None,
        **row.columns,
    )  # fmt: skip
