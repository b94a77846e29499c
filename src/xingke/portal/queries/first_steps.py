"""From an empty installation to the first document: the steps, with ticks read from what really stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import ledger_identity
from xingke.ledger.models import Observation, RecordKeeping, State
from xingke.ledger.queries.caching import kept_alike
from xingke.ledger.tables import TABLES
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region
from xingke.reports.models import Document

KEPT = 24 * 3600  # seconds it is remembered that a place has begun


@dataclass(frozen=True)
class FirstStep:
    """One step: whether it is done, and where it is done by whoever may."""

    label: str
    is_done: bool
    permission: Permission | None
    url: str
    who: str


def first_steps(user: User) -> list[dict[str, Any]] | None:
    """The steps as items of ``steps``; None for whoever can do none of them, and once all are done.

    Two queries after a change, one where the place is known to have begun, none while nothing changed.
    """
    doing = {Permission.ORGANISATION_EDIT, Permission.IMPORT_RUN, Permission.RECORD_CONFIRM, Permission.DOCUMENT_WRITE}
    regions = registry.own_regions(user)
    if not regions or not {each.value for each in doing} & registry.permissions_of(user):
        return None
    steps = _steps(kept_alike(user, "standing", lambda: _known_standing(regions)))
    return None if all(each.is_done for each in steps) else _items(steps, user)


def _known_standing(regions: Sequence[Region]) -> Mapping[str, bool]:
    """What stands; a place that has begun is not asked again for a day, whatever changes."""
    kept = f"xingke.portal.begun:{ledger_identity()}:{','.join(str(each.pk) for each in regions)}"
    found: Mapping[str, bool] | None = cache.get(kept)
    if found is None:
        found = _standing(regions)
        if all(found.values()):
            cache.set(kept, found, KEPT)
    return found


def _standing(regions: Sequence[Region]) -> Mapping[str, bool]:
    """What stands in some regions and below. One query."""
    inside = Q()
    for each in regions:
        low, high = each.range
        inside |= Q(region__path__gte=low, region__path__lt=high)

    def there(model: type[Model], **more: Any) -> Exists:
        return Exists(model._default_manager.filter(inside, **more))

    def any_record(**more: Any) -> Q:
        found = Q(there(Observation, seq_to__isnull=True, **more))
        for kind in TABLES.values():
            found |= Q(there(kind.event, seq_to__isnull=True, **more))
        return found

    asked = {
        "organisation": Q(there(Organisation)),
        "record": any_record(),
        "confirmed": any_record(state=State.CONFIRMED),
        "declared": Q(there(RecordKeeping, seq_to__isnull=True)),
        "document": Q(there(Document)),
    }
    standing = {name: ExpressionWrapper(found, output_field=BooleanField()) for name, found in asked.items()}
    row = Region.objects.filter(pk=regions[0].pk).order_by().values(**standing).get()
    return {name: bool(found) for name, found in row.items()}


def _steps(done: Mapping[str, bool]) -> list[FirstStep]:
    return [
        FirstStep(_("换密码"), True, None, reverse("accounts:password"), ""),
        FirstStep(
            _("登记单位"),
            done["organisation"],
            Permission.ORGANISATION_EDIT,
            reverse("registry:organisation-new"),
            _("科室人员"),
        ),
        FirstStep(_("导入清单"), done["record"], Permission.IMPORT_RUN, reverse("intake:import-list"), _("科室人员")),
        FirstStep(
            _("确认记录"),
            done["confirmed"],
            Permission.RECORD_CONFIRM,
            f"{reverse('ledger:record-list')}?state=draft",
            _("局领导"),
        ),
        FirstStep(
            _("声明台账完整"), done["declared"], Permission.RECORD_CONFIRM, reverse("ledger:keeping"), _("局领导")
        ),
        FirstStep(
            _("写第一篇"), done["document"], Permission.DOCUMENT_WRITE, reverse("reports:document-write"), _("科室人员")
        ),
    ]


def _items(steps: Sequence[FirstStep], user: User) -> list[dict[str, Any]]:
    """The first that is not done is the one to do; each leads on for whoever may do it, else says who does."""
    items: list[dict[str, Any]] = []
    current = next(each for each in steps if not each.is_done)
    for each in steps:
        may = each.permission is None or registry.has(user, each.permission)
        items.append(
            {
                "label": each.label,
                "state": "done" if each.is_done else "current" if each is current else "todo",
                "url": each.url if may and not each.is_done else "",
                "note": "" if may or each.is_done else _("由%(who)s做") % {"who": each.who},
            }
        )
    return items
