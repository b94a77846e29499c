"""The row above the lists of what several cases share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import home_regions


def places(user: User, current: str) -> list[dict[str, Any]]:
    """The lists somebody may see; meetings, publicity, groups and substitutes are the bureau's."""
    found = [("case-list", _("事项")), ("call-list", _("申报")), ("notice-list", _("通知"))]
    if home_regions(user, CasePermission.READ):
        found += [("meeting-list", pgettext("several", "会议")), ("publicity-list", _("公示"))]
        found += [("group-list", _("工作专班")), ("substitute-list", _("AB 岗"))]
    return [
        {"label": label, "url": reverse(f"casework:{name}"), "is_current": name == current} for name, label in found
    ]
