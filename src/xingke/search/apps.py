from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "xingke.search"
    label = "search"
    verbose_name = _("搜索")

    def ready(self) -> None:
        from xingke.base.checks import CHECKS
        from xingke.search import checks

        CHECKS.add(*checks.CHECKS)
