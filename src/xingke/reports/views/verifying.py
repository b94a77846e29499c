"""Verifying a .docx in the browser: read, compared, reported, forgotten."""

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from xingke.accounts.permissions import Permission
from xingke.indicators.wording import language
from xingke.press.findings import LEDGER, FigureState, Finding, FindingKind
from xingke.press.packages import Unreadable
from xingke.registry import queries as registry
from xingke.registry.rules import Scope
from xingke.reports import queries
from xingke.reports.forms import VerifyForm
from xingke.reports.queries.verifying import DriftedFigure, Report, verify_file
from xingke.reports.rows import ChangedRecord, changes_open_to

_STRANGERS = BoundedSemaphore(2)  # files of strangers examined at a time by a process: each may take ten seconds


@login_not_required
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Everybody may hold a file against what was published; who verifies for his bureau, against what lies in his scope."""
    is_stranger = not _verifies(request)
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {
        "form": form,
        "error": "",
        "crumbs": [{"label": _("核验"), "url": ""}],
        "is_public": not request.user.is_authenticated,
    }
    if request.method == "POST" and not form.is_valid():
        context["error"] = " ".join(map(str, form.errors["file"]))
    elif request.method == "POST":
        if is_stranger and not _STRANGERS.acquire(blocking=False):
            context["error"] = _("现在核验的人多，请过一会儿再试。")
            return render(request, "reports/verify.html", context, status=503)
        try:
            context |= _examined(request, form.cleaned_data["file"], is_stranger=is_stranger)
        except Unreadable as unreadable:
            context["error"] = str(unreadable)
        finally:
            if is_stranger:
                _STRANGERS.release()
    return render(request, "reports/verify.html", context)


def _verifies(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(
        registry.scope(registry.reader(request.user), Permission.DOCUMENT_VERIFY)
    )


def _examined(request: HttpRequest, data: bytes, *, is_stranger: bool) -> dict[str, Any]:
    """What the page says of a file. Raises Unreadable."""
    name = request.FILES["file"].name  # type: ignore[union-attr]  # one file, see the form
    if is_stranger:
        return _report(verify_file(data, visible=queries.visible_to_strangers()), name, Scope(), is_stranger=True)
    user = registry.reader(request.user)
    report = verify_file(data, visible=queries.documents_visible_to(user))
    return _report(report, name, registry.scope(user, Permission.RECORD_READ))


@dataclass(frozen=True)
class VerdictWords:
    """The verdict in one sentence, whether it is good, and what that means."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True)
class DriftedWords:
    """A figure that the ledger says otherwise now, and the records that changed."""

    slot: int
    label: str
    before: str
    after: str
    says_otherwise: bool
    changes: list[ChangedRecord]
    hidden: int  # changed records of regions the reader may not look into


@dataclass(frozen=True)
class VerdictProblem:
    """A finding in words and where it stands."""

    text: str
    where: str


def _report(report: Report, name: str | None, readable: Scope, *, is_stranger: bool = False) -> dict[str, Any]:
    verdict = report.verdict
    edits = [each for each in verdict.failures if each.kind not in LEDGER]
    renamed = [each for each in verdict.failures if each.kind is FindingKind.RECORD_CHANGED]
    return {
        "report": report,
        "name": name,
        "verdict": _verdict(report, edits, renamed, is_stranger=is_stranger),
        "rows": verdict.rows,
        "right": sum(row.holds for row in verdict.rows),
        "findings": [_problem(each) for each in edits],
        "notices": [_problem(each) for each in verdict.notices],
        "renamed": [_problem(each) for each in renamed],
        "drifted": [_drifted(each, readable) for each in report.drifted],
        "is_changed": any(each.kind is FindingKind.FIGURE_DRIFTED for each in verdict.failures),
        "document": report.document,
        "is_fictional": bool(report.document and report.document.is_fictional),
    }


def _drifted(each: DriftedFigure, readable: Scope) -> DriftedWords:
    changes, hidden = changes_open_to(each.changes, readable)
    return DriftedWords(each.slot, each.label, each.before, each.after, each.says_otherwise, changes, hidden)


def _problem(finding: Finding) -> VerdictProblem:
    return VerdictProblem(finding.sentence(language()), finding.where(language()))


def _verdict(report: Report, edits: list[Finding], renamed: list[Finding], *, is_stranger: bool) -> VerdictWords:
    count = len(report.verdict.rows)
    words = _words_said(report)
    if report.holds and report.is_ledger_checked:
        title = _("核验通过：%(n)s 个数字全部相符。") % {"n": count}
        text = _("数字和含数字的句子与签名的证明相符，也与现在的台账一致。")
        return VerdictWords("good", title, _together(text, _corrections(report), words))
    if report.holds:
        title = _("数字相符：%(n)s 个数字和它们所在的句子与签名的证明相符。") % {"n": count}
        text = _("这份文稿不在您的工作范围内，或不是本系统写的，所以没有与台账核对。")
        if is_stranger:
            text = _("台账只对工作人员开放，这里没有与它核对。")
        return VerdictWords("good", title, _together(words, text))
    if not edits:
        drifted = len({each.slot for each in report.verdict.failures if each.kind is FindingKind.FIGURE_DRIFTED})
        drifted += len(renamed)
        title = ngettext(
            "数字与证明相符，但台账已变：%(n)s 个数字或名称与现在不同。",
            "数字与证明相符，但台账已变：%(n)s 个数字或名称与现在不同。",
            drifted,
        )
        text = _("写成之后有记录被改正、新增或作废。请核对下面的记录，必要时重新写。")
        if not renamed and not any(each.changes for each in report.drifted if each.says_otherwise):
            text = _("按现在的台账重算，依据与固化时不同。请核对，必要时重新写，或告诉系统管理员。")
        return VerdictWords("warn", title % {"n": drifted}, _together(text, words))
    return VerdictWords(
        "bad", _("核验不通过：发现 %(n)s 处问题。") % {"n": len(edits)}, _("不要采用这份文件里的数，先查清下面各处。")
    )


def _together(*sentences: str) -> str:
    """Sentences one behind the other, in English with a blank between them."""
    return (" " if language().startswith("en") else "").join(each for each in sentences if each)


def _corrections(report: Report) -> str:
    """How many numbers stand although their evidence was corrected."""
    corrected = sum(each.kind is FindingKind.EVIDENCE_CORRECTED for each in report.verdict.notices)
    return _("其中 %(n)s 个数字的依据有更正，数未变。") % {"n": corrected} if corrected else ""


def _words_said(report: Report) -> str:
    """What became of the file itself."""
    return {
        FigureState.WRITTEN: _("文件与写成时一字不差。"),
        FigureState.RESAVED: _("文件由编辑软件重新保存过，文字和次序没有变。"),
        FigureState.EARLIER: _("证明是较早的格式，签的是数字和它们所在的句子。"),
        FigureState.OTHER: "",
    }[report.verdict.state]
