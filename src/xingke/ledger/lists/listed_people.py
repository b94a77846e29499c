"""The list of those whom only spreadsheets name."""

from collections import Counter
from collections.abc import Sequence
from typing import Any  # somebody in words

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.permissions import Permission
from xingke.ledger.queries import listed_people
from xingke.ledger.queries.holders import holder_word
from xingke.ledger.queries.listed_people import Listed
from xingke.ledger.tables import kind_of
from xingke.ledger.words import Words, kind_word, source_place_word
from xingke.registry import queries as registry
from xingke.registry.listing import (
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)
from xingke.registry.models import Person


def _people(asked: ListRequest) -> QuerySet[Person]:
    registry.require_page(asked.reader, Permission.RECORD_READ)
    regions = asked.regions["region"].narrow()
    return listed_people.people_listed(asked.reader, regions=regions, search=asked["q"])


def _in_words(asked: ListRequest, found: Sequence[Person]) -> list[dict[str, Any]]:
    words: Words = asked.kept.setdefault("words", Words())
    return [_row(words, each) for each in listed_people.listed(asked.reader, found)]


def short_of(person: Person) -> str:
    """What somebody without a name is called on pages: the beginning of their key."""
    return str(person.key)[:8]


def _row(words: Words, each: Listed) -> dict[str, Any]:
    holders = list(dict.fromkeys(name for row in each.records if (name := holder_word(row))))
    newest = each.records[0]
    return {
        "key": each.person.key,
        "short": short_of(each.person),
        "kinds": _kinds(each),
        "holders": holders,
        "regions": [region.name for region in each.regions],
        "what": words.subject(newest),
        "source": newest.source,
        "place": source_place_word(newest.source_place),
        "alike": each.alike,
        "is_fictional": newest.is_fictional,
    }


def _kinds(each: Listed) -> str:
    """How many records of which kinds: 选派引进 3."""
    times = Counter(kind_of(row).code for row in each.records)
    return _("、").join(f"{kind_word(code)} {count}" for code, count in times.items())


def _holders(row: dict[str, Any]) -> ListedCell:
    holders, regions = row["holders"], _("、").join(row["regions"])
    if not holders:
        return ListedCell("", sub=regions)
    more = " " + _("等 %(n)s 家") % {"n": len(holders)} if len(holders) > 1 else ""
    return ListedCell(f"{holders[0]}{more}", sub=regions)


def _alike(row: dict[str, Any]) -> str:
    links = [(reverse("registry:person", args=[each.key]), each.name) for each in row["alike"]]
    return format_html_join(_("、"), '<a href="{}">{}</a>', links)


LISTED_PEOPLE = DeclaredList(
    code="listed-people",
    title=gettext_lazy("表格里的人员"),
    caption=gettext_lazy("待认的人"),
    file_name=gettext_lazy("表格里的人员"),
    lead=gettext_lazy(
        "导入的表格写了姓名、但还没有登记的人：系统不存姓名，只留一个编号。对着原表认出是谁，登记这个人，或并入登记过的人员；"
        "不认，同一个人可能数成两个。"
    ),
    url_name="ledger:listed-person-list",
    permission=Permission.PERSON_EDIT,
    rows=_people,
    load=_in_words,
    order="-number",
    row_words=lambda row: row["short"],
    is_fictional=lambda row: row["is_fictional"],
    filters=(
        SearchFilter(label=gettext_lazy("记录"), placeholder=gettext_lazy("单位、名称或文件")),
        RegionFilter(path=""),
    ),
    columns=(
        ListColumn(
            code="number",
            label=gettext_lazy("编号"),
            sort="pk",
            is_indexed=True,
            is_whole=True,
            is_told=True,
            cell=lambda row: ListedCell(row["short"], reverse("ledger:listed-person", args=[row["key"]])),
            file=(FileColumn(label=gettext_lazy("编号"), value=lambda row: str(row["key"])),),
        ),
        ListColumn(
            code="records",
            label=gettext_lazy("记录"),
            is_wide=True,
            is_told=True,
            cell=lambda row: ListedCell(row["kinds"], sub=row["what"]),
            file=(FileColumn(label=gettext_lazy("记录"), value=lambda row: row["kinds"]),),
        ),
        ListColumn(
            code="holders",
            label=gettext_lazy("单位"),
            is_wide=True,
            cell=_holders,
            file=(
                FileColumn(label=gettext_lazy("单位"), value=lambda row: _("、").join(row["holders"])),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: _("、").join(row["regions"])),
            ),
        ),
        ListColumn(
            code="source",
            label=gettext_lazy("来源"),
            is_wide=True,
            cell=lambda row: ListedCell(row["source"], sub=row["place"]),
            file=(FileColumn(label=gettext_lazy("来源"), value=lambda row: f"{row['source']} {row['place']}".strip()),),
        ),
        ListColumn(
            code="alike",
            label=gettext_lazy("同名的登记人员"),
            is_told=True,
            cell=_alike,
            file=(
                FileColumn(
                    label=gettext_lazy("同名的登记人员"),
                    value=lambda row: _("、").join(each.name for each in row["alike"]),
                ),
            ),
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("没有只在表格里的人员"), text=_("表格写到的人都已经登记，或者还没有导入写明姓名的表格。")
    ),
)
