from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "xingke.reports"
    label = "reports"
    verbose_name = _("文稿")

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from xingke.accounts.permissions import Permission
        from xingke.base import audited, definitions, menu, panels, searching
        from xingke.base.beginnings import BEGINNINGS, Beginning
        from xingke.base.checks import CHECKS
        from xingke.base.menu import SHORTCUTS, Shortcut
        from xingke.base.noticing import NOTICE_KINDS
        from xingke.base.tasks import DUTIES
        from xingke.registry.listing import LISTS
        from xingke.reports import checks, finding, lists, rules, tasks, telling
        from xingke.reports.queries import any_document, effects

        audited.announce(
            {
                "key.trusted": _("承认公钥"),
                "key.distrusted": _("不再承认公钥"),
                "document.written": _("写成文稿"),
                "document.edited": _("修改文稿"),
                "document.asked": _("提交保密审查"),
                "document.passed": _("审查通过文稿"),
                "document.refused": _("退回文稿"),
                "document.published": _("公布文稿"),
                "document.retracted": _("撤回文稿"),
                "document.handed-up": _("报送文稿"),
                "document.recalled": _("撤回报送"),
            }
        )
        audited.announce_details(
            {
                "title": _("标题"),
                "frozen": pgettext_lazy("done", "冻结数字"),
                "seq": pgettext_lazy("of the ledger", "序号"),
                "edition": pgettext_lazy("one", "版本"),
                "key": _("公钥"),
                "to": pgettext_lazy("document", "报送至"),
                "recalled": _("同时撤回报送"),
                "replaces": _("取代的一版"),
            }
        )
        definitions.KINDS.add(rules.OUTLINES)
        searching.SEARCHABLES.add(finding.DOCUMENTS)
        LISTS.add(lists.DOCUMENTS)
        DUTIES.add(*tasks.DUTIES)
        NOTICE_KINDS.add(*telling.KINDS)
        CHECKS.add(*checks.CHECKS)
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
        for order, code, label, url_name, permission, icon in (
            (10, "write", _("写文稿"), "reports:document-write", Permission.DOCUMENT_WRITE, "pencil"),
            (20, "verify", _("核验文件"), "reports:verify", Permission.DOCUMENT_VERIFY, "shield-check"),
        ):
            SHORTCUTS.add(
                Shortcut(code=code, label=label, url_name=url_name, permission=permission, icon=icon, order=order)
            )
        BEGINNINGS.add(
            Beginning(
                code="document",
                label=_("写第一篇"),
                who=_("科室人员"),
                permission=Permission.DOCUMENT_WRITE,
                url_name="reports:document-write",
                stands=any_document,
                order=50,
            )
        )
