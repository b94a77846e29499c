"""What every page's frame needs."""

from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base import searching
from xingke.notices import queries as notices
from xingke.registry import queries as registry


class Bell:
    """The mark in the header; counts when it is drawn, so that what shows no header asks nothing."""

    def __init__(self, user: User) -> None:
        self._user = user
        self.url = reverse("notices:notice-list")

    @cached_property
    def count(self) -> int:
        """How many notices were not read. One query."""
        return notices.unread_count(self._user)

    @property
    def text(self) -> str:
        """The same as it is written: no more than two digits."""
        return str(self.count) if self.count <= notices.MOST else f"{notices.MOST}+"


def page(request: HttpRequest) -> dict[str, object]:
    """The reader's roles and regions for the header; nothing for strangers. ``may_search``: there is something to find."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {}
    language = get_language() or "zh-hans"
    regions = registry.own_regions(user)
    if not regions:  # who acts in their own name works for none: where they belong
        regions = [each.region for each in registry.own_persons(user) if each.region is not None]
    return {
        "bell": Bell(user),
        "may_search": not searching.permissions().isdisjoint(registry.permissions_of(user)),
        "current_region": _("、").join(region.name for region in regions[:2]) + ("…" if len(regions) > 2 else ""),
        "account_role": " · ".join(role.label.in_language(language) for role in registry.roles_of(user)),
    }
