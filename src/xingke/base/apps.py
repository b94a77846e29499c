"""The ground floor as a Django app: templates, components, template tags, static files. No models."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BaseConfig(AppConfig):
    name = "xingke.base"
    label = "base"
    verbose_name = _("基础")
