"""Whether volumes still are what was closed: their rows, their signature, the bytes of their files; and a volume as a file."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from xingke.accounts.queries import attachment_store, ledger_identity
from xingke.archive.models import ArchiveVolume
from xingke.archive.queries import closed_volumes, items_of
from xingke.archive.rules import (
    CATALOGUE,
    MANIFEST,
    SIGNATURE,
    ManifestFile,
    ManifestItem,
    VolumeManifest,
    check_files,
    digest_of,
    path_of,
    read_manifest,
)
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.reports import keys

_CHUNK = 2**20
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


def manifest_now(volume: ArchiveVolume) -> VolumeManifest:
    """What a volume holds by its rows. Three queries."""
    assert volume.closed_at is not None
    return VolumeManifest(
        number=volume.number,
        fonds=volume.fonds,
        category=volume.category,
        year=volume.year,
        term=volume.term,
        title=volume.title,
        region=volume.region.code,
        closed_on=timezone.localtime(volume.closed_at).date().isoformat(),
        ledger=ledger_identity(),
        is_fictional=volume.is_fictional,
        items=tuple(
            ManifestItem(
                number=item.number,
                title=item.title,
                responsible=item.responsible,
                document_number=item.document_number,
                on=item.on.isoformat(),
                pages=item.pages,
                note=item.note,
                source=f"case:{item.case.key}" if item.case else f"document:{item.document_id}",
                digest=item.digest,
                files=tuple(
                    ManifestFile(
                        path=path_of(item.ordinal or 0, each.place, each.name), digest=each.digest, size=each.size
                    )
                    for each in item.files.all()
                ),
            )
            for item in items_of(volume)
        ),
    )


def check_volume(volume: ArchiveVolume) -> list[Saying]:
    """What is missing or changed in a closed volume; nothing where all is as it was. Reads every file. Raises Refused for one
    that is open. Of one that was destroyed there are no files."""
    if volume.is_open:
        raise Refused(say("案卷 %(number)s 还没有封卷，没有清单可以核对。", number=volume.number))
    data = volume.manifest.encode()
    wrong = list(_seal_faults(data, volume.digest, volume.public_key, volume.signature))
    try:
        manifest = read_manifest(data)
    except Refused as refusal:
        return [*wrong, refusal.saying]
    if manifest != manifest_now(volume):
        wrong.append(say("库里的卷内目录与封卷时的清单不一致。"))
    if volume.is_destroyed:
        return wrong
    return [*wrong, *check_files(manifest, lambda file: attachment_store().found(file.digest))]


def _seal_faults(data: bytes, digest: str, public_key: str, signature: str) -> Iterator[Saying]:
    if digest_of(data) != digest:
        yield say("清单的摘要不符：清单被改过。")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        yield say("清单的签名不成立。")


def check_archive_file(path: Path) -> tuple[str, Saying, list[Saying]]:
    """Of a volume that was taken away as a .zip: its number, whose key signed it, and what is missing, changed or added.
    Raises Refused for what is no such file."""
    if not path.is_file():
        raise Refused(say("没有文件“%(name)s”。", name=str(path)))
    try:
        with zipfile.ZipFile(path) as archive:
            data = archive.read(MANIFEST)
            manifest, seal = read_manifest(data), json.loads(archive.read(SIGNATURE))
            told = [str(seal[name]) for name in ("digest", "public_key", "signature")]
            wrong = list(_seal_faults(data, *told))
            wrong += [
                say("与本安装封卷时的清单不一致。")
                for volume in closed_volumes().filter(number=manifest.number)
                if manifest.ledger == ledger_identity() and volume.digest != digest_of(data)
            ]
            wrong += check_files(manifest, lambda file: _within(archive, file))
            known = {each.path for _item, each in manifest.files()} | {MANIFEST, SIGNATURE, CATALOGUE}
            wrong += [say("多出：%(path)s", path=name) for name in archive.namelist() if name not in known]
    except (*_DAMAGE, KeyError, TypeError) as error:
        raise Refused(say("“%(name)s”不是从本系统下载的案卷，或已损坏。", name=path.name)) from error
    return manifest.number, keys.signer(told[1]), wrong


def _within(archive: zipfile.ZipFile, file: ManifestFile) -> tuple[str, int] | None:
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(file.path) as source:
            while piece := source.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
    except KeyError:
        return None
    except _DAMAGE:
        return "", size
    return digest.hexdigest(), size
