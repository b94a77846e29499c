"""Which region and which period a page is about: read from its address, else the reader's own region and its newest year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.periods import Period
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators.queries.reach import Reach, reach
from xingke.registry import queries as registry
from xingke.registry.filtering import CHOICES_LIMIT, search
from xingke.registry.models import Region


@dataclass(frozen=True)
class Chosen:
    """What a page is about. fields: the two choices for a filter_bar; problems: sentences about what was not understood."""

    region: Region
    period: Period
    reach: Reach
    fields: list[dict[str, Any]]
    problems: tuple[str, ...]

    @property
    def query(self) -> str:
        """The choice as it stands in addresses."""
        return place_query(self.region, self.period)


def running_year(today: date) -> Period:
    """The year under way up to the month of a day: what happened in it is in it, however young the month."""
    return Period.months(today.year, 1, today.year, today.month)


def place_query(region: Region, period: Period, **more: str) -> str:
    """``?region=…&period=…`` for a link to the same place on another page."""
    return f"?{urlencode({'region': region.code, 'period': period.code, **more})}"


def indicator_url(code: str, region: Region, period: Period) -> str:
    """The page of an indicator at a place."""
    return reverse("indicators:indicator", args=[code]) + place_query(region, period)


def evidence_url(code: str, region: Region, period: Period, *, seq: int | None = None) -> str:
    """The records behind a value, now or as they stood at a ledger number."""
    more = {} if seq is None else {"seq": str(seq)}
    return reverse("indicators:evidence", args=[code]) + place_query(region, period, **more)


def choose(request: HttpRequest, user: User, *, today: date) -> Chosen:
    """The region and period of a page's address. A handful of queries.

    Raises Http404 for a region whose aggregates the reader may not see, and for a reader who may see none.
    """
    problems: list[str] = []
    region, field = _region(request.GET.get("region", "").strip(), user, today, problems)
    within = reach(region, today=today)
    period = _period(request.GET.get("period", "").strip(), within, today, problems)
    offered = dict.fromkeys([*within.periods, period])
    options = [{"value": each.code, "label": period_words(each)} for each in offered]
    fields = [field, {"name": "period", "label": _("时期"), "value": period.code, "options": options}]
    return Chosen(region, period, within, fields, tuple(problems))


def home_region(user: User, *, today: date) -> Region | None:
    """The reader's own region: of several, the first that keeps records, else the first that anything was reported of."""
    seen = registry.comparable_regions(user)
    own = list(seen.filter(pk__in=[region.pk for region in registry.own_regions(user)]))
    if len(own) < 2:
        return own[0] if own else seen.first()
    reaches = [(region, reach(region, today=today)) for region in own]
    for found in ([each for each, known in reaches if known.since], [each for each, known in reaches if known.newest]):
        if found:
            return found[0]
    return own[0]


def _region(text: str, user: User, today: date, problems: list[str]) -> tuple[Region, dict[str, Any]]:
    seen = registry.comparable_regions(user).select_related("parent")
    region: Region | None = None
    if text:
        try:
            named = registry.region_by_name_or_code(text)
        except LookupError:
            problems.append(_("没有名为“%(name)s”的区划，请填全称或六位代码。") % {"name": text})
        else:
            region = seen.filter(pk=named.pk).first()
            if region is None:
                raise Http404
    if region is None:
        home = home_region(user, today=today)
        if home is None:
            raise Http404
        region = seen.get(pk=home.pk)
    options = list(seen[: CHOICES_LIMIT + 1])
    if len(options) > CHOICES_LIMIT:
        return region, search("region", _("区划"), region.name, _("名称或六位代码"))
    choices = [{"value": each.code, "label": each.name} for each in options]
    return region, {"name": "region", "label": _("区划"), "value": region.code, "options": choices}


def _period(text: str, within: Reach, today: date, problems: list[str]) -> Period:
    if text:
        try:
            return Period.parse(text)
        except ValueError:
            problems.append(
                _("“%(code)s”不是一个时期，可以写 2025、2025-H1、2025-Q3、2025-06 或 2025-06-30。") % {"code": text}
            )
    return within.newest or Period.year(today.year - 1)
