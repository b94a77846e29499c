"""Change a signed .docx in many ways and see what verification says; what holds is looked at as LibreOffice shows it.

    python -m tools.forgeries --count 10000 --seed 1          counts by class; exit code 1 when a change that shows passes
    python -m tools.forgeries --count 500 --no-render         without LibreOffice: which changes hold

A change is of a part, a relationship, a content type, an element, an attribute or a text, drawn at random from the file's
own and from a vocabulary of WordprocessingML that our writer never uses. A file that holds is rendered to PDF; its words
and the picture of its pages (60 dpi) must be those of the original.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from xingke.press.docx_reader import Unreadable, read
from xingke.press.docx_writer import write
from xingke.press.tests.cast import PUBLIC_KEY, SHORT, proof_of
from xingke.press.verify import compare

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Parts = dict[str, bytes]

_ELEMENTS = (
    "vanish", "webHidden", "specVanish", "strike", "dstrike", "caps", "smallCaps", "outline", "shadow", "emboss",
    "imprint", "rtl", "cs", "em", "effect", "highlight", "shd", "position", "w", "fitText", "vertAlign", "eastAsianLayout",
    "oMath", "framePr", "numPr", "pBdr", "shd", "tabs", "textDirection", "pageBreakBefore", "sectPr", "bidi", "ind",
    "spacing", "jc", "textboxTightWrap", "divId", "cnfStyle", "tab", "sym", "pgNum", "dayShort", "dayLong", "monthShort",
    "yearLong", "softHyphen", "noBreakHyphen", "ptab", "cr", "br", "object", "pict", "drawing", "ruby",
    "footnoteReference", "endnoteReference", "commentReference", "annotationRef", "separator", "continuationSeparator",
    "ins", "del", "moveFrom", "moveTo", "customXml", "smartTag", "dir", "bdo", "hyperlink", "fldSimple", "fldChar",
    "instrText", "sdt", "altChunk", "subDoc", "permStart", "proofErr", "bookmarkStart", "tblpPr", "tblInd", "tblOverlap",
    "vMerge", "hMerge", "gridSpan", "tcFitText", "hideMark", "trHeight", "hidden", "gridBefore", "lnNumType", "pgBorders",
    "pgNumType", "titlePg", "background", "docPartObj", "t", "r", "p", "tbl", "tc", "tr", "b", "i", "u", "color", "sz",
    "lang", "kern", "rFonts", "rStyle", "pStyle", "noProof",
)  # fmt: skip
_VALUES = ("1", "0", "true", "false", "none", "clear", "FFFFFF", "000000", "auto", "exact", "-20000", "31000", "2", "88", "63",
           "Wingdings", "superscript", "restart", "begin", "end", "rtl", "single", "urn:x", "", "63项", "decimal")  # fmt: skip
_NAMES = ("val", "w", "h", "x", "y", "left", "right", "line", "lineRule", "fill", "color", "sz", "themeColor", "asciiTheme", "ascii",
          "hRule", "start", "fmt", "hanging", "firstLine", "before", "type", "id", "hint", "instr", "fldCharType")  # fmt: skip
_KINDS = (
    "styles",
    "footnotes",
    "comments",
    "chart",
    "image",
    "numbering",
    "header",
    "settings",
    "aFChunk",
    "customXml",
    "theme",
)


@dataclass(frozen=True)
class Change:
    """A changed file: its class, what was done, its bytes."""

    kind: str
    what: str
    data: bytes


def parts_of(data: bytes) -> Parts:
    """Every part by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Parts) -> bytes:
    """The file of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def changes(original: bytes, count: int, seed: int) -> Iterator[Change]:
    """Changes drawn at random; those that change nothing are drawn again."""
    source = parts_of(original)
    draw = random.Random(seed)
    ways: list[tuple[str, Callable[[Parts, random.Random], str]]] = [
        ("part", _part), ("relationship", _relationship), ("content type", _content_type), ("element", _element),
        ("element", _element), ("element", _element), ("attribute", _attribute), ("attribute", _attribute), ("text", _text),
        ("text", _text),
    ]  # fmt: skip
    made = 0
    while made < count:
        kind, way = ways[made % len(ways)]
        parts = dict(source)
        what = way(parts, draw)
        if what and parts != source:
            made += 1
            yield Change(kind, what, packed(parts))


def _part(parts: Parts, draw: random.Random) -> str:
    names = [name for name in parts if name.endswith(".xml")]
    one, other = draw.sample(names, 2)
    match draw.randrange(4):
        case 0:
            del parts[one]
            return f"without {one}"
        case 1:
            parts[one], parts[other] = parts[other], parts[one]
            return f"{one} and {other} for each other"
        case 2:
            name = draw.choice(
                (
                    "word/footnotes.xml",
                    "word/comments.xml",
                    "word/other.xml",
                    "customXml/item3.xml",
                    "word/theme/theme1.xml",
                )
            )
            parts[name] = parts[one]
            return f"{name} as a copy of {one}"
        case _:
            parts[one] = b"<x/>"
            return f"{one} emptied"


def _parsed(parts: Parts, name: str) -> etree._Element:
    return etree.fromstring(parts[name])


def _store(parts: Parts, name: str, root: etree._Element) -> None:
    parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relationship(parts: Parts, draw: random.Random) -> str:
    name = draw.choice([each for each in parts if each.endswith(".rels")])
    root = _parsed(parts, name)
    rows = list(root)
    row = draw.choice(rows)
    kind = draw.choice(_KINDS)
    space = draw.choice((R, "urn:x", "http://purl.oclc.org/ooxml/officeDocument/relationships", R.upper()))
    match draw.randrange(5):
        case 0:
            root.remove(row)
        case 1:
            row.set("Type", f"{space}/{kind}")
        case 2:
            row.set("TargetMode", "External")
        case 3:
            row.set("Target", draw.choice(rows).get("Target") or "")
        case _:
            added = etree.SubElement(root, row.tag, Id="rId900", Type=f"{space}/{kind}", Target=row.get("Target") or "")
            if draw.random() < 0.5:
                root.insert(0, added)
    _store(parts, name, root)
    return f"{name}: {row.get('Id')} {kind}"


def _content_type(parts: Parts, draw: random.Random) -> str:
    root = _parsed(parts, "[Content_Types].xml")
    row, other = draw.sample(list(root), 2)
    row.set("ContentType", draw.choice((other.get("ContentType") or "", "text/plain", "image/png")))
    _store(parts, "[Content_Types].xml", root)
    return f"type of {row.get('PartName') or row.get('Extension')}"


_TEXT_PARTS = ("word/document.xml",) * 6 + ("word/styles.xml",) * 3 + (
    "word/settings.xml", "word/fontTable.xml", "word/header1.xml", "word/footer1.xml", "customXml/item1.xml", "customXml/item2.xml",
    "docProps/core.xml",
)  # fmt: skip


def _element(parts: Parts, draw: random.Random) -> str:
    name = draw.choice(_TEXT_PARTS)
    root = _parsed(parts, name)
    nodes = [node for node in root.iter(tag=etree.Element) if node.getparent() is not None]
    node = draw.choice(nodes)
    parent = node.getparent()
    assert parent is not None
    tag = draw.choice(_ELEMENTS)
    local = str(node.tag).rpartition("}")[2]
    way = draw.randrange(6)
    if way == 0:
        parent.remove(node)
    elif way == 1:
        parent.insert(parent.index(node), etree.fromstring(etree.tostring(node)))
    elif way == 2:
        other = draw.choice(nodes)
        if other is node or node in list(other.iterancestors()) or other in list(node.iterancestors()):
            return ""
        other.addprevious(node)
    elif way == 3:
        node.tag = f"{{{W}}}{tag}"
    elif way == 4:
        added = etree.Element(f"{{{W}}}{tag}")
        for _ in range(draw.randrange(3)):
            added.set(f"{{{W}}}{draw.choice(_NAMES)}", draw.choice(_VALUES))
        if draw.random() < 0.3:
            etree.SubElement(etree.SubElement(added, f"{{{W}}}r"), f"{{{W}}}t").text = "63项"
        node.insert(draw.randrange(len(node) + 1), added)
    else:
        wrapper = etree.Element(draw.choice((f"{{{W}}}{tag}", "{urn:z}x")))
        parent.replace(node, wrapper)
        wrapper.append(node)
    _store(parts, name, root)
    return f"{name}: {('without', 'twice', 'moved', 'renamed', 'with', 'wrapped')[way]} {local} {tag}"


def _attribute(parts: Parts, draw: random.Random) -> str:
    name = draw.choice(_TEXT_PARTS)
    root = _parsed(parts, name)
    node = draw.choice(list(root.iter(tag=etree.Element)))
    local = str(node.tag).rpartition("}")[2]
    if node.attrib and draw.random() < 0.7:
        which = draw.choice(list(map(str, node.attrib)))
        if draw.random() < 0.25:
            del node.attrib[which]
            said = "gone"
        else:
            said = draw.choice(_VALUES)
            node.set(which, said)
        _store(parts, name, root)
        return f"{name}: {local} {which.rpartition('}')[2]}={said}"
    which, said = draw.choice(_NAMES), draw.choice(_VALUES)
    node.set(f"{{{W}}}{which}", said)
    _store(parts, name, root)
    return f"{name}: {local} {which}={said}"


_PUT = ("1", "9", "０", "超", "不", "\u200b", "\u202e", "\u00ad", "\u0336", " ", "\u3000", "万", "。", "一", "\n")


def _text(parts: Parts, draw: random.Random) -> str:
    name = draw.choice(
        ("word/document.xml",) * 8
        + ("customXml/item1.xml", "customXml/item2.xml", "word/footer1.xml", "word/header1.xml")
    )
    text = parts[name].decode()
    spans = [match.span(1) for match in re.finditer(r">([^<>\n]+)<", text)]
    if not spans:
        return ""
    low, high = draw.choice(spans)
    at = draw.randrange(low, high)
    match draw.randrange(4):
        case 0:
            put = draw.choice(_PUT)
            text = text[:at] + put + text[at:]
        case 1:
            put = ""
            text = text[:at] + text[at + 1 :]
        case 2:
            put = draw.choice(_PUT)
            text = text[:at] + put + text[at + 1 :]
        case _:
            other_low, other_high = draw.choice(spans)
            one, other = text[low:high], text[other_low:other_high]
            put = other
            text = text[:low] + other + text[high:] if one != other else text
    parts[name] = text.encode()
    return f"{name}: {put!r} at {at}"


# --- judging ---------------------------------------------------------------------------------------


def said_of(data: bytes) -> str:
    """named, unreadable or held."""
    try:
        reading = read(data)
        verdict = compare(reading, reading.proof, trusted_keys=[PUBLIC_KEY])
    except Unreadable:
        return "unreadable"
    return "held" if verdict.holds else "named"


def shown(files: list[Path], folder: Path) -> dict[str, str]:
    """What LibreOffice shows of each file: a digest of its words and of the pictures of its pages; "" for nothing."""
    office = shutil.which("soffice") or sys.exit("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    found: dict[str, str] = {}
    for at in range(0, len(files), 100):
        some = files[at : at + 100]
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, some)]
        subprocess.run(command, check=False, capture_output=True, timeout=900)
        for file in some:
            pdf = folder / (file.stem + ".pdf")
            found[file.name] = _look(pdf) if pdf.exists() else ""
            pdf.unlink(missing_ok=True)
    return found


def _look(pdf: Path) -> str:
    words = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True).stdout
    picture = subprocess.run(["pdftoppm", "-r", "60", "-gray", str(pdf)], check=True, capture_output=True).stdout
    return hashlib.sha256(words + picture).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """0 when every change that shows is named, 1 otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.forgeries", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-render", action="store_true")
    options = parser.parse_args(arguments)
    original = write(SHORT, proof=proof_of(SHORT))
    counts: Counter[tuple[str, str]] = Counter()
    held: list[Change] = []
    for change in changes(original, options.count, options.seed):
        verdict = said_of(change.data)
        counts[(change.kind, verdict)] += 1
        if verdict == "held":
            held.append(change)
    for kind in ("part", "relationship", "content type", "element", "attribute", "text"):
        row = {verdict: counts[(kind, verdict)] for verdict in ("named", "unreadable", "held")}
        print(f"{kind:13} " + "  ".join(f"{verdict} {number:5}" for verdict, number in row.items()))
    if options.no_render:
        for change in held:
            print("held:", change.what)
        return 0
    return _rendered(original, held)


def _rendered(original: bytes, held: list[Change]) -> int:
    with tempfile.TemporaryDirectory(prefix="xingke-forgeries-") as name:
        folder = Path(name)
        files = {"original.docx": original, **{f"{at:05}.docx": change.data for at, change in enumerate(held)}}
        for file, data in files.items():
            (folder / file).write_bytes(data)
        looks = shown([folder / file for file in files], folder)
    other = [change for at, change in enumerate(held) if looks[f"{at:05}.docx"] != looks["original.docx"]]
    print(f"held {len(held)}; of these LibreOffice shows {len(other)} otherwise")
    for change in other:
        print(f"SHOWS OTHERWISE, NOT NAMED: {change.kind}: {change.what}")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
