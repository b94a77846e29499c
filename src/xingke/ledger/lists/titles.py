"""The list of titles whose term ends soon."""

from collections.abc import Sequence
from typing import Any  # a title in words

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.permissions import Permission
from xingke.ledger.models import RecognitionEvent
from xingke.ledger.queries import titles
from xingke.ledger.queries.holders import holder_word
from xingke.ledger.words import Words
from xingke.registry.listing import (
    ChoiceFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
)

USUAL = titles.ENDS_WITHIN[1]


def _events(asked: ListRequest) -> QuerySet[RecognitionEvent]:
    months = int(asked["months"]) if asked["months"] in map(str, titles.ENDS_WITHIN) else USUAL
    return titles.ending(asked.reader, on=timezone.localdate(), months=months)


def _in_words(asked: ListRequest, found: Sequence[RecognitionEvent]) -> list[dict[str, Any]]:
    words: Words = asked.kept.setdefault("words", Words())
    return [title_row(words, each) for each in titles.endings_of(asked.reader, found)]


def title_row(words: Words, each: titles.Ending) -> dict[str, Any]:
    """A title whose term ends or has ended, in words."""
    organisation = each.event.organisation
    return {
        "until": each.until,
        "name": words.subject(each.subject),
        "number": each.subject.number,
        "organisation": organisation,
        "organisation_url": reverse("registry:organisation", args=[organisation.key]) if organisation else "",
        "holder": holder_word(each.event),
        "region": each.event.region.name,
        "applied_on": each.applied_on,
        "url": reverse("ledger:record", args=["recognition", each.event.subject]),
        "is_fictional": each.event.is_fictional,
    }


def _months(months: int) -> str:
    return _("%(n)d 个月") % {"n": months}


TITLES = DeclaredList(
    code="titles",
    title=gettext_lazy("资质有效期"),
    caption=gettext_lazy("即将到期"),
    file_name=gettext_lazy("即将到期的资质"),
    lead=gettext_lazy("证书到了有效期就不再计入有效资质；到期前重新认定的接着计数。"),
    url_name="ledger:title-list",
    permission=Permission.RECORD_READ,
    rows=_events,
    load=_in_words,
    order="until",
    is_fictional=lambda row: row["is_fictional"],
    filters=(
        RegionFilter(),
        ChoiceFilter(
            name="months",
            label=gettext_lazy("多少个月内"),
            options=lambda asked: [(str(each), _months(each)) for each in titles.ENDS_WITHIN if each != USUAL],
            everything=lambda: _months(USUAL),
            today=lambda typed: "" if typed == str(USUAL) else typed,
        ),
    ),
    columns=(
        ListColumn(
            code="until",
            label=gettext_lazy("有效期至"),
            sort="lapses_on",
            is_whole=True,
            is_told=True,
            cell=lambda row: row["until"],
        ),
        ListColumn(
            code="name",
            label=gettext_lazy("资质"),
            is_wide=True,
            cell=lambda row: ListedCell(row["name"], row["url"], row["number"]),
            file=(
                FileColumn(label=gettext_lazy("资质"), value=lambda row: row["name"]),
                FileColumn(label=gettext_lazy("证书编号"), value=lambda row: row["number"]),
            ),
        ),
        ListColumn(
            code="holder",
            label=gettext_lazy("单位"),
            sort="organisation__name_key",
            is_wide=True,
            cell=lambda row: ListedCell(row["holder"], row["organisation_url"]),
        ),
        ListColumn(
            code="region",
            label=gettext_lazy("区划"),
            sort="region__path",
            is_whole=True,
            cell=lambda row: row["region"],
        ),
        ListColumn(
            code="applied",
            label=gettext_lazy("再次申报"),
            is_whole=True,
            is_told=True,
            cell=lambda row: row["applied_on"] or _("还没有"),
            file=(FileColumn(label=gettext_lazy("再次申报"), value=lambda row: row["applied_on"]),),
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("没有即将到期的资质"), text=_("这段时间里没有资质到期；没有期限的资质不在此列。")
    ),
)
