"""From an empty installation to the first document: the steps, with ticks read from what really stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts import keeping
from xingke.accounts.models import User
from xingke.accounts.queries import ledger_identity
from xingke.base.beginnings import beginnings
from xingke.ledger.queries.caching import kept_alike
from xingke.registry import queries as registry
from xingke.registry.models import Region


def first_steps(user: User) -> list[dict[str, Any]] | None:
    """The steps as items of ``steps``; None for whoever can do none of them, and once all are done.

    Two queries after a change, one where the place is known to have begun, none while nothing changed.
    """
    regions = registry.own_regions(user)
    if not regions or not {each.permission for each in beginnings()} & registry.permissions_of(user):
        return None
    done = kept_alike(user, "standing", lambda: _known_standing(regions))
    return None if all(done.values()) else _items(done, user)


def _known_standing(regions: Sequence[Region]) -> Mapping[str, bool]:
    """What stands; a place that has begun is not asked again for a day, whatever changes."""
    kept = f"xingke.portal.begun:{ledger_identity()}:{','.join(str(each.pk) for each in regions)}"
    found: Mapping[str, bool] | None = keeping.found(kept)
    if found is None:
        found = _standing(regions)
        if all(found.values()):
            keeping.keep(kept, found)
    return found


def _standing(regions: Sequence[Region]) -> Mapping[str, bool]:
    """What stands in some regions and below. One query."""
    inside = Q()
    for each in regions:
        low, high = each.range
        inside |= Q(region__path__gte=low, region__path__lt=high)

    asked = {each.code: each.stands(inside) for each in beginnings()}
    standing = {name: ExpressionWrapper(found, output_field=BooleanField()) for name, found in asked.items()}
    row = Region.objects.filter(pk=regions[0].pk).order_by().values(**standing).get()
    return {name: bool(found) for name, found in row.items()}


def _items(done: Mapping[str, bool], user: User) -> list[dict[str, Any]]:
    """The first that is not done is the one to do; each leads on for whoever may do it, else says who does."""
    items = [{"label": _("换密码"), "state": "done", "url": "", "note": ""}]
    current = next(each for each in beginnings() if not done[each.code])
    for each in beginnings():
        may, is_done = registry.has_code(user, each.permission), done[each.code]
        items.append(
            {
                "label": each.label,
                "state": "done" if is_done else "current" if each is current else "todo",
                "url": reverse(each.url_name) + each.query if may and not is_done else "",
                "note": "" if may or is_done else _("由%(who)s做") % {"who": each.who},
            }
        )
    return items
