"""The places rows name: by code, by name, by the whole path down to them, or short where that is plain."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop

from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.registry.rules import Scope

NO_REGION = gettext_noop("没有这个区划，请填全称或六位代码。")
SAME_REGIONS = gettext_noop("有 %(count)d 个同名区划，请填六位代码，或连同上级写全。")
NOT_BELOW = gettext_noop("“%(name)s”不属于“%(above)s”，请核对。")

_PARTS = re.compile(r"[\s/\\\-—–_·>＞→、,，|]+")
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|各"
)
_LEVEL = re.compile(
    rf"(?:特别行政区|(?:(?:{_PEOPLES})族|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|(?<!内)蒙古)*自治[区州县旗]|[省市县区盟旗]|地区|林区|新区)$"
)

_SHORTEST = 3  # characters of a region's name with which a text may begin by chance: 城区


class FoundRegions(NamedTuple):
    """The regions a text may mean; or, where it contradicts itself, the region at its end and what is not above it."""

    regions: Sequence[Region]
    wrong: tuple[str, str] | None = None


class Places:
    """The regions the cells of a file may mean. within: where whoever reads may enter; what lies there comes first."""

    def __init__(self, texts: Iterable[str], *, within: Scope) -> None:
        self._within = within
        words = {text for text in texts if text}
        self._exact: dict[str, list[Region]] = {}
        for each in Region.objects.filter(valid_to__isnull=True, name__in=words):
            self._exact.setdefault(each.name, []).append(each)
        codes = {text: _code(text) for text in words}
        known = registry.regions_by_code(code for code in codes.values() if code)
        self._exact |= {text: [known[code]] for text, code in codes.items() if code in known}
        self._all: dict[int, Region] | None = None
        self._named: dict[str, list[Region]] | None = None
        self._short: dict[str, list[Region]] | None = None
        self._read: dict[str, FoundRegions] = {}

    def find(self, text: str) -> FoundRegions:
        """What a text means: one region where it is plain."""
        if text not in self._read:
            self._read[text] = self._find(text)
        return self._read[text]

    def _find(self, text: str) -> FoundRegions:
        if exact := self._exact.get(text):
            return FoundRegions(self._nearest(exact))
        flat = _PARTS.sub("", unicodedata.normalize("NFKC", text))
        if not flat or flat.isdigit():
            return FoundRegions(())
        for text in (flat, *_without_town(flat)):
            found = [each for each in self._fitting(text) if text == flat or self._is_lowest(each)]
            if found:
                return FoundRegions(self._nearest(found))
        return FoundRegions((), self._contradiction(flat))

    def named_elsewhere(self, name: str, place: Region) -> Region | None:
        """The region an organisation's name begins with where that neither holds a place nor lies in it, else None.

        清源市云渡县恒生材料有限公司 is of 云渡县, whatever stands above it.
        """
        by_name = self._by_name()
        rest = unicodedata.normalize("NFKC", name)
        while head := next((rest[:end] for end in range(min(len(rest), 15), 1, -1) if rest[:end] in by_name), ""):
            called = by_name[head]
            if not any(_holds(each, place) or _holds(place, each) for each in called):
                return called[0]
            rest = rest.removeprefix(head)
        return None

    def begins_with(self, text: str, place: Region, *, is_short: bool = False) -> str:
        """The region a text begins with, the lowest on its path, where that is neither a place nor around it, else "".

        云渡县科技局 and 清源市云渡县工业园区 name 云渡县. is_short: a text that is all of a region's short name counts too.
        """
        by_name, rest = self._by_name(), unicodedata.normalize("NFKC", text).strip()
        if is_short and rest not in by_name and (short := self._by_short_name().get(rest)):
            return "" if any(_holds(each, place) for each in short) else short[0].name
        found = ""
        while head := next(
            (rest[:end] for end in range(min(len(rest), 15), _SHORTEST - 1, -1) if rest[:end] in by_name), ""
        ):
            called = by_name[head]
            if not any(_holds(each, place) for each in called):
                found = called[0].name
            rest = rest.removeprefix(head).lstrip()
        return found

    def is_around(self, text: str, place: Region) -> bool:
        """Whether a text is no more than the name of a place, or of what holds it."""
        return any(_holds(each, place) for each in self.find(text).regions)

    def _by_short_name(self) -> dict[str, list[Region]]:
        if self._short is None:
            self._short = {}
            for each in self._regions().values():
                for name in names_of(each)[1:]:
                    self._short.setdefault(name, []).append(each)
        return self._short

    def _by_name(self) -> dict[str, list[Region]]:
        if self._named is None:
            self._named = {}
            for each in self._regions().values():
                self._named.setdefault(each.name, []).append(each)
        return self._named

    def _fitting(self, flat: str) -> list[Region]:
        """The regions a text names, in full if there are such, else short."""
        regions = self._regions()
        for names in (_full, names_of):
            ending = [each for each in regions.values() if any(flat.endswith(name) for name in names(each))]
            fitting = [each for each in ending if self._fits(flat, each, names(each))]
            if fitting:
                return fitting
        return []

    def _is_lowest(self, region: Region) -> bool:
        """Whether only towns and villages lie below it."""
        return all(each.parent_id != region.pk for each in self._regions().values())

    def _regions(self) -> dict[int, Region]:
        """Every current region, by number: read once, and only where a text is no name and no code."""
        if self._all is None:
            self._all = {each.pk: each for each in Region.objects.filter(valid_to__isnull=True)}
        return self._all

    def _nearest(self, found: Sequence[Region]) -> Sequence[Region]:
        return [each for each in found if self._within.covers(each.path)] or found

    def _fits(self, text: str, region: Region, names: Iterable[str]) -> bool:
        """Whether a text ends with a name of the region, and all before it names what it lies in."""
        for name in names:
            if text == name:
                return True
            if text.endswith(name):
                before, above = text[: -len(name)], self._above(region)
                while above is not None:
                    if self._fits(before, above, names_of(above)):
                        return True
                    above = self._above(above)
        return False

    def _above(self, region: Region) -> Region | None:
        return self._regions().get(region.parent_id) if region.parent_id else None

    def _contradiction(self, text: str) -> tuple[str, str] | None:
        """The region a text ends with and the other region before it, which does not hold it."""
        known = {name for each in self._regions().values() for name in _full(each)}
        for place in range(2, len(text) - 1):
            if text[place:] in known and text[:place] in known:
                return text[place:], text[:place]
        return None


_TOWN = re.compile(r"[\u4e00-\u9fff]{1,10}(?:镇|乡|街道|苏木|办事处|农场|林场|社区|村)[\u4e00-\u9fff\d]*")


def _without_town(text: str) -> list[str]:
    """What may stand before a town or village: 清源市青溪县永丰镇甲村 → 清源市青溪县; the longest first."""
    ends = [
        place + 1 for place, char in enumerate(text[:-1]) if char in "县区市旗" and _TOWN.fullmatch(text[place + 1 :])
    ]
    return [text[:end] for end in reversed(ends)]


def _code(text: str) -> str:
    """The six digits of a code, also where zeros for towns and villages follow: 990121000000."""
    digits = unicodedata.normalize("NFKC", text).strip()
    if digits.isdigit() and len(digits) in (9, 12) and not digits[6:].strip("0"):
        return digits[:6]
    return digits if len(digits) == 6 and digits.isdigit() else ""


def _holds(region: Region, other: Region) -> bool:
    first, end = region.range
    return first <= other.path < end


def _full(region: Region) -> tuple[str, ...]:
    return (region.name,)


def names_of(region: Region) -> tuple[str, ...]:
    """What a region is called: in full, and without the word for its level where two characters are left."""
    short = _LEVEL.sub("", region.name)
    return (region.name, short) if len(short) > 1 and short != region.name else (region.name,)
