"""Where everybody may go besides the menu."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.base.menu import Way


def to_go(_user: Any) -> Iterator[Way]:
    """What is their own, and the guide."""
    yield Way(_("我的提醒"), reverse("notices:notice-list"), "bell")
    yield Way(_("使用手册"), reverse("portal:guide"), "help-circle")
    yield Way(_("我的密码"), reverse("accounts:password"), "user")
