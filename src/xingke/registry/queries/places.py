"""Finding a place by what people write: six digits, a name, or the whole way down to it."""

from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.registry.models import Region

DEEPEST = 6  # levels of the tree, with room


def place_called(text: str) -> Region:
    """A current region by its six digits, its name where only one has it, or its path (清源市青溪县, 云岭省清源市青溪县).

    Raises Refused, naming what would do, where none or several answer.
    """
    wanted = "".join(text.split())
    current = Region.objects.filter(valid_to__isnull=True)
    if wanted.isdecimal():
        found = list(current.filter(code=wanted))
    else:
        found = list(current.filter(name=wanted)) or _by_path(wanted)
    if len(found) == 1:
        return found[0]
    if found:
        codes = tuple(say("%(name)s（%(code)s）", name=_path(each), code=each.code) for each in found[:5])
        raise Refused(
            say(
                "有 %(count)d 个叫“%(name)s”的区划，请填六位代码：%(codes)s。", count=len(found), name=text, codes=codes
            )
        )
    raise Refused(say("没有名为“%(name)s”的区划，请填全称或六位代码。", name=text))


def _by_path(wanted: str) -> list[Region]:
    """The regions whose name ends the text and whose superiors' names, with or without gaps, are the rest of it."""
    ends = {wanted[-length:] for length in range(2, len(wanted))}
    named = Region.objects.filter(valid_to__isnull=True, name__in=ends).select_related("parent")
    return [each for each in named if _leads_to(wanted.removesuffix(each.name), each.parent)]


def _leads_to(rest: str, above: Region | None) -> bool:
    for _level in range(DEEPEST):
        if not rest:
            return True
        if above is None:
            return False
        rest, above = rest.removesuffix(above.name), above.parent
    return not rest


def _path(region: Region) -> str:
    names = [region.name]
    above = region.parent
    while above is not None and above.parent_id is not None:
        names.insert(0, above.name)
        above = above.parent
    return "".join(names)
