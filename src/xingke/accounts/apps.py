import time
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "xingke.accounts"
    label = "accounts"
    verbose_name = _("账户与审计")

    def ready(self) -> None:
        """A session is new when somebody signs in: it need not be made longer at once."""
        from xingke.accounts import checks, endings, queries
        from xingke.accounts.models import AuditEntry
        from xingke.base import audited
        from xingke.base.checks import CHECKS
        from xingke.base.holding import HOLDERS, Holder
        from xingke.base.retaining import EXPIRIES

        audited.announce(
            {
                "session.opened": _("登录"),
                "session.closed": _("退出登录"),
                "account.created": _("开立账号"),
                "account.opened": _("启用账号"),
                "account.closed": _("停用账号"),
                "password.changed": _("更改密码"),
                "password.reset": _("重置密码"),
                "session.refused": _("登录失败"),
                "session.unknown": _("登录失败（没有这个账号）"),
                "session.overflow": _("登录失败过多，其余不逐条记"),
                "account.locked": _("账号锁定"),
                "account.unlocked": _("解锁账号"),
                "files.ended": _("清理没有记录引用的文件"),
            }
        )
        audited.announce_details(
            {
                "name": _("姓名或岗位"),
                "address": _("来访地址"),
                AuditEntry.PARTS: _("同时"),
                "on_behalf_of": _("代为办理"),
                "paper": _("书面依据"),
                "link": _("外部链接"),
                "job": _("任务"),
            }
        )
        CHECKS.add(*checks.CHECKS)
        HOLDERS.add(Holder(code="attachments", digests=queries.attached))
        EXPIRIES.add(*endings.EXPIRIES)
        user_logged_in.connect(_begin_session, dispatch_uid="xingke.session-begins")


def _begin_session(request: Any, **_signal: Any) -> None:  # Django's own arguments
    from xingke.accounts.middleware import SEEN

    request.session[SEEN] = int(time.time())
