from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "xingke.reports"
    label = "reports"
    verbose_name = _("文稿")

    def ready(self) -> None:

        from xingke.accounts.permissions import Permission
        from xingke.base import definitions, menu, panels, searching
        from xingke.reports import effects, finding, rules

        definitions.KINDS.add(rules.OUTLINES)
        searching.SEARCHABLES.add(finding.DOCUMENTS)
        panels.PANELS.add(
            panels.Panel(
                page="records-confirm", code="effect", template="reports/confirm_effect.html", context=effects.effect
            )
        )
        for order, code, label, url_name, permission, icon in (
            (70, "documents", _("文稿"), "reports:document-list", Permission.DOCUMENT_READ, "file-text"),
            (75, "verify", _("核验"), "reports:verify", Permission.DOCUMENT_VERIFY, "shield-check"),
        ):
            menu.ITEMS.add(
                menu.MenuItem(code=code, label=label, url_name=url_name, permission=permission, order=order, icon=icon)
            )
