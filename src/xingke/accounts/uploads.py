"""Files that come with a form: taken in, held while the form is refused so that nobody chooses them twice, and given out again.

A file that waits lies under its digest already; the form carries a signed slip for it, good for one account and one day.
"""

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from xingke.accounts.models import Attachment
from xingke.accounts.queries import attachment_bytes, attachment_store
from xingke.accounts.rules import SHOWN_BY_BROWSERS, SIZE_LIMIT, accepted
from xingke.base.blobs import Damaged
from xingke.base.refusals import Refused

MOST = 10  # files at once
HELD_FOR = 24 * 60 * 60  # seconds a file waits for its form
POLICY = "default-src 'none'; frame-ancestors 'none'"
SANDBOX = f"{POLICY}; sandbox"  # a PDF is drawn by the browser's own viewer, which a sandbox would close


@dataclass(frozen=True)
class SentFile:
    """A file that came with a form."""

    name: str
    data: bytes


@dataclass(frozen=True)
class HeldFile:
    """A file that came with a form that was refused."""

    name: str
    size: int
    slip: str


def files_sent(request: HttpRequest, *, field: str = "files", slips: str = "held") -> list[SentFile]:
    """The files that came with a form, now or before it was refused. Raises Refused for too many, or one too large."""
    files, waiting = request.FILES.getlist(field), request.POST.getlist(slips)
    if len(files) + len(waiting) > MOST:
        raise Refused(_("一次最多上传 %(most)d 个文件，请分几次上传。") % {"most": MOST})
    for file in files:
        if file.size is not None and file.size > SIZE_LIMIT:
            raise Refused(_("“%(name)s”超过 20 MB，请压缩或分成几个文件。") % {"name": file.name})
    new = [SentFile(file.name or "", file.read()) for file in files]
    return [*(_redeemed(request, slip) for slip in waiting), *new]


def files_held(request: HttpRequest, *, field: str = "files", slips: str = "held") -> list[HeldFile]:
    """For a form that is shown again: its files; those that may not be kept are left."""
    found = {}
    for slip in request.POST.getlist(slips)[:MOST]:
        try:
            file = _redeemed(request, slip)
        except Refused:
            continue
        found[slip] = HeldFile(file.name, len(file.data), slip)
    for upload in request.FILES.getlist(field)[:MOST]:
        upload.seek(0)
        try:
            data = upload.read() if upload.size is not None and upload.size <= SIZE_LIMIT else b""
            kept = accepted(upload.name or "", data)
        except Refused:
            continue
        each = held_for(request, kept.name, attachment_store().put(data), len(data))
        found[each.slip] = each
    return list(found.values())


def held_for(request: HttpRequest, name: str, digest: str, size: int) -> HeldFile:
    """A file that is kept already, as the form of somebody carries it."""
    return HeldFile(name, size, _signer(request).sign_object({"name": name, "digest": digest}))


def carried(request: HttpRequest, file: SentFile) -> HeldFile:
    """A file of any kind that somebody looks at before they send it: kept for as long as a form waits, and no attachment of anything."""
    return held_for(request, file.name, attachment_store().put(file.data), len(file.data))


def _redeemed(request: HttpRequest, slip: str) -> SentFile:
    try:
        said = _signer(request).unsign_object(slip, max_age=HELD_FOR)
        return SentFile(said["name"], attachment_store().get(said["digest"]))
    except (signing.BadSignature, Damaged):
        raise Refused(_("先前选好的文件已经过期，请重新选择。")) from None


def _signer(request: HttpRequest) -> signing.TimestampSigner:
    """A slip is good for the account it was given to, and for no other."""
    return signing.TimestampSigner(salt=f"file held for {request.user.pk}")


def file_response(found: Attachment) -> HttpResponse:
    """A kept file as it is given out. Raises Damaged."""
    response = HttpResponse(attachment_bytes(found), content_type=found.media_type)
    is_shown = found.media_type in SHOWN_BY_BROWSERS
    response["Content-Disposition"] = content_disposition_header(not is_shown, found.name) or "inline"
    response["Content-Security-Policy"] = POLICY if found.media_type == "application/pdf" else SANDBOX
    return response
