from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "xingke.portal"
    label = "portal"
    verbose_name = _("工作台")

    def ready(self) -> None:

        from xingke.base import menu
        from xingke.portal import ways

        menu.ITEMS.add(
            menu.MenuItem(
                code="workbench", label=_("工作台"), url_name="portal:workbench", order=10, icon="layout-dashboard"
            )
        )
        menu.WAYS.add(menu.Ways(code="own", find=ways.to_go, order=90))
