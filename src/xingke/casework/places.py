"""The row above the lists of what several cases share."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.base.addresses import page_address
from xingke.base.register import Register
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import home_regions


@dataclass(frozen=True)
class CasePlace:
    """A list of an upper room that stands in the row, too. label: in the reader's language when it is printed."""

    url_name: str
    label: Any

    @property
    def code(self) -> str:
        return self.url_name


FURTHER: Register[CasePlace] = Register("place")


def places(user: User, current: str) -> list[dict[str, Any]]:
    """The lists somebody may see; meetings, publicity, groups and substitutes are the bureau's."""
    found = [("case-list", _("事项")), ("call-list", _("申报")), ("notice-list", _("通知"))]
    if home_regions(user, CasePermission.READ):
        found += [("meeting-list", pgettext("several", "会议")), ("publicity-list", _("公示"))]
        found += [("group-list", _("工作专班")), ("substitute-list", _("AB 岗"))]
    here = [(f"casework:{name}", label, name == current) for name, label in found]
    here += [(each.url_name, each.label, each.url_name == current) for each in FURTHER]
    return [{"label": label, "url": page_address(name), "is_current": is_current} for name, label, is_current in here]
