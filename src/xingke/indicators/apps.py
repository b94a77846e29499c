from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    name = "xingke.indicators"
    label = "indicators"
    verbose_name = _("指标")

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from xingke.accounts.permissions import Permission
        from xingke.base import audited, definitions, menu, searching
        from xingke.base.checks import CHECKS
        from xingke.base.menu import SHORTCUTS, Shortcut
        from xingke.base.tasks import DUTIES
        from xingke.base.undoing import OBSTACLES
        from xingke.indicators import checks, finding, rules, tasks
        from xingke.indicators.queries import undoing
        from xingke.indicators.rules import identities

        audited.announce({"figures.frozen": _("冻结数字")})
        definitions.KINDS.add(rules.INDICATORS)
        definitions.KINDS.add(identities.IDENTITIES)
        searching.SEARCHABLES.add(finding.INDICATORS)
        DUTIES.add(*tasks.DUTIES)
        CHECKS.add(*checks.CHECKS)
        OBSTACLES.add(undoing.OBSTACLE)
        menu.ITEMS.add(
            menu.MenuItem(
                code="indicators",
                label=pgettext_lazy("several", "指标"),
                url_name="indicators:indicator-list",
                permission=Permission.INDICATOR_READ,
                order=60,
                icon="chart-line",
            )
        )
        SHORTCUTS.add(
            Shortcut(
                code="indicators",
                label=_("看指标"),
                url_name="indicators:indicator-list",
                permission=Permission.INDICATOR_READ,
                icon="chart-line",
                order=30,
                is_look=True,
            )
        )
