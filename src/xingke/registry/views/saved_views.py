"""What somebody keeps of a list: its columns and its views. Every answer leads back to the list."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.registry import queries
from xingke.registry.actions import saved_views as actions
from xingke.registry.listing import LISTS, DeclaredList, list_response, require_list
from xingke.registry.models import Region
from xingke.registry.queries import saved_views

MOST_TICKED = 1_000


def _list(user: User, code: str) -> DeclaredList:
    """A list somebody may see, or 404."""
    try:
        found = LISTS[code]
    except LookupError:
        raise Http404 from None
    require_list(user, found)
    return found


def _back(request: HttpRequest, listed: DeclaredList, query: str = "") -> HttpResponse:
    """Back to the list with what was chosen there; never to another page."""
    said = query or request.POST.get("query", "")
    return redirect(reverse(listed.url_name) + (said if said.startswith("?") else ""))


def _bureau(request: HttpRequest, user: User) -> Region | None:
    """The bureau a view is to be shared with, of those somebody works for."""
    return next((each for each in queries.bureaus_of(user) if each.code == request.POST.get("region")), None)


@require_POST
def list_columns(request: HttpRequest, code: str) -> HttpResponse:
    user = queries.reader(request.user)
    listed = _list(user, code)
    chosen = [] if "usual" in request.POST else [each for each in request.POST.getlist("column") if len(each) < 60][:60]
    actions.choose_columns(list_code=listed.code, columns=chosen, by=user)
    return _back(request, listed)


@require_POST
def list_export(request: HttpRequest, code: str) -> HttpResponse:
    """The ticked rows of a list as an .xlsx of exactly what is shown of them."""
    user = queries.reader(request.user)
    listed, query = _list(user, code), request.POST.get("list-query", "")
    ticked = request.POST.getlist("row")[:MOST_TICKED]
    if not ticked:
        messages.error(request, _("请先在要导出的行前面打钩。"))
        return redirect(reverse(listed.url_name) + (query if query.startswith("?") else ""))
    typed = QueryDict(query.removeprefix("?"), mutable=True)
    typed["format"] = "xlsx"
    request.GET = typed  # type: ignore[assignment]  # the same list, asked for by the choices it was looked at with
    return list_response(request, listed, ticked=ticked)


@require_POST
def view_save(request: HttpRequest, code: str) -> HttpResponse:
    user = queries.reader(request.user)
    listed = _list(user, code)
    query = request.POST.get("query", "")
    try:
        kept = actions.save_view(
            list_code=listed.code,
            name=request.POST.get("name", ""),
            query=query,
            shared_with=_bureau(request, user),
            by=user,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("视图“%(name)s”已保存。") % {"name": kept.name})
    return _back(request, listed)


@require_POST
def view_rename(request: HttpRequest, pk: int) -> HttpResponse:
    user = queries.reader(request.user)
    view = saved_views.view_to_change(user, pk)
    listed = _list(user, view.list)
    try:
        actions.rename_view(view=view, name=request.POST.get("name", ""), shared_with=_bureau(request, user), by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return _back(request, listed)


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    user = queries.reader(request.user)
    view = saved_views.view_to_change(user, pk)
    listed = _list(user, view.list)
    actions.delete_view(view=view, by=user)
    messages.success(request, _("视图“%(name)s”已删除。") % {"name": view.name})
    return _back(request, listed)
