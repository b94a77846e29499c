"""What somebody may begin in the room of money."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.menu import Way
from xingke.funds import queries


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
