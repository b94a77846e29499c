from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "xingke.intake"
    label = "intake"
    verbose_name = _("导入")

    def ready(self) -> None:
        from xingke.accounts.permissions import Permission
        from xingke.base import audited, definitions, jobs, menu
        from xingke.base.beginnings import BEGINNINGS, Beginning
        from xingke.base.holding import HOLDERS, Holder
        from xingke.base.menu import SHORTCUTS, Shortcut
        from xingke.base.retaining import EXPIRIES
        from xingke.base.tasks import DUTIES
        from xingke.intake import jobs as ours
        from xingke.intake import lists, queries, tasks
        from xingke.intake.actions import ending
        from xingke.intake.actions.handing_over import FILE, PREPARE, RECHECK
        from xingke.intake.actions.undoing import UNDO
        from xingke.intake.queries import relisting
        from xingke.intake.sheets import forms
        from xingke.ledger.queries import beginning
        from xingke.ledger.relists import RELISTS
        from xingke.registry.listing import LISTS

        outcomes = {
            "new": _("新登记"),
            "changed": _("有改动"),
            "unchanged": _("未改动"),
            "waiting": _("待读"),
            "rejected": _("未导入"),
        }
        audited.announce({"observation.imported": _("导入上报数"), "imports.ended": _("清理一直没有登记的导入")})
        audited.announce_details({"encoding": _("编码")})
        audited.DETAILS.add(audited.AuditedDetail("counts", _("计数"), outcomes))
        definitions.KINDS.add(forms.SHEETS)
        RELISTS.add(relisting.RELIST)
        LISTS.add(lists.IMPORTS)
        DUTIES.add(*tasks.DUTIES)
        HOLDERS.add(Holder(code="imports", digests=queries.handed_over))
        EXPIRIES.add(*ending.EXPIRIES)
        for code, label, run in (
            (PREPARE, _("核对导入的文件"), ours.prepare),
            (RECHECK, _("重新核对导入的行"), ours.recheck),
            (FILE, _("登记导入的行"), ours.file),
            (UNDO, _("撤销导入"), ours.undo),
        ):
            jobs.KINDS.add(jobs.JobKind(code=code, label=label, back="intake:import-list", run=run))
        menu.ITEMS.add(
            menu.MenuItem(
                code="imports",
                label=_("导入"),
                url_name="intake:import-list",
                permission=Permission.IMPORT_RUN,
                order=50,
                icon="file-import",
            )
        )
        SHORTCUTS.add(
            Shortcut(
                code="imports",
                label=_("导入数据"),
                url_name="intake:import-list",
                permission=Permission.IMPORT_RUN,
                icon="file-import",
                order=60,
            )
        )
        BEGINNINGS.add(
            Beginning(
                code="record",
                label=_("导入清单"),
                who=_("科室人员"),
                permission=Permission.IMPORT_RUN,
                url_name="intake:import-list",
                stands=beginning.any_record,
                order=20,
            )
        )
