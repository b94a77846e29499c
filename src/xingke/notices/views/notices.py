"""One's own notices: the list, opening one, marking all as read, and how one wants to be told."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.base.refusals import Refused
from xingke.notices import actions, queries
from xingke.notices.actions import choices as choosing
from xingke.notices.forms import ChoicesForm
from xingke.notices.queries import messages as reading
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """One's own notices, those not read yet first. Three queries, however many there are."""
    user = registry.reader(request.user)
    unread_only = request.GET.get("state") == "unread"
    found = queries.notices_of(user, unread_only=unread_only)
    page = Paginator(found, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(queries.shown(page.object_list))
    table = {
        "columns": [
            {"label": _("提醒")},
            {"label": _("区划"), "class": "told"},
            {"label": _("时间"), "class": "nowrap"},
            {"label": _("状态"), "class": "nowrap"},
        ],
        "page": page,
        **filtering.emptiness(request, _("没有提醒"), _("有事要您知道时，页面右上角的铃会写出有几条没读。")),
    }
    filters = [filtering.select("state", _("状态"), "unread" if unread_only else "", [("unread", _("未读"))])]
    newest = max((each.notice.pk for each in rows), default=0)
    context = {
        "table": table,
        "rows": rows,
        "filters": filters,
        "newest": newest,
        "has_unread": any(each.notice.read_at is None for each in rows),
    }
    return render(request, "notices/notice_list.html", context)


@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads; that page asks who may see it."""
    user = registry.reader(request.user)
    notice = queries.notice_for(user, pk)
    actions.read_notices(notices=[notice], by=user, now=timezone.now())
    kind = queries.kind_of(notice.kind)
    return redirect(kind.address(notice.key) if kind else "notices:notice-list")


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read, up to the newest the page showed."""
    user = registry.reader(request.user)
    typed = request.POST.get("upto", "")
    upto = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    count = actions.read_all(upto=upto, by=user, now=timezone.now())
    messages.success(request, _("已把 %(n)d 条提醒标为已读。") % {"n": count})
    return redirect("notices:notice-list")


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Where one wants to be written to, and of what."""
    user = registry.reader(request.user)
    rules, muted = reading.rules_in_force(), reading.muted_by(user)
    address = reading.address_of(user)
    form = ChoicesForm(
        request.POST or None, channels=reading.open_channels(rules), muted=muted, initial={"address": address}
    )
    if request.method == "POST" and form.is_valid():
        try:
            choosing.choose_channels(
                address=form.cleaned_data.get("address", address), muted=form.muted, by=user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error("address" if "address" in form.fields else None, str(refusal))
        else:
            messages.success(request, _("已保存。"))
            return redirect("notices:choices")
    crumbs = [{"label": _("我的提醒"), "url": reverse("notices:notice-list")}, {"label": _("怎样提醒我")}]
    return render(request, "notices/choices.html", {"form": form, "crumbs": crumbs, "rules": rules})
