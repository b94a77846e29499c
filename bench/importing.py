"""Importing a file of reported figures, beside reading the same file with the standard library alone.

Reading is the least anybody does; the import also checks every row against units, regions, periods and what is filed,
writes versions and the audit row, and does all of it in one transaction. For orientation: there is no goal.
"""

import csv
import io
from functools import partial

from django.db import transaction

from bench import ground
from bench.measuring import Line, Size, WrongAnswer, in_turn
from xingke.indicators.queries import indicators
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.intake.sheets.forms import FIGURE_COLUMNS
from xingke.ledger.models import Observation
from xingke.registry.models import Region

ROWS: dict[Size, int] = {"quick": 200, "usual": 20_000, "large": 100_000}
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 3, "large": 1}


def prepare(*, size: Size) -> None:
    """An installation without reported figures."""
    ground.stand(f"importing {size}", lambda: None)


def run(*, size: Size) -> list[Line]:
    """The first import, and the second of the same file, which changes nothing."""
    data = _file(ROWS[size])
    best = in_turn(ROUNDS[size], partial(_import, data), partial(_read, data))
    with transaction.atomic():
        _import_all(data, new=ROWS[size])
        if Observation.objects.count() != ROWS[size]:
            raise WrongAnswer(f"{Observation.objects.count()} figures stand in the ledger, expected {ROWS[size]}")
        again = in_turn(ROUNDS[size], partial(_import_all, data, unchanged=ROWS[size]))
        transaction.set_rollback(True)
    rows = f"{ROWS[size]:,} rows"
    return [
        Line(
            name=f"importing {rows}",
            ours=best[0],
            peer=best[1],
            peer_name="csv.DictReader",
            note=f"{ROWS[size] / best[0]:,.0f} rows a second, checked and filed",
        ),
        Line(name="importing them again: nothing changes", ours=again[0], peer=best[1], peer_name="csv.DictReader"),
    ]


def _import(data: bytes) -> None:
    """All of it, and then as if it had not been."""
    with transaction.atomic():
        _import_all(data, new=data.count(b"\n") - 1)
        transaction.set_rollback(True)


def _import_all(data: bytes, **expected: int) -> None:
    outcome = import_table(
        form=sheet_form("observation"),
        table=read_table(data),
        file_name="bench.csv",
        by=ground.statistician(),
        now=ground.NOW,
        options=Options(confirmed=True),
    )
    found = {name: count for name, count in outcome.counts.items() if count}
    if found != expected:
        raise WrongAnswer(f"the import says {found}, expected {expected}")


def _read(data: bytes) -> int:
    return sum(1 for _row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def _file(count: int) -> bytes:
    """Reported figures of all counties in turn, indicator by indicator, one year."""
    places = list(Region.objects.filter(level="county", is_fictional=False, valid_to__isnull=True).order_by("path"))
    observed = [each for each in indicators().values() if each.nature == "observed"]
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, FIGURE_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for number in range(count):
        place, each = places[number % len(places)], observed[number // len(places) % len(observed)]
        writer.writerow(
            {
                "figure": f"{number}",
                "document": "bench",
                "region": place.name,
                "region_code": place.code,
                "stated_year": "2025",
                "real_year": "2025",
                "period": "2025",
                "indicator": each.label.zh,
                "measure": "level",
                "value": f"{number % 9_999 + 1}",
                "unit": each.unit,
                "as_written": f"{number % 9_999 + 1}",
            }
        )
    return target.getvalue().encode()
