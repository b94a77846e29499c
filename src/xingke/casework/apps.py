from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "xingke.casework"
    label = "casework"
    verbose_name = _("办件")

    def ready(self) -> None:
        from xingke.accounts.permissions import PERMISSIONS, Grantable
        from xingke.base import audited, definitions
        from xingke.base.checks import CHECKS
        from xingke.base.menu import ITEMS, MenuItem
        from xingke.base.origins import ORIGINS, Origin
        from xingke.base.tasks import DUTIES, OWN_WORK
        from xingke.casework import checks, showing, tasks
        from xingke.casework.permissions import CasePermission
        from xingke.casework.rules.flow_checks import FLOWS
        from xingke.casework.rules.form_checks import FORMS

        ITEMS.add(
            MenuItem(
                code="cases",
                label=_("业务"),
                url_name="casework:case-list",
                permission=CasePermission.READ,
                order=25,
                icon="list",
            )
        )
        definitions.KINDS.add(FORMS)
        definitions.KINDS.add(FLOWS)
        moving = {CasePermission.HANDLE, CasePermission.DECIDE, CasePermission.MANAGE}
        PERMISSIONS.add(
            *(
                Grantable(permission=each, changes=each in moving, is_work=each is CasePermission.HANDLE)
                for each in CasePermission
            )
        )
        CHECKS.add(*checks.CHECKS)
        ORIGINS.add(Origin(code="case", called=showing.origin))
        DUTIES.add(*tasks.DUTIES)
        OWN_WORK.add(tasks.OWN)
        audited.announce(
            {
                "case.opened": _("发起事项"),
                "case.step-taken": _("办理一步"),
                "case.steps-taken": _("一起办理"),
                "case.withdraw": _("撤回事项"),
                "case.correct": _("更正事项"),
                "case.reopen": _("重新办理"),
                "case.terminate": _("终止事项"),
                "case.transfer": _("移交事项"),
            }
        )
        audited.announce_details({"flow": _("办理流程"), "number": _("编号"), "step": _("步骤")})
