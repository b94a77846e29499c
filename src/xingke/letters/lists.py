"""The list of letters that were issued."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.casework.permissions import CasePermission
from xingke.letters.queries import letters_seen
from xingke.registry.listing import (
    DayFilter,
    DeclaredList,
    EmptyList,
    ListColumn,
    ListedCell,
    OwnFilter,
    RegionFilter,
    SearchFilter,
)

LETTERS = DeclaredList(
    code="letters",
    title=pgettext_lazy("several", "文书"),
    caption=gettext_lazy("文书登记簿"),
    lead=gettext_lazy("出具过的通知书和告知书：文号连续，内容不再改，凭校验码可以核对真伪。"),
    url_name="letters:letter-list",
    permission=CasePermission.READ,
    rows=lambda asked: letters_seen(asked.reader),
    order="-issued",
    is_fictional=lambda row: row.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("文号、标题、主送或事项编号"),
            narrow=lambda text: (
                Q(number__icontains=text)
                | Q(title__icontains=text)
                | Q(to__icontains=text)
                | Q(case__number__istartswith=text)
            ),
        ),
        RegionFilter(path="region"),
        DayFilter(name="on", label=gettext_lazy("日期"), path="day"),
        OwnFilter(label=gettext_lazy("我出具的"), path="issued_by"),
    ),
    columns=(
        ListColumn(
            code="letter",
            label=pgettext_lazy("several", "文书"),
            is_wide=True,
            cell=lambda row: ListedCell(row.title, reverse("letters:letter", args=[row.key]), row.number),
        ),
        ListColumn(code="to", label=gettext_lazy("主送"), cell=lambda row: row.to),
        ListColumn(
            code="case",
            label=pgettext_lazy("several", "事项"),
            cell=lambda row: ListedCell(
                row.case.number or row.case.title, reverse("casework:case", args=[row.case.key])
            ),
        ),
        ListColumn(
            code="issued",
            label=gettext_lazy("日期"),
            sort="pk",
            is_indexed=True,
            is_whole=True,
            cell=lambda row: row.day,
        ),
        ListColumn(code="by", label=gettext_lazy("出具人"), cell=lambda row: row.issued_by.name),
        ListColumn(code="region", label=gettext_lazy("区划"), cell=lambda row: row.region.name, is_optional=True),
    ),
    empty=lambda asked: EmptyList(title=_("还没有文书"), text=_("随事项的一步出具的通知书、告知书，都登记在这里。")),
)
