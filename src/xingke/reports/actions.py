"""Writing documents: figures are read at one ledger number, frozen, bound and signed."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts.actions import record_audit, take_seq
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import new_key
from xingke.base.periods import Period
from xingke.base.press import numerals, tree
from xingke.base.press import proof as proofs
from xingke.base.refusals import Refused
from xingke.indicators.actions import Said, freeze, read_at, read_figure
from xingke.indicators.aspects import called, read_together
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicator
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import rules
from xingke.reports.keys import signing_key
from xingke.reports.models import Document, DocumentFigure
from xingke.reports.naming import Named, name_records

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Written:
    """What writing gave: the document, whether it is new, and how many figures were frozen for it."""

    document: Document
    is_new: bool
    frozen: int


@transaction.atomic
def write_document(*, outline: str, region: Region, period: Period, by: User, now: datetime) -> Written:
    """Write a document from an outline at the present state of the ledger.

    If the same outline already said exactly this from the same evidence, that document is returned and nothing is
    written. Raises Refused if ``by`` may not write for the region, the outline is unknown, or no figure is known.
    """
    registry.require(by, Permission.DOCUMENT_WRITE, region=region)
    try:
        definition = registry.definition("outline", outline, region=region)
    except LookupError as error:
        known = _("、").join(registry.catalogue("outline"))
        raise Refused(
            _("没有名为“%(outline)s”的提纲，可用：%(known)s。") % {"outline": outline, "known": known}
        ) from error
    reader, seq = read_at()
    slots = definition.value.slots()
    read_together(reader, [(slot.code, slot.aspect) for slot in slots if slot.aspect != rules.NAMES], region, period)
    said: dict[rules.Slot, Said] = {}
    named: dict[rules.Slot, tuple[Named | None, str]] = {}

    def say(slot: rules.Slot) -> tuple[Said | Named | None, str]:
        if slot.aspect == rules.NAMES:
            if slot not in named:
                named[slot] = name_records(reader, definition.value.names_of(slot.code), region, period)
            return named[slot]
        if slot not in said:
            said[slot] = read_figure(reader, slot.code, region, period, slot.aspect)
        return (said[slot] if said[slot].text is not None else None), said[slot].why

    words = rules.words_of(region.name, region.word, period)
    composed: list[rules.Composed[Said | Named]]
    composed, gaps = rules.compose(definition.value, words=words, say=say, label=lambda slot: _label(slot, region))
    spoken = {id(part) for each in composed for line in each.paragraphs for part in line if isinstance(part, Said)}
    if not spoken:
        raise Refused(
            _("%(region)s没有%(period)s的任何数据，无法成文。请先导入上报数或登记台账记录。")
            % {"region": region.name, "period": period.label()}
        )
    before = Figure.objects.count()
    figures = {slot: freeze(said=each, by=by, now=now, seq=seq) for slot, each in said.items() if id(each) in spoken}
    frozen = Figure.objects.count() - before
    key = new_key()
    document_tree = _tree(str(key), definition.value, composed, words, figures, said, region, now)
    if loose := numerals.unbound(document_tree, terms=(region.name,)):
        raise Refused(_("文中有没有依据的数“%(loose)s”，请检查提纲与区划名称。") % {"loose": _("、").join(loose)})
    content = _content(document_tree)
    existing = Document.objects.filter(
        outline_hash=definition.hash, region=region, period=period.code, content=content
    ).first()
    if existing is not None:
        return Written(existing, is_new=False, frozen=frozen)
    proof = _proof(document_tree, definition.value, region, period, seq, now, figures)
    document = Document.objects.create(
        key=key, title=document_tree.title, outline=outline, outline_version=definition.value.version,
        outline_hash=definition.hash, region=region, period=period.code, seq=seq, tree=tree.to_json(document_tree),
        gaps=[{"section": gap.section, "text": gap.text, "why": list(gap.why)} for gap in gaps],
        proof=proofs.to_xml(proof), content=content, fingerprint=proof.fingerprint, is_fictional=region.is_fictional, written_at=now,
        written_by=by,
    )  # fmt: skip
    DocumentFigure.objects.bulk_create(
        DocumentFigure(document=document, slot=chip.slot, figure_id=chip.figure, label=chip.label)
        for chip in tree.chips(document_tree)
    )
    record_audit(
        seq=take_seq(), by=by, action="document.written", target_kind="document", target=str(key), now=now,
        count=len(proof.figures), detail={"title": document.title, "frozen": frozen, "seq": seq},
    )  # fmt: skip
    return Written(document, is_new=True, frozen=frozen)


def _label(slot: rules.Slot, region: Region) -> str:
    asked = indicator(slot.code, region=region)
    return f"{asked.label.zh}（名单）" if slot.aspect == rules.NAMES else called(asked, slot.aspect, region=region)


def _tree(
    key: str,
    outline: rules.Outline,
    composed: list[rules.Composed[Said | Named]],
    words: dict[str, str],
    figures: dict[rules.Slot, Figure],
    said: dict[rules.Slot, Said],
    region: Region,
    now: datetime,
) -> tree.Document:
    frozen = {id(each): figures[slot] for slot, each in said.items() if slot in figures}
    blocks: list[tree.Block] = []
    slot = 0
    for section in composed:
        blocks.append(tree.Heading(level=section.level, text=section.heading))
        for paragraph in section.paragraphs:
            inlines: list[tree.Inline] = []
            for part in paragraph:
                if isinstance(part, str):
                    inlines.append(part)
                    continue
                if isinstance(part, Named):
                    inlines += part.inlines
                    continue
                slot += 1
                figure = frozen[id(part)]
                inlines.append(
                    tree.Chip(
                        slot=slot,
                        figure=str(figure.key),
                        text=figure.text,
                        label=called(part.indicator, part.aspect, region=region),
                    )
                )
            blocks.append(tree.Paragraph(inlines=tuple(inlines)))
    day = now.astimezone(SHANGHAI)
    return tree.Document(
        id=key, title=outline.title.format(**words), issuer=outline.issuer.format(**words),
        date=f"{day.year}年{day.month}月{day.day}日", blocks=tuple(blocks), is_fictional=region.is_fictional,
    )  # fmt: skip


def _content(document: tree.Document) -> str:
    """Title, figures and names with their evidence: the same words from other evidence are another document."""
    said = [f"{chip.text}\x1f{chip.figure}" for chip in tree.chips(document)]
    said += [f"{each.text}\x1f{each.record}:{each.version}" for each in tree.mentions(document)]
    return proofs.fingerprint_of(document.title, said)


def _proof(
    document: tree.Document,
    outline: rules.Outline,
    region: Region,
    period: Period,
    seq: int,
    now: datetime,
    figures: dict[rules.Slot, Figure],
) -> proofs.Proof:
    by_key = {str(figure.key): figure for figure in figures.values()}
    proved = []
    for place in tree.places(document):
        figure = by_key[place.chip.figure]
        proved.append(
            proofs.ProofFigure(
                slot=place.chip.slot, figure=place.chip.figure, xpath=proofs.xpath_of(place.chip.slot),
                text=place.chip.text, label=place.chip.label, indicator=figure.indicator, definition=figure.definition,
                region=region.code, period=figure.period, aspect=figure.aspect, value=figure.value, seq=figure.seq,
                digest=figure.digest, sentence=place.sentence,
            )
        )  # fmt: skip
    return proofs.sign(
        proofs.Proof(
            document=document.id, title=document.title, outline=f"{outline.code}@{outline.version}", region=region.code,
            period=period.code, seq=seq, created=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            fingerprint=proofs.fingerprint(document), figures=tuple(proved),
            mentions=tuple(
                proofs.ProofMention(**asdict(place.mention), sentence=place.sentence)
                for place in tree.mention_places(document)
            ),
        ),
        signing_key(),
    )  # fmt: skip
