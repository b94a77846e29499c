"""Importing a workbook of records, whole, beside python-calamine's bare reading of the same file.

Ours: the confined child process reads the workbook, every row is checked against vocabulary, regions, organisations,
numbers, days and what the ledger holds, staged for somebody to look at, read again and filed with its events, its
versions and one audit row. The peer turns the same bytes into Python lists.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from python_calamine import CalamineWorkbook

from bench import ground
from bench.measuring import Line, Size, WrongAnswer, in_turn, watched
from xingke.base.codes import patent_check
from xingke.ledger import importing
from xingke.ledger.incoming import Options
from xingke.ledger.kinds import KINDS
from xingke.registry.models import Organisation, Region

ROWS: dict[Size, int] = {"quick": 200, "usual": 20_000, "large": 100_000}
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 3, "large": 1}
FIRMS = 500
COUNTY = "990121"
GOAL = 6  # times the bare read


def prepare(*, size: Size) -> None:
    """An installation with some firms and no records."""
    ground.stand(f"spreadsheet {size}", _found_firms)


def _found_firms() -> None:
    region = Region.objects.get(code=COUNTY)
    Organisation.objects.bulk_create(
        Organisation(name=f"青溪县第{number}测速有限公司", region=region, is_fictional=True) for number in range(FIRMS)
    )


def run(*, size: Size) -> list[Line]:
    """Patents and contracts, the first time and again."""
    lines = []
    for kind, make in (("patent", _patents), ("contract", _contracts)):
        data = workbook(make(ROWS[size]))
        ours, peer = in_turn(ROUNDS[size], partial(_undone, kind, data, ROWS[size]), partial(_bare, data))
        lines.append(
            Line(
                name=f"{ROWS[size]:,} {kind} rows of an .xlsx, read, checked, staged, filed", ours=ours, peer=peer,
                peer_name="python-calamine, bare read", ratio_goal=GOAL, note=_where_it_goes(kind, data, ROWS[size]),
            )
        )  # fmt: skip
    return lines


def _undone(kind: str, data: bytes, rows: int) -> None:
    """All of it, and then as if it had not been."""
    with transaction.atomic():
        _import(kind, data, rows)
        transaction.set_rollback(True)


def _import(kind: str, data: bytes, rows: int) -> None:
    by = ground.statistician()
    table = importing.read_table(data, name="bench.xlsx")
    batch = importing.prepare(
        form=importing.sheet_form(kind), table=table, file_name="bench.xlsx", by=by, now=ground.NOW,
        options=Options(region=COUNTY),
    )  # fmt: skip
    if batch.counts["new"] != rows:
        raise WrongAnswer(f"the import says {batch.counts}, expected {rows} new rows")
    importing.file(batch=batch, by=by, now=ground.NOW)
    found = KINDS[kind].event._default_manager.count()
    if found != 2 * rows:
        raise WrongAnswer(f"{found} events stand in the ledger, expected {2 * rows}")


def _where_it_goes(kind: str, data: bytes, rows: int) -> str:
    """The parts of one more run, in words."""
    parts = {"reading": "read_sheet", "checking": "check", "staging": "_stage", "filing": "_file"}
    with (
        watched(importing, parts["reading"]) as reading, watched(importing, parts["checking"]) as checking,
        watched(importing, parts["staging"]) as staging, watched(importing, parts["filing"]) as filing,
    ):  # fmt: skip
        _undone(kind, data, rows)
    told = zip(parts, (reading, checking, staging, filing), strict=True)
    return f"{kind}: " + ", ".join(f"{name} {spent.seconds:.2f} s" for name, spent in told)


def _bare(data: bytes) -> int:
    return len(CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python())


Cell = str | float


def _patents(rows: int) -> Iterator[list[Cell]]:
    yield ["序号", "专利权人", "专利类型", "专利名称", "申请号", "申请日", "授权公告日", "代理机构"]
    for number in range(rows):
        digits = f"20231{number:07}"
        yield [
            float(number + 1), _firm(number), "发明专利", f"一种测速用装置及其方法{number}", f"{digits}.{patent_check(digits)}",
            _day(number), _day(number + 400), "某某专利代理事务所",
        ]  # fmt: skip


def _contracts(rows: int) -> Iterator[list[Cell]]:
    yield [
        "序号", "合同登记编号", "合同名称", "合同类别", "卖方名称", "买方名称", "签订日期", "合同成交金额（万元）", "登记日期",
        "核定技术交易额（万元）",
    ]  # fmt: skip
    for number in range(rows):
        amount = (number % 9_000 + 100) / 10
        yield [
            float(number + 1), f"2024{COUNTY}{number:06}", f"测速系统开发{number}", "技术开发", _firm(number), "某某集团有限公司",
            _day(number), amount, _day(number + 30), amount,
        ]  # fmt: skip


def _firm(number: int) -> str:
    return f"青溪县第{number % FIRMS}测速有限公司"


def _day(number: int) -> str:
    return (date(2023, 1, 1) + timedelta(days=number % 500)).isoformat()


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
