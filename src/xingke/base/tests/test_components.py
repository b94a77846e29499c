"""The design system: components, marks, numbers and days as templates write them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from xingke.base import gallery, menu
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.register import Register
from xingke.base.templatetags import xk

BASE = Path(xk.__file__).parents[1]
COMPONENTS = sorted((BASE / "templates" / "components").glob("*.html"))
TOKENS = BASE.parents[2] / "frontend" / "src" / "styles" / "tokens.css"


def render(source: str, **context: object) -> str:
    return Template("{% load xk i18n %}" + source).render(Context(context))


def render_at(address: str, source: str, **context: object) -> str:
    return Template("{% load xk i18n %}" + source).render(RequestContext(RequestFactory().get(address), context))


def gallery_page(address: str = "/gallery/") -> str:
    return render_to_string("base/gallery.html", gallery.samples(), RequestFactory().get(address))


@pytest.fixture(autouse=True)
def plain_static_files() -> Iterator[None]:
    """The pages name their static files as they are called in the tree: nothing has been collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture
def empty_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "ITEMS", Register("menu entry"))
    monkeypatch.setattr(menu, "_check", None)
    monkeypatch.setattr(menu, "_check_region", None)


class Reader:
    is_authenticated = True


# Numbers


NUMBERS = [
    (1234, None, "1,234"),
    (Decimal("1234.50"), None, "1,234.5"),
    (Decimal("1234.50"), 2, "1,234.50"),
    (Decimal("2.5"), 0, "3"),
    (Decimal("-1234.5"), 1, "−1,234.5"),
    (Decimal("-0.04"), 1, "0.0"),
    (Decimal("1E+3"), None, "1,000"),
    ("86", None, "86"),
    ("约 20 家", None, "约 20 家"),
    (0, None, "0"),
    (None, None, "未知"),
]


@pytest.mark.parametrize("value, places, written", NUMBERS)
def test_a_number_is_written_exactly_with_thousands_commas(value: object, places: int | None, written: str) -> None:
    with translation.override("zh-hans"):
        assert xk.number(value, places) == written


def test_a_float_is_refused_because_it_is_no_exact_figure() -> None:
    with pytest.raises(TypeError, match="float"):
        xk.number(0.1)


SIGNED = [
    (12, None, "+12"),
    (Decimal("-3.14"), 1, "−3.1"),
    (0, None, "0"),
    (Decimal("0.04"), 1, "0.0"),
    (None, None, ""),
]


@pytest.mark.parametrize("value, places, written", SIGNED)
def test_a_change_carries_its_sign(value: object, places: int | None, written: str) -> None:
    assert xk.signed(value, places) == written


MONEY = [
    (Decimal("483000"), "48.3万元"),
    (Decimal("145100"), "14.51万元"),
    (Decimal("51000000"), "5,100万元"),
    (Decimal("1234500000"), "12.345亿元"),
    (Decimal("9500"), "9,500元"),
    (Decimal("-20000"), "−2万元"),
]


@pytest.mark.parametrize("amount, written", MONEY)
def test_money_is_written_at_the_size_people_say_it(amount: Decimal, written: str) -> None:
    with translation.override("zh-hans"):
        assert xk.yuan(amount) == written


def test_a_share_is_written_as_percent_and_an_unknown_one_as_unknown() -> None:
    with translation.override("zh-hans"):
        assert xk.percent(Decimal("0.12345")) == "12.3%"
        assert xk.percent(None) == "未知"


# Periods and days


def test_periods_and_days_are_written_in_the_language_of_the_reader() -> None:
    moment = datetime(2025, 12, 3, 16, 5, tzinfo=UTC)

    with translation.override("zh-hans"):
        assert xk.period("2024-H1") == "2024年上半年"
        assert xk.period(Period.parse("2024-01..2024-10")) == "2024年1—10月"
        assert xk.period("不是时期") == "不是时期"
        assert xk.day(date(2024, 6, 30)) == "2024年6月30日"
        assert xk.moment(moment) == "2025年12月4日 00:05"
        assert xk.label(Label("指标", "Indicator")) == "指标"
    with translation.override("en"):
        assert xk.period("2024-H1") == "first half of 2024"
        assert xk.day(date(2024, 6, 30)) == "30 June 2024"
        assert xk.label(Label("指标", "Indicator")) == "Indicator"


# Components


def test_a_component_sees_its_attributes_and_nothing_else_of_the_page() -> None:
    source = '{% component "section" id="s" %}{{ title }}{% endcomponent %}'

    html = render(source, title="页面的标题")

    assert "页面的标题" in html  # the content is the page's own …
    assert "<h2" not in html  # … but the component did not take the page's title for its heading


def test_slots_reach_their_places_and_the_rest_is_the_content() -> None:
    html = render(
        '{% component "section" title="甲" %}{% slot "actions" %}<i>乙</i>{% endslot %}<p>丙</p>{% endcomponent %}'
    )

    assert '<div class="section-actions"><i>乙</i></div>' in html
    assert html.index("乙") < html.index("<p>丙</p>")


def test_attributes_are_escaped() -> None:
    assert "&lt;b&gt;" in render('{% component "notice" text=text / %}', text="<b>")


def test_a_mapping_or_a_dataclass_stands_for_attributes_and_a_written_one_wins() -> None:
    @dataclass
    class Card:
        label: str
        value: int

    html = render('{% component "figure_card" of=card value=2 / %}', card=Card(label="专利", value=1))

    assert "专利" in html and '<data value="2">' in html


@pytest.mark.parametrize(
    "source", ["{% component %}{% endcomponent %}", '{% component "notice" text / %}', "{% slot %}{% endslot %}"]
)
def test_a_wrongly_written_component_is_an_error_at_once(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(source)


def test_a_partly_known_figure_says_how_many_are_known() -> None:
    card = {"label": "专利", "value": 1312, "unit": "件", "status": "partial", "known": 4, "total": 6}

    with translation.override("zh-hans"):
        html = render('{% component "figure_card" of=card / %}', card=card)

    assert "6 个区县中有 4 个已知" in html
    assert "已知部分合计" in html and "1,312" in html


def test_an_unknown_figure_shows_no_number_even_if_one_is_given() -> None:
    with translation.override("zh-hans"):
        html = render('{% component "figure_card" label="专利" value=0 unit="件" status="unknown" / %}')

    assert "未知" in html and "没有记录，也没有采用的上报数。" in html
    assert "<data" not in html and "件" not in html


def test_a_chip_is_a_link_that_works_without_javascript_and_brings_no_blanks_into_the_sentence() -> None:
    html = render('达到{% component "chip" text="86家" url="/figures/1" / %}，')

    assert html.startswith('达到<a class="chip chip-known" href="/figures/1" hx-get="/figures/1" hx-target="#drawer"')
    assert html.endswith(">86家</a>，")


def test_an_unknown_state_is_shown_rather_than_hidden() -> None:
    assert "新状态" in render('{% state_tag "新状态" %}')


def test_sorting_turns_round_keeps_the_filters_and_returns_to_the_first_page() -> None:
    page = Paginator(range(50), 10).page(3)
    columns = [{"label": "名称", "key": "name", "sort": "asc"}, {"label": "日期", "key": "on"}]

    html = render_at(
        "/list/?q=%E9%98%80&sort=name&page=3",
        '{% component "data_table" id="t" caption="表" columns=columns page=page %}<tr></tr>{% endcomponent %}',
        columns=columns,
        page=page,
    )

    assert 'href="?q=%E9%98%80&amp;sort=-name"' in html
    assert 'href="?q=%E9%98%80&amp;sort=on"' in html
    assert 'aria-sort="ascending"' in html
    assert 'href="?q=%E9%98%80&amp;sort=name&amp;page=4"' in html


def test_an_empty_list_has_words_and_no_table() -> None:
    with translation.override("zh-hans"):
        html = render_at(
            "/", '{% component "data_table" id="t" caption="表" count=0 empty_text="放宽条件。" %} {% endcomponent %}'
        )

    assert "没有符合条件的内容" in html and "放宽条件。" in html and "共 0 条" in html
    assert "<table" not in html


def test_a_chart_says_nothing_for_an_unknown_value() -> None:
    rows = [{"label": "2024年", "cells": [{"value": None}]}, {"label": "2025年", "cells": [{"value": Decimal("86")}]}]

    html = render(
        '{% component "trend_chart" id="c" title="企业" series=series rows=rows / %}', series=["青溪县"], rows=rows
    )

    assert 'data-value=""' in html and 'data-value="86"' in html


def test_bars_are_as_long_as_their_share_of_the_largest() -> None:
    rows = [{"value": Decimal(80)}, {"value": Decimal(20)}, {"value": None}]

    assert [xk.bar_length(row, rows) for row in rows] == ["100.0", "25.0", "0"]


def test_a_form_field_ties_its_help_and_its_error_to_the_input() -> None:
    form = gallery.SampleForm({"name": ""})

    html = render('{% component "form_field" field=form.name / %}', form=form)

    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html and 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_forms_use_the_field_template_of_the_design_system() -> None:
    class One(forms.Form):
        note = forms.CharField(label="说明", required=False)

    with translation.override("zh-hans"):
        html = One()["note"].as_field_group()

    assert html.startswith('<div class="field"') and "（选填）" in html


# The gallery and the frame


def test_the_gallery_shows_every_component() -> None:
    source = (BASE / "templates" / "base" / "gallery.html").read_text()
    parts_of_others = {
        "changes",
        "chooser_matches",
        "filter_field",
        "list_acts",
        "list_bureaus",
        "list_columns",
        "list_keys",
        "list_pages",
        "list_views",
        "swap_attributes",
        "optional_mark",
        "pagination",
        "site_header",
        "site_footer",
        "messages",
    }
    parts_of_others |= {
        "fiction_ribbon",
        "language_switch",
        "drawer",
        "palette",
        "search_box",
    }  # base.html brings these

    missing = [path.stem for path in COMPONENTS if f'"{path.stem}"' not in source and path.stem not in parts_of_others]

    assert missing == []


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_begins_by_saying_what_it_is_and_can_be_read(path: Path) -> None:
    assert path.read_text().startswith("{% comment %}")
    get_template(f"components/{path.name}")


def test_the_gallery_has_one_h1_no_inline_style_or_script_and_says_it_is_fictional() -> None:
    with translation.override("zh-hans"):
        html = gallery_page()

    assert html.count("<h1") == 1
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", html)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", html)
    assert "虚构数据 · 演示" in html


def test_ids_on_the_gallery_are_unique() -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery_page())

    assert len(ids) == len(set(ids))


def test_every_icon_that_is_used_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (BASE / "static" / "base" / "icons.svg").read_text()))
    templates = "".join(path.read_text() for path in (BASE / "templates").rglob("*.html"))
    used = set(re.findall(r'{% icon "([^"]+)" %}', templates)) | {symbol for _, symbol in xk.STATES.values()}

    assert used <= drawn


@pytest.mark.parametrize("code", ["400", "403", "404", "failed", "403_csrf"])
def test_error_pages_say_what_happened_and_offer_a_way_on(code: str) -> None:
    html = render_to_string(f"{code}.html", {}, None if code == "failed" else RequestFactory().get("/nowhere"))

    assert html.count("<h1") == 1 and 'href="/"' in html


def test_the_sign_in_page_shows_what_went_wrong() -> None:
    class SignIn(forms.Form):
        username = forms.CharField(label="用户名")
        password = forms.CharField(label="密码", widget=forms.PasswordInput)

    form = SignIn({"username": "lin"})
    form.add_error(None, "用户名或密码不对。")

    html = render_to_string("registration/sign_in.html", {"form": form}, RequestFactory().get("/sign-in/"))

    assert html.count("<h1") == 1 and 'type="password"' in html
    assert "用户名或密码不对。" in html and "csrfmiddlewaretoken" in html


# The menu


@pytest.mark.usefixtures("empty_menu")
def test_the_menu_is_ordered_and_shows_each_reader_only_what_they_may_open() -> None:
    menu.ITEMS.add(menu.MenuItem(code="docs", label="文稿", url_name="docs", permission="document.view", order=30))
    menu.ITEMS.add(menu.MenuItem(code="home", label="工作台", url_name="home", order=10))
    menu.ITEMS.add(menu.MenuItem(code="verify", label="核验", url_name="verify", order=40, public=True))

    assert [item.code for item in menu.visible_to(None)] == ["verify"]
    assert [item.code for item in menu.visible_to(Reader())] == ["home", "verify"]

    menu.use_permission_check(lambda user, permission: permission == "document.view")
    assert [item.code for item in menu.visible_to(Reader())] == ["home", "docs", "verify"]


@pytest.mark.usefixtures("empty_menu")
def test_an_entry_about_a_region_is_hidden_from_whoever_has_only_an_organisation() -> None:
    menu.ITEMS.add(menu.MenuItem(code="docs", label="文稿", url_name="docs", permission="read"))
    menu.ITEMS.add(menu.MenuItem(code="figures", label="上报数", url_name="x", permission="read", of_region=True))

    menu.use_permission_check(lambda user, permission: True, lambda user, permission: False)

    assert [item.code for item in menu.visible_to(Reader())] == ["docs"]


@pytest.mark.usefixtures("empty_menu")
def test_two_entries_cannot_share_a_code() -> None:
    menu.ITEMS.add(menu.MenuItem(code="home", label="工作台", url_name="home"))
    menu.ITEMS.add(menu.MenuItem(code="home", label="工作台", url_name="home"))

    with pytest.raises(ValueError, match="home"):
        menu.ITEMS.add(menu.MenuItem(code="home", label="别的", url_name="other"))


# Colours


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


READ_ON = [
    ("ink-faint", "paper", 4.5),
    ("ink-faint", "surface-sunk", 4.5),
    ("ink-faint", "brand-tint", 4.5),
    ("ink-soft", "fiction-tint", 4.5),
    ("brand", "paper", 4.5),
    ("brand-deep", "brand-tint", 4.5),
    ("surface", "brand", 4.5),
    ("surface", "bad", 4.5),
    ("good", "good-tint", 4.5),
    ("warn", "warn-tint", 4.5),
    ("bad", "bad-tint", 4.5),
    ("fiction", "fiction-tint", 4.5),
    ("control", "surface", 3),
]


@pytest.mark.skipif(not TOKENS.exists(), reason="the style sources are not part of an installed package")
@pytest.mark.parametrize("text, ground, least", READ_ON)
def test_text_stands_out_from_its_ground(text: str, ground: str, least: float) -> None:
    tokens = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", TOKENS.read_text()))

    assert contrast(tokens[text], tokens[ground]) >= least
