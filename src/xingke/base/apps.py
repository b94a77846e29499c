"""The ground floor as a Django app: templates, components, template tags, static files. No models."""

from django.apps import AppConfig
from django.forms import BaseFormSet, Field
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from xingke.base import fitting, sayings


class BaseConfig(AppConfig):
    name = "xingke.base"
    label = "base"
    verbose_name = _("基础")

    def ready(self) -> None:
        fitting.watch()
        sayings.speak_by(translate=gettext, language=lambda: get_language() or "zh-hans")
        Field.default_error_messages["required"] = _("请填写这一项。")  # Django's word is of fields
        BaseFormSet.default_error_messages["missing_management_form"] = _("表单没有送全，请刷新页面后再填一次。")
