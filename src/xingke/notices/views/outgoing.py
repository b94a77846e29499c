"""Messages that leave the house, for the system administrator: what went out and what did not, and the rules."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.notices.actions import choices
from xingke.notices.forms import RulesForm
from xingke.notices.models import Channel, Outgoing
from xingke.notices.permissions import NoticePermission
from xingke.notices.queries import messages as reading
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    found = reading.messages_listed(user, state=state, channel=channel)
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    open_now = reading.open_channels(reading.rules_in_force())
    table = {
        "columns": [
            {"label": _("收件人")},
            {"label": _("方式"), "class": "told"},
            {"label": _("提醒数"), "numeric": True},
            {"label": _("状态")},
            {"label": _("尝试次数"), "numeric": True},
            {"label": _("时间"), "class": "nowrap"},
        ],
        "page": page,
        **filtering.emptiness(request, _("没有外发消息"), _("设了邮件服务器或网址以后，没有读的提醒才会外发。")),
    }
    fields = [
        filtering.select("state", _("状态"), state, [(each.value, str(each.label)) for each in Outgoing.State]),
        filtering.select("channel", _("方式"), channel, [(each.value, str(each.label)) for each in Channel]),
    ]
    rows = [(each, sum(each.counts.values())) for each in page.object_list]
    context = {"table": table, "rows": rows, "filters": fields, "channels": [each.label for each in open_now]}
    return render(request, "notices/message_list.html", context)


@require_POST
def message_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a message that was given up be tried once more."""
    user = registry.reader(request.user)
    message = reading.message_for(user, pk)
    try:
        choices.try_again(message=message, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已重新排队，稍后发送。"))
    return redirect("notices:message-list")


@require_http_methods(["GET", "POST"])
def message_rules(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, NoticePermission.MANAGE)
    rules = reading.rules_in_force()
    names = ("webhook", "quiet_from", "quiet_to", "quiet_off_days", "keep_read_days")
    form = RulesForm(request.POST or None, initial={name: getattr(rules, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            choices.set_message_rules(wanted=choices.RulesWanted(**form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error("webhook", str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect("notices:message-list")
    crumbs = [{"label": _("外发消息"), "url": reverse("notices:message-list")}, {"label": _("怎样外发")}]
    return render(request, "notices/message_rules.html", {"form": form, "crumbs": crumbs})
