"""What can be said of an indicator besides its value, as plain data: definitions, outlines and pages may speak of it.

An aspect is written ``growth``, or ``share:patent_applications`` where it needs another indicator. How each is worked
out stands in ``aspects``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from xingke.base.labels import Label

LEVEL = "level"
_COUNTED = ("flow", "stock", "observed")


@dataclass(frozen=True, kw_only=True)
class AspectName:
    """One aspect: what it is called behind an indicator's name, what it needs, and what it can be said of.

    label: ``{other}`` stands for the other indicator's name; empty for the value itself.
    """

    label: Label
    takes_other: bool = False
    natures: tuple[str, ...] = ("flow", "stock", "ratio", "observed")

    def called(self, language: str, other: Label | None = None) -> str:
        """The label in a language."""
        return self.label.in_language(language).format(other=other.in_language(language) if other else "")


ASPECT_NAMES: Mapping[str, AspectName] = {
    LEVEL: AspectName(label=Label(zh="", en="")),
    "growth": AspectName(label=Label(zh="同比", en="year on year")),
    "times": AspectName(label=Label(zh="同比倍数", en="year on year, in multiples")),
    "rank": AspectName(label=Label(zh="位次", en="place")),
    "before": AspectName(label=Label(zh="上年同期", en="a year before")),
    "net": AspectName(label=Label(zh="比上年同期净增", en="net change in a year"), natures=_COUNTED),
    "total": AspectName(label=Label(zh="累计", en="since records are kept"), natures=("flow",)),
    "share": AspectName(label=Label(zh="占{other}比重", en="share of: {other}"), takes_other=True, natures=_COUNTED),
    "share_growth": AspectName(
        label=Label(zh="占{other}比重升降", en="change of the share of: {other}"), takes_other=True, natures=_COUNTED
    ),
    "high": AspectName(label=Label(zh="历史新高", en="record high")),
}


def split(aspect: str) -> tuple[str, str]:
    """An aspect as written: its own code, and the code of the other indicator or nothing."""
    code, _colon, other = aspect.partition(":")
    return code, other


def problem(aspect: str) -> str:
    """What is wrong with an aspect as written, in a few words; empty when nothing is."""
    code, other = split(aspect)
    known = ASPECT_NAMES.get(code)
    if known is None:
        return f"{code!r} is no aspect; known: {', '.join(ASPECT_NAMES)}"
    if known.takes_other and not other.isidentifier():
        return f"{code!r} needs another indicator: {code}:code"
    if other and not known.takes_other:
        return f"{code!r} takes no other indicator"
    return ""
