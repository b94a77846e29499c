from enum import StrEnum

from django.apps import AppConfig


class LoanPermission(StrEnum):
    """What the room asks for that no other does."""

    LEND = "loan.lend"


class LoansConfig(AppConfig):
    name = "tests.loans"
    label = "loans"

    def ready(self) -> None:
        from xingke.accounts.permissions import PERMISSIONS, Grantable

        PERMISSIONS.add(Grantable(permission=LoanPermission.LEND, is_work=True))
