"""Edits that people and programs make to a .docx, done to the package itself."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

DOCUMENT = "word/document.xml"
PART_A, PART_B = "customXml/item1.xml", "customXml/item2.xml"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def unpacked(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def edited(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The file with one part changed; a change that changes nothing is a mistake of the test."""
    parts = unpacked(data)
    after = change(parts[part])
    assert after != parts[part], f"the edit of {part} found nothing to change"
    return packed({**parts, part: after})


def replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    return edited(data, part, lambda text: text.replace(old, new, 1))


def control(text: str, slot: int) -> str:
    """The XML of one figure's control."""
    found = re.search(rf'<w:sdt><w:sdtPr>(?:(?!</w:sdt>).)*?<w:id w:val="{slot}"/>.*?</w:sdt>', text, re.DOTALL)
    assert found
    return found[0]


def content(xml: str) -> str:
    return re.search(r"<w:sdtContent>(.*)</w:sdtContent>", xml)[1]  # type: ignore[index]


def in_control(data: bytes, slot: int, change: Callable[[str], str]) -> bytes:
    """The file with one figure's control changed."""

    def apply(text: str) -> str:
        xml = control(text, slot)
        return text.replace(xml, change(xml))

    return edited(data, DOCUMENT, apply)


def with_paragraph(data: bytes, xml: str) -> bytes:
    """The file with one more paragraph (or table) at its end."""
    return edited(data, DOCUMENT, lambda text: text.replace("<w:sectPr>", xml + "<w:sectPr>", 1))


def with_part(data: bytes, *, name: str, kind: str, xml: str) -> bytes:
    """The file with one more story, such as footnotes, related to its text."""
    parts = unpacked(data)
    relations = "word/_rels/document.xml.rels"
    entry = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"'
    )
    parts[relations] = parts[relations].replace("</Relationships>", f'{entry} Target="{name}"/></Relationships>')
    parts[f"word/{name}"] = xml
    return packed(parts)


def without_custom_parts(data: bytes, *items: int) -> bytes:
    """The file as an editor leaves it that does not know custom XML."""
    parts = {
        name: text
        for name, text in unpacked(data).items()
        if not any(re.search(rf"customXml/.*(?:item|itemProps){item}\b", name) for item in items)
    }
    relations = "word/_rels/document.xml.rels"
    for item in items:
        parts[relations] = re.sub(rf'<Relationship [^>]*customXml/item{item}\.xml"/>', "", parts[relations])
        parts["[Content_Types].xml"] = re.sub(
            rf'<Override PartName="/customXml/itemProps{item}\.xml"[^>]*/>', "", parts["[Content_Types].xml"]
        )
    return packed(parts)


def without_controls(data: bytes) -> bytes:
    """The file with every content control unwrapped."""
    return edited(
        data, DOCUMENT, lambda text: re.sub(r"<w:sdt>.*?<w:sdtContent>(.*?)</w:sdtContent></w:sdt>", r"\1", text)
    )


def paragraph(text: str) -> str:
    return of_runs(f"<w:r><w:t>{text}</w:t></w:r>")


def of_runs(runs: str) -> str:
    """A paragraph of running text."""
    return f'<w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr>{runs}</w:p>'


def table(*cells: str) -> str:
    """A table of one column, a row for each text."""
    rows = "".join(
        f'<w:tr><w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{paragraph(text)}</w:tc></w:tr>'
        for text in cells
    )
    style = '<w:tblStyle w:val="OfficialTable"/>'
    looks = f'<w:tblPr>{style}<w:jc w:val="center"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/></w:tblGrid>'
    return f"<w:tbl>{looks}{rows}</w:tbl>"
