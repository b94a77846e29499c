from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from xingke.base.sayings import say

# what is done to a record of any kind → how the trail says it
DONE = {
    "filed": say("登记%(kind)s"),
    "event-filed": say("登记%(kind)s事件"),
    "event-confirmed": say("确认%(kind)s事件"),
    "event-corrected": say("更正%(kind)s事件"),
    "event-voided": say("作废%(kind)s事件"),
    "corrected": say("更正%(kind)s"),
    "correction-proposed": say("提出更正%(kind)s"),
    "correction-accepted": say("采纳对%(kind)s的更正"),
    "correction-declined": say("不采纳对%(kind)s的更正"),
    "correction-withdrawn": say("撤回对%(kind)s的更正"),
    "void-proposed": say("提出作废%(kind)s事件"),
    "void-accepted": say("采纳对%(kind)s事件的作废"),
    "void-declined": say("不采纳对%(kind)s事件的作废"),
    "void-withdrawn": say("撤回对%(kind)s事件的作废"),
    "imported": say("导入%(kind)s"),
}


class LedgerConfig(AppConfig):
    name = "xingke.ledger"
    label = "ledger"
    verbose_name = _("台账")

    def ready(self) -> None:
        from django.utils.translation import pgettext_lazy

        from xingke.accounts.permissions import Permission
        from xingke.base import audited, definitions, menu, panels, searching
        from xingke.base.beginnings import BEGINNINGS, Beginning
        from xingke.base.checks import CHECKS
        from xingke.base.menu import SHORTCUTS, Shortcut
        from xingke.base.tasks import DUTIES, OWN_WORK
        from xingke.ledger import checks, finding, people_panels, rules, tasks
        from xingke.ledger import organisation_panels as filled
        from xingke.ledger.kinds import KINDS
        from xingke.ledger.queries import beginning

        for kind in KINDS.values():
            amounts = {each.name: (each.word_in_base, each.units[-1].scale) for each in kind.measured}
            audited.KINDS.add(audited.AuditedKind(kind.code, kind.word, kind.formerly, amounts))
            audited.announce(
                {f"{kind.code}.{done}": said.filled(kind=kind.word) for done, said in DONE.items()},
                {f"{kind.code}.{done}": tuple(f"{code}.{done}" for code in kind.formerly) for done in DONE},
            )
        audited.announce(
            {
                "records.confirmed": _("批量确认"),
                "recognition.last-days-given": _("补记资质有效期"),
                "recognition.merged": _("合并重复的资质"),
                "evidence.attached": _("上传佐证"),
                "evidence.withdrawn": _("撤下佐证"),
                "observation.confirmed": _("确认上报数"),
                "observation.corrected": _("更正上报数"),
                "observation.voided": _("作废上报数"),
                "observation.chosen": _("采用上报数"),
                "record-keeping.declared": _("声明台账完整"),
            }
        )
        audited.announce_details(
            {
                "kind": _("类别"),
                "kinds": _("类别"),
                "since": _("起始日期"),
                "event": _("事件"),
                "on": _("日期"),
                "happened_on": _("日期"),
                "subject": _("所属记录"),
                "confirmed": _("直接确认"),
                "left": _("未能确认"),
                "files": _("佐证文件"),
                "proposal": _("改动建议"),
                "certificates": _("证书份数"),
                "merged": _("并入的记录"),
            }
        )
        definitions.KINDS.add(rules.NAMES)
        for searchable in (*finding.RECORDS, finding.OBSERVATIONS):
            searching.SEARCHABLES.add(searchable)
        searching.FURTHER.add(finding.TITLES)
        DUTIES.add(*tasks.DUTIES)
        CHECKS.add(*checks.CHECKS)
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
        ):
            menu.ITEMS.add(
                menu.MenuItem(
                    code=code,
                    label=label,
                    url_name=url_name,
                    permission=permission,
                    order=order,
                    icon=icon,
                    of_region=code == "observations",
                )
            )
        panels.PANELS.add(
            panels.Panel(
                page="organisation",
                code="holdings",
                template="ledger/organisation_holdings.html",
                context=filled.holdings,
                order=10,
            )
        )
        panels.PANELS.add(
            panels.Panel(
                page="organisation",
                code="timeline",
                template="ledger/organisation_timeline.html",
                context=filled.timeline,
                order=20,
            )
        )
        panels.PANELS.add(
            panels.Panel(page="organisation-list", code="holdings", template="", context=filled.counts, order=10)
        )
        panels.PANELS.add(
            panels.Panel(
                page="organisation-actions",
                code="entries",
                template="ledger/organisation_entries.html",
                context=filled.ways_on,
                order=10,
            )
        )
        panels.PANELS.add(
            panels.Panel(
                page="person-list-actions",
                code="listed",
                template="ledger/person_list_listed.html",
                context=people_panels.way_to_listed,
                order=10,
            ),
            panels.Panel(
                page="person",
                code="listed",
                template="ledger/person_listed.html",
                context=people_panels.called_so,
                order=10,
            ),
        )
        OWN_WORK.add(tasks.OWN)
        SHORTCUTS.add(
            Shortcut(
                code="records",
                label=_("查台账"),
                url_name="ledger:record-list",
                permission=Permission.RECORD_READ,
                icon="list",
                order=40,
            )
        )
        BEGINNINGS.add(
            Beginning(
                code="confirmed",
                label=_("确认记录"),
                who=_("局领导"),
                permission=Permission.RECORD_CONFIRM,
                url_name="ledger:record-list",
                query="?state=draft",
                stands=beginning.any_confirmed,
                order=30,
            ),
            Beginning(
                code="declared",
                label=_("声明台账完整"),
                who=_("局领导"),
                permission=Permission.RECORD_CONFIRM,
                url_name="ledger:keeping",
                stands=beginning.any_declared,
                order=40,
            ),
        )
