"""Writing and editing documents: figures are read at one ledger number, frozen, bound and signed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import new_key
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, kept
from xingke.indicators import columns
from xingke.indicators.actions import Overtaken, keep, planned, read_at, reading_anew
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicators
from xingke.indicators.queries.aspects import called, read_together
from xingke.indicators.queries.figures import Said, read_figure
from xingke.indicators.rules.aspect_names import split
from xingke.press import docx_writer, numerals, tree
from xingke.press import proof as proofs
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import queries, rules
from xingke.reports.keys import signing_key
from xingke.reports.models import Document, DocumentFigure, WorkingText
from xingke.reports.queries.naming import Named, lost_names
from xingke.reports.rules import source
from xingke.reports.saying import Sayer

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Written:
    """What writing gave: the document, whether it is new, and how many figures were frozen for it."""

    document: Document
    is_new: bool
    frozen: int


@reading_anew
def write_document(*, outline: str, region: Region, period: Period, by: User, now: datetime) -> Written:
    """Write a document from an outline at the present state of the ledger.

    If the newest edition already says exactly this from the same evidence, it is returned and nothing is written. Raises
    Refused if ``by`` may not write for the region, the outline is unknown or not for that period, the period is not over,
    or no figure is known.
    """
    registry.require(by, Permission.DOCUMENT_WRITE, at=region)
    try:
        definition = registry.definition("outline", outline, region=region)
    except LookupError as error:
        known = _("、").join(registry.catalogue("outline"))
        raise Refused(
            _("没有名为“%(outline)s”的提纲，可用：%(known)s。") % {"outline": outline, "known": known}
        ) from error
    if misfit := definition.value.misfit(period, today=now.astimezone(SHANGHAI).date()):
        raise Refused(str(misfit))
    reader, seq = read_at()
    sayer = Sayer(reader, definition.value, region, period)
    words = rules.words_of(region.name, region.word, period)
    composed: list[rules.Composed[Said | Named]]
    with columns.held():
        sayer.read_ahead()
        composed, gaps = rules.compose(definition.value, words=words, say=sayer.say, label=sayer.label)
    said = sayer.said
    spoken = {id(part) for each in composed for line in each.paragraphs for part in line if isinstance(part, Said)}
    if not spoken:
        raise Refused(
            _("%(region)s没有%(period)s的任何数据，无法成文。请先导入上报数或登记台账记录。")
            % {"region": region.name, "period": period.label()}
        )
    figures = {slot: planned(said=each, by=by, now=now, seq=seq) for slot, each in said.items() if id(each) in spoken}
    last = queries.last_written(outline, region, period)
    edition = _Edition(
        work=last.work if last else new_key(),
        number=last.edition + 1 if last else 1,
        follows=last,
        outline=outline,
        outline_version=definition.value.version,
        outline_hash=definition.hash,
        region=region,
        period=period,
        seq=seq,
        gaps=[{"section": gap.section, "text": gap.text, "why": [kept(why) for why in gap.why]} for gap in gaps],
        by=by,
        now=now,
    )
    key = new_key()
    document_tree = edition.laid_out(
        key,
        definition.value.title.format(**words),
        definition.value.issuer.format(**words),
        _composed_blocks(composed, said, figures),
    )
    if loose := numerals.unbound(document_tree, terms=(region.name,)):
        raise Refused(_("文中有没有依据的数“%(loose)s”，请检查提纲与区划名称。") % {"loose": _("、").join(loose)})
    if last is not None and (last.outline_hash, last.content) == (definition.hash, _content(document_tree)):
        return Written(last, is_new=False, frozen=0)
    text = source.of_tree(document_tree, {str(each.key): source.token(*_slot(each)) for each in figures.values()})
    return edition.keep(document_tree, text, figures.values(), code="document.written")


class Stale(Refused):
    """Somebody else saved an edition in the meantime; ``newest`` is theirs."""

    def __init__(self, newest: Document) -> None:
        self.newest = newest
        super().__init__(
            _("%(name)s已把这份文稿存为第 %(n)s 版，您的文字没有存，也没有丢。")
            % {"name": newest.written_by.name, "n": newest.edition}
        )


class Unsound(Refused):
    """The text cannot be said as it is: numbers without evidence, figures that are unknown."""

    def __init__(self, mistakes: Sequence[source.Mistake], unknown: Mapping[rules.Slot, Saying]) -> None:
        self.mistakes, self.unknown = mistakes, unknown
        super().__init__(" ".join([*map(said_mistake, mistakes), *map(str, unknown.values())]))


def said_mistake(each: source.Mistake) -> str:
    """What stands in the way of saving, in a sentence."""
    said = {"text": each.text, "n": each.block + 1}
    match each.kind:
        case "loose":
            return _("数“%(text)s”没有依据，请换成数字或改用文字。") % said
        case "touching":
            return _("“%(text)s”：数字紧挨着手写的数或“余、近、超过、左右”一类的词，请隔开或删去。") % said
        case "token":
            return _("“%(text)s”不是数字的标记，请从指标里选，或删去括号。") % said
        case "heading":
            return _("标题里不能放数字“%(text)s”，请移到正文。") % said
        case "name":
            return (
                _("“%(text)s”不是这份文稿里来自台账的名称，或在台账里已改名、作废，请核对后直接写名称，去掉花括号。")
                % said
            )
        case "long" if each.block < 0:
            return _("文稿的题目超过 %(most)s 个字，请改短。") % {"most": source.LONGEST_TITLE}
        case "long":
            return _("第 %(n)s 段超过 %(most)s 个字，请分成几段。") % (said | {"most": source.LONGEST})
        case "many":
            return _("标题和段落超过 %(most)s 处，请删去或合并一些。") % {"most": source.MOST}
        case _ if each.block < 0:
            return _("文稿没有题目，请写上。")
        case _:
            return _("第 %(n)s 处的标题没有文字，请写上或删去。") % said


@reading_anew
def save_edition(*, follows: Document, text: source.Source, by: User, now: datetime, was_typed: bool = True) -> Written:
    """Save an edited text as the next edition, its figures read and frozen at the present state of the ledger.

    was_typed: it comes from the editor, so that what ``by`` had kept there is not needed any more.
    What says the same from the same evidence is not saved again, and a second press returns what the first one saved.
    Raises Stale if ``follows`` is no longer the newest edition, Unsound naming what cannot be said, Refused if ``by`` may
    not write for the region; then nothing is changed.
    """
    region, period = follows.region, Period.parse(follows.period)
    registry.require(by, Permission.DOCUMENT_WRITE, at=region)
    newest = queries.newest_edition(follows.work)
    if newest != follows:
        if newest.follows_id == follows.pk and newest.written_by == by and newest.source == text.to_json():
            return Written(newest, is_new=False, frozen=0)
        raise Stale(newest)
    said, seq = read_slots(source.slots(text), region, period)
    unknown = {slot: each.why for slot, each in said.items() if each.text is None}
    used = source.names(text)
    names = {said: mention for said, mention in queries.names_in(follows.work).items() if said in used} if used else {}
    for lost in lost_names(names.values()):
        del names[lost]
    mistakes = source.mistakes(text, terms=(region.name,), names=names)
    if mistakes or unknown:
        raise Unsound(mistakes, unknown)
    figures = {slot: planned(said=each, by=by, now=now, seq=seq) for slot, each in said.items()}
    edition = _Edition(
        work=follows.work,
        number=follows.edition + 1,
        follows=follows,
        outline=follows.outline,
        outline_version=follows.outline_version,
        outline_hash=follows.outline_hash,
        region=region,
        period=period,
        seq=seq,
        gaps=follows.gaps,
        by=by,
        now=now,
    )
    old = queries.tree_of(follows)
    blocks = typed_blocks(text, said, figures, names)
    document_tree = edition.laid_out(new_key(), text.title, old.issuer, blocks, dated_on=text.dated_on)
    if loose := numerals.unbound(document_tree, terms=(region.name,)):
        raise Refused(_("文中有没有依据的数“%(loose)s”，请换成数字或改用文字。") % {"loose": _("、").join(loose)})
    is_dated_anew = text.dated_on is not None and document_tree.date != old.date
    if _content(document_tree) == _content(old) and not is_dated_anew:
        written = Written(follows, is_new=False, frozen=0)
    else:
        written = edition.keep(document_tree, text, figures.values(), code="document.edited")
    if was_typed:
        drop_working_text(document=follows, by=by)
    return written


def read_slots(slots: Iterable[rules.Slot], region: Region, period: Period) -> tuple[dict[rules.Slot, Said], int]:
    """Figures as they can be said now, in a few passes, and the ledger number they were read at.

    Raises Refused naming an indicator that does not exist.
    """
    reader, seq = read_at()
    wanted = list(slots)
    codes = {code for slot in wanted for code in (slot.code, split(slot.aspect)[1]) if code}
    for code in sorted(codes - set(indicators())):
        raise Refused(_("没有代码为“%(code)s”的指标，请从指标里选。") % {"code": code})
    with columns.held():
        read_together(reader, [(slot.code, slot.aspect) for slot in wanted], region, period)
        return {slot: read_figure(reader, slot.code, region, period, slot.aspect) for slot in wanted}, seq


def typed_blocks(
    text: source.Source,
    said: Mapping[rules.Slot, Said],
    figures: Mapping[rules.Slot, Figure] | None = None,
    names: Mapping[str, tree.Mention] | None = None,
) -> list[tree.Block]:
    """A typed text as blocks of a tree; empty paragraphs are left out. Without frozen figures only good for looking at."""
    place = _Places()

    def inline(part: source.Part) -> tree.Inline:
        if isinstance(part, rules.Slot):
            return place.chip(said[part], figures[part] if figures else None)
        if isinstance(part, source.NameToken):
            return (names or {}).get(part.text) or part.text
        return part

    blocks: list[tree.Block] = []
    for block in text.blocks:
        if block.is_heading:
            blocks.append(tree.Heading(level=block.level, text=block.text.strip()))
        elif block.text.strip():
            blocks.append(tree.Paragraph(inlines=tuple(map(inline, source.parts(block.text.strip())))))
    return blocks


@transaction.atomic
def keep_working_text(*, follows: Document, text: source.Source, by: User, now: datetime) -> None:
    """Keep what somebody is typing, so that nothing is lost when the session or the machine ends. Leaves no audit row."""
    registry.require(by, Permission.DOCUMENT_WRITE, at=follows.region)
    WorkingText.objects.update_or_create(
        work=follows.work, kept_by=by, defaults={"follows": follows, "source": text.to_json(), "kept_at": now}
    )


@transaction.atomic
def drop_working_text(*, document: Document, by: User) -> None:
    """Forget what somebody typed and did not save."""
    WorkingText.objects.filter(work=document.work, kept_by=by).delete()


class _Places:
    """Gives the figures of a tree their order."""

    def __init__(self) -> None:
        self._slot = 0

    def chip(self, said: Said, figure: Figure | None) -> tree.Chip:
        self._slot += 1
        return tree.Chip(
            slot=self._slot,
            figure=str(figure.key) if figure else "",
            text=figure.text if figure else said.text or "？",
            label=called(said.indicator, said.aspect, region=said.region),
        )


def _slot(figure: Figure) -> tuple[str, str]:
    return figure.indicator, figure.aspect


def _composed_blocks(
    composed: Sequence[rules.Composed[Said | Named]],
    said: Mapping[rules.Slot, Said],
    figures: Mapping[rules.Slot, Figure],
) -> list[tree.Block]:
    frozen = {id(each): figures[slot] for slot, each in said.items() if slot in figures}
    place = _Places()
    blocks: list[tree.Block] = []
    for section in composed:
        if section.heading:
            blocks.append(tree.Heading(level=section.level, text=section.heading))
        for paragraph in section.paragraphs:
            inlines: list[tree.Inline] = []
            for part in paragraph:
                if isinstance(part, Named):
                    inlines += part.inlines
                else:
                    inlines.append(part if isinstance(part, str) else place.chip(part, frozen[id(part)]))
            blocks.append(tree.Paragraph(inlines=tuple(inlines)))
    return blocks


@dataclass(frozen=True, kw_only=True)
class _Edition:
    """What is known of an edition before its text."""

    work: UUID
    number: int
    follows: Document | None
    outline: str
    outline_version: int
    outline_hash: str
    region: Region
    period: Period
    seq: int
    gaps: list[dict[str, Any]]  # JSON
    by: User
    now: datetime

    def laid_out(
        self, key: UUID, title: str, issuer: str, blocks: Sequence[tree.Block], *, dated_on: date | None = None
    ) -> tree.DocumentTree:
        """The edition's tree, dated as it says, else today. Raises Refused for a day it cannot bear."""
        today = self.now.astimezone(SHANGHAI).date()
        day = dated_on or today
        rules.may_be_dated(day, period=self.period, today=today).or_refuse()
        return tree.DocumentTree(
            id=str(key),
            title=title,
            issuer=issuer,
            date=source.date_line(day),
            blocks=tuple(blocks),
            is_fictional=self.region.is_fictional,
        )

    def keep(self, text: tree.DocumentTree, typed: source.Source, figures: Collection[Figure], *, code: str) -> Written:
        """Write the edition with its figures and its signed proof, as one act; all of it is laid out and signed before.

        Raises Overtaken where somebody wrote an edition or froze a figure meanwhile.
        """
        proof = _proof(text, self, figures)
        document = Document(
            key=UUID(text.id),
            work=self.work,
            edition=self.number,
            follows=self.follows,
            source=typed.to_json(),
            title=text.title,
            outline=self.outline,
            outline_version=self.outline_version,
            outline_hash=self.outline_hash,
            region=self.region,
            period=self.period.code,
            seq=self.seq,
            tree=tree.to_json(text),
            gaps=self.gaps,
            proof=proofs.to_xml(proof),
            content=_content(text),
            fingerprint=proof.fingerprint,
            is_fictional=self.region.is_fictional,
            written_at=self.now,
            written_by=self.by,
        )
        with act(by=self.by, now=self.now, code=code, kind="document", target=text.id) as done:
            done.lock()
            if not self._still_follows():
                raise Overtaken
            frozen = keep(figures)
            document.save(force_insert=True)
            DocumentFigure.objects.bulk_create(
                DocumentFigure(document=document, slot=chip.slot, figure_id=chip.figure, label=chip.label)
                for chip in tree.chips(text)
            )
            done.says(count=len(proof.figures), title=document.title, edition=self.number, frozen=frozen, seq=self.seq)
        return Written(document, is_new=True, frozen=frozen)

    def _still_follows(self) -> bool:
        """Whether the newest edition is still the one this one follows."""
        if self.follows is None:
            return queries.last_written(self.outline, self.region, self.period) is None
        return queries.newest_edition(self.work) == self.follows


def _content(document: tree.DocumentTree) -> str:
    """All words but the date, and the evidence of figures and names: the same words from other evidence are another text."""
    said = [tree.plain(passage) for passage in tree.passages(document)][:-1]
    said += [chip.figure for chip in tree.chips(document)]
    said += [f"{each.record}:{each.version}" for each in tree.mentions(document)]
    return proofs.fingerprint_of(document.title, said)


def _proof(document: tree.DocumentTree, edition: _Edition, figures: Iterable[Figure]) -> proofs.Proof:
    by_key = {str(figure.key): figure for figure in figures}
    proved = []
    for place in tree.places(document):
        figure = by_key[place.chip.figure]
        proved.append(
            proofs.ProofFigure(
                slot=place.chip.slot,
                figure=place.chip.figure,
                xpath=proofs.xpath_of(place.chip.slot),
                text=place.chip.text,
                label=place.chip.label,
                indicator=figure.indicator,
                definition=figure.definition,
                region=edition.region.code,
                period=figure.period,
                aspect=figure.aspect,
                value=figure.value,
                seq=figure.seq,
                digest=figure.digest,
                sentence=place.sentence,
            )
        )
    return proofs.sign(
        proofs.Proof(
            document=document.id,
            title=document.title,
            outline=f"{edition.outline}@{edition.outline_version}",
            region=edition.region.code,
            period=edition.period.code,
            seq=edition.seq,
            created=edition.now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            fingerprint=proofs.fingerprint(document),
            date=document.date,
            issuer=document.issuer,
            figures=tuple(proved),
            mentions=tuple(
                proofs.ProofMention(**asdict(place.mention), sentence=place.sentence)
                for place in tree.mention_places(document)
            ),
            sentences=docx_writer.sealed_sentences(document),
            parts=docx_writer.sealed_parts(document),
        ),
        signing_key(),
    )
