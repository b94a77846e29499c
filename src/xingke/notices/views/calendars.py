"""The calendar: a week or a month of it, and the feed other programs read."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from xingke.base.periods import Period
from xingke.base.templatetags.xk import day as day_words
from xingke.base.templatetags.xk import period as period_words
from xingke.notices.actions import feeds
from xingke.notices.queries import calendars
from xingke.notices.rules import spans
from xingke.notices.rules.feeds import TOKEN, calendar_text
from xingke.registry import queries as registry


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """A week, or the days of a month, with what falls on them that one may see."""
    user = registry.reader(request.user)
    today = timezone.localdate()
    is_month = request.GET.get("view") == "month"
    chosen = _chosen(request.GET.get("day", ""), today)
    span = spans.month_of(chosen) if is_month else spans.week_of(chosen)
    days = calendars.days(user, span.first, span.last)
    context = {
        "days": days,
        "is_fictional": any(each.entry.is_fictional for day in days for each in day.found),
        "today": today,
        "is_month": is_month,
        "span": span,
        "title": _title(span, is_month=is_month),
        "guessed": calendars.unknown_years(span.first, span.last),
        "feed": calendars.feed_of(user),
    }
    return render(request, "notices/calendar.html", context)


def _chosen(text: str, today: date) -> date:
    """The day that was asked for; today for one that is none or too far away to be anybody's."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if abs(found.year - today.year) <= spans.FARTHEST else today


def _title(span: spans.ShownDays, *, is_month: bool) -> str:
    if is_month:
        return period_words(Period.parse(f"{span.first:%Y-%m}"))
    return _("%(first)s至%(last)s") % {"first": day_words(span.first), "last": day_words(span.last)}


@require_POST
def feed_open(request: HttpRequest) -> HttpResponse:
    """Open a feed; its address is shown once, on a page that is kept nowhere."""
    user = registry.reader(request.user)
    token = feeds.open_feed(by=user, now=timezone.now())
    address = request.build_absolute_uri(reverse("notices:feed", args=[token]))
    crumbs = [{"label": _("日历"), "url": reverse("notices:calendar")}, {"label": _("订阅网址")}]
    response = render(request, "notices/feed_opened.html", {"address": address, "crumbs": crumbs})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def feed_end(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    feeds.end_feed(by=user, now=timezone.now())
    messages.success(request, _("已停用，原来的网址不再有效。"))
    return redirect("notices:calendar")


@login_not_required
@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar for another program: whoever holds the address reads kinds and numbers of what its owner may see."""
    user = calendars.reader_of_feed(token) if TOKEN.fullmatch(token) else None
    if user is None:
        return HttpResponse(status=404, content_type="text/plain; charset=utf-8")
    site = f"{request.scheme}://{request.get_host()}"
    with translation.override(user.language):
        entries = calendars.feed_entries(user, now=timezone.localdate(), site=site)
        text = calendar_text(entries, name=_("兴科日历"), now=timezone.now())
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")
