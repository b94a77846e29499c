"""What somebody may begin in casework: cases of the flows they may open, and common acts."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.menu import Way
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import PREPARES, home_regions
from xingke.casework.queries.offers import flows_to_open
from xingke.registry import queries as registry


def to_begin(user: User) -> Iterator[Way]:
    """The flows somebody may open a case of, and the common acts they may begin, as the pages of these offer them."""
    language = get_language() or "zh"
    for flow in flows_to_open(user):
        label = flow.flow.label.in_language(language)
        yield Way(_("发起：%(flow)s") % {"flow": label}, reverse("casework:case-new", args=[flow.flow.code]), "plus")
    if registry.has(user, CasePermission.HANDLE) or registry.has(user, CasePermission.DECIDE):
        yield Way(_("召集会议"), reverse("casework:meeting-new"), "plus")
    if home_regions(user, CasePermission.MANAGE):
        yield Way(_("发布申报批次"), reverse("casework:call-flows"), "plus")
    if home_regions(user, *PREPARES):
        yield Way(_("发通知"), reverse("casework:notice-new"), "plus")
