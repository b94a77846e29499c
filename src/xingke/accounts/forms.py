"""Signing in, opening accounts, and passwords."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from xingke.accounts import passwords
from xingke.accounts.models import User

_WRONG = _("账号或密码不正确，请重新输入。")
_LONGEST = 256  # letters of a password


def _new_password(label: Any) -> forms.CharField:  # Django's lazy text
    return forms.CharField(
        label=label,
        max_length=_LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 位，不能全是数字，不能与账号相似。"),
    )


class SignInForm(AuthenticationForm):
    """Account and password; one sentence for every failure, so that nobody learns which accounts exist."""

    username = forms.CharField(
        label=_("账号"),
        max_length=64,
        error_messages={"max_length": _WRONG},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=_LONGEST,
        error_messages={"max_length": _WRONG},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}


def _first_password() -> forms.CharField:
    return forms.CharField(
        label=_("初始密码"),
        max_length=_LONGEST,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("留空时由系统生成，只显示这一次；自己设的至少 10 位，不能全是数字，不能与账号相似。"),
    )


class _FirstPasswordForm(forms.Form):
    """A form with somebody else's first password: the one that was typed, or one nobody chose."""

    password: forms.Field

    def owner(self) -> User:
        """Whose password it will be."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        typed = found.get("password", "")
        for fault in passwords.faults(typed, self.owner()) if typed else ():
            self.add_error("password", fault)
        return found


class NewAccountForm(_FirstPasswordForm):
    """An account to be opened; it may do nothing until the security administrator grants a role."""

    username = forms.CharField(label=_("账号"), max_length=64, help_text=_("字母、数字或 @ . + - _，登录时使用。"))
    name = forms.CharField(label=_("姓名或岗位"), max_length=64, help_text=_("显示在页面和审计记录中。"))
    password = _first_password()

    def owner(self) -> User:
        return User(username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", ""))


class ResetForm(_FirstPasswordForm):
    """Another first password for somebody who forgot theirs."""

    password = _first_password()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.user = user

    def owner(self) -> User:
        return self.user


class PasswordForm(forms.Form):
    """One's own password: the old one, and the new one twice."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.user = user

    old = forms.CharField(
        label=_("原密码"),
        max_length=_LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = _new_password(_("新密码"))
    again = forms.CharField(
        label=_("再输一次新密码"),
        max_length=_LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and found["new"] != found["again"]:
            self.add_error("again", _("两次输入的新密码不一致，请重新输入。"))
        for fault in passwords.faults(found["new"], self.user) if "new" in found else ():
            self.add_error("new", fault)
        return found
