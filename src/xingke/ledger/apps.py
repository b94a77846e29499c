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
        """Tell lower rooms what there is here, each in a function of its own below."""
        _announce_definitions()
        _announce_kinds_to_the_trail()
        _announce_the_rest_to_the_trail()
        _announce_searches()
        _announce_lists()
        _announce_duties_and_checks()
        _announce_days()
        _announce_menu()
        _announce_panels()
        _announce_first_steps()


# What needs models can be imported once all applications are there: each function imports what it announces.


def _announce_definitions() -> None:
    from xingke.base import definitions
    from xingke.ledger import rules

    definitions.KINDS.add(rules.NAMES)


def _announce_kinds_to_the_trail() -> None:
    """What is done to a record of a kind, also under its earlier codes."""
    from xingke.base import audited
    from xingke.ledger.kinds import KINDS

    for kind in KINDS.values():
        amounts = {each.name: (each.word_in_base, each.units[-1].scale) for each in kind.measured}
        audited.KINDS.add(audited.AuditedKind(kind.code, kind.word, kind.formerly, amounts))
        audited.announce(
            {f"{kind.code}.{done}": said.filled(kind=kind.word) for done, said in DONE.items()},
            {f"{kind.code}.{done}": tuple(f"{code}.{done}" for code in kind.formerly) for done in DONE},
        )


def _announce_the_rest_to_the_trail() -> None:
    """What is done to records of any kind, to reported figures and declarations, and the words of all details."""
    from xingke.base import audited

    audited.announce(
        {
            "records.confirmed": _("批量确认"),
            "records.undone": _("撤销登记"),
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
            "undone": _("撤销的操作（序号）"),
        }
    )


def _announce_searches() -> None:
    from xingke.base import searching
    from xingke.ledger import finding

    for searchable in (*finding.RECORDS, finding.OBSERVATIONS):
        searching.SEARCHABLES.add(searchable)
    searching.FURTHER.add(finding.TITLES)


def _announce_lists() -> None:
    from xingke.ledger import lists
    from xingke.registry.listing import LISTS

    LISTS.add(*lists.ALL)


def _announce_days() -> None:
    from xingke.base.agenda import AGENDA
    from xingke.base.noticing import NOTICE_KINDS
    from xingke.base.reminding import REMINDERS
    from xingke.ledger import dates

    NOTICE_KINDS.add(dates.ENDING)
    AGENDA.add(dates.DATED)
    REMINDERS.add(dates.REMINDER)


def _announce_duties_and_checks() -> None:
    from xingke.base.checks import CHECKS
    from xingke.base.tasks import DUTIES, OWN_WORK
    from xingke.ledger import checks, tasks

    DUTIES.add(*tasks.DUTIES)
    OWN_WORK.add(tasks.OWN)
    CHECKS.add(*checks.CHECKS)


def _announce_menu() -> None:
    from django.utils.translation import pgettext_lazy

    from xingke.accounts.permissions import Permission
    from xingke.base.menu import ITEMS, SHORTCUTS, WAYS, MenuItem, Shortcut, Ways
    from xingke.ledger import ways

    ITEMS.add(
        MenuItem(
            code="records",
            label=_("台账"),
            url_name="ledger:record-list",
            permission=Permission.RECORD_READ,
            order=30,
            icon="certificate",
        ),
        MenuItem(
            code="observations",
            label=pgettext_lazy("several", "上报数"),
            url_name="ledger:observation-list",
            permission=Permission.RECORD_READ,
            order=40,
            icon="table",
            of_region=True,
        ),
    )
    SHORTCUTS.add(
        Shortcut(
            code="records",
            label=_("查台账"),
            url_name="ledger:record-list",
            permission=Permission.RECORD_READ,
            icon="list",
            order=40,
            is_look=True,
        )
    )
    WAYS.add(
        Ways(code="records", find=ways.to_go, order=30), Ways(code="entries", find=ways.to_begin, begins=True, order=30)
    )


def _announce_panels() -> None:
    """What the pages of organisations and people, and the lists of them, show of the ledger."""
    from xingke.base.panels import PANELS, Panel
    from xingke.ledger import organisation_panels as filled
    from xingke.ledger import people_panels

    PANELS.add(
        Panel(
            page="organisation",
            code="holdings",
            template="ledger/organisation_holdings.html",
            context=filled.holdings,
            order=10,
        ),
        Panel(
            page="organisation",
            code="timeline",
            template="ledger/organisation_timeline.html",
            context=filled.timeline,
            order=20,
        ),
        Panel(page="organisation-list", code="holdings", template="", context=filled.counts, order=10),
        Panel(
            page="organisation-actions",
            code="entries",
            template="ledger/organisation_entries.html",
            context=filled.ways_on,
            order=10,
        ),
        Panel(
            page="person-list-actions",
            code="listed",
            template="ledger/person_list_listed.html",
            context=people_panels.way_to_listed,
            order=10,
        ),
        Panel(
            page="person",
            code="listed",
            template="ledger/person_listed.html",
            context=people_panels.called_so,
            order=10,
        ),
    )


def _announce_first_steps() -> None:
    from xingke.accounts.permissions import Permission
    from xingke.base.beginnings import BEGINNINGS, Beginning
    from xingke.ledger.queries import beginning

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
