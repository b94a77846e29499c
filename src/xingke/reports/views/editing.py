"""Editing a document: its text with tokens for the figures, looking at it, saving it as the next edition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.indicators.queries.aspects import called
from xingke.ledger.queries.caching import ledger_stamp
from xingke.press import html, tree
from xingke.registry import queries as registry
from xingke.reports import actions, queries
from xingke.reports.actions import Stale, Unsound
from xingke.reports.forms import small_int
from xingke.reports.models import Document
from xingke.reports.queries import checking, picking
from xingke.reports.rules import source
from xingke.reports.rules.source import Block, Mistake, Source


@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    asked = queries.document_to(user, key, Permission.DOCUMENT_WRITE)
    if request.method == "POST":
        return _Desk(request, user, asked).answer()
    newest = queries.newest_edition(asked.work)
    if newest != asked:
        return redirect("reports:document-edit", key=newest.key)
    kept = queries.working_text(user, asked.work)
    desk = _Desk(request, user, kept.follows if kept else asked)
    if kept is None:
        return desk.show(queries.source_of(asked))
    stale = newest if kept.follows != newest else None
    return desk.show(source.from_json(kept.source), kept_at=kept.kept_at, stale=stale)


class _Desk:
    """One request of the editor: what was typed, and what is to be done with it."""

    def __init__(self, request: HttpRequest, user: User, document: Document) -> None:
        self.request, self.user, self.document = request, user, document
        self.region, self.period = document.region, Period.parse(document.period)

    def answer(self) -> HttpResponse:
        post = self.request.POST
        if "title" not in post:  # what no page of ours sends overwrites nothing
            answer = self.show(queries.source_of(self.document), problem=_("页面不完整，请重新打开本页。"))
            answer.status_code = 400
            return answer
        number = small_int(post.get("edition", ""))
        if number is not None:
            self.document = queries.edition_numbered(self.document.work, number)
        text = source.typed(post.get("title", ""), post.getlist("kind"), post.getlist("text"), post.get("dated_on", ""))
        do, _colon, argument = post.get("do", "preview").partition(":")
        day = post.get("dated_on", "").strip()
        if do == "save" and day and text.dated_on is None:
            return self.show(text, problem=_("“%(day)s”不是日期，请写成 2026-01-05。") % {"day": day})
        if do == "save":
            return self.save(text)
        if do == "discard":
            actions.drop_working_text(document=self.document, by=self.user)
            messages.info(self.request, _("未保存的修改已放弃。"))
            return redirect("reports:document-edit", key=self.document.key)
        if do == "keep" and queries.was_followed_by(self.document, self.user):
            return HttpResponse(status=409)  # a late page: the same person has saved since
        text = _arranged(text, do, argument)
        actions.keep_working_text(follows=self.document, text=text, by=self.user, now=timezone.now())
        if do == "keep":
            return HttpResponse(status=204)
        if do == "find":
            return self.show(text, query=post.get("q", ""))
        return self.show(text, preview=self.preview(text) if do == "preview" else None)

    def save(self, text: Source) -> HttpResponse:
        try:
            written = actions.save_edition(follows=self.document, text=text, by=self.user, now=timezone.now())
        except Refused as refused:
            actions.keep_working_text(follows=self.document, text=text, by=self.user, now=timezone.now())
            return self.refused(text, refused)
        if written.is_new:
            said = _("已存为第 %(n)s 版，数字已按现在的台账重新读取并固化。") % {"n": written.document.edition}
            messages.success(self.request, said)
        else:
            messages.info(self.request, _("文字和数字都没有变化，没有另存新版。"))
        return redirect("reports:document", key=written.document.key)

    def refused(self, text: Source, refused: Refused) -> HttpResponse:
        if isinstance(refused, Stale):
            return self.show(text, stale=refused.newest)
        if isinstance(refused, Unsound):
            unknown = {source.token(slot.code, slot.aspect): str(why) for slot, why in refused.unknown.items()}
            return self.show(text, mistakes=refused.mistakes, unknown=unknown)
        return self.show(text, problem=str(refused))

    def preview(self, text: Source) -> SafeString | None:
        """The paper as it would be, its figures read now; nothing is frozen."""
        try:
            said, _seq = actions.read_slots(source.slots(text), self.region, self.period)
        except Refused as refused:
            messages.error(self.request, str(refused))
            return None
        paper = tree.DocumentTree(
            id="",
            title=text.title,
            issuer=queries.tree_of(self.document).issuer,
            date=source.date_line(text.dated_on or timezone.localdate()),
            blocks=tuple(actions.typed_blocks(text, said)),
            is_fictional=self.document.is_fictional,
        )
        return mark_safe(html.render(paper, _chip, title="p"))  # render escapes everything but the chips

    def show(
        self,
        text: Source,
        *,
        stale: Document | None = None,
        mistakes: Sequence[Mistake] = (),
        unknown: Mapping[str, str] | None = None,
        query: str = "",
        preview: SafeString | None = None,
        kept_at: Any = None,
        problem: str = "",
    ) -> HttpResponse:
        document = self.document
        base = stale or document  # the next press saves on top of what was shown
        words = self._words(text)
        checked = checking.known(document, ledger_stamp())
        matching = picking.matching(mistakes, self.region, self.period)
        problems = [
            SavingProblem(
                actions.said_mistake(each),
                _spoken(each.around, words),
                each.block,
                _fixes(each, matching.get(each, ())),
            )
            for each in mistakes
        ]
        problems += [
            SavingProblem(why, token, number, ())
            for token, why in (unknown or {}).items()
            for number, block in enumerate(text.blocks)
            if token in block.text
        ]
        return render(
            self.request,
            "reports/document_edit.html",
            {
                "document": document,
                "base": base,
                "text": text,
                "blocks": _rows(text.blocks, problems),
                "tools": _tools(),
                "problems": problems,
                "problem": problem,
                "stale": _theirs(document, stale) if stale else None,
                "kept_at": kept_at,
                "period_end": self.period.last,
                "words": {token: {"text": said, "label": label} for token, (said, label) in words.items()},
                "drifted": bool(checked and checked.drifted),
                "query": query,
                "offers": picking.offers(query, self.region, self.period),
                "no_offer": picking.no_offer(query),
                "preview": preview,
                "is_fictional": document.is_fictional,
                "crumbs": [
                    {"label": _("文稿"), "url": reverse("reports:document-list")},
                    {"label": document.title, "url": reverse("reports:document", args=[document.key])},
                    {"label": _("编辑"), "url": ""},
                ],
            },
            status=409 if stale and self.request.method == "POST" else 200,
        )

    def _words(self, text: Source) -> dict[str, tuple[str, str]]:
        """What the figures of the text say: as in the edition, those that are new to it as of now."""
        words = queries.words_of(self.document)
        words |= {source.name_token(each): (each, _("来自台账的名称")) for each in source.names(text)}
        new = [slot for slot in source.slots(text) if source.token(slot.code, slot.aspect) not in words]
        try:
            said, _seq = actions.read_slots(new, self.region, self.period) if new else ({}, 0)
        except Refused:
            return words
        return words | {
            source.token(slot.code, slot.aspect): (
                each.text or "？",
                called(each.indicator, each.aspect, region=each.region),
            )
            for slot, each in said.items()
        }


@dataclass(frozen=True)
class Fix:
    """A figure that says what was typed: pressing it puts the figure in the number's place."""

    do: str
    label: str
    text: str


@dataclass(frozen=True)
class SavingProblem:
    """Something that cannot be saved: the sentence, what stands around it, in which block, and what would do."""

    text: str
    around: str
    block: int
    fixes: Sequence[Fix]


@dataclass(frozen=True)
class BlockRow:
    """A heading or paragraph of the form. lines: how tall its field is."""

    number: int
    kind: str
    level: int
    text: str
    lines: int
    is_wrong: bool


def _rows(blocks: Sequence[Block], problems: Sequence[SavingProblem]) -> list[BlockRow]:
    wrong = {each.block for each in problems}
    return [
        BlockRow(
            number,
            f"heading-{block.level}" if block.is_heading else block.kind,
            block.level,
            block.text,
            min(2 + len(block.text) // 44, 14),
            number in wrong,
        )
        for number, block in enumerate(blocks)
    ]


def _tools() -> list[dict[str, str]]:
    """The small buttons of every heading and paragraph."""
    return [
        {"do": "add-paragraph", "label": _("加段落"), "icon": ""},
        {"do": "add-heading", "label": _("加一节"), "icon": ""},
        {"do": "up", "label": _("上移"), "icon": "arrow-up"},
        {"do": "down", "label": _("下移"), "icon": "arrow-down"},
        {"do": "remove", "label": _("删去"), "icon": "x"},
    ]


def _fixes(mistake: Mistake, offers: Sequence[picking.Offer]) -> list[Fix]:
    place = f"{mistake.block}-{mistake.start}-{mistake.end}"
    return [Fix(f"replace:{place}-{each.token}", each.label, each.text) for each in offers]


def _arranged(text: Source, do: str, argument: str) -> Source:
    """The text after one of the small buttons was pressed; a button that is not there any more changes nothing."""
    number, _dash, rest = argument.partition("-")
    place = small_int(number)
    at = -1 if place is None else place
    if do == "add-paragraph" or do == "add-heading":
        return source.added(text, min(at, len(text.blocks) - 1), do.removeprefix("add-"))
    if not 0 <= at < len(text.blocks):
        return text
    if do in ("up", "down"):
        return source.moved(text, at, -1 if do == "up" else 1)
    if do == "remove":
        return source.removed(text, at)
    if do == "replace":
        start, end, token = (*rest.split("-", 2), "", "")[:3]
        low, high = small_int(start), small_int(end)
        if low is not None and high is not None and source.read_token(token):
            return source.replaced(text, at, low, high, token)
    return text


def _spoken(text: str, words: Mapping[str, tuple[str, str]]) -> str:
    """A piece of typed text as it is read: figures in words, halves of tokens left out."""
    for token, (said, _label) in words.items():
        text = text.replace(token, said)
    return re.sub(r"^[^{}]*\}|\{[^{}]*$", "", text)


def _theirs(base: Document, newest: Document) -> dict[str, Any]:
    """What somebody else made of the text meanwhile."""
    lines = queries.compared(base, newest)
    return {"newest": newest, "lines": [line for line in lines if line.what != "same"]}


def _chip(chip: tree.Chip) -> str:
    return format_html('<span class="chip chip-known" title="{}">{}</span>', chip.label, chip.text)


@require_safe
def document_figures(request: HttpRequest, key: UUID) -> HttpResponse:
    """The figures that answer to a name, as the options of the picker."""
    user = registry.reader(request.user)
    document = queries.document_to(user, key, Permission.DOCUMENT_WRITE)
    query = request.GET.get("q", "")[:40]
    found = picking.offers(query, document.region, Period.parse(document.period))
    return render(request, "reports/document_edit.html#options", {"offers": found, "no_offer": picking.no_offer(query)})


@require_safe
def document_compare(request: HttpRequest, key: UUID) -> HttpResponse:
    """An edition beside an earlier one: what text and which figures changed."""
    user = registry.reader(request.user)
    shown = queries.document_for(user, key)
    number = small_int(request.GET.get("with", ""))
    if number is not None:
        before = queries.document_for(user, queries.edition_numbered(shown.work, number).key)
    elif shown.follows is not None:
        before = queries.document_for(user, shown.follows.key)
    else:
        raise Http404
    lines = queries.compared(before, shown)
    return render(
        request,
        "reports/document_compare.html",
        {
            "document": shown,
            "before": before,
            "lines": lines,
            "changed": [line for line in lines if line.what != "same"],
            "figures": queries.figures_compared(before, shown),
            "is_fictional": shown.is_fictional,
            "crumbs": [
                {"label": _("文稿"), "url": reverse("reports:document-list")},
                {"label": shown.title, "url": reverse("reports:document", args=[shown.key])},
                {"label": _("对比"), "url": ""},
            ],
        },
    )


@require_http_methods(["GET", "POST"])
def document_update(request: HttpRequest, key: UUID) -> HttpResponse:
    """The same text with the figures of today: what would change is shown, then saved as the next edition."""
    user = registry.reader(request.user)
    shown = queries.document_to(user, key, Permission.DOCUMENT_WRITE)
    problem = ""
    if request.method == "POST":
        try:
            written = actions.save_edition(
                follows=shown,
                text=replace(queries.source_of(shown), dated_on=None),
                by=user,
                now=timezone.now(),
                was_typed=False,
            )
        except Refused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("已按现在的台账存为第 %(n)s 版。") % {"n": written.document.edition})
            return redirect("reports:document", key=written.document.key)
    checked = checking.check(shown, ledger_stamp())
    return render(
        request,
        "reports/document_update.html",
        {
            "document": shown,
            "problem": problem,
            "drifted": checked.to_be_updated,
            "is_fictional": shown.is_fictional,
            "crumbs": [
                {"label": _("文稿"), "url": reverse("reports:document-list")},
                {"label": shown.title, "url": reverse("reports:document", args=[shown.key])},
                {"label": _("更新数字"), "url": ""},
            ],
        },
    )
