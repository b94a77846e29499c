"""Documents: the list, writing one, reading one, its file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.base.templatetags.xk import moment
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators.wording import language
from xingke.ledger.queries.caching import ledger_stamp
from xingke.press.exports import document_response
from xingke.press.fonts import FontMissing, GlyphMissing
from xingke.registry import queries as registry
from xingke.registry.listing import ListRequest, list_response
from xingke.reports import actions, queries, standing
from xingke.reports.forms import WriteForm
from xingke.reports.lists import DOCUMENTS
from xingke.reports.models import Document
from xingke.reports.papers import paper
from xingke.reports.queries import checking
from xingke.reports.rules import disclosure


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, DOCUMENTS, template="reports/document_list.html", context=_besides)


def _besides(asked: ListRequest) -> dict[str, Any]:
    return {"may_write": registry.has(asked.reader, Permission.DOCUMENT_WRITE)}


@require_http_methods(["GET", "POST"])
def document_write(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.DOCUMENT_WRITE)
    form = WriteForm(user, timezone.localdate(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            written = actions.write_document(
                outline=asked["outline"], region=asked["region"], period=asked["period"], by=user, now=timezone.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            _tell(request, written)
            return redirect("reports:document", key=queries.newest_edition(written.document.work).key)
    crumbs = [{"label": _("文稿"), "url": reverse("reports:document-list")}, {"label": _("写文稿"), "url": ""}]
    return render(
        request, "reports/document_write.html", {"form": form, "crumbs": crumbs, "is_fictional": form.is_fictional}
    )


def _tell(request: HttpRequest, written: actions.Written) -> None:
    if not written.is_new:
        messages.info(
            request,
            _("同样的内容、同样的证据，已经写过这份文稿（%(when)s），没有再写。")
            % {"when": moment(written.document.written_at)},
        )
        return
    messages.success(
        request,
        _("已写成。新固化 %(frozen)s 个数字，略去 %(gaps)s 处没有数的内容。")
        % {"frozen": written.frozen, "gaps": len(written.document.gaps)},
    )
    if written.document.edition > 1:
        messages.info(
            request, _("这是第 %(n)s 版，按提纲重新写成；以前改过的文字在旧版里。") % {"n": written.document.edition}
        )


@require_safe
def document(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    return document_page(request, user, queries.document_for(user, key))


def document_page(request: HttpRequest, user: User, shown: Document, returned: Returned | None = None) -> HttpResponse:
    """The page of a document. returned: the step that was asked for on it and refused."""
    stamp = ledger_stamp()
    checked = checking.check(shown, stamp) if "check" in request.GET else checking.known(shown, stamp)
    figures = {placed.slot: placed.figure for placed in shown.figures.select_related("figure")}
    proof = queries.proof_of(shown)
    editions = list(queries.with_standing(queries.editions_open_to(user, shown.work)).defer("tree", "proof", "source"))
    stands = standing.of(shown, user, is_newest=editions[0] == shown)
    return render(
        request,
        "reports/document.html",
        {
            "document": shown,
            "paper": paper(shown, checked, registry.scope(user, Permission.RECORD_READ)),
            "checked": checked,
            "drifted": list(checked.drifted.values()) if checked else [],
            "is_by_records": bool(checked and any(each.is_record for each in checked.drifted.values())),
            "figures": len(figures),
            "facts": _facts(shown, len(figures), proof.public_key),
            "gaps": shown.gaps,
            "standing": stands,
            "newest": editions[0],
            "returned": returned,
            "editions": [(each, standing.TAGS[each.standing or ""]) for each in editions],
            "handing": standing.handing(shown, user),
            "is_own": queries.works_on(user, shown, Permission.DOCUMENT_READ),
            "may_edit": queries.works_on(user, shown, Permission.DOCUMENT_WRITE),
            "may_review": bool(stands.may & {disclosure.PASSED, disclosure.REFUSED, disclosure.PUBLISHED}),
            "may_verify": registry.has(user, Permission.DOCUMENT_VERIFY),
            "is_fictional": shown.is_fictional,
            "crumbs": [
                {"label": _("文稿"), "url": reverse("reports:document-list")},
                {"label": shown.title, "url": ""},
            ],
        },
    )


def _facts(shown: Document, figures: int, public_key: str) -> list[dict[str, Any]]:
    return [
        {"label": _("区划"), "value": shown.region.name},
        {"label": _("时期"), "value": period_words(shown.period)},
        {"label": _("数字"), "value": _("%(n)s 个，都已固化") % {"n": figures}, "numeric": True},
        {"label": _("写作"), "value": shown.written_by.name, "note": moment(shown.written_at)},
        {"label": pgettext("one", "版本"), "value": _("第 %(n)s 版") % {"n": shown.edition}},
        {"label": _("台账号"), "value": shown.seq, "numeric": True, "note": _("写成时台账的最后一笔")},
        {"label": _("提纲"), "value": _outline(shown), "note": _("第 %(n)s 版") % {"n": shown.outline_version}},
        {"label": _("编号"), "value": str(shown.key), "numeric": True},
        {"label": _("签名公钥"), "value": f"{public_key[:12]}…", "numeric": True, "note": _("Ed25519，证明随文件下载")},
    ]


def _outline(shown: Document) -> str:
    found = registry.catalogue("outline").get(shown.outline)
    return found.value.label.in_language(language()) if found else shown.outline


@require_safe
def document_file(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.document_for(user, key)
    return document_response(shown.title, queries.docx_of(shown))


@require_safe
def document_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.document_for(user, key)
    try:
        data = queries.pdf_of(shown)
    except (FontMissing, GlyphMissing) as missing:
        messages.error(request, missing.sentence("zh" if language().startswith("zh") else "en"))
        return redirect("reports:document", key=key)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{shown.title}.pdf")
    return response
