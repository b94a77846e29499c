"""Where somebody may go in the room of money besides the menu, and what they may begin there."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.menu import Way
from xingke.funds import queries
from xingke.funds.permissions import FundPermission
from xingke.registry import queries as registry


def to_go(user: User) -> Iterator[Way]:
    """The lists beside the one of the menu."""
    if registry.has_code_for_a_region(user, FundPermission.READ):
        for name, label in (
            ("commitment-list", _("资金安排")),
            ("batch-list", _("拨付批次")),
            ("account-list", _("收款账户")),
        ):
            yield Way(label, reverse(f"funds:{name}"), "list")


def to_begin(user: User) -> Iterator[Way]:
    """What whoever plans money may begin."""
    if queries.may_plan_anywhere(user):
        for name, label in (
            ("commitment-new", _("安排资金")),
            ("batch-new", _("新建拨付批次")),
            ("account-new", _("登记收款账户")),
            ("pool-new", _("设立资金池")),
        ):
            yield Way(label, reverse(f"funds:{name}"), "plus")
