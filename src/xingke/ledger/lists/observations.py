"""The list of reported figures: what was written, of which year, and where."""

from collections.abc import Sequence
from typing import Any  # a figure in words

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from xingke.accounts.permissions import Permission
from xingke.ledger import queries
from xingke.ledger.models import Observation, State
from xingke.ledger.queries import observations
from xingke.ledger.record_facts import import_beginning, indicator_url
from xingke.ledger.words import Words, accepted_word, confidence_word, period_word, state_word
from xingke.registry.listing import (
    ChoiceFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)


def _figures(asked: ListRequest) -> QuerySet[Observation]:
    names = ("document", "mapped", "period", "state")
    return observations.listed(asked.reader, search=asked["q"], **{name: asked[name] for name in names})


def _in_words(asked: ListRequest, found: Sequence[Observation]) -> list[dict[str, Any]]:
    words: Words = asked.kept.setdefault("words", Words())
    return [_row(words, each) for each in found]


def _row(words: Words, row: Observation) -> dict[str, Any]:
    return {
        "row": row,
        "words": words,
        "url": reverse("ledger:record", args=[queries.OBSERVATION, row.record]),
        "stated": period_word(row.stated_period),
        "real": period_word(row.real_period) if row.real_period else "",
        "shifted": row.real_period != row.stated_period or row.confidence != "stated",
        "confidence": confidence_word(row.confidence),
        "indicator": words.indicator(row.indicator) if row.indicator else "",
        "indicator_url": indicator_url(row),
        "accepted": accepted_word(row),
        "measure": "" if row.measure == "level" else words.term("measure", row.measure),
    }


def _choices(asked: ListRequest) -> tuple[list[str], list[str]]:
    if "choices" not in asked.kept:
        asked.kept["choices"] = observations.choices(asked.reader)
    found: tuple[list[str], list[str]] = asked.kept["choices"]
    return found


def _name(row: dict[str, Any]) -> ListedCell:
    of = row["row"]
    return ListedCell(of.name, row["url"], " · ".join(each for each in (row["measure"], of.part) if each))


def _period(row: dict[str, Any]) -> ListedCell:
    if not row["shifted"]:
        return ListedCell(row["stated"])
    if not row["real"]:
        return ListedCell(row["stated"], sub=_("实际期间无法确定"))
    said = {"real": row["real"], "how": row["confidence"]}
    return ListedCell(row["stated"], sub=_("实为%(real)s（%(how)s）") % said)


def _layer(row: dict[str, Any]) -> str:
    layer = row["row"].layer
    return row["words"].term("layer", layer) if layer else ""


OBSERVATIONS = DeclaredList(
    code="observations",
    title=pgettext_lazy("several", "上报数"),
    caption=gettext_lazy("逐条登记"),
    file_name=gettext_lazy("上报数"),
    lead=gettext_lazy("总结和报表里写过的数，按原文登记：写的是什么、说的是哪一年、出在哪里。"),
    url_name="ledger:observation-list",
    permission=Permission.RECORD_READ,
    rows=_figures,
    load=_in_words,
    order="place",
    row_class=lambda row: "void" if row["row"].state == State.VOID else "",
    is_fictional=lambda row: row["row"].is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("名称或位置")),
        RegionFilter(),
        ChoiceFilter(
            name="document",
            label=gettext_lazy("文件"),
            options=lambda asked: [(code, code) for code in _choices(asked)[0]],
        ),
        ChoiceFilter(
            name="period",
            label=gettext_lazy("期间"),
            options=lambda asked: [(code, period_word(code)) for code in _choices(asked)[1]],
        ),
        ChoiceFilter(
            name="mapped",
            label=gettext_lazy("对应指标"),
            options=lambda asked: [("yes", _("已对应")), ("no", _("未对应"))],
        ),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [(state, state_word(state)) for state in State.values],
        ),
    ),
    columns=(
        ListColumn(code="name", label=gettext_lazy("名称（原文）"), sort="name", is_wide=True, cell=_name),
        ListColumn(
            code="written",
            label=gettext_lazy("原文写法"),
            is_numeric=True,
            cell=lambda row: row["row"].as_written,
            file=(
                FileColumn(label=gettext_lazy("原文写法"), value=lambda row: row["row"].as_written),
                FileColumn(label=gettext_lazy("数值"), value=lambda row: row["words"].quantity(row["row"]).stated),
                FileColumn(label=gettext_lazy("计量单位"), value=lambda row: row["row"].unit),
                FileColumn(
                    label=gettext_lazy("说法"), value=lambda row: row["words"].term("measure", row["row"].measure)
                ),
            ),
        ),
        ListColumn(
            code="region",
            label=gettext_lazy("区划"),
            sort="region__path",
            is_whole=True,
            cell=lambda row: ListedCell(row["row"].region.name, sub=_("推定") if row["row"].is_region_inferred else ""),
            file=(
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row["row"].region.name),
                FileColumn(label=gettext_lazy("区划代码"), value=lambda row: row["row"].region.code),
                FileColumn(
                    label=gettext_lazy("区划推定"), value=lambda row: _("是") if row["row"].is_region_inferred else ""
                ),
            ),
        ),
        ListColumn(
            code="period",
            label=gettext_lazy("期间"),
            note=gettext_lazy("原文写的，实际的"),
            sort="stated_period",
            is_whole=True,
            cell=_period,
            file=(
                FileColumn(label=gettext_lazy("原文期间"), value=lambda row: row["row"].stated_period),
                FileColumn(label=gettext_lazy("实际期间"), value=lambda row: row["row"].real_period),
                FileColumn(label=gettext_lazy("期间把握"), value=lambda row: row["confidence"]),
            ),
        ),
        ListColumn(
            code="place",
            label=gettext_lazy("文件和位置"),
            sort="document",
            is_whole=True,
            cell=lambda row: row["row"].place,
            file=(
                FileColumn(label=gettext_lazy("文件"), value=lambda row: row["row"].document),
                FileColumn(label=gettext_lazy("位置"), value=lambda row: row["row"].place),
            ),
        ),
        ListColumn(
            code="indicator",
            label=gettext_lazy("对应指标"),
            sort="indicator",
            cell=lambda row: ListedCell(row["indicator"] or _("未对应"), row["indicator_url"] or ""),
            file=(
                FileColumn(label=gettext_lazy("对应指标"), value=lambda row: row["indicator"]),
                FileColumn(label=gettext_lazy("资金口径"), value=_layer),
                FileColumn(label=gettext_lazy("部分"), value=lambda row: row["row"].part),
            ),
        ),
        ListColumn(
            code="state",
            label=gettext_lazy("状态"),
            sort="state",
            is_whole=True,
            cell=lambda row: ListedCell(state_word(row["row"].state), state=row["row"].state, sub=row["accepted"]),
            file=(
                FileColumn(label=gettext_lazy("状态"), value=lambda row: state_word(row["row"].state)),
                FileColumn(label=gettext_lazy("选用"), value=lambda row: row["accepted"]),
            ),
        ),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有上报数"),
        text=_("您可以查看的范围里还没有登记上报数。"),
        begin=import_beginning(asked.reader),
    ),
)
