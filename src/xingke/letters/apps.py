from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LettersConfig(AppConfig):
    name = "xingke.letters"
    label = "letters"
    verbose_name = _("文书")

    def ready(self) -> None:
        from xingke.base import audited, definitions
        from xingke.base.checks import CHECKS
        from xingke.base.panels import PANELS, Panel
        from xingke.base.retaining import EXPIRIES
        from xingke.base.tasks import DUTIES
        from xingke.casework.places import FURTHER, CasePlace
        from xingke.letters import checks, lists, panels, tasks
        from xingke.letters.actions import links
        from xingke.letters.rules.templates import LETTERS
        from xingke.registry.listing import LISTS

        definitions.KINDS.add(LETTERS)
        LISTS.add(lists.LETTERS)
        FURTHER.add(CasePlace("letters:letter-list", pgettext_lazy("several", "文书")))
        PANELS.add(
            Panel(page="case", code="letters", template="letters/case_letters.html", context=panels.letters, order=30),
            Panel(page="case", code="links", template="letters/case_links.html", context=panels.outside, order=60),
        )
        DUTIES.add(*tasks.DUTIES)
        CHECKS.add(*checks.CHECKS)
        EXPIRIES.add(*links.EXPIRIES)
        audited.announce(
            {
                "letters.issued": _("出具文书"),
                "letter.issued": _("出具一份文书"),
                "link.made": _("发出外部链接"),
                "link.revoked": _("收回外部链接"),
                "link.used": _("凭外部链接办理"),
                "link.closed": _("关闭外部链接"),
                "links.dropped": _("清除过期的外部链接"),
            }
        )
        audited.announce_details({"letter": _("文书")})
