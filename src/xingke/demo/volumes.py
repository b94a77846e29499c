"""Volumes of the invented services that were checked: one closed and handed over, waiting to be signed for, and one still open."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from xingke.accounts.models import User
from xingke.archive.actions import NewVolume, ToFile, close_volume, file_into, open_volume
from xingke.archive.actions.handing import NewHandOver, hand_over
from xingke.archive.models import ArchiveHandOver, ArchiveVolume
from xingke.archive.queries import items_of, stamp_of
from xingke.base.keys import derived_key
from xingke.casework.models import CaseStep
from xingke.demo.services import FLOW
from xingke.registry.models import Region

IN_EACH = 12  # cases


def keep_archive(*, region: Region, now: datetime, say: Callable[[str], object]) -> None:
    """File them, once; broken off, it goes on where it was."""
    if ArchiveHandOver.objects.exists():
        return
    officer, today = User.objects.get(username="officer"), timezone.localdate(now)
    over = CaseStep.objects.filter(case__flow=FLOW, seq_to__isnull=True, on__year=today.year).exclude(ended="")
    steps = list(over.select_related("case__region", "case__person").order_by("case_id")[: 2 * IN_EACH])
    volumes = []
    for number in (1, 2):
        new = NewVolume(
            region=region,
            title=f"{today.year} 年科技特派员服务（{'一二'[number - 1]}）",
            fonds="J012",
            category="ZY",
            year=today.year,
            term="D10",
            key=derived_key("demo volume", number),
        )
        volumes.append(_filled(new, steps[(number - 1) * IN_EACH : number * IN_EACH], officer, now))
    closed = close_volume(volume=volumes[0], seen=stamp_of(items_of(volumes[0])), by=officer, now=now)
    handed = NewHandOver(
        volumes=[closed], to=f"{region.name}综合档案馆（虚构）", on=today, key=derived_key("demo handed")
    )
    say(f"档案：立卷 {len(volumes)} 卷，封卷并移交 1 卷，{hand_over(new=handed, by=officer, now=now).number} 待签收")


def _filled(new: NewVolume, steps: list[CaseStep], by: User, now: datetime) -> ArchiveVolume:
    found = open_volume(new=new, by=by, now=now)
    if found.is_open and not items_of(found):
        file_into(volume=found, wanted=[ToFile(case=step.case, seen=step.number) for step in steps], by=by, now=now)
    return found
