"""Importing a workbook of records, whole, beside python-calamine's bare reading of the same file.

Ours: the confined child process reads the workbook, every row is checked against vocabulary, regions, organisations,
numbers, days and what the ledger holds, staged for somebody to look at, read again and filed with its events, its
versions and one audit row, in a transaction that is undone. The peer turns the same bytes into Python lists.
"""

import compileall
import io
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from python_calamine import CalamineWorkbook

from bench import ground
from bench.measuring import Line, Size, WrongAnswer, watched
from xingke.base.codes import patent_check
from xingke.intake.actions import file_batch, filing, stage_table, staging
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger.tables import TABLES
from xingke.registry.models import Organisation, Region

ROWS: dict[Size, int] = {"quick": 200, "usual": 20_000, "large": 100_000}
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 3, "large": 1}
FIRMS = 500
COUNTY = "990121"
GOAL = 6  # times the bare read


def prepare(*, size: Size) -> None:
    """An installation with some firms and no records, its programs compiled like those of an installed package."""
    compileall.compile_dir(settings.PACKAGE, quiet=1)
    ground.stand(f"spreadsheet {size}", _found_firms)


def _found_firms() -> None:
    region = Region.objects.get(code=COUNTY)
    Organisation.objects.bulk_create(
        Organisation(name=f"青溪县第{number}测速有限公司", region=region, is_fictional=True) for number in range(FIRMS)
    )


def run(*, size: Size) -> list[Line]:
    """Patents and contracts: what somebody waits for before looking, what filing takes then, and both together."""
    lines = []
    for kind, make in (("patent", _patents), ("contract", _contracts)):
        count = ROWS[size]
        data = workbook(make(count))
        checking, filing, both, peer = _in_turn(ROUNDS[size], partial(_undone, kind, data, count), partial(_bare, data))
        told = [
            (f"{count:,} {kind} rows of an .xlsx, read, checked and staged", checking, GOAL, ""),
            (f"filing those {count:,} rows: checked again, {3 * count:,} versions", filing, None, ""),
            (
                f"both together: {count:,} {kind} rows from the file into the ledger",
                both,
                GOAL,
                _parts(kind, data, count),
            ),
        ]
        lines += [
            Line(
                name=name,
                ours=ours,
                peer=peer,
                peer_name="python-calamine, bare read",
                ratio_goal=goal,
                note=f"processor time of all processes{note}",
            )
            for name, ours, goal, note in told
        ]
    return lines


def _spent() -> float:
    """Seconds of processor time of this process and of the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _in_turn(
    rounds: int, ours: Callable[[], tuple[float, float]], peer: Callable[[], object]
) -> tuple[float, float, float, float]:
    """The best times of our two parts, of both together, and of the peer; the first round only warms up."""
    first, second, both, bare = [], [], [], []
    for _round in range(rounds + 1):
        checking, filing = ours()
        started = _spent()
        peer()
        bare.append(_spent() - started)
        first.append(checking)
        second.append(filing)
        both.append(checking + filing)
    return min(first[1:]), min(second[1:]), min(both[1:]), min(bare[1:])


def _undone(kind: str, data: bytes, rows: int) -> tuple[float, float]:
    """All of it, timed in its two parts, and then as if it had not been."""
    with transaction.atomic():
        found = _import(kind, data, rows)
        transaction.set_rollback(True)
    return found


def _import(kind: str, data: bytes, rows: int) -> tuple[float, float]:
    by = ground.statistician()
    begun = _spent()
    table = read_table(data, name="bench.xlsx")
    batch = stage_table(
        form=sheet_form(kind),
        table=table,
        file_name="bench.xlsx",
        by=by,
        now=ground.NOW,
        options=Options(region=COUNTY),
    )
    checked = _spent()
    if batch.counts["new"] != rows:
        raise WrongAnswer(f"the import says {batch.counts}, expected {rows} new rows")
    begun_again = _spent()
    file_batch(batch=batch, by=by, now=ground.NOW)
    filed = _spent()
    found = TABLES[kind].event._default_manager.count()
    if found != 2 * rows:
        raise WrongAnswer(f"{found} events stand in the ledger, expected {2 * rows}")
    return checked - begun, filed - begun_again


def _parts(kind: str, data: bytes, rows: int) -> str:
    """What one more run is made of, in words."""
    parts = {
        "reading": (sys.modules[__name__], "read_table"),
        "checking once": (staging, "check_table"),
        "checking again": (filing, "check_rows"),
        "staging": (staging, "keep_rows"),
        "writing": (filing, "_file"),
    }
    with ExitStack() as watching:
        spent = [watching.enter_context(watched(*place, _spent)) for place in parts.values()]
        _undone(kind, data, rows)
    return ": " + ", ".join(f"{name} {each.seconds:.2f} s" for name, each in zip(parts, spent, strict=True))


def _bare(data: bytes) -> int:
    return len(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())


Cell = str | float


def _patents(rows: int) -> Iterator[list[Cell]]:
    yield ["序号", "专利权人", "专利类型", "专利名称", "申请号", "申请日", "授权公告日", "代理机构"]
    for number in range(rows):
        digits = f"20231{number:07}"
        yield [
            float(number + 1),
            _firm(number),
            "发明专利",
            f"一种测速用装置及其方法{number}",
            f"{digits}.{patent_check(digits)}",
            _day(number),
            _day(number, 400),
            "某某专利代理事务所",
        ]


def _contracts(rows: int) -> Iterator[list[Cell]]:
    yield [
        "序号",
        "合同登记编号",
        "合同名称",
        "合同类别",
        "卖方名称",
        "买方名称",
        "签订日期",
        "合同成交金额（万元）",
        "登记日期",
        "核定技术交易额（万元）",
    ]
    for number in range(rows):
        amount = (number % 9_000 + 100) / 10
        yield [
            float(number + 1),
            f"2024{COUNTY}{number:06}",
            f"测速系统开发{number}",
            "技术开发",
            _firm(number),
            "某某集团有限公司",
            _day(number),
            amount,
            _day(number, 30),
            amount,
        ]


def _firm(number: int) -> str:
    return f"青溪县第{number % FIRMS}测速有限公司"


def _day(number: int, later: int = 0) -> str:
    """The day of a row, of the year that its number names, or one some days later."""
    return (date(2023, 1, 1) + timedelta(days=number % 360 + later)).isoformat()


def workbook(rows: Iterator[list[Cell]]) -> bytes:
    """An .xlsx as spreadsheet programs write it: texts once in a shared table, numbers in their cells."""
    strings: dict[str, int] = {}
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{chr(65 + at)}{number}", value, strings) for at, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = [("sheet1", "worksheet", "worksheets/sheet1.xml"), ("strings", "sharedStrings", "sharedStrings.xml")]
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    parts: dict[str, Any] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="清单" sheetId="1" r:id="sheet1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">'
        + "".join(f'<Relationship Id="{key}" Type="{office}/{kind}" Target="{to}"/>' for key, kind, to in kinds)
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return target.getvalue()


def _cell(place: str, value: Cell, strings: dict[str, int]) -> str:
    if isinstance(value, float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
