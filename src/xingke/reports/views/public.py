"""What strangers see: documents that passed review and were published, and the figures that stand in them."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from xingke.base.caching import for_everybody
from xingke.base.templatetags.xk import day, evidence_count
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators import wording
from xingke.indicators.models import Figure
from xingke.indicators.queries.aspects import called
from xingke.indicators.rules import Indicator
from xingke.ledger.words import Words
from xingke.press.exports import document_response
from xingke.press.fonts import FontMissing, GlyphMissing
from xingke.reports import queries
from xingke.reports.models import Document
from xingke.reports.papers import paper


def _public(work: UUID) -> Document:
    found = queries.public_edition(work)
    if found is None:
        raise Http404
    return found


@for_everybody
@require_safe
def document(request: HttpRequest, work: UUID) -> HttpResponse:
    shown = queries.public_edition(work)
    if shown is None:
        return _retracted(request, work)
    published = queries.publication_of(shown)
    return render(
        request,
        "reports/public_document.html",
        {
            "document": shown,
            "paper": paper(shown, figure="reports:public-figure"),
            "period": period_words(shown.period),
            "published_on": published.taken_at,
            "edition": _("第 %(n)s 版") % {"n": shown.edition},
            "is_fictional": shown.is_fictional,
            "is_public": True,
            "crumbs": [_home(), {"label": shown.title, "url": ""}],
        },
    )


def _home() -> dict[str, str]:
    return {"label": _("科技工作公开"), "url": "/"}


def _retracted(request: HttpRequest, work: UUID) -> HttpResponse:
    """A document that was public and is not any more: when and why, not its text. 404 for one that never was."""
    step = queries.retraction_of(work)
    if step is None:
        raise Http404
    context = {
        "title": step.document.title,
        "on": step.taken_at,
        "why": step.opinion,
        "is_public": True,
        "is_fictional": step.document.is_fictional,
    }
    return render(request, "reports/public_retracted.html", context, status=410)


@for_everybody
@require_safe
def document_file(request: HttpRequest, work: UUID) -> HttpResponse:
    shown = _public(work)
    return document_response(shown.title, queries.docx_of(shown))


@for_everybody
@require_safe
def document_pdf(request: HttpRequest, work: UUID) -> HttpResponse:
    shown = _public(work)
    try:
        data = queries.pdf_of(shown)
    except (FontMissing, GlyphMissing) as missing:
        return HttpResponse(missing.sentence(wording.language()), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{shown.title}.pdf")
    return response


@for_everybody
@require_safe
@vary_on_headers("HX-Request")
def figure(request: HttpRequest, key: UUID) -> HttpResponse:
    """What a published figure means and how it was counted; never the records, nor what siblings have."""
    shown = queries.public_figure(key)
    asked = queries.definition_of(shown)
    documents = queries.public_documents_speaking(shown)
    label = called(asked, shown.aspect, language=wording.language(), region=shown.region)
    context: dict[str, Any] = {
        "figure": shown,
        "title": label,
        "kicker": f"{shown.region.name} · {period_words(shown.period)}",
        "facts": _facts(shown, asked),
        "definition": wording.definition_facts(asked, shown.definition, Words())[
            1:
        ],  # the first is the meaning, among the facts
        "documents": documents,
        "crumbs": [
            _home(),
            *(
                {"label": each.title, "url": reverse("reports:public-document", args=[each.work])}
                for each in documents[:1]
            ),
            {"label": label, "url": ""},
        ],
        "is_fictional": shown.is_fictional,
        "is_public": True,
    }
    is_drawer = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # set by django-htmx
    return render(request, "reports/public_figure.html#drawer" if is_drawer else "reports/public_figure.html", context)


def _facts(shown: Figure, asked: Indicator) -> list[dict[str, Any]]:
    parts = len(shown.parts)
    return [
        {"label": _("含义"), "value": asked.meaning.in_language(wording.language())},
        {
            "label": _("来源"),
            "value": wording.route_word(shown.route),
            "note": _("由 %(n)s 个数得来") % {"n": parts} if parts > 1 else "",
        },
        {"label": _("数了多少"), "value": evidence_count(shown.count), "numeric": True, "note": _("记录本身不公开")},
        {
            "label": _("证据摘要"),
            "value": shown.digest,
            "numeric": True,
            "note": _("全部记录及其版本的 SHA-256，事后改动会不同"),
        },
        {"label": _("台账号"), "value": shown.seq, "numeric": True, "note": _("按台账到这一笔为止的状态计算")},
        {"label": _("固化"), "value": day(shown.frozen_at)},
    ]
