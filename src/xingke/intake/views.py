"""Imports: handing a file over, looking at what would become of its rows, and filing them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.refusals import Refused
from xingke.base.sayings import told
from xingke.intake import showing as import_pages
from xingke.intake.actions import ask_to_file, ask_to_recheck, ask_to_undo, give_up, hand_over
from xingke.intake.checking import reader_of, sheet_form
from xingke.intake.forms import HandOverForm, sheet_forms
from xingke.intake.lists import IMPORTS
from xingke.intake.models import ImportBatch
from xingke.intake.queries import StagedRows, import_batch_for, is_fictional_import, may_undo_batch, options_of, staged
from xingke.intake.reading import SAYING_WHERE, SIZE_LIMIT
from xingke.intake.rows.incoming import CHANGED, NEW, OUTCOMES, REJECTED, UNCHANGED, WAITING, RowReader
from xingke.intake.rows.returned import how_to_mend, returned_cells, returned_columns, returned_header, returned_lines
from xingke.intake.sheets.blank import ROWS, guide, template_header, template_row
from xingke.intake.sheets.columns import Understood
from xingke.intake.showing import counts_of, outcome_word, state_of
from xingke.ledger.words import Words, kind_word
from xingke.press.cells import letters
from xingke.press.exports import csv_response, file_addresses, wants_file, workbook_response
from xingke.registry import filtering
from xingke.registry import queries as registry
from xingke.registry.listing import list_response

TAGS = {"rejected": "void", "waiting": "partial", "changed": "draft", "new": "confirmed", "unchanged": "unknown"}


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    registry.require_page(user, Permission.IMPORT_RUN)
    form = HandOverForm(request.POST or None, user=user, initial={"form": request.GET.get("form", "")})
    error = ""
    if request.method == "POST":
        try:
            return redirect("accounts:job", _hand_over(request, form, user))
        except Refused as refusal:
            error = str(refusal)
    return list_response(
        request,
        IMPORTS,
        template="intake/import_list.html",
        context=lambda asked: {"form": form, "error": error, "forms": sheet_forms()},
    )


def _hand_over(request: HttpRequest, form: HandOverForm, user: User) -> int:
    """Keep the file and ask for it to be checked. Raises Refused with one sentence for a missing or too large one."""
    file = request.FILES.get("file")
    if file is None:
        raise Refused(_("请选择要导入的文件。"))
    if file.size is not None and file.size > SIZE_LIMIT:
        raise Refused(_("文件超过 20 MB，请分成几个文件导入。"))
    if not form.is_valid():
        raise Refused(_("请先改正下面标出的地方，再重新选择文件。"))
    job = hand_over(
        data=file.read(),
        file_name=file.name or "",
        form=form.cleaned_data["form"],
        sheet=form.cleaned_data["sheet"],
        options=form.options(),
        by=user,
    )
    return job.pk


@require_safe
def import_form(request: HttpRequest, code: str) -> HttpResponse:
    """An empty table of a form, with one invented row that says so and is never imported."""
    registry.require_page(registry.reader(request.user), Permission.IMPORT_RUN)
    form = next((each for each in sheet_forms() if each.code == code), None)
    if form is None:
        raise Http404
    name, columns, row = _("%(name)s模板") % {"name": form.label.zh}, template_header(form), template_row(form)
    if request.GET.get("format") == "csv":
        return csv_response(f"{name}.csv", [each.label for each in columns], [row])
    return workbook_response(name, columns=columns, rows=[row], pages=[guide(form)], spare=ROWS)


@require_safe
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    batch = import_batch_for(user, pk)
    outcome = request.GET.get("outcome", "") if request.GET.get("outcome") in OUTCOMES else ""
    if wants_file(request):
        return _returned(request, batch, outcome)
    wanted = (outcome,) if outcome else _first(batch)
    page = Paginator(StagedRows(batch, *wanted), filtering.PAGE_SIZE).get_page(request.GET.get("page"))
    reader, understood = _reader(batch, user)
    rows = _rows(batch, list(page.object_list), reader)
    fine = _fine(batch, reader) if wanted and not outcome else {}
    notes = [note for note in batch.notes if not _is_header_row(note)]
    amounts, others = import_pages.unused(understood)
    choices = [(each, outcome_word(each)) for each in OUTCOMES if batch.counts.get(each)]
    context = {
        "batch": batch,
        "state": state_of(batch),
        "kicker": kind_word(batch.kind),
        "may_undo": batch.state == ImportBatch.State.FILED
        and may_undo_batch(batch, by=user, now=timezone.now()).allowed,
        "is_prepared": batch.state == ImportBatch.State.PREPARED,
        "at_work": batch.file_job is not None
        and not batch.file_job.is_over
        and batch.state == ImportBatch.State.PREPARED,
        "counts": [{"label": label, "value": count, "unit": _("行")} for label, count in counts_of(batch)],
        "left": batch.counts.get(REJECTED, 0) + batch.counts.get(WAITING, 0),
        "facts": _facts(batch),
        "columns": _columns(understood),
        "unused_amounts": _("、").join(amounts),
        "unused": _("、").join(others),
        "notes": notes[:20],
        "more_notes": max(len(notes) - 20, 0),
        "rows": rows,
        "fine": fine,
        "caption": _("请先看这些行") if fine else _("各行"),
        "asks": any(row["row"].asks for row in [*rows, *fine.get("rows", [])]),
        "filters": [filtering.select("outcome", _("结果"), outcome, choices)],
        "table": {
            "columns": [
                {"label": _("行号"), "numeric": True},
                {"label": _("结果")},
                {"label": _("读作，问题和办法")},
                {"label": _("原行内容")},
            ],
            "page": page,
            "export": file_addresses(request),
            "empty_url": "?" if outcome else "",
            "empty_title": _("没有这样的行"),
            "empty_text": _("请放宽条件。") if outcome else _("这次导入的行没有保留。"),
        },
        "is_fictional": is_fictional_import(batch),
        "crumbs": [{"label": _("导入"), "url": reverse("intake:import-list")}, {"label": batch.file_name}],
    }
    return render(request, "intake/import.html", context)


FIRST, FINE = (REJECTED, WAITING, CHANGED), (NEW, UNCHANGED)  # what somebody should look at, and the rest


def _first(batch: ImportBatch) -> tuple[str, ...]:
    """The outcomes shown at first: those somebody should look at, where there are any beside others; else all."""
    counts = {outcome: batch.counts.get(outcome, 0) for outcome in OUTCOMES}
    return FIRST if any(counts[each] for each in FIRST) and any(counts[each] for each in FINE) else ()


def _fine(batch: ImportBatch, reader: RowReader | None) -> dict[str, Any]:
    """The rows that need no look: the first of them, how many there are, and where the rest is."""
    found = StagedRows(batch, *FINE)
    rows = _rows(batch, found[: filtering.PAGE_SIZE], reader)
    return {
        "rows": rows,
        "count": len(found),
        "is_open": any(row["row"].notes for row in rows),
        "more": [(outcome_word(each), f"?outcome={each}") for each in FINE if batch.counts.get(each)],
    }


def _reader(batch: ImportBatch, user: User) -> tuple[RowReader | None, Understood | None]:
    """Who reads the rows; nobody where the form of the table has been given up since."""
    try:
        form = sheet_form(batch.form)
        options = options_of(batch)
        return reader_of(form, batch.header, by=user, options=options, source=batch.file_name)
    except Refused:
        return None, None


def _facts(batch: ImportBatch) -> list[dict[str, Any]]:
    read = _("按 %(encoding)s 读取") % {"encoding": batch.encoding}
    facts: list[dict[str, Any]] = [
        {"label": _("交来"), "value": batch.prepared_by.name},
        {
            "label": _("编码"),
            "value": read
            if batch.encoding not in ("XLSX", "XLS")
            else _("工作表“%(name)s”") % {"name": batch.sheet_name},
        },
        {"label": _("文件摘要"), "value": batch.digest, "numeric": True, "note": "SHA-256"},
    ]
    if found := next(filter(_is_header_row, batch.notes), None):
        facts.insert(2, {"label": _("表头"), "value": str(told(found))})
    if batch.seq is not None:
        facts.insert(2, {"label": _("台账序号"), "value": str(batch.seq), "numeric": True})
    return facts


def _is_header_row(note: Any) -> bool:
    """Whether a note of an import says in which row the header was found."""
    return told(note).text in SAYING_WHERE


def _columns(understood: Understood | None) -> list[dict[str, str]]:
    """The columns that are read: where they stand, what the file calls them, what they are taken for."""
    taken = sorted(understood.taken.values(), key=lambda each: each.place) if understood else []
    words = Words()
    return [
        {
            "letter": letters(each.place),
            "header": each.header,
            "meaning": each.column.headers[0],
            "unit": words.unit(each.unit.code) if each.unit else "",
        }
        for each in taken
    ]


def _rows(batch: ImportBatch, staged: Sequence[Any], reader: RowReader | None) -> list[dict[str, Any]]:
    """Staged rows for the page, each with the tag and the word of its outcome."""
    return [
        {"row": row, "tag": TAGS[row.outcome], "outcome": outcome_word(row.outcome)}
        for row in import_pages.shown(batch, staged, reader)
    ]


def _returned(request: HttpRequest, batch: ImportBatch, outcome: str) -> HttpResponse:
    """Rows as they were, with what is wrong: mend them and hand the file over again."""
    wanted = (outcome,) if outcome in OUTCOMES else (REJECTED, WAITING)
    rows = sorted(staged(batch, *wanted), key=lambda row: row.number)
    name = f"{_('未导入的行')}-{batch.pk}"
    if request.GET.get("format") == "csv":
        return csv_response(f"{name}.csv", returned_header(batch.header), map(returned_cells, rows))
    return workbook_response(
        name,
        columns=returned_columns(batch.header),
        rows=returned_lines(batch.header, rows),
        pages=[how_to_mend(batch.file_name)],
    )


@require_POST
def import_recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the rows again with what was ticked: one more fact, a correction, numbers that are right."""
    user = registry.reader(request.user)
    batch = import_batch_for(user, pk)
    if batch.state != ImportBatch.State.PREPARED:
        return redirect("intake:import", batch.pk)
    options = import_pages.chosen(options_of(batch), request.POST)
    try:
        return redirect("accounts:job", ask_to_recheck(batch=batch, options=options, by=user).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("intake:import", batch.pk)


@require_POST
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    batch = import_batch_for(user, pk)
    if batch.state != ImportBatch.State.PREPARED:
        return redirect("intake:import", batch.pk)
    return redirect("accounts:job", ask_to_file(batch=batch, by=user).pk)


@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    batch = import_batch_for(registry.reader(request.user), pk)
    try:
        give_up(batch=batch)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("intake:import", batch.pk)
    messages.success(request, _("已取消，没有登记任何内容。"))
    return redirect("intake:import-list")


@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an import to be taken back as a whole."""
    user = registry.reader(request.user)
    batch = import_batch_for(user, pk)
    try:
        return redirect("accounts:job", ask_to_undo(batch=batch, by=user, now=timezone.now()).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("intake:import", batch.pk)
