"""Pools for the search: their bureau's own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.base.searching import Hit, Text, of_rows
from xingke.funds.models import Pool
from xingke.funds.permissions import FundPermission
from xingke.registry import queries as registry


def _words(pool: Pool, language: str) -> list[str]:
    return [registry.term_label(each, getattr(pool, each), language) for each in ("level", "purpose")]


def _text(pool: Pool) -> Text:
    return Text(
        key=str(pool.key),
        names=pool.name,
        identifier=pool.code,
        path=pool.region.path,
        on=timezone.localdate(pool.opened_at),
        is_finished=False,
        text=" ".join([str(pool.year), pool.region.name, *_words(pool, "zh")]),
    )


def _hit(pool: Pool) -> Hit:
    year = _("%(year)s年度") % {"year": pool.year}
    return Hit(
        title=pool.name,
        line=" · ".join([pool.code, year, *_words(pool, get_language() or "zh"), pool.region.name]),
        url=reverse("funds:pool", args=[pool.key]),
        is_fictional=pool.is_fictional,
    )


POOLS = of_rows(
    lambda: Pool.objects.select_related("region"),
    text=_text,
    hit=_hit,
    code="pool",
    label=gettext_lazy("资金池"),
    permission=FundPermission.READ,
    order=28,
)
