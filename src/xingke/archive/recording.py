"""What is kept of a case and of a document when they are filed: a readable page of the case with all its steps, its files; the
signed document. Made before the act that refers to it, and in Chinese whoever files it.

Names of persons are not written down: they stay in the register, where they can be forgotten; the page has their key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.queries import attachment_store
from xingke.archive import queries
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.base.sayings import NOTHING, say
from xingke.casework import showing
from xingke.casework.models import Case, CaseFile, CaseStep
from xingke.casework.queries.seen import CaseSeen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.forms import FieldType, FormField
from xingke.casework.rules.shown_answers import show
from xingke.press.exports import DOCX
from xingke.press.fonts import FontMissing, GlyphMissing
from xingke.registry.models import Organisation
from xingke.reports import queries as reports
from xingke.reports.models import Document

RECORD = "办理记录.html"


@dataclass(frozen=True)
class RecordedFile:
    """A file whose bytes are kept."""

    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What an item will say of its source, and its files."""

    title: str
    responsible: str
    on: date
    digest: str
    organisation: Organisation | None = None
    document_number: str = ""
    note: str = ""
    case: Case | None = None
    step: CaseStep | None = None
    document: Document | None = None
    is_restricted: bool = False
    files: list[RecordedFile] = field(default_factory=list)


class _KeptWords(CaseWords):
    """The same words, but for persons, who are called by their key."""

    def called(self, asked: FormField, key: str) -> str | Label:
        if asked.type is FieldType.PERSON:
            return Label(f"人员 {key}（姓名见人员库）", f"Person {key} (name in the register)")
        return super().called(asked, key)


def record_case(case: Case, *, seen: int, by: User, now: datetime) -> Recorded:
    """A case that is over, with those below it. seen: the number of its last step that was shown.

    Raises Refused where it is not over, went on since, or holds what whoever files it does not see: nobody else could say what lies there.
    """
    parts = queries.case_whole(by, case)
    last = parts[0].read.last
    if not last.ended:
        raise Refused(say("还没有办结，不能归档。"))
    if last.number != seen:
        raise Refused(say("列出之后它又办了一步，请看过再归档。"))
    if not queries.is_all_seen(by, parts):
        raise Refused(say("里面有您不能查看的步骤或内容，请由能看到全部的人归档。"))
    for part in parts:
        prefetch_related_objects(list(part.read.steps), "filed", "files__attachment")
    with translation.override(settings.LANGUAGE_CODE):
        page = render_to_string(
            "archive/case_record.html",
            {"parts": [_part(each) for each in parts], "at": now, "by": by.name, "is_fictional": case.is_fictional},
        )
        title = showing.title_of(case, parts[0].read.flow)
        note = showing.end_word(last.ended)
    files = [_stored(RECORD, "text/html", page.encode())]
    for each in _files(parts):
        kept = each.attachment
        files.append(RecordedFile(kept.name, kept.media_type, kept.size, kept.digest))
    return Recorded(
        title=title,
        responsible=_whose(case),
        organisation=case.organisation,
        document_number=case.number,
        on=last.on,
        digest=last.digest,
        note=note,
        case=case,
        step=last,
        is_restricted=queries.is_restricted(parts),
        files=files,
    )


def record_document(document: Document, *, by: User) -> Recorded:
    """An edition that was published or handed up: the signed .docx, and the PDF where the fonts are there."""
    if not queries.documents_to_file(by).filter(pk=document.pk).exists():
        raise Refused(say("没有公布或报送，或已经归档。"))
    tree, title = reports.tree_of(document), document.title
    files = [_stored(f"{title}.docx", DOCX, reports.docx_of(document))]
    try:
        files.append(_stored(f"{title}.pdf", "application/pdf", reports.pdf_of(document)))
    except (FontMissing, GlyphMissing):
        note = say("没有字体，未存 PDF")
    else:
        note = NOTHING
    signed_on = reports.source_of(document).dated_on or timezone.localtime(document.written_at).date()
    with translation.override(settings.LANGUAGE_CODE):
        return Recorded(
            title=title,
            responsible=tree.issuer or document.region.name,
            document_number=tree.number or "",
            on=signed_on,
            digest=reports.digest_of(document),
            document=document,
            note=str(note),
            files=files,
        )


def _whose(case: Case) -> str:
    """Who is responsible 责任者: the firm; of a person nobody's name; else the bureau."""
    if case.organisation is not None:
        return case.organisation.name
    return "" if case.person is not None else case.region.name


def _stored(name: str, media_type: str, data: bytes) -> RecordedFile:
    return RecordedFile(name, media_type, len(data), attachment_store().put(data))


def _files(parts: Iterable[CaseSeen]) -> Iterator[CaseFile]:
    for part in parts:
        for step in part.read.steps:
            yield from step.files.all()


def _part(seen: CaseSeen) -> dict[str, Any]:
    """A case as its page: what it is, each step with what it answered, its files."""
    read, case = seen.read, seen.read.case
    asked = read.definitions.asked
    said = [(asked[name], value) for step in read.steps for name, value in step.answers.items() if name in asked]
    words = _KeptWords(None, said, [file for step in read.steps for file in step.files.all()])
    language = translation.get_language() or "zh"
    return {
        "case": case,
        "title": showing.title_of(case, read.flow),
        "flow": read.flow.label.in_language(language),
        "flow_version": read.flow.version,
        "whose": _whose(case) or _("个人（%(key)s，姓名见人员库）") % {"key": case.person.key if case.person else ""},
        "end": showing.end_word(read.last.ended) if read.last.ended else _("办理中"),
        "steps": [
            {**told, "answers": _answers(seen, row, words), "files": [each.attachment for each in row.files.all()]}
            for told, row in zip(showing.history(seen), seen.steps, strict=True)
        ],
    }


def _answers(seen: CaseSeen, row: CaseStep, words: CaseWords) -> list[dict[str, Any]]:
    if not row.form:
        return []
    language = translation.get_language() or "zh"
    form = seen.read.definitions.forms[row.form].value
    return [
        {
            "label": each.asked.label.in_language(language),
            "words": str(each.words),
            "heads": [column.label.in_language(language) for column in each.asked.columns],
            "rows": [[str(cell) for cell in cells] for cells in each.rows],
        }
        for page in show(form, row.answers, words, audiences=seen.audiences)
        for each in page.answers
    ]
