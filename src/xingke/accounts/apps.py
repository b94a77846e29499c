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
        user_logged_in.connect(_begin_session, dispatch_uid="xingke.session-begins")


def _begin_session(request: Any, **_signal: Any) -> None:  # Django's own arguments
    from xingke.accounts.middleware import SEEN

    request.session[SEEN] = int(time.time())
