"""Signing in, and opening accounts."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Account and password; one sentence for every failure, so that nobody learns which accounts exist."""

    username = forms.CharField(
        label=_("账号"), widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    error_messages = {
        "invalid_login": _("账号或密码不正确，请重新输入。"),
        "inactive": _("账号或密码不正确，请重新输入。"),
    }


class NewAccountForm(forms.Form):
    """An account to be opened; it may do nothing until the security administrator grants a role."""

    username = forms.CharField(label=_("账号"), max_length=64, help_text=_("字母、数字或 @ . + - _，登录时使用。"))
    name = forms.CharField(label=_("姓名或岗位"), max_length=64, help_text=_("显示在页面和审计记录中。"))
    password = forms.CharField(
        label=_("初始密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 位，不能全是数字，不能与账号相似。"),
    )  # fmt: skip
