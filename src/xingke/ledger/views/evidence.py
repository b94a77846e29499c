"""Evidence of a record: handing files over, taking one back, and giving one out to whoever may read the record."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.permissions import Permission
from xingke.accounts.uploads import file_response, files_held, files_sent
from xingke.base.blobs import Damaged
from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.ledger import actions
from xingke.ledger.queries import records
from xingke.ledger.queries.evidence import evidence_for
from xingke.ledger.views.records import page_of_record
from xingke.registry import queries as registry


def handed_over(request: HttpRequest) -> list[actions.NewFile]:
    """The files that came with a form, as evidence."""
    return [actions.NewFile(file.name, file.data) for file in files_sent(request)]


@require_POST
def evidence_add(request: HttpRequest, kind: str, record: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    records.record_to_change(user, kind, record, Permission.RECORD_ENTER)
    try:
        files = handed_over(request)
        if not files:
            raise Refused(_("请选择要上传的文件。"))
        count = actions.attach_evidence(
            kind=kind, record=record, files=files, caption=request.POST.get("caption", ""), by=user, now=timezone.now()
        )
    except Refused as refusal:
        returned = Returned("id_files", request.POST.get("caption", ""), str(refusal))
        return page_of_record(request, user, kind, record, returned=returned, files_held=files_held(request))
    said = _("已上传佐证 %(n)d 份。") % {"n": count}
    messages.success(request, said if count else _("这些文件已经是这条记录的佐证。"))
    return redirect("ledger:record", kind, record)


@require_POST
def evidence_withdraw(request: HttpRequest, kind: str, record: UUID, pk: int) -> HttpResponse:
    user = registry.reader(request.user)
    evidence = evidence_for(user, kind, record, pk, Permission.RECORD_ENTER, Permission.RECORD_CONFIRM)
    reason = request.POST.get("reason", "")
    try:
        actions.withdraw_evidence(evidence=evidence, reason=reason, by=user, now=timezone.now())
    except Refused as refusal:
        return page_of_record(request, user, kind, record, returned=Returned(f"withdraw-{pk}", reason, str(refusal)))
    messages.success(request, _("已撤下“%(name)s”，原因保留在记录里。") % {"name": evidence.attachment.name})
    return redirect("ledger:record", kind, record)


@require_safe
def attachment(request: HttpRequest, kind: str, record: UUID, pk: int, name: str) -> HttpResponse:
    user = registry.reader(request.user)
    found = evidence_for(user, kind, record, pk, Permission.RECORD_READ).attachment
    if found.name != name:
        raise Http404
    try:
        return file_response(found)
    except Damaged:
        messages.error(request, _("“%(name)s”的文件丢失或损坏，请系统管理员从备份恢复。") % {"name": found.name})
        return redirect("ledger:record", kind, record)
