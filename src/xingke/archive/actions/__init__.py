"""Volumes: opening, filing into them, describing and taking out what lies there, closing. Each is one act.

What is filed is written down before the act and looked at again within it, while the counter is held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any  # columns of a volume
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import Max

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.archive import queries, rules
from xingke.archive.models import ArchiveFile, ArchiveItem, ArchiveVolume
from xingke.archive.permissions import ArchivePermission
from xingke.archive.queries.checking import manifest_now
from xingke.archive.recording import Recorded, record_case, record_document
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework.models import Case, CaseStep
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports import keys
from xingke.reports.models import Document

MOST = 50  # filed by one press: each is written down as a page first
FIRST_YEAR, LAST_YEAR = 1949, 2100


def require_at_home(user: User, permission: ArchivePermission, region: Region) -> None:
    """Raise Refused unless somebody has the permission in the bureau of a region itself."""
    registry.require(user, permission, at=region)
    if not queries.is_at_home(user, permission, region):
        raise Refused(say("“%(region)s”的档案由本级科技部门保管，上级不代办。", region=region.name))


@dataclass(frozen=True, kw_only=True)
class NewVolume:
    """A volume to be opened. category, term: codes of the scheme. key: the same from one page, so that a second press opens none."""

    region: Region
    title: str
    fonds: str
    category: str
    year: int
    term: str
    key: UUID = field(default_factory=new_key)


def open_volume(*, new: NewVolume, by: User, now: datetime) -> ArchiveVolume:
    """Open a volume with the next number of its kind. Raises Refused for codes and years that are none."""
    fonds = rules.fonds_number(new.fonds)
    scheme = queries.scheme_of(new.region)
    terms = scheme.terms()
    if new.term not in terms or new.category not in scheme.categories():
        raise Refused(say("门类和保管期限请从列表里选。"))
    if not FIRST_YEAR <= new.year <= LAST_YEAR:
        raise Refused(say("年度%(year)s不对，请填四位年份。", year=new.year))
    if not new.title.strip():
        raise Refused(say("请填案卷题名。"))
    with act(by=by, now=now, code="volume.opened", kind="volume", target=str(new.key)) as done:
        done.lock()
        require_at_home(by, ArchivePermission.KEEP, new.region)
        kind: dict[str, Any] = {"fonds": fonds, "category": new.category, "year": new.year, "term": new.term}
        said = {"region": new.region, "title": new.title.strip(), "opened_by": by, **kind}
        if there := pressed_before(ArchiveVolume, new.key, **said):
            done.nothing()
            return there
        last = ArchiveVolume.objects.filter(region=new.region, **kind).aggregate(last=Max("ordinal"))["last"] or 0
        found = ArchiveVolume(
            key=new.key,
            number=rules.filled(scheme.number, **kind, n=last + 1),
            region=new.region,
            ordinal=last + 1,
            title=new.title.strip(),
            kept_until=rules.kept_until(new.year, terms[new.term].years),
            is_fictional=new.region.is_fictional,
            opened_at=now,
            opened_by=by,
            seq=done.seq,
            **kind,
        )
        found.save()
        done.says(number=found.number, title=found.title)
    return found


# ── filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class ToFile:
    """A case, with the number of the last step that was shown of it, or a document."""

    case: Case | None = None
    seen: int = 0
    document: Document | None = None


@dataclass(frozen=True)
class FiledInto:
    """What became of what was to be filed, in its order: the items there are now, and why the others are not."""

    filed: Sequence[ArchiveItem]
    refused: Sequence[tuple[ToFile, Refused]]


def file_into(*, volume: ArchiveVolume, wanted: Sequence[ToFile], by: User, now: datetime) -> FiledInto:
    """File cases and documents into an open volume as one act; what cannot be is left and told. A second press files nothing again.

    Raises Refused for none, for too many, and for a volume that was closed meanwhile.
    """
    if not wanted:
        raise Refused(say("请先选定要归档的。"))
    if len(wanted) > MOST:
        raise Refused(say("一次最多归档%(most)s件，选定了%(there)s件；请分几次办。", most=MOST, there=len(wanted)))
    require_at_home(by, ArchivePermission.KEEP, volume.region)
    refused: list[tuple[ToFile, Refused]] = []

    def kept(each: ToFile, do: Callable[[], Recorded]) -> list[tuple[ToFile, Recorded]]:
        try:
            return [(each, do())]
        except Refused as refusal:
            refused.append((each, refusal))
            return []

    recorded = [pair for each in wanted for pair in kept(each, lambda each=each: _record(volume, each, by, now))]  # type: ignore[misc]  # a default binds the name
    filed: list[ArchiveItem] = []
    with act(by=by, now=now, code="volume.filed", kind="volume", target=str(volume.key)) as done:
        done.lock()
        _refuse_closed(volume)
        for each, found in recorded:
            try:
                filed.append(_keep(volume, found, done))
            except Refused as refusal:
                refused.append((each, refusal))
        if not filed:
            done.nothing()
        else:
            done.says(count=len(filed), number=volume.number, not_filed=len(refused))
    return FiledInto(filed, refused)


def _record(volume: ArchiveVolume, each: ToFile, by: User, now: datetime) -> Recorded:
    """What is to be kept, written down. Raises Refused for what does not belong there."""
    if each.document is not None:
        region, found = each.document.region_id, record_document(each.document, by=by)
    else:
        assert each.case is not None
        region, found = each.case.region_id, record_case(each.case, seen=each.seen, by=by, now=now)
    if region != volume.region_id:
        raise Refused(say("它不是这个案卷所在区划的。"))
    rules.refuse_other_year(found.on, volume.year)
    return found


def _keep(volume: ArchiveVolume, found: Recorded, done: Act) -> ArchiveItem:
    """Write an item with its files. Raises Refused where it lies somewhere already, or went on since it was written down."""
    source = {"step": found.step} if found.step is not None else {"document": found.document}
    there = ArchiveItem.objects.filter(**source, out_at__isnull=True).select_related("volume").first()
    if there is not None:
        raise Refused(say("已经归入案卷 %(number)s。", number=there.volume.number))
    if found.step is not None and not CaseStep.objects.filter(pk=found.step.pk, seq_to__isnull=True).exists():
        raise Refused(say("列出之后它又办了一步，请看过再归档。"))
    item = ArchiveItem(
        volume=volume,
        title=found.title,
        responsible=found.responsible,
        organisation=found.organisation,
        document_number=found.document_number,
        on=found.on,
        note=found.note,
        case=found.case,
        digest=found.digest,
        is_restricted=found.is_restricted,
        filed_at=done.now,
        filed_by=done.account,
        seq=done.seq,
        **source,
    )
    item.save()
    ArchiveFile.objects.bulk_create(
        ArchiveFile(
            item=item, place=place, name=each.name, media_type=each.media_type, size=each.size, digest=each.digest
        )
        for place, each in enumerate(found.files, start=1)
    )
    return item


def _refuse_closed(volume: ArchiveVolume) -> None:
    """Raise Refused once a volume is closed: nothing of it changes any more. Asked while the counter is held."""
    volume.refresh_from_db()
    if not volume.is_open:
        raise Refused(say("案卷 %(number)s 已经封卷，不能再改。", number=volume.number))


# ── what lies there ─────────────────────────────────────────────────────────────────────────────────────────────────


def describe_item(
    *,
    item: ArchiveItem,
    title: str,
    responsible: str,
    document_number: str,
    pages: int | None,
    note: str,
    by: User,
    now: datetime,
) -> ArchiveItem:
    """Say in an open volume what the catalogue says of something. pages: None for unknown."""
    said = {"title": title.strip(), "responsible": responsible.strip(), "document_number": document_number.strip()}
    if not said["title"]:
        raise Refused(say("请填题名。"))
    with act(by=by, now=now, code="volume.described", kind="volume", target=str(item.volume.key)) as done:
        _refuse_gone(item, by, done)
        for name, value in {**said, "pages": pages, "note": note.strip()}.items():
            setattr(item, name, value)
        item.save(update_fields=[*said, "pages", "note"])
        done.says(number=item.volume.number, title=item.title)
    return item


def take_out(*, item: ArchiveItem, reason: str, by: User, now: datetime) -> None:
    """Take something out of an open volume; it waits to be filed again. Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(say("请写明撤出的原因。"))
    with act(by=by, now=now, code="volume.taken-out", kind="volume", target=str(item.volume.key)) as done:
        _refuse_gone(item, by, done)
        item.out_at, item.out_by, item.out_because = now, by, reason.strip()[:500]
        item.save(update_fields=["out_at", "out_by", "out_because"])
        done.says(reason=item.out_because, number=item.volume.number, title=item.title)


def _refuse_gone(item: ArchiveItem, by: User, done: Act) -> None:
    done.lock()
    require_at_home(by, ArchivePermission.KEEP, item.volume.region)
    _refuse_closed(item.volume)
    item.refresh_from_db()
    if item.out_at is not None:
        raise Refused(say("它已经从案卷里撤出。"))


def close_volume(*, volume: ArchiveVolume, seen: str, by: User, now: datetime) -> ArchiveVolume:
    """Close a volume: number what lies in it, write its manifest and sign it. seen: the ``stamp_of`` what the page showed.

    Nothing of it changes from then on. A second press gives it back as it is. Raises Refused for an empty one, and for one that changed since.
    """
    key = Ed25519PrivateKey.from_private_bytes(keys.signing_key())
    with act(by=by, now=now, code="volume.closed", kind="volume", target=str(volume.key)) as done:
        done.lock()
        require_at_home(by, ArchivePermission.KEEP, volume.region)
        volume.refresh_from_db()
        if not volume.is_open:
            done.nothing()
            return volume
        items = queries.items_of(volume)
        if not items:
            raise Refused(say("案卷里还没有文件，不能封卷。"))
        if queries.stamp_of(items) != seen:
            raise Refused(say("打开页面之后卷内文件有变动，请看过再封卷。"))
        pattern = volume.number + queries.scheme_of(volume.region).item
        for ordinal, item in enumerate(items, start=1):
            item.ordinal, item.number = ordinal, rules.filled(pattern, n=ordinal)
            item.save(update_fields=["ordinal", "number"])
        volume.closed_at, volume.closed_by = now, by
        data = manifest_now(volume).canonical()
        volume.manifest, volume.digest = data.decode(), rules.digest_of(data)
        volume.public_key, volume.signature = key.public_key().public_bytes_raw().hex(), key.sign(data).hex()
        volume.state = ArchiveVolume.State.CLOSED
        volume.save()
        done.says(count=len(items), number=volume.number, digest=volume.digest)
    return volume
