"""Rows of reported figures: what each says, exactly, and whether the ledger says so already."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext_noop

from xingke.accounts.acts import Act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit
from xingke.base.sayings import Saying, say
from xingke.intake.rows.incoming import (
    CHANGED,
    CONFIRMED,
    EMPTY,
    NEW,
    OUTSIDE,
    REPEATED,
    TOO_LONG,
    UNCHANGED,
    VOIDED,
    WAITING,
    Brief,
    Filing,
    Measured,
    Options,
    Problem,
    Row,
    StatedFact,
    Statement,
    Told,
    telling,
)
from xingke.intake.rows.places import NOT_BELOW, FoundRegions, Places
from xingke.intake.sheets.columns import Understood
from xingke.intake.sheets.forms import FIGURE_COLUMNS, SheetForm
from xingke.ledger import rules
from xingke.ledger.actions import write_next_versions
from xingke.ledger.actions.amending import signed
from xingke.ledger.actions.bulk import insert
from xingke.ledger.models import Observation, State
from xingke.ledger.queries.undoing import are_undone
from xingke.ledger.rules import written_figures
from xingke.ledger.words import Words
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.rules import Scope

NAMED = 20  # rows that a remark names
REQUIRED = ("figure", "document", "region", "period", "indicator", "measure", "value", "unit", "as_written")

# column of the file → the field it is kept in, where that keeps only so many characters
_KEPT_IN = {
    "figure": "place",
    "document": "document",
    "region": "region_written",
    "real_year": "real_written",
    "indicator": "name",
    "part": "part",
    "as_written": "as_written",
    "note": "note",
}
_SIZES = {field.name: field.max_length or 0 for field in Observation._meta.fields}
_LONGEST = {column: _SIZES[name] for column, name in _KEPT_IN.items()}

ASK = gettext_noop("请写：%(known)s。")
NO_LAYER = gettext_noop("不是已知的资金口径，可用：%(known)s。")
NO_TARGET = gettext_noop("这是目标数；目标台账尚未启用，此行保留待读。")
NO_CODE = gettext_noop("没有这个区划代码，请填六位现行代码。")
OTHER_NAME = gettext_noop("代码 %(code)s 是“%(name)s”，名称与代码不一致。")
SAME_NAMES = gettext_noop("有 %(count)d 个同名区划，请填 region_code。")
NO_REGION = gettext_noop("没有这个区划；原文未写明地名的，请补充 region_code 后再导入。")
NO_PERIOD = gettext_noop("请写成 2024、2024-H1、2024-Q3、2024-06 或 2024-01..2024-10。")
NO_YEAR = gettext_noop("请写年份或期间，如 2018；不确定的写成 2015/2016。")
NO_UNIT = gettext_noop("不是已知的计量单位，请改用规则包中的单位或补充该单位。")
NO_NUMBER = gettext_noop("不是可以精确保存的数字；遮盖或缺失的数请留待核实，不要填写。")


@dataclass(frozen=True)
class Books:
    """What rows are read against: units, stated names, terms and the regions the file speaks of."""

    units: Mapping[str, Unit]
    names: Mapping[str, rules.StatedName]
    layers: frozenset[str]
    by_code: Mapping[str, Region]
    places: Places

    def name(self, written: str, measure: str, unit: str) -> rules.StatedName | None:
        """What a stated name means: with that unit, else with any."""
        return self.names.get(f"{written}|{measure}|{unit}") or self.names.get(f"{written}|{measure}|")


class FigureReader:
    """See ``incoming.Reader``."""

    def __init__(
        self, form: SheetForm, understood: Understood, *, by: User, options: Options, source: str = ""
    ) -> None:
        self._places = [
            (name, understood.taken[name].place if name in understood.taken else None) for name in FIGURE_COLUMNS
        ]
        self._understood = understood
        self._silent: list[Row] = []  # whose words hold no number
        self._headers = {name: taken.header for name, taken in understood.taken.items()}
        self._entering = registry.scope(by, Permission.RECORD_ENTER)
        self._confirming = registry.scope(by, Permission.RECORD_CONFIRM)
        self._at_once = self._confirming if options.confirmed else Scope()
        self.key_column = self._headers.get("figure", "figure")

    @property
    def remarks(self) -> list[Saying]:
        """How the columns were understood, and the rows whose own words say no number to hold their value against."""
        if not self._silent:
            return list(self._understood.remarks)
        lines = tuple(str(row.number) for row in self._silent[:NAMED])
        return [
            *self._understood.remarks,
            say(
                "有 %(count)s 行的原文里没有数字，数值无从对照，请核对（第 %(lines)s 行）。",
                count=len(self._silent),
                lines=lines,
            ),
        ]

    def read(self, rows: Sequence[Row], told: Told) -> None:
        texts = [self._texts(row) for row in rows]
        books = _books(texts, self._entering)
        for row, text in zip(telling(rows, told), texts, strict=True):
            self._read(row, text, books)

    def _texts(self, row: Row) -> dict[str, str]:
        return {name: row.cells[place].strip() if place is not None else "" for name, place in self._places}

    def _refuse(self, row: Row, column: str, found: str, remedy: str, **values: Any) -> None:
        row.refuse(self._headers.get(column, column), found, remedy, **values)

    def _read(self, row: Row, text: Mapping[str, str], books: Books) -> None:
        for column in REQUIRED:
            if not text[column]:
                self._refuse(row, column, "", EMPTY)
        if text["measure"] == "target":
            row.outcome = WAITING
            self._refuse(row, "measure", "target", NO_TARGET)
            return
        if text["measure"] and text["measure"] not in rules.MEASURES:
            self._refuse(row, "measure", text["measure"], ASK, known="、".join(rules.MEASURES))
        region = self._region(row, text, books)
        stated, real = self._periods(row, text)
        quantity, most = self._quantities(row, text, books)
        if text["basis"] and text["basis"] not in books.layers:
            self._refuse(row, "basis", text["basis"], NO_LAYER, known="、".join(sorted(books.layers)))
        self._refuse_too_long(row, text)
        if region is not None and not self._entering.covers(region.path):
            self._refuse(row, "region", text["region"], OUTSIDE)
        if row.problems or region is None or quantity is None or stated is None:
            return
        written = written_figures.read(
            text["as_written"], value=quantity, most=most, units=books.units, is_change=text["measure"] == "growth"
        )
        if written.problem:
            header = self._headers.get("as_written", "as_written")
            row.problems.append(Problem.of(header, text["as_written"], written.problem))
            return
        if written.is_silent:
            self._silent.append(row)
        name = books.name(text["indicator"], text["measure"], text["unit"])
        row.content = {
            "region": region,
            "region_written": text["region"],
            "is_region_inferred": "place inferred" in text["real_year"],
            "happened_on": (real.period or stated).last,
            "is_fictional": region.is_fictional,
            "name": text["indicator"],
            "indicator": name.indicator if name else "",
            "aspect": name.aspect if name else "level",
            "measure": text["measure"],
            "value": quantity.scaled,
            "value_max": most.scaled if most else None,
            "unit": text["unit"],
            "kind": quantity.unit.kind,
            "decimals": written.decimals,
            "approximation": written.word,
            "layer": text["basis"],
            "part": text["part"],
            "stated_period": stated.code,
            "real_period": real.period.code if real.period else "",
            "confidence": real.confidence,
            "real_written": text["real_year"],
            "document": text["document"],
            "place": text["figure"],
            "as_written": text["as_written"],
            "note": text["note"],
        }

    def _refuse_too_long(self, row: Row, text: Mapping[str, str]) -> None:
        """Refuse what its column of the ledger would cut, or not take at all."""
        for column, longest in _LONGEST.items():
            if len(text[column]) > longest:
                self._refuse(row, column, f"{text[column][:20]}…", TOO_LONG, longest=longest)

    def _region(self, row: Row, text: Mapping[str, str], books: Books) -> Region | None:
        if code := text["region_code"]:
            region = books.by_code.get(code)
            if region is None:
                self._refuse(row, "region_code", code, NO_CODE)
            elif text["region"] and region not in books.places.find(text["region"]).regions:
                self._refuse(row, "region", text["region"], OTHER_NAME, code=code, name=region.name)
                return None
            return region
        found, wrong = books.places.find(text["region"]) if text["region"] else FoundRegions(())
        if len(found) == 1:
            return found[0]
        if wrong is not None:
            self._refuse(row, "region", text["region"], NOT_BELOW, name=wrong[0], above=wrong[1])
        elif text["region"] and found:
            self._refuse(row, "region", text["region"], SAME_NAMES, count=len(found))
        elif text["region"]:
            self._refuse(row, "region", text["region"], NO_REGION)
        return None

    def _periods(self, row: Row, text: Mapping[str, str]) -> tuple[Period | None, rules.RealPeriod]:
        unknown = rules.RealPeriod(None, "ambiguous")
        try:
            stated = Period.parse(text["period"])
        except ValueError:
            if text["period"]:
                self._refuse(row, "period", text["period"], NO_PERIOD)
            return None, unknown
        try:
            return stated, rules.real_period(stated, stated_year=text["stated_year"], real_year=text["real_year"])
        except ValueError:
            self._refuse(row, "real_year", text["real_year"], NO_YEAR)
            return stated, unknown

    def _quantities(self, row: Row, text: Mapping[str, str], books: Books) -> tuple[Quantity | None, Quantity | None]:
        unit = books.units.get(text["unit"])
        if unit is None:
            if text["unit"]:
                self._refuse(row, "unit", text["unit"], NO_UNIT)
            return None, None
        read: list[Quantity | None] = []
        for column in ("value", "value_max"):
            try:
                read.append(Quantity.read(text[column], unit) if text[column] else None)
            except ValueError:
                self._refuse(row, column, text[column], NO_NUMBER)
                read.append(None)
        return read[0], read[1]

    def repeated(self, row: Row) -> str:
        return REPEATED

    def key(self, row: Row) -> object:
        content = row.content
        if content is None:
            return None
        return (content["region"].pk, content["document"], content["place"])

    def join(self, first: Row, row: Row) -> bool:
        return False

    def compare(self, rows: Sequence[Row]) -> None:
        documents = {row.content["document"] for row in rows}
        stored = Observation.objects.filter(document__in=documents, seq_to__isnull=True).select_related("region")
        known = {(each.region_id, each.document, each.place): each for each in stored}
        gone = are_undone(list(known.values()))
        for row in rows:
            found = known.get((row.content["region"].pk, row.content["document"], row.content["place"]))
            if found is None:
                row.outcome = NEW
            elif found.record in gone:  # what was taken back is filed anew, as the next version of the same place
                row.stored, row.outcome = found, NEW
            elif found.state == State.VOID:
                self._refuse(row, "figure", row.content["place"], VOIDED)
            else:
                row.stored = found
                row.changes = {name: value for name, value in row.content.items() if getattr(found, name) != value}
                if row.changes and not self._may_change(found, row.content["region"]):
                    self._refuse(row, "figure", row.content["place"], CONFIRMED)
                else:
                    row.outcome = CHANGED if row.changes else UNCHANGED

    def _may_change(self, found: Observation, region: Region) -> bool:
        """Whether an import may change a figure that stands, there and where it is to be: see ``HistoryReader``."""
        may_confirm = all(self._confirming.covers(each.path) for each in (found.region, region))
        return rules.may_change_at_once(state=found.state, four_eyes=False, may_confirm=may_confirm).allowed

    def since(self, row: Row) -> int:
        seq: int = row.stored.seq_from
        return seq

    def file(self, rows: Sequence[Row], filing: Filing) -> int:
        done = filing.done
        alike = {
            "version": 1,
            "seq_from": done.seq,
            "source": filing.source[:200],
            "entered_at": done.now,
            "entered_by_id": done.account.pk,
        }
        fresh = [self._columns(row, done) for row in rows if row.outcome == NEW and row.stored is None]
        if fresh:
            names = list(fresh[0])
            insert(Observation, names, list(map(itemgetter(*names), fresh)), alike)
        changed = [(row.stored, signed(row.stored, row.changes, done)) for row in rows if row.outcome == CHANGED]
        anew = [row for row in rows if row.outcome == NEW and row.stored is not None]
        changed += [(row.stored, {**self._columns(row, done), "source": filing.source[:200]}) for row in anew]
        write_next_versions(changed, done=done, reason=filing.reason)
        return len(rows)

    def _columns(self, row: Row, done: Act) -> dict[str, Any]:
        content = {name: value for name, value in row.content.items() if name != "region"}
        region: Region = row.content["region"]
        confirmed = self._at_once.covers(region.path)
        return {
            "record": derived_key("observation", region.code, content["document"], content["place"]),
            "region_id": region.pk,
            "state": State.CONFIRMED if confirmed else State.DRAFT,
            "source_place": f"第 {row.number} 行",
            "confirmed_at": done.now if confirmed else None,
            "confirmed_by_id": done.account.pk if confirmed else None,
            **content,
        }

    def altered(self, row: Row) -> list[tuple[str, str, str]]:
        after = copy(row.stored)
        for name, value in row.changes.items():
            setattr(after, name, value)
        return [(each.label, each.old, each.new) for each in Words().changes(row.stored, after)]

    def statements(self, rows: Sequence[Row]) -> list[Statement]:
        units = {term.code: term.base or term.code for term in registry.terms("unit").values()}
        return [self._statement(row, units) for row in rows]

    def _statement(self, row: Row, units: Mapping[str, str]) -> Statement:
        content = row.content
        if content is None:
            return Statement("", None, [])
        unit = units.get(content["unit"], content["unit"])
        said = (
            "name",
            "indicator",
            "aspect",
            "measure",
            "stated_period",
            "real_period",
            "layer",
            "part",
            "document",
            "place",
        )
        fields = {name: content[name] for name in said if content[name]} | {"period": content["stated_period"]}
        scale = 100 if content["kind"] == "money" else 10_000
        measures = {
            name: Measured(Decimal(content[name]) / scale, unit)
            for name in ("value", "value_max")
            if content[name] is not None
        }
        return Statement(
            content["region"].code, None, [StatedFact("reported", content["happened_on"], fields, measures)]
        )

    def briefs(self, rows: Sequence[Row]) -> list[Brief]:
        texts = [self._texts(row) for row in rows]
        return [
            Brief(text["region"], text["indicator"], [" ".join(filter(None, (text["period"], text["as_written"])))])
            for text in texts
        ]


def _books(texts: Sequence[Mapping[str, str]], within: Scope) -> Books:
    """Load what the rows need; a handful of queries whatever their number."""
    return Books(
        registry.units(),
        {key: found.value for key, found in registry.catalogue("name").items()},
        frozenset(registry.terms("layer")),
        registry.regions_by_code(text["region_code"] for text in texts),
        Places((text["region"] for text in texts), within=within),
    )
