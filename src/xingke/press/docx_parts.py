"""The parts of a .docx by their whole relationship types, each held to the list of what may stand in it.

A word processor goes by these types alone; a reader that guesses another part than it does can be shown another text.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from xingke.base.sayings import say
from xingke.press import allowed, looks
from xingke.press.allowed import Part
from xingke.press.foreign import Foreign, foreign
from xingke.press.packages import Package, Relation, Unreadable, parse, part_name

_TYPES = "[content_types].xml"
_ORPHANS = ("customxml/itemprops",)  # LibreOffice 7.4 writes them and forgets to relate them


@dataclass(frozen=True)
class Parts:
    """The text part, the core properties, the custom XML by name, and everything that may not be there."""

    main: str
    text: etree._Element
    core: etree._Element | None
    items: tuple[tuple[str, etree._Element], ...]
    foreign: tuple[Foreign, ...]


@dataclass
class _Walk:
    package: Package
    types: "_Types"
    found: list[Foreign] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    roots: dict[str, list[tuple[str, etree._Element]]] = field(default_factory=dict)  # last word of the type → parts

    def from_(self, source: str, main: str) -> None:
        """Every part related from this one, and from those, once."""
        known = allowed.parts_from(source, main)
        counts: Counter[str] = Counter()
        for relation in self.package.all_relations(source):
            part = known.get(relation.type)
            if part is None or relation.is_external:
                self.found.append(Foreign(f"relationship={relation.kind}", relation.target[:60]))
                continue
            counts[part.relation] += 1
            if counts[part.relation] > part.most or relation.target.lower() in self.reached:
                self.found.append(Foreign(f"relationship={relation.kind}×2", relation.target[:60]))
                continue
            self._enter(relation, part, main)

    def _enter(self, relation: Relation, part: Part, main: str) -> None:
        name = relation.target.lower()
        data = self.package.part(relation.target)
        if data is None or self.types.of(name) not in part.content:
            self.found.append(Foreign(f"part={relation.kind}", relation.target[:60]))
            return
        self.reached.add(name)
        root = parse(data, relation.target, suffix=self.package.form.suffix)
        self.roots.setdefault(relation.kind, []).append((relation.target, root))
        self.found += foreign(root, part)
        if part.elements is None and relation.type != allowed.CUSTOM_XML:
            return
        self.from_(relation.target, main)


def open_parts(package: Package) -> Parts:
    """The parts of a Word document. Raises Unreadable when it is none."""
    mains = [each for each in package.all_relations("") if each.type == allowed.MAIN.relation and not each.is_external]
    main = mains[0].target if len(mains) == 1 else ""
    text = package.xml(main) if main else None
    if text is None or text.tag != f"{{{allowed.W}}}document":
        raise Unreadable(say("这个压缩包不是 Word 文档，请上传 .docx 文件。"))
    walk = _Walk(package, _Types(package))
    walk.from_("", main)
    walk.found += _unreached(package, walk.reached)
    targets = {each.identifier: each.target.lower() for each in package.all_relations(main)}
    edges = {name.lower(): root for kind in ("header", "footer") for name, root in walk.roots.get(kind, [])}
    styles = next((root for _name, root in walk.roots.get("styles", [])), None)
    settings = next((root for _name, root in walk.roots.get("settings", [])), None)
    walk.found += [
        *looks.styles(styles),
        *looks.paragraphs(text, styles),
        *looks.edges(text, targets, edges, styles),
        *looks.frame(text, settings, styles),
    ]
    return Parts(
        main=main,
        text=text,
        core=next((root for _name, root in walk.roots.get("core-properties", [])), None),
        items=tuple(walk.roots.get("customXml", [])),
        foreign=tuple(dict.fromkeys(walk.found)),
    )


def _unreached(package: Package, reached: set[str]) -> Iterator[Foreign]:
    """Parts that nothing relates: no word processor of the list writes any but those of ``_ORPHANS``."""
    for name, entry in package.entries.items():
        if name in reached or name == _TYPES or name.endswith("/") or name.startswith(_ORPHANS):
            continue
        folder, _slash, leaf = name.rpartition("/")
        if leaf.endswith(".rels") and folder.endswith("_rels"):
            source = folder.removesuffix("_rels") + leaf.removesuffix(".rels")
            if source in reached or not source:
                continue
        yield Foreign("part", part_name(entry)[:60])


class _Types:
    """The content types of the parts, as the package declares them."""

    def __init__(self, package: Package) -> None:
        root = package.xml(_TYPES)
        self._overrides: dict[str, str] = {}
        self._defaults: dict[str, str] = {}
        for each in () if root is None else root.iterchildren(tag=etree.Element):
            name = each.get("PartName")
            if name is not None:
                self._overrides.setdefault(name.lstrip("/").lower(), each.get("ContentType") or "")
            else:
                self._defaults.setdefault((each.get("Extension") or "").lower(), each.get("ContentType") or "")

    def of(self, name: str) -> str:
        """The declared type of a part by its name in lower case, else empty."""
        return self._overrides.get(name) or self._defaults.get(name.rpartition(".")[2], "")
