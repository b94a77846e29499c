"""What waits on the workbench of whoever reads numbers: those that do not agree."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.tasks import Duty, Task
from xingke.indicators.choosing import place_query
from xingke.indicators.queries.judging import everywhere
from xingke.ledger.queries.caching import kept
from xingke.registry import queries as registry


def _to_look_into(user: User) -> Iterator[Task]:
    """The identities that differ in somebody's own regions; the same for all who work there. Judging takes a second."""
    regions = registry.own_regions(user)

    def differing() -> tuple[int, str]:
        """How many differ, and where the newest of them stands, as a query of its page."""
        wrong = [each for each in everywhere(regions) if each.status == "differs"]
        return len(wrong), place_query(wrong[0].region, wrong[0].period) if wrong else ""

    count, place = kept(f"differing:{','.join(str(region.pk) for region in regions)}", differing)
    url = reverse("indicators:identity-list") + place
    yield Task(_("不相符的核对关系"), count, _("处"), url, _("数与数之间对不上"))


DUTIES = (Duty(code="identities", permission=Permission.INDICATOR_READ, find=_to_look_into, order=30, is_theirs=False),)
