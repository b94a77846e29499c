"""Hold the words of a signed .docx against its proof, with Python's standard library alone.

    python read_proof.py FILE.docx

Prints every sentence with its place and digest, then whether the proof lists the same. An example for people who want to
check without this program (docs/proof.md says the rules); it looks at the words, not at the signature, and not at what
else the file may show: that is what the program's own verification is for.
"""

import hashlib
import re
import sys
import xml.etree.ElementTree as ET
import zipfile

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PROOF = "{urn:xingke:proof:1}"
SENTENCE = re.compile(r"[^。；！？]*[。；！？]+[”’』」）]*|[^。；！？]+")


def text_of(paragraph):
    """The words of a paragraph: its w:t in order; line breaks say nothing."""
    return "".join(node.text or "" for node in paragraph.iter(W + "t"))


def cut(text):
    """The sentences of a paragraph with their places: p the first, s a further one."""
    said = [each for match in SENTENCE.finditer(text) if (each := match[0].strip())]
    return [("p" if at == 0 else "s", each) for at, each in enumerate(said)]


def sentences(body):
    """Every sentence of the text in order, cells row by row."""
    tables = 0
    for block in body:
        if block.tag == W + "p":
            yield from cut(text_of(block))
        elif block.tag == W + "tbl":
            tables += 1
            for row, cells in enumerate(block.findall(W + "tr"), 1):
                for column, cell in enumerate(cells.findall(W + "tc"), 1):
                    if said := text_of(cell).strip():
                        yield f"t{tables}r{row}c{column}", said


def proof_in(package):
    """Part B: the custom XML part whose root is the proof."""
    for name in package.namelist():
        if re.fullmatch(r"customXml/item\d+\.xml", name):
            root = ET.fromstring(package.read(name))
            if root.tag == PROOF + "proof":
                return root
    raise SystemExit("the file carries no proof")


def main(path):
    with zipfile.ZipFile(path) as package:
        body = ET.fromstring(package.read("word/document.xml")).find(W + "body")
        proof = proof_in(package)
    signed = [(each.get("place"), each.get("digest")) for each in proof.findall(PROOF + "sentence")]
    said = list(sentences(body))
    found = [(place, hashlib.sha256(text.encode()).hexdigest()) for place, text in said]
    for (place, digest), (_place, text) in zip(found, said, strict=True):
        print(place, digest, text)
    if not signed:
        raise SystemExit("the proof is of the earlier form: it signs figures and their sentences only")
    for number, (one, other) in enumerate(zip(signed, found, strict=False), 1):
        if one != other:
            print(f"sentence {number} is not the one that was signed: {said[number - 1][1]}")
            raise SystemExit(1)
    if len(signed) != len(found):
        print(f"{len(signed)} sentences were signed, {len(found)} stand in the file")
        raise SystemExit(1)
    print(f"{len(found)} sentences, as the proof lists them")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main(sys.argv[1])
