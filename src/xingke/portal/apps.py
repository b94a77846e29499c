from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "xingke.portal"
    label = "portal"
    verbose_name = "工作台"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from xingke.base import menu

        menu.register(
            menu.MenuItem(
                code="workbench", label=_("工作台"), url_name="portal:workbench", order=10, icon="layout-dashboard"
            )
        )
