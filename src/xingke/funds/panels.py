"""What the page of a case shows of money."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse

from xingke.accounts.models import User
from xingke.casework.queries import CaseRead
from xingke.funds import queries
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import paying


def of_case(user: User, read: CaseRead) -> Mapping[str, Any] | None:
    """What was decided and paid for a case, for whoever sees the bureau's money; None where its flow pays nothing."""
    case = read.case
    if not paying.ever_pays(read) or not queries.is_at_home(user, FundPermission.READ, case.region):
        return None
    may_plan = queries.is_at_home(user, FundPermission.PLAN, case.region) and not read.last.ended
    return {
        "rows": [(row, Decimal(row.amount) / 100) for row in queries.commitments_of(case)],
        "commit_url": f"{reverse('funds:commitment-new')}?case={case.number}" if may_plan and case.number else "",
    }
