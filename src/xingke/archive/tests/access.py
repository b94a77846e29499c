"""Who may see the addresses of the archive: the bureau's own, keeping and signing each their part."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.access import NEXT_DOOR, Row, World
from tests.cast import NOW
from xingke.archive.actions.appraising import NewAppraisal, appraise
from xingke.archive.actions.handing import NewHandOver, hand_over
from xingke.archive.models import ArchiveItem, ArchiveVolume
from xingke.archive.tests.filing import (
    TODAY,
    closed_volume,
    ended_case,
    file_into,
    load_flows,
    make_archivist,
    to_file,
    volume,
)

READ, KEEP, SIGN = frozenset({"officer", "director"}), frozenset({"officer"}), frozenset({"director"})


def furnish(world: World) -> Mapping[str, Any]:
    """An open volume with a case in it, and a closed one that was handed over and waits for the director's signature."""
    cast = world.cast
    load_flows()
    make_archivist(cast)
    handed = closed_volume(cast, title="移交的案卷")
    made = hand_over(new=NewHandOver(volumes=[handed], to="青溪县综合档案馆", on=TODAY), by=cast.officer, now=NOW)
    into = volume(cast)
    (item,) = file_into(cast, into, to_file(ended_case(cast))).filed
    old = closed_volume(cast, title="期满的案卷", term="D10")
    ArchiveVolume.objects.filter(pk=old.pk).update(kept_until=date(2026, 1, 31))
    asked = appraise(new=NewAppraisal(volume=old, term="", reason="无保存价值"), by=cast.officer, now=NOW)
    found = {"volume": into, "archived": item, "handed_volume": handed, "volumes_handed": made}
    return {**found, "appraisal": asked}


def _volume(world: World) -> Mapping[str, Any]:
    return {"key": world.volume.key}


def _item(world: World) -> Mapping[str, Any]:
    return {"key": world.archived.key}


def _file(world: World) -> Mapping[str, Any]:
    kept = ArchiveItem.objects.get(pk=world.archived.pk).files.get(place=2)
    return {**_item(world), "pk": kept.pk, "name": kept.name}


def _list(world: World) -> Mapping[str, Any]:
    return {"key": world.volumes_handed.key}


ROWS = {
    "finding-list": Row(READ | NEXT_DOOR),
    "case-list": Row(KEEP | NEXT_DOOR),
    "document-list": Row(KEEP | NEXT_DOOR),
    "file-into": Row(KEEP | NEXT_DOOR, posts_only=True),
    "volume-new": Row(KEEP | NEXT_DOOR),
    "volume": Row(READ, _volume),
    "volume-close": Row(KEEP, _volume, posts_only=True),
    "volume-zip": Row(READ, lambda world: {"key": world.handed_volume.key}, is_page=False),
    "item-edit": Row(KEEP, _item),
    "item-out": Row(KEEP, _item, posts_only=True),
    "item-file": Row(READ, _file, is_page=False),
    "volume-appraise": Row(KEEP, _volume, posts_only=True),
    "appraisal-list": Row(READ | NEXT_DOOR),
    "volume-destroy": Row(SIGN, lambda world: {"key": world.appraisal.key}, posts_only=True),
    "volume-spare": Row(SIGN, lambda world: {"key": world.appraisal.key}, posts_only=True),
    "hand-over-list": Row(READ | NEXT_DOOR),
    "hand-over-new": Row(KEEP | NEXT_DOOR, posts_only=True),
    "hand-over": Row(READ, _list),
    "hand-over-receive": Row(SIGN, _list, posts_only=True),
    "hand-over-decline": Row(SIGN, _list, posts_only=True),
}
