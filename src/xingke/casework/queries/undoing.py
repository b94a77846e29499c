"""What cases speak against taking back what an act filed: a step that added to it."""

from xingke.base.sayings import Saying, say
from xingke.base.undoing import FiledByAct, Obstacle
from xingke.casework.models import Filed
from xingke.casework.queries import cases_seen

PIECE = 500  # records asked for at a time


def filed_by_steps(filed: FiledByAct) -> Saying | None:
    """The first case that filed something further of one of the records."""
    records = sorted(filed.records)
    for start in range(0, len(records), PIECE):
        rows = Filed.objects.filter(record__in=records[start : start + PIECE]).select_related("step__case")
        if (found := rows.order_by("pk").first()) is not None:
            case = found.step.case
            if not cases_seen(filed.reader).filter(pk=case.pk).exists():
                return say("有一件事项在其中的记录上登记了后续")
            return say("事项%(number)s在其中的记录上登记了后续", number=case.number or case.title)
    return None


OBSTACLE = Obstacle(code="cases", find=filed_by_steps)
