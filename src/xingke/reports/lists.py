"""The list of documents: the newest edition of each."""

from collections.abc import Sequence
from typing import Any, NamedTuple  # a document with what it is annotated with

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.base.templatetags.xk import state_tag
from xingke.indicators.wording import language
from xingke.registry import queries as registry
from xingke.registry.listing import (
    ChoiceFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    OwnFilter,
    RegionFilter,
    SearchFilter,
)
from xingke.reports import queries
from xingke.reports.rows import DocumentRow, rows_of


def _documents(asked: ListRequest) -> QuerySet[Any]:
    found: QuerySet[Any] = queries.newest_visible_to(asked.reader).annotate(figure_count=Count("figures"))
    return found


class ListedDocument(NamedTuple):
    """A document in the list, and whether its reader is a superior: before them lies what was handed up."""

    of: DocumentRow
    is_before_superior: bool


def _in_words(asked: ListRequest, found: Sequence[Any]) -> list[ListedDocument]:
    return [ListedDocument(each, not asked.allowed.is_all_home) for each in rows_of(found)]


def _usual_order(asked: ListRequest) -> str:
    """Before a superior, what was handed up last."""
    return "-written" if asked.allowed.is_all_home else "-handed"


def _outlines(asked: ListRequest) -> list[tuple[str, str]]:
    return [(code, each.value.label.in_language(language())) for code, each in registry.catalogue("outline").items()]


def _title_cell(row: ListedDocument) -> SafeString:
    shown = row.of.document
    link = format_html('<a href="{}">{}</a>', reverse("reports:document", args=[shown.key]), shown.title)
    return format_html("{} {}", link, state_tag("fictional")) if shown.is_fictional else link


def _standing_cell(row: ListedDocument) -> SafeString:
    shown = row.of
    code = "handed-up" if row.is_before_superior and shown.standing != "public" else shown.standing
    said = [state_tag(code)]
    if shown.public:
        said.append(_sub(_("第 %(n)s 版已公布") % {"n": shown.public}))
    if shown.handed_at:
        day = timezone.localtime(shown.handed_at).date().isoformat()
        said.append(_sub(_("%(day)s 报送%(above)s") % {"day": day, "above": shown.handed_to}))
    return SafeString("".join(said))


def _sub(text: str) -> SafeString:
    return format_html('<span class="sub">{}</span>', text)


def _checked_cell(row: ListedDocument) -> ListedCell:
    if row.of.state:
        return ListedCell(state=row.of.state)
    return ListedCell(_("尚未核对，去核对"), f"{reverse('reports:document', args=[row.of.document.key])}?check")


def _written_cell(row: ListedDocument) -> ListedCell:
    document = row.of.document
    return ListedCell(timezone.localtime(document.written_at).date(), sub=document.written_by.name)


def _nothing(asked: ListRequest) -> EmptyList:
    """What the list says when there is nothing in it."""
    if registry.has(asked.reader, Permission.DOCUMENT_WRITE):
        text = _("选一个提纲和时期，系统用已知的数写成，没有数的句子会列为空缺。")
        return EmptyList(title=_("还没有文稿"), text=text, begin=(reverse("reports:document-write"), _("写文稿")))
    if not asked.allowed.is_all_home:
        return EmptyList(title=_("还没有报送的文稿"), text=_("下级报送或公布的文稿会列在这里。"))
    return EmptyList(title=_("还没有文稿"))


DOCUMENTS = DeclaredList(
    code="documents",
    title=gettext_lazy("文稿"),
    caption=gettext_lazy("已写成的文稿"),
    lead=gettext_lazy("由提纲和已固化的数字写成；每个数字都能点回它的记录。"),
    url_name="reports:document-list",
    permission=Permission.DOCUMENT_READ,
    rows=_documents,
    load=_in_words,
    order=_usual_order,
    is_fictional=lambda row: row.of.document.is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("标题"), narrow=lambda text: Q(title__contains=text)),
        RegionFilter(),
        ChoiceFilter(
            name="outline",
            label=gettext_lazy("提纲"),
            options=_outlines,
            narrow=lambda code: Q(outline=code),
        ),
        OwnFilter(label=gettext_lazy("我写的"), path="written_by"),
    ),
    columns=(
        ListColumn(
            code="title",
            label=gettext_lazy("标题"),
            sort="title",
            is_wide=True,
            cell=_title_cell,
            file=(FileColumn(label=gettext_lazy("标题"), value=lambda row: row.of.document.title),),
        ),
        ListColumn(
            code="region", label=gettext_lazy("区划"), is_whole=True, cell=lambda row: row.of.document.region.name
        ),
        ListColumn(
            code="period", label=gettext_lazy("时期"), sort="period", is_whole=True, cell=lambda row: row.of.period
        ),
        ListColumn(
            code="figures",
            label=gettext_lazy("数字"),
            sort="figure_count",
            is_numeric=True,
            cell=lambda row: row.of.figures,
        ),
        ListColumn(code="gaps", label=gettext_lazy("略去的句子"), is_numeric=True, cell=lambda row: row.of.gaps),
        ListColumn(
            code="handed",
            label=gettext_lazy("公开和报送"),
            sort="handed_at",
            is_whole=True,
            cell=_standing_cell,
            file=(FileColumn(label=gettext_lazy("报送"), value=lambda row: row.of.handed_at),),
        ),
        ListColumn(code="state", label=gettext_lazy("与台账"), is_whole=True, is_told=True, cell=_checked_cell),
        ListColumn(
            code="written",
            label=pgettext_lazy("when", "写成"),
            sort="written_at",
            is_whole=True,
            cell=_written_cell,
            file=(
                FileColumn(label=pgettext_lazy("when", "写成"), value=lambda row: row.of.document.written_at),
                FileColumn(label=gettext_lazy("写作人"), value=lambda row: row.of.document.written_by.name),
            ),
        ),
        ListColumn(
            code="seq",
            label=gettext_lazy("台账号"),
            is_optional=True,
            is_told=True,
            cell=lambda row: str(row.of.document.seq),
        ),
        ListColumn(
            code="key",
            label=gettext_lazy("编号"),
            is_optional=True,
            is_told=True,
            cell=lambda row: str(row.of.document.key),
        ),
    ),
    empty=_nothing,
)
