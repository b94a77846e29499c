from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "xingke.ledger"
    label = "ledger"
    verbose_name = _("台账")

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from xingke.accounts.permissions import Permission
        from xingke.base import definitions, jobs, menu, panels, searching
        from xingke.ledger import finding, import_jobs, rules, sheets
        from xingke.ledger import organisation_panels as filled
        from xingke.ledger.kinds import KINDS
        from xingke.registry import audit_words

        for kind in KINDS.values():
            amounts = {each.name: (each.word_in_base, each.units[-1].scale) for each in kind.measured}
            audit_words.KINDS.add(audit_words.AuditedKind(kind.code, kind.word, amounts))
        definitions.KINDS.add(rules.NAMES)
        definitions.KINDS.add(sheets.SHEETS)
        for searchable in (*finding.RECORDS, finding.OBSERVATIONS):
            searching.SEARCHABLES.add(searchable)
        searching.FURTHER.add(finding.TITLES)
        for code, label, run in (
            (import_jobs.PREPARE, _("核对导入的文件"), import_jobs.prepare),
            (import_jobs.RECHECK, _("重新核对导入的行"), import_jobs.recheck),
            (import_jobs.FILE, _("登记导入的行"), import_jobs.file),
        ):
            jobs.KINDS.add(jobs.JobKind(code=code, label=label, back="ledger:import-list", run=run))
        for order, code, label, url_name, permission, icon in (
            (30, "records", _("台账"), "ledger:record-list", Permission.RECORD_READ, "certificate"),
            (
                40,
                "observations",
                pgettext_lazy("several", "上报数"),
                "ledger:observation-list",
                Permission.RECORD_READ,
                "table",
            ),
            (50, "imports", _("导入"), "ledger:import-list", Permission.IMPORT_RUN, "file-import"),
        ):
            menu.ITEMS.add(
                menu.MenuItem(
                    code=code, label=label, url_name=url_name, permission=permission, order=order, icon=icon,
                    of_region=code == "observations",
                )
            )  # fmt: skip
        panels.PANELS.add(
            panels.Panel(
                page="organisation", code="holdings", template="ledger/organisation_holdings.html",
                context=filled.holdings, order=10,
            )
        )  # fmt: skip
        panels.PANELS.add(
            panels.Panel(
                page="organisation", code="timeline", template="ledger/organisation_timeline.html",
                context=filled.timeline, order=20,
            )
        )  # fmt: skip
        panels.PANELS.add(
            panels.Panel(page="organisation-list", code="holdings", template="", context=filled.counts, order=10)
        )
        panels.PANELS.add(
            panels.Panel(
                page="organisation-actions", code="entries", template="ledger/organisation_entries.html",
                context=filled.ways_on, order=10,
            )
        )  # fmt: skip
