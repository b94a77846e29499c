"""A volume to be taken away: one .zip of its catalogue, its manifest with the signature, and its files."""

import json
import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO, Any  # cells of a catalogue

from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.accounts.queries import attachment_store
from xingke.archive.models import ArchiveItem, ArchiveVolume
from xingke.archive.rules import CATALOGUE, MANIFEST, SIGNATURE, read_manifest
from xingke.base.blobs import Damaged
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.press.xlsx_writer import Column, Form, write_workbook

_STAMP = (1980, 1, 1, 0, 0, 0)  # the clock of the day it was taken away says nothing of a volume


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


def pack(volume: ArchiveVolume, items: Sequence[ArchiveItem]) -> IO[bytes]:
    """A closed volume as a file that goes when it is closed. Raises Refused where a file is gone or changed."""
    found = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    seal = {"digest": volume.digest, "public_key": volume.public_key, "signature": volume.signature}
    assert volume.closed_at is not None
    numbers = {0, 6}
    sheet = write_workbook(
        name=_("卷内目录"),
        columns=[
            Column(label=label, form=Form.NUMBER if place in numbers else Form.TEXT)
            for place, label in enumerate(catalogue_heads())
        ],
        rows=catalogue_rows(items),
        made_at=timezone.localtime(volume.closed_at).replace(tzinfo=None, microsecond=0),
    )
    store = attachment_store()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            (CATALOGUE, sheet),
            (MANIFEST, volume.manifest.encode()),
            (SIGNATURE, json.dumps({"algorithm": "Ed25519", **seal}, sort_keys=True).encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
        for _item, each in read_manifest(volume.manifest.encode()).files():
            try:
                data = store.get(each.digest)
            except Damaged:
                found.close()
                raise Refused(say("“%(path)s”丢失或损坏，请系统管理员从备份恢复。", path=each.path)) from None
            archive.writestr(zipfile.ZipInfo(each.path, _STAMP), data, zipfile.ZIP_DEFLATED)
    found.seek(0)
    return found
