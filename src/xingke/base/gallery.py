"""Sample data of the gallery page, which shows every component in its states. Nothing here is real."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.base.templatetags.xk import STATES

SIBLINGS = ("青溪县", "白石县", "云岭县", "望江县", "松源县", "临湖区")


class SampleForm(forms.Form):
    """Every kind of field a page uses, to be looked at."""

    name = forms.CharField(label=gettext_lazy("单位名称"), help_text=gettext_lazy("与营业执照上的名称一致。"))
    code = forms.CharField(label=gettext_lazy("统一社会信用代码"), help_text=gettext_lazy("18 位。"), max_length=18)
    kind = forms.ChoiceField(
        label=gettext_lazy("资质"),
        choices=[("high_tech", gettext_lazy("高新技术企业")), ("tech_sme", gettext_lazy("科技型中小企业"))],
    )
    route = forms.ChoiceField(
        label=gettext_lazy("数据来源"),
        choices=[("records", gettext_lazy("台账")), ("observed", gettext_lazy("上报"))],
        widget=forms.RadioSelect,
        initial="records",
    )
    note = forms.CharField(label=gettext_lazy("说明"), widget=forms.Textarea, required=False)
    confirmed = forms.BooleanField(label=gettext_lazy("我已核对原件"))


def samples() -> dict[str, Any]:
    """The context of ``base/gallery.html``."""
    return {
        "is_fictional": True,
        "current_region": _("青溪县"),
        "crumbs": [{"label": _("首页"), "url": "/"}, {"label": _("组件"), "url": ""}],
        "cards": _cards(),
        "stats": _stats(),
        "columns": _columns(),
        "page": Paginator(_organisations(), 6).page(2),
        "export": {"xlsx": "?format=xlsx", "csv": "?format=csv"},
        "states": list(STATES),
        "filters": _filters(),
        "timeline": _timeline(),
        "versions": _versions(),
        "steps": [
            {"label": _("上传文件"), "note": _("summary.docx"), "state": "done"},
            {"label": _("逐个数字核验"), "note": _("正在核验"), "state": "current"},
            {"label": _("出具结论"), "note": "", "state": "todo"},
        ],
        "facts": _facts(),
        "menu_items": [{"label": _("专利"), "url": "#timeline"}, {"label": _("项目"), "url": "#versions"}],
        "trend": _trend(),
        "trend_bar": _trend_bar(),
        "rank": _rank(),
        "evidence": _evidence(),
        "listing": _listing(),
        "form": SampleForm({"name": "青溪县恒信阀门有限公司", "code": "", "kind": "high_tech", "route": "records"}),
        "chooser": _chooser(),
        "held": [{"name": "已收到的公报.docx", "size": 48_300, "slip": ""}],
        "returned": {"field": "sample-reason", "typed": "", "why": _("请写明理由。")},
        "reset_hidden": [{"name": "record", "value": "r-1"}],
    }


def _listing() -> dict[str, Any]:
    """A declared list with a view, a choice, a row that can be ticked and further pages."""
    row = (
        '<tr><td class="pick"><input type="checkbox" name="row" value="1" form="sample-list-bulk" aria-label="{name}" '
        'data-amount="86500000"></td><td class="nowrap tnum">2026-11-24</td><td class="wide"><a href="#">{name}</a>'
        '<span class="sub tnum">2026-990</span></td><td class="num">86.5</td></tr>'
    )
    choices = [{"value": "", "label": _("全部")}, {"value": "contract", "label": _("技术合同")}]
    day = {"name": "sample_from", "label": _("日期从"), "kind": "day", "value": ""}
    mine = {"name": "sample_mine", "label": _("我登记的"), "kind": "check", "value": ""}
    return {
        "id": "sample-list",
        "caption": _("一张清单"),
        "columns": [
            {"label": _("日期"), "key": "day", "sort": "desc"},
            {
                "label": _("合同名称"),
                "why": _("超过 %(n)s 条，不能按这一列排序；请先用条件缩小范围。") % {"n": "50,000"},
            },
            {"label": _("金额（万元）"), "numeric": True},
        ],
        "body": format_html(row, name=_("耐候涂料技术开发")),
        "count": 1_234,
        "total_text": _("%(what)s合计 %(sum)s") % {"what": _("金额"), "sum": "8,421.5"},
        "filters": [{"name": "sample_kind", "label": _("类别"), "value": "contract", "options": choices}],
        "further": [day, mine],
        "clear_url": "?",
        "chips": [{"label": _("类别"), "value": _("技术合同"), "url": "#"}],
        "views": [{"name": _("本月登记的"), "url": "#", "is_current": True, "is_shared": True}],
        "own_views": [{"pk": 1, "name": _("本月登记的"), "region": "", "rename_url": "#", "delete_url": "#"}],
        "bureaus": [{"code": "990121", "name": _("青溪县")}],
        "save_url": "#",
        "columns_url": "#",
        "all_columns": [{"code": "day", "label": _("日期"), "is_shown": True}],
        "acts": [{"code": "go", "label": _("确认所选"), "icon": "checks", "url": "#"}],
        "sum_scale": 1_000_000,
        "sum_unit": _("万元"),
        "pages": {"number": 2, "last": 25, "before_url": "#", "after_url": "#", "first_url": "#", "rows": 50},
    }


def _chooser() -> dict[str, Any]:
    """What a chooser's widget knows, with two found of one name."""
    work = ((_("云岭农业大学"), _("副教授"), "3f2a1c"), (_("云岭理工大学"), _("教授"), "9b07de"))
    matches = [
        {"value": end, "label": _("何远山（%(employer)s）") % {"employer": employer}, "note": f"{post} · {end}"}
        for employer, post, end in work
    ]
    return {
        "type": "search",
        "name": "sample_person",
        "value": _("何远山"),
        "attrs": {"id": "id_sample_person", "autocomplete": "off"},
        "picked_name": "sample_person_picked",
        "picked": "",
        "matches": matches,
        "more": True,
        "is_missing": False,
    }


def _cards() -> list[dict[str, Any]]:
    return [
        {
            "label": _("高新技术企业数"),
            "url": "#figure-card",
            "period": "2025",
            "value": Decimal(86),
            "unit": _("家"),
            "change": "+14.7%",
            "direction": "up",
            "judgement": "good",
            "rank": _("全市第 2 位（共 6 个）"),
            "route": "records",
            "evidence_url": "#data-table",
            "evidence_count": 86,
            "drawer_url": "?evidence=1",
        },
        {
            "label": _("全社会研发经费"),
            "period": "2025",
            "value": Decimal("123456.7"),
            "unit": _("万元"),
            "change": "+8.2%",
            "direction": "up",
            "rank": _("全市第 3 位（共 6 个）"),
            "route": "observed",
            "evidence_url": "#data-table",
            "evidence_label": _("《2025年工作总结》第 2 段"),
        },
        {
            "label": _("技术合同成交额"),
            "period": "2025",
            "value": Decimal("9480.5"),
            "unit": _("万元"),
            "change": "−3.1%",
            "direction": "down",
            "judgement": "bad",
            "route": "records",
            "evidence_url": "#data-table",
            "evidence_count": 57,
        },
        {
            "label": _("有效发明专利数"),
            "period": "2025",
            "status": "partial",
            "known": 4,
            "total": 6,
            "value": Decimal(1312),
            "unit": _("件"),
            "route": "records",
            "evidence_url": "#data-table",
            "evidence_count": 1312,
        },
        {"label": _("科技特派员服务次数"), "period": "2025-H1", "status": "unknown"},
        {
            "label": _("科技培训人次"),
            "period": "2025",
            "status": "ambiguous",
            "reason": _("同一份总结里有两个数：10,000 人次和 500 人次，请选定一个。"),
            "evidence_url": "#data-table",
            "evidence_count": 2,
            "route": "observed",
        },
    ]


def _stats() -> list[dict[str, Any]]:
    return [
        {"label": _("单位"), "value": 1284, "unit": _("家"), "url": "#data-table"},
        {"label": _("本年新认定"), "value": 19, "unit": _("家")},
        {
            "label": _("待确认的记录"),
            "value": 7,
            "unit": _("条"),
            "url": "#data-table",
            "note": _("最早一条已等 12 天"),
        },
        {"label": _("未知的指标"), "value": 2, "unit": _("个")},
    ]


def _columns() -> list[dict[str, Any]]:
    return [
        {"label": _("单位"), "key": "name", "class": "wide"},
        {"label": _("资质")},
        {"label": _("认定日期"), "key": "recognised", "sort": "desc"},
        {"label": _("研发投入"), "key": "spending", "numeric": True, "note": _("万元")},
        {"label": _("同比"), "numeric": True},
        {"label": _("状态")},
    ]


def _organisations() -> list[dict[str, Any]]:
    names = ["恒信阀门", "云帆生物科技", "青溪竹业", "同创电子材料", "山河硬质合金", "清源环保设备", "启明轴承"]
    states = ["confirmed", "confirmed", "draft", "confirmed", "void", "confirmed", "draft"]
    return [
        {
            "name": f"青溪县{names[n % 7]}{'股份' if n % 3 == 0 else ''}有限公司",
            "code": f"91360999MA{38 + n}XK{n:02}7Q",
            "kind": _("高新技术企业") if n % 2 else _("科技型中小企业"),
            "recognised": date(2025, 12 - n % 12, 1 + n % 27),
            "spending": None if n % 5 == 4 else Decimal(31_874 - 977 * n) / 10,
            "growth": None if n % 5 == 4 else Decimal(147 - 31 * n) / 10,
            "state": states[n % 7],
        }
        for n in range(32)
    ]


def _filters() -> list[dict[str, Any]]:
    return [
        {"name": "q", "label": _("名称或代码"), "kind": "search", "value": "", "placeholder": _("例如：阀门")},
        {
            "name": "region",
            "label": _("区划"),
            "value": "青溪县",
            "options": [{"value": name, "label": name} for name in SIBLINGS],
        },
        {
            "name": "period",
            "label": _("时期"),
            "value": "2025",
            "options": [{"value": "2025", "label": _("2025年")}, {"value": "2024", "label": _("2024年")}],
        },
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {
            "when": date(2025, 11, 28),
            "title": _("重新认定为高新技术企业"),
            "url": "#versions",
            "text": _("证书编号 GR202536000999，有效期三年"),
            "state": "confirmed",
            "tone": "good",
            "is_fictional": True,
        },
        {
            "when": date(2025, 6, 30),
            "title": _("申报重新认定"),
            "text": _("科技局推荐，材料 14 份"),
            "state": "draft",
            "tone": "brand",
        },
        {"when": date(2024, 3, 8), "title": _("发明专利授权"), "url": "#versions", "text": _("一种低扭矩球阀密封结构")},
        {"when": date(2022, 11, 4), "title": _("认定为高新技术企业"), "text": _("证书编号 GR202236000123")},
    ]


def _versions() -> list[dict[str, Any]]:
    return [
        {
            "number": 3,
            "when": datetime(2025, 12, 3, 7, 12, tzinfo=UTC),
            "by": _("林晓（科室人员）"),
            "state": "confirmed",
            "is_current": True,
            "note": _("按证书原件改正发证日期。"),
            "changes": [
                {"label": _("发证日期"), "old": _("2025年11月8日"), "new": _("2025年11月28日")},
                {"label": _("佐证材料"), "old": "", "new": _("证书扫描件.pdf")},
            ],
        },
        {
            "number": 2,
            "when": datetime(2025, 12, 1, 1, 40, tzinfo=UTC),
            "by": _("周宁（副局长）"),
            "state": "confirmed",
            "changes": [{"label": _("状态"), "old": _("待确认"), "new": _("已确认")}],
        },
        {
            "number": 1,
            "when": datetime(2025, 11, 29, 8, 5, tzinfo=UTC),
            "by": _("林晓（科室人员）"),
            "state": "draft",
            "note": _("从《高新技术企业名单》第 12 行导入。"),
        },
    ]


def _facts() -> list[dict[str, Any]]:
    return [
        {"label": _("指标"), "value": _("高新技术企业数"), "url": "#figure-card"},
        {"label": _("口径"), "value": _("期末证书在有效期内的高新技术企业家数"), "note": _("定义第 1 版")},
        {"label": _("数值"), "value": _("86 家"), "numeric": True},
        {"label": _("依据文件"), "value": _("国科发火〔2016〕32 号，第十二条")},
        {"label": _("备注"), "value": ""},
    ]


def _trend() -> dict[str, Any]:
    values = [41, 48, None, 61, 75, 86]
    city = [212, 240, 263, 301, 334, 371]
    return {
        "id": "trend",
        "title": _("高新技术企业数，历年"),
        "unit": _("家"),
        "series": [SIBLINGS[0], _("全市平均")],
        "rows": [
            {
                "label": _("%(year)s年") % {"year": 2020 + n},
                "cells": [
                    {"value": None if own is None else Decimal(own), "status": "partial" if n == 1 else ""},
                    {"value": Decimal(whole) / 6, "text": f"{Decimal(whole) / 6:.1f}"},
                ],
            }
            for n, (own, whole) in enumerate(zip(values, city, strict=True))
        ],
        "note": _("2022 年没有台账，也没有采用的上报数，因此留空；2021 年只有部分乡镇已知。"),
    }


def _trend_bar() -> dict[str, Any]:
    return {
        "id": "trend-bar",
        "kind": "bar",
        "title": _("技术合同成交额，按季度"),
        "unit": _("万元"),
        "series": [SIBLINGS[0]],
        "rows": [
            {"label": _("第%(n)s季度") % {"n": name}, "cells": [{"value": Decimal(value)}]}
            for name, value in zip("一二三四", ("1830.5", "2210", "2496", "2944"), strict=True)
        ],
    }


def _rank() -> dict[str, Any]:
    values = [("云岭县", 1, 91, "+9.6%"), ("青溪县", 2, 86, "+14.7%"), ("白石县", 3, 64, "+4.9%")]
    values += [("松源县", 3, 64, "0.0%"), ("望江县", 5, 37, "−5.1%")]
    rows: list[dict[str, Any]] = [
        {
            "rank": rank,
            "name": name,
            "url": "#rank",
            "value": Decimal(value),
            "change": change,
            "is_own": name == "青溪县",
            "evidence_url": "#data-table",
        }
        for name, rank, value, change in values
    ]
    rows.append({"rank": None, "name": "临湖区", "url": "#rank", "value": None, "change": ""})
    return {
        "id": "rank",
        "caption": _("高新技术企业数，2025年，全市各区县"),
        "unit": _("家"),
        "rows": rows,
        "note": _("数值相同的位次相同；未知的不排位次，也不当作零。"),
    }


def _evidence() -> list[dict[str, Any]]:
    return [
        {"name": "青溪县恒信阀门有限公司", "what": _("重新认定"), "on": date(2025, 11, 28)},
        {"name": "青溪县云帆生物科技有限公司", "what": _("认定"), "on": date(2025, 11, 4)},
        {"name": "青溪县同创电子材料有限公司", "what": _("认定"), "on": date(2024, 12, 16)},
    ]
