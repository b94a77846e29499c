"""The workbench, the guide, the component gallery, the health page and what a stale form is told."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xingke.accounts import queries as accounts
from xingke.accounts import resending
from xingke.base.caching import for_everybody
from xingke.base.gallery import samples
from xingke.base.panels import panels
from xingke.base.probing import trouble_here
from xingke.portal import guide as guides
from xingke.portal import queries
from xingke.portal.queries import figures, first_steps, keeping_house
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person


@for_everybody
@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """The workbench for whoever is signed in, the public home page for everybody else."""
    if not request.user.is_authenticated:
        return _home(request)
    user = registry.reader(request.user)
    today = timezone.localdate()
    if not registry.permissions_of(user):
        return render(request, "portal/no_roles.html", {"user_name": user.name})
    now = timezone.now()
    links = queries.links(user)
    numbers = figures.shown(request, user, today=today, links=links)
    organisations = queries.own_organisations(user)
    selves: list[Organisation | Person] = [
        *organisations,
        *registry.own_persons(user),
    ]  # in whose name somebody acts who works for no bureau
    return render(
        request,
        "portal/workbench.html",
        {
            "today": today,
            "place": numbers.place if numbers else selves[0].name if selves else "",
            "lead": "" if numbers or organisations else queries.purpose(user),
            "numbers": numbers,
            "tasks": queries.waiting(user),
            "steps": first_steps.first_steps(user),
            "panels": panels("workbench", user, None),
            "mine": queries.mine(user, now=now),
            "health": keeping_house.health(user, now=now),
            "grants": keeping_house.grants(user),
            "trail": keeping_house.trail(user, now=now),
            "published": queries.published(user),
            "documents": queries.documents(user),
            "records": queries.records(user),
            "organisations": organisations,
            "links": links,
            "is_fictional": numbers.is_fictional if numbers else any(each.is_fictional for each in selves),
        },
    )


def _home(request: HttpRequest) -> HttpResponse:
    home = queries.home()
    context = {"home": home, "is_fictional": home.is_fictional, "is_public": True}
    return render(request, "portal/home.html", context)


@for_everybody
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The user's guide; strangers may read it too, before they have an account."""
    is_public = not request.user.is_authenticated
    context = {"guide": guides.guide(get_language() or ""), "frame": "public.html" if is_public else "base.html"}
    return render(request, "portal/guide.html", context)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    registry.reader(request.user)
    part = "#evidence" if "evidence" in request.GET else ""
    return render(request, f"base/gallery.html{part}", samples())


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """``ok`` while the database answers and can be written to, the disk has room and somebody does what waits to be done;
    for whoever watches the service."""
    now = timezone.now()
    if trouble := trouble_here():
        return _plain(str(trouble), status=503)
    if accounts.has_no_job_child(now):
        return _plain(_("任务进程没有在工作，正在等它重新启动；网页照常"), status=503)
    if accounts.jobs_are_neglected(now):
        return _plain(_("有任务在等待，但没有任务进程在工作"), status=503)
    return _plain("ok")


def _plain(text: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or was sent from elsewhere: say so instead of a bare 403; what our own page sent is
    not lost."""
    return resending.after_stale_token(request) or render(request, "403_csrf.html", {"reason": reason}, status=403)
