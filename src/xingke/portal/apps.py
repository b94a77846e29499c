from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "xingke.portal"
    label = "portal"
    verbose_name = _("工作台")

    def ready(self) -> None:

        from xingke.base import menu

        menu.ITEMS.add(
            menu.MenuItem(
                code="workbench", label=_("工作台"), url_name="portal:workbench", order=10, icon="layout-dashboard"
            )
        )
