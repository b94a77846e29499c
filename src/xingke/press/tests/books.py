"""Small workbooks made by hand, part by part, so that each can be wrong in one place."""

import io
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

Parts = dict[str, str | bytes]


def relationships(*rows: tuple[str, str], external: Sequence[str] = ()) -> str:
    """(kind, target) pairs as rId1, rId2, …; kinds in ``external`` point outside."""
    inner = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if kind in external else "/>")
        for at, (kind, target) in enumerate(rows, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


def cell(place: str, value: str | float | None, extra: str = "") -> str:
    """A cell: text inline, a number as it is written."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}"{extra} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
    return f'<c r="{place}"{extra}><v>{value!r}</v></c>'


def data(*rows: Sequence[str | float | None]) -> str:
    """The rows as sheetData, from A1 on."""
    xml = "".join(
        f'<row r="{number}">{"".join(cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f"<sheetData>{xml}</sheetData>"


TABLE = data(["名称", "数量"], ["甲", 1], ["乙", 2.5])


def parts(
    sheet: str = TABLE, *, styles: str = "", strings: str = "", more: Sequence[tuple[str, str, str]] = ()
) -> Parts:
    """A workbook's parts. sheet: what stands inside the first worksheet; more: (name, state, inside) of further ones."""
    listed = [("表一", "visible", sheet), *more]
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{at}" state="{state}" r:id="rId{at}"/>'
        for at, (name, state, _) in enumerate(listed, 1)
    )
    targets = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(listed) + 1)]
    made: Parts = {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            *targets, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{strings}</sst>',
    }
    for at, (_, _, inside) in enumerate(listed, 1):
        made[f"xl/worksheets/sheet{at}.xml"] = f'{HEAD}<worksheet xmlns="{MAIN}">{inside}</worksheet>'
    return made


def packed(content: Mapping[str, str | bytes]) -> bytes:
    """The parts as a file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, part in content.items():
            package.writestr(name, part)
    return target.getvalue()


def book(
    sheet: str = TABLE, *, styles: str = "", strings: str = "", more: Sequence[tuple[str, str, str]] = ()
) -> bytes:
    """A workbook, packed."""
    return packed(parts(sheet, styles=styles, strings=strings, more=more))
