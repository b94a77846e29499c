"""Volumes: the finding list, what waits, opening one, filing into it, one with what lies there, closing it, taking it away."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts.models import User
from xingke.accounts.queries import attachment_store
from xingke.accounts.uploads import SANDBOX
from xingke.archive import actions, lists, queries
from xingke.archive.actions import NewVolume, ToFile
from xingke.archive.forms import ItemForm, VolumeForm
from xingke.archive.models import ArchiveItem, ArchiveVolume
from xingke.archive.packing import catalogue_heads, catalogue_rows, pack
from xingke.archive.permissions import ArchivePermission
from xingke.archive.queries.checking import check_volume
from xingke.base.blobs import Damaged
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day, moment
from xingke.casework.queries.lists import whose_name
from xingke.press.exports import About, table_response, wants_file
from xingke.registry import queries as registry
from xingke.registry.listing import DeclaredList, ListRequest, list_response

PAGE = f"{SANDBOX}; style-src 'unsafe-inline'"  # a case's page brings its own style, and runs nothing


def crumbs_to(*steps: tuple[str, str]) -> list[dict[str, str]]:
    """Where a page of this room lies: labels with addresses, the last without."""
    first = {"label": _("档案"), "url": reverse("archive:finding-list")}
    return [first, *({"label": label, **({"url": url} if url else {})} for label, url in steps)]


def places(user: User, current: str) -> list[dict[str, Any]]:
    """The lists of the room somebody may see."""
    found = [("finding-list", _("检索目录"))]
    if queries.home_regions(user, ArchivePermission.KEEP).exists():
        found += [("case-list", _("待归档的事项")), ("document-list", _("待归档的文稿"))]
    found += [("hand-over-list", _("移交清单")), ("appraisal-list", _("鉴定和销毁"))]
    return [{"label": label, "url": reverse(f"archive:{name}"), "is_current": name == current} for name, label in found]


def listed(request: HttpRequest, declared: DeclaredList) -> HttpResponse:
    """The page of one of the lists."""

    def beside(asked: ListRequest) -> dict[str, Any]:
        where = declared.url_name.removeprefix("archive:")
        may_keep = queries.home_regions(asked.reader, ArchivePermission.KEEP).exists()
        return {"places": places(asked.reader, where), "may_keep": may_keep}

    return list_response(request, declared, template="archive/archive_list.html", context=beside)


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.FINDING)


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.CASES)


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.DOCUMENTS)


@require_http_methods(["GET", "POST"])
def volume_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    queries.require_archive_page(user, ArchivePermission.KEEP)
    form = VolumeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.open_volume(new=NewVolume(**form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已立卷 %(number)s。") % {"number": opened.number})
            return redirect("archive:volume", opened.key)
    url = reverse("archive:finding-list")
    context = {"form": form, "title": _("立卷"), "act": _("立卷"), "back": url, "crumbs": crumbs_to((_("立卷"), ""))}
    return render(request, "archive/archive_form.html", context)


# ── filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@require_POST
def file_into(request: HttpRequest) -> HttpResponse:
    """File what is ticked (``row``: ``case:KEY:N`` or ``document:KEY``) into ``volume``; asked for where none is chosen."""
    user = registry.reader(request.user)
    queries.require_archive_page(user, ArchivePermission.KEEP)
    rows = list(dict.fromkeys(request.POST.getlist("row")))
    wanted = [_wanted(user, row) for row in rows[: actions.MOST + 1]]
    context: dict[str, Any] = {"rows": rows[: actions.MOST + 1], "wanted": [_named(each) for each in wanted]}
    try:
        key = UUID(request.POST.get("volume", ""))
    except ValueError:
        return _file_page(request, user, {**context, "is_asked": "volume" in request.POST})
    volume = queries.volume_for(user, key, ArchivePermission.KEEP)
    try:
        done = actions.file_into(volume=volume, wanted=wanted, by=user, now=timezone.now())
    except Refused as refusal:
        return _file_page(request, user, {**context, "refusal": refusal})
    if done.filed:
        said = {"n": len(done.filed), "number": volume.number}
        messages.success(request, _("已归档 %(n)d 件，在案卷 %(number)s。") % said)
    if not done.refused:
        return redirect("archive:volume", volume.key)
    left = [{**_named(each), "reason": str(why)} for each, why in done.refused]
    return _file_page(request, user, {"left": left, "volume": volume})


def _wanted(user: User, row: str) -> ToFile:
    """What a row names. Raises 404 for what somebody does not see."""
    kind, _colon, rest = row.partition(":")
    key, _colon, number = rest.partition(":")
    try:
        wanted = UUID(key)
    except ValueError:
        raise Http404 from None
    if kind == "document":
        return ToFile(document=queries.document_to_file(user, wanted))
    seen = int(number) if number.isdecimal() and len(number) < 9 else 0
    return ToFile(case=queries.case_to_file(user, wanted), seen=seen)


def _named(each: ToFile) -> dict[str, str]:
    if each.document is not None:
        return {"title": each.document.title, "number": "", "url": reverse("reports:document", args=[each.document.pk])}
    assert each.case is not None
    return {
        "title": each.case.title,
        "number": each.case.number,
        "url": reverse("casework:case", args=[each.case.key]),
    }


def _file_page(request: HttpRequest, user: User, context: dict[str, Any]) -> HttpResponse:
    volumes = list(queries.open_volumes(user)[:200])
    crumbs = crumbs_to((_("待归档的事项"), reverse("archive:case-list")), (_("归档"), ""))
    return render(request, "archive/file_into.html", {"volumes": volumes, "crumbs": crumbs, **context})


# ── one volume ──────────────────────────────────────────────────────────────────────────────────────────────────────


@require_safe
def volume(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.volume_for(user, key)
    items = queries.items_of(shown)
    if wants_file(request):
        notes = [(_("案卷"), f"{shown.number} {shown.title}"), (_("状态"), shown.get_state_display())]
        about = About(notes=notes, is_fictional=shown.is_fictional)
        return table_response(request, shown.number, catalogue_heads(), catalogue_rows(items), about)
    return volume_page(request, user, shown, items)


def volume_page(
    request: HttpRequest,
    user: User,
    shown: ArchiveVolume,
    items: Sequence[ArchiveItem],
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    may_keep = queries.is_at_home(user, ArchivePermission.KEEP, shown.region)
    over = shown.is_over(timezone.localdate())
    appraised = queries.appraisals_of(shown)
    waiting = next((each for each in appraised if each.is_waiting), None)
    may_settle = waiting is not None and queries.is_at_home(user, ArchivePermission.RECEIVE, shown.region)
    context = {
        "shown": shown,
        "items": list(_rows(user, items)),
        "stamp": queries.stamp_of(items),
        "facts": _facts(shown, items),
        "hand_over": queries.hand_over_of(shown),
        "may_keep": may_keep,
        "may_change": may_keep and shown.is_open,
        "is_over": over,
        "appraised": [(each, queries.term_word(each.term, shown.region)) for each in appraised],
        "waiting": waiting,
        "may_settle": may_settle and waiting is not None and waiting.made_by_id != user.pk,
        "may_appraise": may_keep and over and waiting is None and shown.state != ArchiveVolume.State.HANDED,
        "terms": [(each.code, each.label) for each in queries.scheme_of(shown.region).term],
        "new_key": new_key(),
        "refusal": refusal,
        "faults": check_volume(shown) if "check" in request.GET and not shown.is_open else None,
        "crumbs": crumbs_to((shown.number, "")),
        "is_fictional": shown.is_fictional,
        "tag": lists.TONES[shown.state],
    }
    return render(request, "archive/volume.html", context)


def _rows(user: User, items: Sequence[ArchiveItem]) -> Iterator[dict[str, Any]]:
    cases, documents = queries.sources_seen(user, items)
    for number, each in enumerate(items, start=1):
        yield {
            "of": each,
            "number": number,
            "whose": each.responsible or (whose_name(user, each.case) if each.case else ""),
            "files": each.files.all() if queries.may_open(user, each) else None,
            "url": reverse("casework:case", args=[each.case.key])
            if each.case and each.case_id in cases
            else reverse("reports:document", args=[each.document_id])
            if each.document_id in documents
            else "",
        }


def _facts(shown: ArchiveVolume, items: Sequence[ArchiveItem]) -> list[dict[str, Any]]:
    until = day(shown.kept_until) if shown.kept_until else _("永久")
    known = [each.pages for each in items if each.pages is not None]
    facts: list[dict[str, Any]] = [
        {"label": _("全宗号"), "value": shown.fonds},
        {"label": _("门类"), "value": queries.category_word(shown.category, shown.region)},
        {"label": _("年度"), "value": str(shown.year)},
        {
            "label": _("保管期限"),
            "value": queries.term_word(shown.term, shown.region),
            "note": _("到%(day)s") % {"day": until} if shown.kept_until else "",
        },
        {"label": _("区划"), "value": shown.region.name},
        {"label": _("件数"), "value": len(items), "numeric": True},
        {
            "label": _("页数"),
            "value": sum(known) if known else "—",
            "numeric": True,
            "note": _("有的件没有页数") if len(known) < len(items) else "",
        },
        {"label": _("立卷人"), "value": shown.opened_by.name, "note": moment(shown.opened_at)},
    ]
    if shown.closed_by is not None:
        facts.append({"label": _("封卷人"), "value": shown.closed_by.name, "note": moment(shown.closed_at)})
        facts.append({"label": _("清单摘要"), "value": f"{shown.digest[:16]}…", "note": _("SHA-256，已签名")})
    return facts


@require_POST
def volume_close(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.volume_for(user, key, ArchivePermission.KEEP)
    try:
        actions.close_volume(volume=shown, seen=request.POST.get("seen", ""), by=user, now=timezone.now())
    except Refused as refusal:
        return volume_page(request, user, shown, queries.items_of(shown), refusal=refusal)
    messages.success(request, _("已封卷，内容不再改动。"))
    return redirect("archive:volume", key)


@require_safe
def volume_zip(request: HttpRequest, key: UUID) -> HttpResponseBase:
    user = registry.reader(request.user)
    shown = queries.volume_for(user, key)
    items = queries.items_of(shown)
    try:
        if shown.is_open:
            raise Refused(_("还没有封卷，不能整卷下载。"))
        if shown.is_destroyed:
            raise Refused(_("这一卷已经销毁，只留下目录和清单。"))
        hidden = [each.number for each in items if not queries.may_open(user, each)]
        if hidden:
            raise Refused(_("%(numbers)s 有您不能查看的内容，不能整卷下载。") % {"numbers": _("、").join(hidden[:5])})
        packed = pack(shown, items)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("archive:volume", key)
    response = StreamingHttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, f"{shown.number}.zip")
    return response


@require_safe
def item_file(request: HttpRequest, key: UUID, pk: int, name: str) -> HttpResponse:
    """A file of something in a volume, for whoever may open it."""
    found = queries.file_for(registry.reader(request.user), key, pk)
    if found.name != name:
        raise Http404
    try:
        response = HttpResponse(attachment_store().get(found.digest), content_type=found.media_type)
    except Damaged:
        messages.error(request, _("“%(name)s”的文件丢失或损坏，请系统管理员从备份恢复。") % {"name": name})
        return redirect("archive:volume", found.item.volume.key)
    is_page = found.media_type == "text/html"
    response["Content-Disposition"] = content_disposition_header(not is_page, found.name) or "inline"
    response["Content-Security-Policy"] = PAGE if is_page else SANDBOX
    return response


def _open_item(request: HttpRequest, key: UUID) -> tuple[User, ArchiveItem]:
    """Who asks, and something in an open volume they keep, or 404."""
    user = registry.reader(request.user)
    item = queries.item_for(user, key)
    queries.volume_for(user, item.volume.key, ArchivePermission.KEEP, is_open=True)
    return user, item


@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    user, item = _open_item(request, key)
    known = {name: getattr(item, name) for name in ItemForm.base_fields}
    form = ItemForm(request.POST or None, initial=known)
    back = reverse("archive:volume", args=[item.volume.key])
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe_item(item=item, by=user, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(back)
    crumbs = crumbs_to((item.volume.number, back), (_("改卷内目录"), ""))
    context = {"form": form, "title": item.title, "act": _("保存"), "back": back, "crumbs": crumbs}
    return render(request, "archive/archive_form.html", context)


@require_POST
def item_out(request: HttpRequest, key: UUID) -> HttpResponse:
    user, item = _open_item(request, key)
    try:
        actions.take_out(item=item, reason=request.POST.get("reason", ""), by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已撤出，回到待归档。"))
    return redirect("archive:volume", item.volume.key)
