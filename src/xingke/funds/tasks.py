"""What waits on the workbench of whoever plans and pays."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts.models import User
from xingke.base.tasks import Duty, Task, since
from xingke.funds import queries
from xingke.funds.permissions import FundPermission
from xingke.ledger.queries.caching import kept_beside


def _accounts(user: User) -> Iterator[Task]:
    def waiting() -> tuple[int, datetime | None]:
        entered = list(queries.accounts_to_confirm(user).order_by("entered_at").values_list("entered_at", flat=True))
        return len(entered), entered[0] if entered else None

    count, first = kept_beside(user, "accounts to confirm", waiting)
    url = f"{reverse('funds:account-list')}?state=waiting"
    yield Task(_("待确认的收款账户"), count, pgettext("accounts", "个"), url, since(first))


def _batches(user: User) -> Iterator[Task]:
    count = kept_beside(user, "batches to pay", lambda: queries.open_batches(user).count())
    url = f"{reverse('funds:batch-list')}?state=open"
    yield Task(_("待拨付的批次"), count, pgettext("payment batches", "批"), url, _("列入的人和拨付的人须是两个人"))


def _left_over(user: User) -> Iterator[Task]:
    left = queries.commitments_left_over(user).order_by().values("decision").distinct()
    count = kept_beside(user, "commitments left over", left.count)
    url = f"{reverse('funds:commitment-list')}?state=left"
    yield Task(_("事项已办结、没有拨付的安排"), count, pgettext("commitments", "笔"), url, _("释放之后才能另作安排"))


DUTIES = (
    Duty(code="paying", permission=FundPermission.PAY, find=_batches, order=45),
    Duty(code="accounts-to-pay", permission=FundPermission.READ, find=_accounts, order=46, is_theirs=False),
    Duty(code="commitments-left", permission=FundPermission.PLAN, find=_left_over, order=47),
)
