"""What numbers that were said speak against taking back what an act filed."""

from collections.abc import Iterable

from xingke.accounts.permissions import Permission
from xingke.base.sayings import Saying, say
from xingke.base.undoing import FiledByAct, Obstacle
from xingke.indicators.models import Figure
from xingke.indicators.queries import indicators
from xingke.indicators.queries.effects import parts_of
from xingke.ledger.queries import OBSERVATION
from xingke.registry import queries as registry
from xingke.registry.models import Region


def figures_since(filed: FiledByAct) -> Saying | None:
    """The first number that was frozen since and may rest on what was filed: by its kind and place. Drafts count nowhere."""
    if not filed.is_counted:
        return None
    figures = Figure.objects.filter(seq__gte=filed.seq).order_by("seq").select_related("region", "frozen_by")
    found = next((each for each in figures.iterator() if _may_rest_on(each, filed)), None)
    if found is None:
        return None
    if not registry.scope(filed.reader, Permission.INDICATOR_READ).is_home(found.region.path):
        return say("别处的文稿已经写进了可能用到其中的记录的数字")
    known = indicators().get(found.indicator)
    label = known.label if known is not None else found.indicator
    return say(
        "%(who)s已把“%(region)s%(indicator)s %(text)s”写进文稿，它可能用到其中的记录",
        who=found.frozen_by.name,
        region=found.region.name,
        indicator=label,
        text=found.text,
    )


def _may_rest_on(figure: Figure, filed: FiledByAct) -> bool:
    if filed.kind == OBSERVATION:
        return _speaks_of(figure, filed.regions)
    return bool(parts_of([figure], [filed.kind], filed.regions))


def _speaks_of(figure: Figure, regions: Iterable[Region]) -> bool:
    """Whether a number was reported for one of some regions, or put together of such."""
    codes = {each.code for each in regions}
    return any(part["route"] != "records" and part["region"] in codes for part in figure.parts)


OBSTACLE = Obstacle(code="figures", find=figures_since)
