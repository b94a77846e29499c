"""Evidence of a record: handing files over, taking one back, and giving one out to whoever may read the record."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from xingke.accounts.permissions import Permission
from xingke.accounts.queries import attachment_bytes, attachment_store
from xingke.accounts.rules import SHOWN_BY_BROWSERS, SIZE_LIMIT, accepted
from xingke.base.blobs import Damaged
from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.ledger import actions
from xingke.ledger.queries import records
from xingke.ledger.queries.evidence import evidence_for
from xingke.ledger.views.records import page_of_record
from xingke.registry import queries as registry

MOST = 10  # files at once
POLICY = "default-src 'none'; frame-ancestors 'none'"
SANDBOX = f"{POLICY}; sandbox"  # a PDF is drawn by the browser's own viewer, which a sandbox would close
HELD_FOR = 24 * 60 * 60  # seconds a file waits for its form


@dataclass(frozen=True)
class HeldFile:
    """A file that came with a form that was refused: it waits under its digest, and the form carries a signed slip."""

    name: str
    size: int
    slip: str


def handed_over(request: HttpRequest) -> list[actions.NewFile]:
    """The files that came with a form, now or before it was refused. Raises Refused for too many, or one too large."""
    files, slips = request.FILES.getlist("files"), request.POST.getlist("held")
    if len(files) + len(slips) > MOST:
        raise Refused(_("一次最多上传 %(most)d 个文件，请分几次上传。") % {"most": MOST})
    for file in files:
        if file.size is not None and file.size > SIZE_LIMIT:
            raise Refused(_("“%(name)s”超过 20 MB，请压缩或分成几个文件。") % {"name": file.name})
    new = [actions.NewFile(file.name or "", file.read()) for file in files]
    return [*(_redeemed(request, slip) for slip in slips), *new]


def held(request: HttpRequest) -> list[HeldFile]:
    """For a form that is shown again: its files, so that nobody chooses them twice; those that may not be kept are left."""
    found = {}
    for slip in request.POST.getlist("held")[:MOST]:
        try:
            file = _redeemed(request, slip)
        except Refused:
            continue
        found[slip] = HeldFile(file.name, len(file.data), slip)
    for upload in request.FILES.getlist("files")[:MOST]:
        upload.seek(0)
        try:
            data = upload.read() if upload.size is not None and upload.size <= SIZE_LIMIT else b""
            kept = accepted(upload.name or "", data)
        except Refused:
            continue
        slip = _signer(request).sign_object({"name": kept.name, "digest": attachment_store().put(data)})
        found[slip] = HeldFile(kept.name, len(data), slip)
    return list(found.values())


def _redeemed(request: HttpRequest, slip: str) -> actions.NewFile:
    try:
        said = _signer(request).unsign_object(slip, max_age=HELD_FOR)
        return actions.NewFile(said["name"], attachment_store().get(said["digest"]))
    except (signing.BadSignature, Damaged):
        raise Refused(_("先前选好的佐证文件已经过期，请重新选择。")) from None


def _signer(request: HttpRequest) -> signing.TimestampSigner:
    """A slip is good for the account it was given to, and for no other."""
    return signing.TimestampSigner(salt=f"evidence held for {request.user.pk}")


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
        return page_of_record(request, user, kind, record, returned=returned, files_held=held(request))
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
        response = HttpResponse(attachment_bytes(found), content_type=found.media_type)
    except Damaged:
        messages.error(request, _("“%(name)s”的文件丢失或损坏，请系统管理员从备份恢复。") % {"name": found.name})
        return redirect("ledger:record", kind, record)
    is_shown = found.media_type in SHOWN_BY_BROWSERS
    response["Content-Disposition"] = content_disposition_header(not is_shown, found.name) or "inline"
    response["Content-Security-Policy"] = POLICY if found.media_type == "application/pdf" else SANDBOX
    return response
