from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    name = "xingke.archive"
    label = "archive"
    verbose_name = _("档案")

    def ready(self) -> None:
        from xingke.accounts.permissions import PERMISSIONS, Grantable
        from xingke.archive import checks, finding, lists, panels, tasks
        from xingke.archive.permissions import ArchivePermission
        from xingke.archive.queries import archived_digests
        from xingke.archive.rules import SCHEMES
        from xingke.base import definitions
        from xingke.base.checks import CHECKS
        from xingke.base.holding import HOLDERS, Holder
        from xingke.base.menu import ITEMS, MenuItem
        from xingke.base.panels import PANELS, Panel
        from xingke.base.searching import SEARCHABLES
        from xingke.base.tasks import DUTIES
        from xingke.registry.listing import LISTS

        PERMISSIONS.add(
            *(Grantable(permission=each, changes=each is not ArchivePermission.READ) for each in ArchivePermission)
        )
        definitions.KINDS.add(SCHEMES)
        CHECKS.add(*checks.CHECKS)
        LISTS.add(*lists.ALL)
        SEARCHABLES.add(finding.VOLUMES)
        DUTIES.add(*tasks.DUTIES)
        HOLDERS.add(Holder(code="archive", digests=archived_digests))
        PANELS.add(
            Panel(page="case", code="archive", template="archive/case_panel.html", context=panels.of_case, order=80)
        )
        ITEMS.add(
            MenuItem(
                code="archive",
                label=_("档案"),
                url_name="archive:finding-list",
                permission=ArchivePermission.READ,
                order=75,
                icon="archive",
                of_region=True,
                as_icon=True,
            )
        )
        _announce_to_the_trail()


def _announce_to_the_trail() -> None:
    from xingke.base import audited

    audited.announce(
        {
            "volume.opened": _("立卷"),
            "volume.filed": _("归档"),
            "volume.described": _("改卷内目录"),
            "volume.taken-out": _("从案卷撤出"),
            "volume.closed": _("封卷"),
            "volume.kept-longer": _("鉴定：续存"),
            "volume.to-destroy": _("鉴定：提请销毁"),
            "volume.destroyed": _("销毁案卷"),
            "volume.spared": _("不予销毁"),
            "archive.handed-over": _("移交案卷"),
            "archive.received": _("签收案卷"),
            "archive.declined": _("退回移交"),
        }
    )
    audited.announce_details({"receiver": _("接收单位"), "not_filed": _("未归档")})
