"""The finding list 检索目录 of volumes and what lies in them; what waits to be filed; the lists by which volumes were handed over."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from xingke.archive import queries
from xingke.archive.models import ArchiveItem, ArchiveVolume, VolumeAppraisal
from xingke.archive.permissions import ArchivePermission
from xingke.base.templatetags.xk import day
from xingke.casework import showing
from xingke.casework.models import CaseStep
from xingke.casework.queries import definitions_of
from xingke.casework.queries.lists import whose_name
from xingke.registry.listing import (
    BulkAct,
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)

VOLUME, ITEM, EXPIRED = "volume", "item", "expired"
TONES = {
    "open": "unpublished",
    "closed": "cleared",
    "handed": "in-review",
    "received": "handed-up",
    "destroyed": "void",
}


class FoundRow(NamedTuple):
    """A volume, or what lies in one."""

    volume: ArchiveVolume
    item: ArchiveItem | None
    whose: str


def _found(asked: ListRequest) -> dict[str, QuerySet[Any, Any]]:
    """Both parts with the same names, by which they are narrowed and sorted together."""
    region, text = asked.regions["region"], asked["q"]
    volumes = queries.volumes_seen(asked.reader).filter(region.narrow())
    items = queries.items_seen(asked.reader).filter(region.narrow("volume__region"))
    if text:
        named = Q(title__icontains=text) | Q(number__icontains=text)
        volumes = volumes.filter(named)
        whose = (
            Q(responsible__icontains=text) | Q(organisation__name__icontains=text) | Q(document_number__icontains=text)
        )
        items = items.filter(named | whose | Q(volume__number__icontains=text))
    parts = {VOLUME: _alike(volumes, ""), ITEM: _alike(items, "volume__")}
    return {code: part for code, part in parts.items() if asked["kind"] == code or asked["kind"] not in parts}


def _alike(rows: QuerySet[Any, Any], way: str) -> QuerySet[Any, Any]:
    names = {"year": "year", "term": "term", "state": "state", "number": "number", "kept_until": "kept_until"}
    found: QuerySet[Any, Any] = rows.annotate(**{f"of_{name}": F(f"{way}{path}") for name, path in names.items()})
    return found


def _load(asked: ListRequest, found: Sequence[Any]) -> list[FoundRow]:
    volumes = {each.pk: each for each in queries.volumes_seen(asked.reader).filter(pk__in=_ids(found, VOLUME))}
    items = {each.pk: each for each in queries.items_seen(asked.reader).filter(pk__in=_ids(found, ITEM))}
    return [
        FoundRow(volumes[pk], None, "")
        if code == VOLUME
        else FoundRow(items[pk].volume, items[pk], _whose(asked, items[pk]))
        for code, pk, _value in found
    ]


def _ids(found: Sequence[Any], wanted: str) -> list[int]:
    return [pk for code, pk, _value in found if code == wanted]


def _whose(asked: ListRequest, item: ArchiveItem) -> str:
    return item.responsible or (whose_name(asked.reader, item.case) if item.case else "")


def _number(row: FoundRow) -> ListedCell:
    url = reverse("archive:volume", args=[row.volume.key])
    if row.item is None:
        return ListedCell(row.volume.number, url)
    return ListedCell(
        row.item.number or row.volume.number, f"{url}#item-{row.item.pk}", "" if row.item.number else _("未封卷")
    )


def _title(row: FoundRow) -> ListedCell:
    if row.item is None:
        return ListedCell(row.volume.title, sub=_("案卷"))
    return ListedCell(row.item.title, sub=_("%(volume)s卷内") % {"volume": row.volume.title})


def _state(row: FoundRow) -> ListedCell:
    over = row.volume.is_over(timezone.localdate())
    return ListedCell(
        row.volume.get_state_display(), state=TONES[row.volume.state], sub=_("期满待鉴定") if over else ""
    )


def _state_options(asked: ListRequest) -> list[tuple[str, str]]:
    return [*((code, str(label)) for code, label in ArchiveVolume.State.choices), (EXPIRED, _("期满待鉴定"))]


def _of_state(code: str) -> Q:
    if code == EXPIRED:
        gone = (ArchiveVolume.State.OPEN, ArchiveVolume.State.DESTROYED)
        return Q(of_kept_until__lt=timezone.localdate()) & ~Q(of_state__in=gone)
    return Q(of_state=code)


def _years(asked: ListRequest) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in queries.years_of(asked.reader)]


def _terms(asked: ListRequest) -> list[tuple[str, str]]:
    return [(code, queries.term_word(code, asked.region)) for code in queries.scheme_of(asked.region).terms()]


def _handing(asked: ListRequest) -> dict[str, str] | None:
    return {} if (asked["kind"], asked["state"]) == (VOLUME, ArchiveVolume.State.CLOSED) else None


FINDING = DeclaredList(
    code="archive",
    title=gettext_lazy("档案"),
    caption=gettext_lazy("检索目录"),
    lead=gettext_lazy("案卷和卷内的每一件：按档号、题名、单位、年度、保管期限都查得到。"),
    url_name="archive:finding-list",
    permission=ArchivePermission.READ,
    of_bureau=True,
    rows=_found,
    load=_load,
    order="-entered",
    key=lambda row: str(row.volume.key),
    row_words=lambda row: row.volume.number,
    is_fictional=lambda row: row.volume.is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("档号、题名、单位或文号")),
        ChoiceFilter(
            name="kind",
            label=gettext_lazy("查什么"),
            options=lambda asked: [(VOLUME, _("案卷")), (ITEM, _("卷内文件"))],
        ),
        RegionFilter(path=""),
        ChoiceFilter(
            name="year",
            label=gettext_lazy("年度"),
            options=_years,
            narrow=lambda text: Q(of_year=int(text)) if text.isdecimal() and len(text) < 5 else Q(pk__in=()),
        ),
        ChoiceFilter(name="term", label=gettext_lazy("保管期限"), options=_terms, narrow=lambda code: Q(of_term=code)),
        ChoiceFilter(name="state", label=gettext_lazy("状态"), options=_state_options, narrow=_of_state),
    ),
    columns=(
        ListColumn(code="number", label=gettext_lazy("档号"), sort="of_number", is_whole=True, cell=_number),
        ListColumn(code="title", label=gettext_lazy("题名"), is_wide=True, cell=_title),
        ListColumn(code="whose", label=gettext_lazy("责任者"), is_told=True, cell=lambda row: row.whose),
        ListColumn(
            code="document",
            label=gettext_lazy("文号"),
            is_told=True,
            cell=lambda row: row.item.document_number if row.item else "",
        ),
        ListColumn(
            code="on",
            label=gettext_lazy("日期"),
            is_optional=True,
            is_whole=True,
            cell=lambda row: row.item.on if row.item else "",
        ),
        ListColumn(
            code="year", label=gettext_lazy("年度"), sort="of_year", is_told=True, cell=lambda row: str(row.volume.year)
        ),
        ListColumn(
            code="term",
            label=gettext_lazy("保管期限"),
            is_told=True,
            cell=lambda row: queries.term_word(row.volume.term, row.volume.region),
        ),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=_state),
        ListColumn(
            code="region", label=gettext_lazy("区划"), is_optional=True, cell=lambda row: row.volume.region.name
        ),
        ListColumn(
            code="entered",
            label=gettext_lazy("归档号"),
            sort="seq",
            is_indexed=True,
            is_optional=True,
            cell=lambda row: str(row.item.seq if row.item else row.volume.seq),
        ),
    ),
    acts=(
        BulkAct(
            code="hand-over",
            label=gettext_lazy("移交所选案卷"),
            url_name="archive:hand-over-new",
            permission=ArchivePermission.KEEP,
            icon="upload",
            hidden=_handing,
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有案卷"),
        text=_("先立卷，再把办结的事项和公布的文稿归进去；封卷之后不再改动。"),
        begin=(reverse("archive:volume-new"), _("立卷")) if _may_keep(asked) else None,
    ),
)


def _may_keep(asked: ListRequest) -> bool:
    return queries.home_regions(asked.reader, ArchivePermission.KEEP).exists()


# ── what waits ──────────────────────────────────────────────────────────────────────────────────────────────────────


class WaitingCase(NamedTuple):
    """A case that is over and lies in no volume as it stands."""

    step: CaseStep
    title: str
    flow: str
    whose: str


def _waiting(asked: ListRequest) -> QuerySet[CaseStep]:
    found, text = queries.cases_to_file(asked.reader), asked["q"]
    if text:
        named = Q(case__title__icontains=text) | Q(case__number__istartswith=text)
        found = found.filter(named | Q(case__organisation__name__icontains=text))
    return found


def _as_waiting(asked: ListRequest, found: Sequence[CaseStep]) -> list[WaitingCase]:
    language = get_language() or "zh"
    rows = []
    for step in found:
        flow = definitions_of(step.case).flow
        label = flow.label.in_language(language)
        rows.append(WaitingCase(step, showing.title_of(step.case, flow), label, whose_name(asked.reader, step.case)))
    return rows


FILE = BulkAct(
    code="file",
    label=gettext_lazy("归档所选"),
    url_name="archive:file-into",
    permission=ArchivePermission.KEEP,
    icon="database",
)

CASES = DeclaredList(
    code="archive-cases",
    title=gettext_lazy("待归档的事项"),
    caption=gettext_lazy("已办结、还没有归档的事项"),
    lead=gettext_lazy("下面的事项随它一起归档；归档之后又更正或重新办过的，会再列在这里。"),
    url_name="archive:case-list",
    permission=ArchivePermission.KEEP,
    of_bureau=True,
    rows=_waiting,
    load=_as_waiting,
    order="-opened",
    key=lambda row: f"case:{row.step.case.key}:{row.step.number}",
    row_words=lambda row: f"{row.title} {row.step.case.number}",
    is_fictional=lambda row: row.step.case.is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("名称、编号或单位")),
        RegionFilter(path="region"),
        DayFilter(name="on", label=gettext_lazy("办结"), path="on"),
    ),
    columns=(
        ListColumn(
            code="case",
            label=pgettext_lazy("several", "事项"),
            is_wide=True,
            cell=lambda row: ListedCell(
                row.title, reverse("casework:case", args=[row.step.case.key]), row.step.case.number
            ),
        ),
        ListColumn(code="flow", label=gettext_lazy("业务"), cell=lambda row: row.flow),
        ListColumn(code="whose", label=gettext_lazy("单位或人员"), is_told=True, cell=lambda row: row.whose),
        ListColumn(
            code="end",
            label=gettext_lazy("结果"),
            cell=lambda row: ListedCell(
                showing.end_word(row.step.ended), sub=_("归档后又有变动") if row.step.was_filed else ""
            ),
        ),
        ListColumn(code="on", label=gettext_lazy("办结日期"), sort="on", is_whole=True, cell=lambda row: row.step.on),
        ListColumn(
            code="opened",
            label=gettext_lazy("发起日期"),
            sort="case_id",
            is_indexed=True,
            is_optional=True,
            is_whole=True,
            cell=lambda row: timezone.localtime(row.step.case.opened_at).date(),
        ),
    ),
    acts=(FILE,),
    empty=lambda asked: EmptyList(title=_("没有待归档的事项"), text=_("办结的事项会列在这里。")),
)

DOCUMENTS = DeclaredList(
    code="archive-documents",
    title=gettext_lazy("待归档的文稿"),
    caption=gettext_lazy("已公布或报送、还没有归档的文稿"),
    url_name="archive:document-list",
    permission=ArchivePermission.KEEP,
    of_bureau=True,
    rows=lambda asked: queries.documents_to_file(asked.reader),
    order="-written",
    key=lambda row: f"document:{row.pk}",
    row_words=lambda row: row.title,
    is_fictional=lambda row: row.is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("标题"), narrow=lambda text: Q(title__icontains=text)),
        RegionFilter(path="region"),
    ),
    columns=(
        ListColumn(
            code="title",
            label=gettext_lazy("标题"),
            sort="title",
            is_wide=True,
            cell=lambda row: ListedCell(
                row.title, reverse("reports:document", args=[row.pk]), _("第 %(n)s 版") % {"n": row.edition}
            ),
        ),
        ListColumn(code="period", label=gettext_lazy("时期"), sort="period", cell=lambda row: row.period),
        ListColumn(
            code="written",
            label=pgettext_lazy("when", "写成"),
            sort="written_at",
            is_whole=True,
            cell=lambda row: timezone.localtime(row.written_at).date(),
        ),
    ),
    acts=(FILE,),
    empty=lambda asked: EmptyList(title=_("没有待归档的文稿"), text=_("公布或报送的文稿会列在这里。")),
)


def _hand_over_state(row: Any) -> ListedCell:
    if row.received_at is not None:
        return ListedCell(_("已签收"), state="known", sub=row.received_by.name)
    if row.declined_at is not None:
        return ListedCell(_("已退回"), state="sent-back", sub=row.declined_by.name)
    return ListedCell(_("待签收"), state="in-review")


HAND_OVERS = DeclaredList(
    code="archive-hand-overs",
    title=gettext_lazy("案卷移交"),
    caption=gettext_lazy("移交清单"),
    lead=gettext_lazy("一个人移交，另一个人清点签收；签收之后案卷即为已移交。"),
    url_name="archive:hand-over-list",
    permission=ArchivePermission.READ,
    of_bureau=True,
    rows=lambda asked: queries.hand_overs_seen(asked.reader),
    order="-entered",
    is_fictional=lambda row: row.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("移交号或接收单位"),
            narrow=lambda text: Q(number__icontains=text) | Q(to__icontains=text),
        ),
        RegionFilter(),
        DayFilter(name="on", label=gettext_lazy("移交"), path="on"),
    ),
    columns=(
        ListColumn(
            code="number",
            label=gettext_lazy("移交号"),
            is_whole=True,
            cell=lambda row: ListedCell(row.number, reverse("archive:hand-over", args=[row.key])),
        ),
        ListColumn(code="to", label=gettext_lazy("接收单位"), is_wide=True, cell=lambda row: row.to),
        ListColumn(code="by", label=gettext_lazy("移交人"), is_told=True, cell=lambda row: row.handed_by.name),
        ListColumn(code="on", label=gettext_lazy("移交日期"), sort="on", is_whole=True, cell=lambda row: row.on),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=_hand_over_state),
        ListColumn(
            code="entered",
            label=gettext_lazy("序号"),
            sort="seq",
            is_indexed=True,
            is_optional=True,
            cell=lambda row: str(row.seq),
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有移交过案卷"), text=_("在检索目录里选“案卷”和“已封卷”，勾选之后移交。")
    ),
)


def _verdict(row: VolumeAppraisal) -> ListedCell:
    if row.term:
        until = day(row.kept_until) if row.kept_until else _("永久")
        return ListedCell(_("续存"), state="known", sub=until)
    if row.done_at is not None:
        return ListedCell(_("已销毁"), state="void", sub=row.way)
    if row.spared_at is not None:
        return ListedCell(_("不予销毁"), state="sent-back", sub=row.spared_because)
    return ListedCell(_("待监销"), state="in-review")


def _settled(row: VolumeAppraisal) -> ListedCell:
    by, at = (row.done_by, row.done_at) if row.done_at else (row.spared_by, row.spared_at)
    return (
        ListedCell(by.name, sub=str(timezone.localtime(at).date()))
        if by is not None and at is not None
        else ListedCell("")
    )


APPRAISALS = DeclaredList(
    code="archive-appraisals",
    title=gettext_lazy("鉴定和销毁"),
    caption=gettext_lazy("鉴定登记和销毁清册"),
    lead=gettext_lazy("保管期满的案卷，续存多久或者销毁：谁的意见、谁监销。销毁之后目录和签名的清单永远留着。"),
    url_name="archive:appraisal-list",
    permission=ArchivePermission.READ,
    of_bureau=True,
    rows=lambda asked: queries.appraisals_seen(asked.reader),
    order="-entered",
    is_fictional=lambda row: row.volume.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("档号或题名"),
            narrow=lambda text: Q(volume__number__icontains=text) | Q(volume__title__icontains=text),
        ),
        ChoiceFilter(
            name="verdict",
            label=gettext_lazy("决定"),
            options=lambda asked: [("kept", _("续存")), ("waits", _("待监销")), ("gone", _("已销毁"))],
            narrow=lambda code: {
                "kept": ~Q(term=""),
                "waits": Q(term="", done_at=None, spared_at=None),
                "gone": Q(done_at__isnull=False),
            }.get(code, Q(pk__in=())),
        ),
        RegionFilter(path="volume__region"),
    ),
    columns=(
        ListColumn(
            code="number",
            label=gettext_lazy("档号"),
            is_whole=True,
            cell=lambda row: ListedCell(row.volume.number, reverse("archive:volume", args=[row.volume.key])),
        ),
        ListColumn(code="title", label=gettext_lazy("题名"), is_wide=True, cell=lambda row: row.volume.title),
        ListColumn(code="year", label=gettext_lazy("年度"), is_optional=True, cell=lambda row: str(row.volume.year)),
        ListColumn(
            code="term",
            label=gettext_lazy("保管期限"),
            is_optional=True,
            cell=lambda row: queries.term_word(row.volume.term, row.volume.region),
        ),
        ListColumn(
            code="kept",
            label=gettext_lazy("已保管"),
            is_optional=True,
            cell=lambda row: _("%(n)s 年") % {"n": timezone.localtime(row.made_at).year - row.volume.year},
        ),
        ListColumn(code="verdict", label=gettext_lazy("决定"), is_whole=True, cell=_verdict),
        ListColumn(code="reason", label=gettext_lazy("鉴定意见"), is_wide=True, cell=lambda row: row.reason),
        ListColumn(
            code="by",
            label=gettext_lazy("提出"),
            cell=lambda row: ListedCell(row.made_by.name, sub=str(timezone.localtime(row.made_at).date())),
        ),
        ListColumn(code="settled", label=gettext_lazy("监销"), cell=_settled),
        ListColumn(
            code="entered",
            label=gettext_lazy("序号"),
            sort="seq",
            is_indexed=True,
            is_optional=True,
            cell=lambda row: str(row.seq),
        ),
    ),
    empty=lambda asked: EmptyList(title=_("还没有鉴定过案卷"), text=_("保管期满的案卷，在它的页面上鉴定。")),
)

ALL = (FINDING, CASES, DOCUMENTS, HAND_OVERS, APPRAISALS)
