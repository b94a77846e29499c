"""Volumes for the search: their bureau's own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from xingke.archive.models import ArchiveVolume
from xingke.archive.permissions import ArchivePermission
from xingke.archive.queries import term_word
from xingke.base.searching import Hit, Text, of_rows


def _text(volume: ArchiveVolume) -> Text:
    return Text(
        key=str(volume.key),
        names=volume.title,
        identifier=volume.number,
        path=volume.region.path,
        on=timezone.localdate(volume.opened_at),
        is_finished=False,
        text=f"{volume.year} {volume.region.name}",
    )


def _hit(volume: ArchiveVolume) -> Hit:
    about = (volume.number, str(volume.year), term_word(volume.term, volume.region), volume.get_state_display())
    return Hit(
        title=volume.title,
        line=" · ".join([*about, volume.region.name]),
        url=reverse("archive:volume", args=[volume.key]),
        is_fictional=volume.is_fictional,
    )


VOLUMES = of_rows(
    lambda: ArchiveVolume.objects.select_related("region"),
    text=_text,
    hit=_hit,
    code="volume",
    label=gettext_lazy("案卷"),
    permission=ArchivePermission.READ,
    order=29,
)
