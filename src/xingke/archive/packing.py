"""A volume to be taken away: one .zip of its catalogue, its manifest with the signature, and its files."""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any  # cells of a catalogue

from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.accounts.queries import attachment_store
from xingke.archive.models import ArchiveItem, ArchiveVolume
from xingke.archive.rules import CATALOGUE, MANIFEST, SIGNATURE, VolumeManifest, check_files, read_manifest
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.press.xlsx_writer import Column, Form, write_workbook

_STAMP = (1980, 1, 1, 0, 0, 0)  # the clock of the day it was taken away says nothing of a volume
_PIECE = 2**20  # bytes
_NUMBERS = {0, 6}  # the columns of the catalogue that are numbers


def catalogue_heads() -> list[str]:
    """The columns of DA/T 22-2015 but for the degree of secrecy: nothing secret is kept here."""
    return [_("序号"), _("档号"), _("文号"), _("责任者"), _("题名"), _("日期"), _("页数"), _("备注")]


def catalogue_rows(items: Sequence[ArchiveItem]) -> list[list[Any]]:
    """What lies in a volume, a row for each; days with eight digits."""
    return [
        [
            number,
            each.number,
            each.document_number,
            each.responsible,
            each.title,
            f"{each.on:%Y%m%d}",
            each.pages,
            each.note,
        ]
        for number, each in enumerate(items, start=1)
    ]


def pack(volume: ArchiveVolume, items: Sequence[ArchiveItem]) -> Iterator[bytes]:
    """A closed volume as a file, in pieces. Raises Refused at once where something of it is gone or changed: reads every file."""
    manifest, store = read_manifest(volume.manifest.encode()), attachment_store()
    for fault in check_files(manifest, lambda file: store.found(file.digest)):
        raise Refused(say("%(what)s；请系统管理员从备份恢复。", what=fault))
    return _pieces(volume, manifest, _catalogue(volume, items))


def _catalogue(volume: ArchiveVolume, items: Sequence[ArchiveItem]) -> bytes:
    assert volume.closed_at is not None
    return write_workbook(
        name=_("卷内目录"),
        columns=[
            Column(label=label, form=Form.NUMBER if place in _NUMBERS else Form.TEXT)
            for place, label in enumerate(catalogue_heads())
        ],
        rows=catalogue_rows(items),
        made_at=timezone.localtime(volume.closed_at).replace(tzinfo=None, microsecond=0),
    )


def _pieces(volume: ArchiveVolume, manifest: VolumeManifest, sheet: bytes) -> Iterator[bytes]:
    seal = {"digest": volume.digest, "public_key": volume.public_key, "signature": volume.signature}
    first = {
        CATALOGUE: sheet,
        MANIFEST: volume.manifest.encode(),
        SIGNATURE: json.dumps({"algorithm": "Ed25519", **seal}, sort_keys=True).encode(),
    }
    with tempfile.TemporaryFile() as found:
        with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in first.items():
                archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
            for _item, each in manifest.files():
                data = attachment_store().get(each.digest)
                archive.writestr(zipfile.ZipInfo(each.path, _STAMP), data, zipfile.ZIP_DEFLATED)
        found.seek(0)
        while piece := found.read(_PIECE):
            yield piece
