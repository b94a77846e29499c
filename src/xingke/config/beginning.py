"""The first hour of a real installation: regions, definitions and the three administrators, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.registry import actions as registry
from xingke.registry import queries

NATIONAL = Path(settings.PACKAGE) / "packs" / "national"
EVERYWHERE = "000000"


@dataclass(frozen=True)
class Administrator:
    """One of the three (三员): account, what it is for, and its role."""

    username: str
    name: str
    role: str


ADMINISTRATORS = (
    Administrator("system", "系统管理员", "system_administrator"),
    Administrator("security", "安全管理员", "security_administrator"),
    Administrator("auditor", "安全审计员", "auditor"),
)


@transaction.atomic
def begin(*, now: datetime) -> Mapping[str, str]:
    """Load regions and definitions, open the administrators' accounts. Returns their first passwords by account.

    Raises Refused where accounts exist already: an installation begins once. Whoever calls shows the passwords before
    the transaction ends: nobody could sign in if they were lost.
    """
    if User.objects.exists():
        raise Refused(
            "这个安装已有账号，不能再次建立。忘记口令时，请由系统管理员在“账号”页重置，或在服务器上运行 xingke reset-password。"
        )
    registry.load_regions(folder=NATIONAL, by=None, now=now)
    registry.load_pack(folder=NATIONAL, by=None, now=now)
    everywhere = queries.region_by_name_or_code(EVERYWHERE)
    passwords: dict[str, str] = {}
    for each in ADMINISTRATORS:
        passwords[each.username] = accounts.first_password()
        user = accounts.create_account(
            username=each.username, name=each.name, password=passwords[each.username], by=None, now=now, for_now=True
        )
        registry.give_role(user=user, role=each.role, region=everywhere, by=None, now=now)
    return passwords
