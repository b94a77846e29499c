"""What a password must be, each rule with a sentence of our own: Django's catalogue leaves some in English."""

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from xingke.accounts.models import User


class LongEnough(password_validation.MinimumLengthValidator):
    """At least so many letters."""

    def get_error_message(self) -> str:
        return _("密码太短，至少要有 %(least)d 位。") % {"least": self.min_length}


class NotCommon(password_validation.CommonPasswordValidator):
    """None of the passwords everybody tries first."""

    def get_error_message(self) -> str:
        return _("这个密码太常见，容易被猜到。")


class NotOnlyDigits(password_validation.NumericPasswordValidator):
    """More than a number."""

    def get_error_message(self) -> str:
        return _("密码不能全是数字。")


class NotLikeTheAccount(password_validation.UserAttributeSimilarityValidator):
    """Nothing that can be guessed from the account."""

    def get_error_message(self) -> str:
        return _("密码与账号或姓名太相似。")


def faults(password: str, user: User) -> list[str]:
    """What speaks against a password for an account, one sentence each; empty if nothing does."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []
