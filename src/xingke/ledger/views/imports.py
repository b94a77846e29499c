"""Imports: handing over a CSV of reported figures, and what became of its rows."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.exports import csv_address, csv_response, wants_csv
from xingke.base.refusals import Refused
from xingke.ledger import importing, queries
from xingke.ledger.models import ImportBatch, ImportRow
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.IMPORT_RUN)
    if wants_csv(request):
        return csv_response(_("上报数模板") + ".csv", importing.COLUMNS, ())
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            outcome = _import(request, user)
        except Refused as refusal:
            context["error"] = str(refusal)
        else:
            if outcome.batch is not None:
                messages.success(request, _("导入完成，结果如下。"))
                return redirect("ledger:import", outcome.batch.pk)
            context |= {"outcome": _counts(outcome.counts), "left": outcome.left, "earlier": outcome.earlier}
    page = Paginator(queries.import_batches(user), filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    context |= {
        "rows": [(batch, _counts(batch.counts)) for batch in page.object_list],
        "table": {
            "columns": [
                {"label": _("文件")}, {"label": _("导入时间"), "class": "nowrap"}, {"label": _("编码")},
                *({"label": label, "numeric": True} for label, _count in _counts({})),
            ],
            "page": page, "empty_title": _("您还没有导入过文件"), "empty_text": _("交来一个文件，结果会列在这里。"),
        },
        "columns": _("、").join(importing.REQUIRED),
    }  # fmt: skip
    return render(request, "ledger/import_list.html", context)


def _import(request: HttpRequest, user: User) -> importing.Outcome:
    """Read and file the handed-over file. Raises Refused with one sentence for a missing, too large or wrong one."""
    file = request.FILES.get("file")
    if file is None:
        raise Refused(_("请选择要导入的文件。"))
    if file.size is not None and file.size > importing.SIZE_LIMIT:
        raise Refused(_("文件超过 20 MB，请分成几个文件导入。"))
    table = importing.read_table(file.read(), name=file.name or "")
    return importing.import_observations(table=table, file_name=file.name or "", by=user, now=timezone.now())


def _counts(counts: Any) -> list[tuple[str, int]]:
    labels = {
        "new": _("新登记"), "changed": _("有改动"), "unchanged": _("未改动"), "waiting": _("待读"), "rejected": _("未导入")
    }  # fmt: skip
    return [(label, counts.get(code, 0)) for code, label in labels.items()]


@require_safe
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    batch = queries.import_batch_for(user, pk)
    status = request.GET.get("status", "")
    left = batch.rows.filter(status=status) if status in ImportRow.Status.values else batch.rows.all()
    if wants_csv(request):
        return _left_as_csv(batch, list(left))
    page = Paginator(left, filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    statuses = [(ImportRow.Status.REJECTED.value, _("未导入")), (ImportRow.Status.WAITING.value, _("待读"))]
    context = {
        "batch": batch, "counts": [{"label": label, "value": count, "unit": _("行")} for label, count in _counts(batch.counts)],
        "facts": [
            {"label": _("导入人"), "value": batch.imported_by.name},
            {"label": _("编码"), "value": _("按 %(encoding)s 读取") % {"encoding": batch.encoding}},
            {"label": _("台账序号"), "value": str(batch.seq), "numeric": True},
            {"label": _("文件摘要"), "value": batch.digest, "numeric": True, "note": "SHA-256"},
        ],
        "rows": list(page.object_list), "filters": [filtering.select("status", _("结果"), status, statuses)],
        "table": {
            "columns": [
                {"label": _("行号"), "numeric": True}, {"label": _("位置")}, {"label": _("结果")},
                {"label": _("问题和办法")}, {"label": _("原行内容")},
            ],
            "page": page, "export_url": csv_address(request), "empty_url": "?" if status else "",
            "empty_title": _("没有留下的行"), "empty_text": _("文件中的每一行都已登记。"),
        },
        "is_fictional": queries.is_fictional_import(batch),
        "crumbs": [{"label": _("导入"), "url": reverse("ledger:import-list")}, {"label": batch.file_name}],
    }  # fmt: skip
    return render(request, "ledger/import.html", context)


def _left_as_csv(batch: ImportBatch, left: list[ImportRow]) -> HttpResponse:
    """The rows as they were, with what is wrong: mend them and hand the file over again."""
    known = left[0].raw if left else dict.fromkeys(importing.COLUMNS, "")
    columns = [name for name in importing.COLUMNS if name in known] + sorted(known.keys() - set(importing.COLUMNS))
    return csv_response(
        _("未导入的行") + f"-{batch.pk}.csv",
        [*columns, _("行号"), _("问题和办法")],
        ([*(row.raw.get(column, "") for column in columns), row.number, _("；").join(row.problems)] for row in left),
    )
