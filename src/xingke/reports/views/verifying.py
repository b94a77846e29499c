"""Verifying a .docx in the browser: read, compared, reported, forgotten."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from xingke.accounts.permissions import Permission
from xingke.base.press.docx_reader import Unreadable
from xingke.base.press.findings import Finding, Kind
from xingke.indicators.wording import language
from xingke.registry import queries as registry
from xingke.registry.rules import Scope
from xingke.reports import queries
from xingke.reports.forms import VerifyForm
from xingke.reports.rows import Change, changes_open_to
from xingke.reports.verifying import DriftedFigure, Report, verify_file


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.DOCUMENT_VERIFY)
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {"form": form, "error": "", "crumbs": [{"label": _("核验"), "url": ""}]}
    if request.method == "POST":
        if form.is_valid():
            try:
                report = verify_file(form.cleaned_data["file"], visible=queries.documents_visible_to(user))
            except Unreadable as unreadable:
                context["error"] = _unreadable(unreadable)
            else:
                context |= _report(report, request.FILES["file"].name, registry.scope(user, Permission.RECORD_READ))  # type: ignore[union-attr]  # one file, see the form
        else:
            context["error"] = " ".join(map(str, form.errors["file"]))
    return render(request, "reports/verify.html", context)


def _unreadable(error: Unreadable) -> str:
    return str(error)


@dataclass(frozen=True)
class Verdict:
    """The verdict in one sentence, whether it is good, and what that means."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True)
class Drifted:
    """A figure that the ledger says otherwise now, and the records that changed."""

    slot: int
    label: str
    before: str
    after: str
    says_otherwise: bool
    changes: list[Change]
    hidden: int  # changed records of regions the reader may not look into


@dataclass(frozen=True)
class Problem:
    """A finding in words and where it stands."""

    text: str
    where: str


def _report(report: Report, name: str | None, readable: Scope) -> dict[str, Any]:
    verdict = report.verdict
    edits = [each for each in verdict.failures if each.kind is not Kind.FIGURE_DRIFTED]
    return {
        "report": report,
        "name": name,
        "verdict": _verdict(report, edits),
        "rows": verdict.rows,
        "right": sum(row.holds for row in verdict.rows),
        "findings": [_problem(each) for each in edits],
        "notices": [_problem(each) for each in verdict.notices],
"drifted": [_drifted(each, readable) for each in report.drifted],
        "document": report.document,
        "is_fictional": bool(report.document and report.document.is_fictional),
    }  # fmt: skip


def _drifted(each: DriftedFigure, readable: Scope) -> Drifted:
    changes, hidden = changes_open_to(each.changes, readable)
    return Drifted(each.slot, each.label, each.before, each.after, each.says_otherwise, changes, hidden)


def _problem(finding: Finding) -> Problem:
    return Problem(finding.sentence(language()), finding.where(language()))


def _verdict(report: Report, edits: list[Finding]) -> Verdict:
    count = len(report.verdict.rows)
    if report.holds and report.is_ledger_checked:
        text = _("文件与签名的证明一致，也与现在的台账一致。")
        return Verdict("good", _("核验通过：%(n)s 个数字全部相符。") % {"n": count}, text)
    if report.holds:
        text = _("这份文稿不在您的工作范围内，或不是本系统写的，所以没有与台账核对。")
        return Verdict("good", _("文件未被改动：%(n)s 个数字与签名的证明相符。") % {"n": count}, text)
    if not edits:
        drifted = len(report.drifted)
        title = ngettext(
            "文件未被改动，但台账已变：%(n)s 个数字与现在不同。",
            "文件未被改动，但台账已变：%(n)s 个数字与现在不同。",
            drifted,
        )
        return Verdict(
            "warn", title % {"n": drifted}, _("写成之后有记录被改正、新增或作废。请核对下面的记录，必要时重新写。")
        )
    return Verdict(
        "bad", _("核验不通过：发现 %(n)s 处问题。") % {"n": len(edits)}, _("不要采用这份文件里的数，先查清下面各处。")
    )
