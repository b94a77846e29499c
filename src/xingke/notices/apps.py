from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "xingke.notices"
    label = "notices"
    verbose_name = _("提醒与日历")

    def ready(self) -> None:
        from xingke.accounts.permissions import PERMISSIONS, Grantable
        from xingke.base import audited, menu
        from xingke.base.daily import DAILY
        from xingke.base.retaining import EXPIRIES
        from xingke.notices.actions import rounds
        from xingke.notices.permissions import NoticePermission

        PERMISSIONS.add(*(Grantable(permission=each) for each in NoticePermission))
        DAILY.add(*rounds.ROUNDS)
        EXPIRIES.add(*rounds.EXPIRIES)
        audited.announce(
            {
                "notice.given": _("发出提醒"),
                "notices.reminded": _("到期前提醒"),
                "notices.ended": _("清理已读的提醒和发过的消息"),
                "notices.chosen": _("更改怎样提醒自己"),
                "messages.ruled": _("更改怎样外发"),
                "message.again": _("重发消息"),
                "calendar.feed-opened": _("开通日历订阅"),
                "calendar.feed-ended": _("停用日历订阅"),
            }
        )
        audited.announce_details(
            {
                "host": _("主机"),
                "quiet": _("不外发的时间"),
                "off_days": _("放假的日子也不发"),
                "keep_days": _("已读的提醒保留几天"),
            }
        )
        menu.ITEMS.add(
            menu.MenuItem(
                code="calendar", label=_("日历"), url_name="notices:calendar", order=78, icon="calendar", as_icon=True
            ),
            menu.MenuItem(
                code="messages",
                label=_("外发消息"),
                url_name="notices:message-list",
                permission=NoticePermission.MANAGE,
                order=82,
                icon="external-link",
            ),
        )
