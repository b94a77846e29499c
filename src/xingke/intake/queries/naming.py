"""Which places a text names: a line above rows, the name of a sheet, what stands around a table."""

from collections.abc import Sequence

from django.db.models import CharField, F, Value

from xingke.registry.models import Region

_ENDINGS = ("", *"省市县区州旗镇乡", "地区", "自治县", "自治州", "街道")


def is_place(text: str) -> bool:
    """Whether a region is called so, in full or without the word for its level."""
    names = [text + ending for ending in _ENDINGS]
    return bool(text) and Region.objects.filter(valid_to__isnull=True, name__in=names).exists()


def elsewhere(texts: Sequence[str], usual: Region | None) -> str:
    """The region the first telling text names, where that is neither the usual place of its rows nor around it.

    Of several within the usual place none is meant.
    """
    if usual is None:
        return ""
    for text in texts:
        standing = Region.objects.filter(valid_to__isnull=True)
        named = standing.annotate(text=Value(text[:200], CharField())).filter(text__contains=F("name"))
        found = [each for each in named if len(each.name) > _SHORTEST]
        if any(each == usual for each in found):
            return ""
        below = [each for each in found if _lies_in(each, usual)]
        if len(below) == 1 and len(found) == 1 + sum(_lies_in(below[0], each) for each in found if each != below[0]):
            return below[0].name
        if below:
            return ""
        if others := [each for each in found if not _lies_in(usual, each)]:
            return max((each.name for each in others), key=len)
    return ""


_SHORTEST = 2  # characters of a region's name that may stand by chance in a text: 城区


def _lies_in(region: Region, other: Region) -> bool:
    first, behind = other.range
    return first <= region.path < behind
