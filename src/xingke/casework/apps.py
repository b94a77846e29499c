from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "xingke.casework"
    label = "casework"
    verbose_name = _("办件")

    def ready(self) -> None:
        from xingke.accounts.permissions import PERMISSIONS, Grantable
        from xingke.base import audited, definitions
        from xingke.base.agenda import AGENDA
        from xingke.base.checks import CHECKS
        from xingke.base.holding import HOLDERS, Holder
        from xingke.base.menu import ITEMS, WAYS, MenuItem, Ways
        from xingke.base.noticing import NOTICE_KINDS
        from xingke.base.origins import ORIGINS, Origin
        from xingke.base.reminding import REMINDERS
        from xingke.base.retaining import EXPIRIES
        from xingke.base.searching import SEARCHABLES
        from xingke.base.tasks import DUTIES, OWN_WORK
        from xingke.base.undoing import OBSTACLES
        from xingke.casework import checks, finding, lists, showing, tasks, telling, ways
        from xingke.casework.actions import drafts, personal
        from xingke.casework.permissions import CasePermission
        from xingke.casework.queries import undoing
        from xingke.casework.queries.kept import drafted
        from xingke.casework.queries.personal import erased_cases, is_case_key, sealed_cases
        from xingke.casework.rules.flow_checks import FLOWS
        from xingke.casework.rules.form_checks import FORMS
        from xingke.registry.listing import LISTS
        from xingke.registry.sealing import SEALERS, Sealer

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
        WAYS.add(Ways(code="flows", find=ways.to_begin, begins=True, order=10))
        definitions.KINDS.add(FORMS)
        definitions.KINDS.add(FLOWS)
        moving = {CasePermission.HANDLE, CasePermission.DECIDE, CasePermission.MANAGE}
        PERMISSIONS.add(
            *(
                Grantable(permission=each, changes=each in moving, is_work=each is CasePermission.HANDLE)
                for each in CasePermission
            )
        )
        SEALERS.add(
            Sealer(
                code="cases",
                owners=sealed_cases,
                owns=is_case_key,
                erased=erased_cases,
                change=lambda by, now: personal.change_case_keys(by=by, now=now),
            )
        )
        CHECKS.add(*checks.CHECKS)
        LISTS.add(*lists.ALL)
        SEARCHABLES.add(finding.CASES, finding.CALLS, finding.PUBLICITY)
        OBSTACLES.add(undoing.OBSTACLE)
        NOTICE_KINDS.add(*telling.KINDS)
        AGENDA.add(telling.DATED)
        REMINDERS.add(telling.REMINDER)
        EXPIRIES.add(*drafts.EXPIRIES, *personal.EXPIRIES)
        HOLDERS.add(Holder(code="drafts", digests=drafted))
        ORIGINS.add(Origin(code="case", called=showing.origin))
        DUTIES.add(*tasks.DUTIES)
        OWN_WORK.add(tasks.OWN)
        audited.announce(
            {
                "case.opened": _("发起事项"),
                "case.step-taken": _("办理一步"),
                "case.steps-taken": _("一起办理"),
                "case.opened-together": _("用表格一起开立事项"),
                "case.withdraw": _("撤回事项"),
                "case.correct": _("更正事项"),
                "case.reopen": _("重新办理"),
                "case.terminate": _("终止事项"),
                "case.transfer": _("移交事项"),
                "case.personal-opened": _("查看事项的个人信息"),
                "case.personal-erased": _("删除事项的个人信息"),
                "case.personal-ended": _("个人信息到期删除"),
                "case.personal-key-changed": _("更换事项的密钥"),
            }
        )
        audited.announce_details({"flow": _("办理流程"), "number": _("编号"), "step": _("步骤")})
        _announce_common_acts()
        _announce_posts()


def _announce_common_acts() -> None:
    """What several cases share: its words in the trail, and what waits on the workbench."""
    from xingke.base import audited
    from xingke.base.panels import PANELS
    from xingke.base.tasks import DUTIES
    from xingke.casework import tasks_common

    audited.announce(
        {
            "call.made": _("发布申报批次"),
            "meeting.called": _("召集会议"),
            "meeting.agenda-put": _("列入议程"),
            "meeting.agenda-off": _("从议程撤下"),
            "meeting.held": _("记到会情况"),
            "meeting.decided": _("记会议决定"),
            "meeting.closed": _("会议出纪要"),
            "publicity.opened": _("开始公示"),
            "publicity.objected": _("登记异议"),
            "publicity.answered": _("答复异议"),
            "notice.sent": _("发通知"),
            "notice.signed": _("签收通知"),
        }
    )
    audited.announce_details(
        {
            "cases": _("事项"),
            "not_done": _("未能办的事项"),
            "meeting_kind": _("会议类型"),
            "present": _("到会人数"),
            "due": _("应到人数"),
            "minutes": _("纪要号"),
            "until": _("截止日期"),
            "named": _("实名"),
            "end": _("处理结果"),
        }
    )
    DUTIES.add(*tasks_common.DUTIES)
    PANELS.add(*tasks_common.PANELS)


def _announce_posts() -> None:
    """Substitutes, hand-overs, working groups and links."""
    from xingke.base import audited
    from xingke.base.noticing import NOTICE_KINDS
    from xingke.base.panels import PANELS
    from xingke.base.tasks import DUTIES
    from xingke.casework import posts

    NOTICE_KINDS.add(*posts.KINDS)
    PANELS.add(*posts.PANELS)
    DUTIES.add(*posts.DUTIES)
    audited.announce(
        {
            "substitute.named": _("指定 AB 岗"),
            "substitute.ended": _("结束 AB 岗"),
            "case.handed-over": _("工作交接"),
            "case.linked": _("关联事项"),
            "case.link-ended": _("解除关联"),
            "group.set-up": _("设立专班"),
            "group.changed": _("专班人员变动"),
            "group.charged": _("专班任务"),
            "group.duty-done": _("专班任务办完"),
        }
    )
    audited.announce_details(
        {
            "substitute": _("由谁代"),
            "handed_to": _("交给"),
            "other": _("另一件"),
            "document_number": _("文号"),
            "came": _("进"),
            "gone": _("出"),
        }
    )
