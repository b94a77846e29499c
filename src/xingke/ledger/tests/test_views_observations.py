"""The pages of reported figures: stated against real period, open choices, corrections."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, report
from xingke.ledger.models import Observation
from xingke.ledger.queries import observations

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _facts(response: object) -> dict[str, tuple[str, str]]:
    """A record page's facts: label → (value, note)."""
    return {item["label"]: (item["value"], item.get("note", "")) for item in response.context["facts"]}  # type: ignore[attr-defined]


def _rivals(cast: Cast) -> tuple[UUID, UUID]:
    """Two documents that report the county's product differently."""
    first = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician, document="T1")
    second = report(cast.county, "2024", "地区生产总值", "471.02", "亿元", by=cast.statistician, document="T2")
    return first, second


def test_a_figures_page_says_the_stated_period_against_the_real_one(cast: Cast, signed_in: SignIn) -> None:
    key = report(
        cast.county,
        "2019",
        "地区生产总值",
        "468.30",
        "亿元",
        by=cast.statistician,
        real_year="2018 (inferred; place inferred)",
        as_written="近468.30亿元",
        basis="到位",
    )

    facts = _facts(signed_in("officer").get(f"/records/observation/{key}/"))

    assert facts["原文写法"][0] == "近468.30亿元"
    assert facts["数值"] == ("近468.30亿元", "本期数")
    assert facts["期间"][0] == "原文写2019年，实为2018年（推定）"
    assert facts["区划"] == ("青溪县", "原文未写明地名，由内容推定")
    assert facts["约数"][0] == "原文带“近”，不是精确数"
    assert facts["资金口径"][0] == "到位"


def test_a_period_nobody_can_tell_says_so(cast: Cast, signed_in: SignIn) -> None:
    key = report(cast.county, "2023", "地区生产总值", "468.30", "亿元", by=cast.statistician, real_year="2015/2016")

    facts = _facts(signed_in("officer").get(f"/records/observation/{key}/"))

    assert facts["期间"] == ("原文写2023年，实际期间无法确定，暂不参与计数", "年份标注：2015/2016")


FILTERS = [
    ("by document", "document=T2", ["T2#1"]),
    ("answering an indicator", "mapped=yes", ["T1#1", "T2#1"]),
    ("answering none", "mapped=no", ["T1#2"]),
    ("by real period", "period=2023", ["T1#1"]),
    ("by stated period", "period=2024", ["T1#1", "T1#2", "T2#1"]),
    ("by name", "q=雨量", ["T1#2"]),
    ("by state", "state=draft", []),
]


@pytest.mark.parametrize("story, query, places", FILTERS)
def test_the_list_is_narrowed(cast: Cast, signed_in: SignIn, story: str, query: str, places: list[str]) -> None:
    by = cast.statistician
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=by, place="T1#1", real_year="2023")
    report(cast.county, "2024", "雨量站数", "3", "个", by=by, place="T1#2")
    report(cast.county, "2024", "地区生产总值", "471", "亿元", by=by, document="T2", place="T2#1")
    report(cast.sibling, "2024", "地区生产总值", "531", "亿元", by=by, document="T3", place="T3#1")

    rows = signed_in("officer").get(f"/observations/?{query}").context["rows"]

    assert [each["row"].place for each in rows] == places, story


def test_the_list_costs_the_same_queries_for_3_and_for_60_rows(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            report(cast.county, "2024", f"第{number}个数", "3", "个", by=cast.statistician)

    fill(0, 3)
    browser.get("/observations/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/observations/")
    fill(3, 60)

    with CaptureQueriesContext(connection) as many:
        response = browser.get("/observations/")

    assert len(response.context["rows"]) == 50
    assert len(many) == len(few)


def test_the_list_is_exported(cast: Cast, signed_in: SignIn) -> None:
    report(cast.county, "2024", "=地区生产总值", "-3.5", "亿元", by=cast.statistician, place="T1#1")

    lines = signed_in("officer").get("/observations/?format=csv").content.decode("utf-8-sig").splitlines()

    assert lines[1].startswith("'=地区生产总值,'-3.5亿元,-3.5,亿元,本期数,青溪县,990121,,2024,2024,原文写明,T1,T1#1,")


def test_the_neighbour_and_strangers_do_not_find_a_figure(cast: Cast, signed_in: SignIn) -> None:
    key, _other = _rivals(cast)

    for name in ("neighbour", "stranger", "enterprise"):
        assert signed_in(name).get(f"/records/observation/{key}/").status_code == 404
        assert (
            signed_in(name).post(f"/observations/{key}/choose/", {"version": "1", "reason": "越权"}).status_code == 404
        )
    assert signed_in("stranger").get("/observations/").status_code == 404
    assert signed_in("enterprise").get("/observations/choices/").status_code == 404


def test_an_open_choice_shows_the_rivals_side_by_side_until_one_is_chosen(cast: Cast, signed_in: SignIn) -> None:
    first, second = _rivals(cast)
    browser = signed_in("officer")

    (choice,) = browser.get("/observations/choices/").context["choices"]
    assert (choice["region"], choice["period"]) == ("青溪县", "2024年")
    assert [(rival["amount"], rival["document"]) for rival in choice["rivals"]] == [
        ("468.30亿元", "T1"),
        ("471.02亿元", "T2"),
    ]

    response = browser.post(
        f"/observations/{second}/choose/", {"version": "1", "reason": "T2 是审定后的公报", "from": "choices"}
    )

    assert response["Location"] == "/observations/choices/"
    assert browser.get("/observations/choices/").context["choices"] == []
    verdicts = dict(Observation.objects.filter(seq_to__isnull=True).values_list("record", "accepted"))
    assert verdicts == {first: False, second: True}


def test_choosing_without_a_reason_is_refused_and_the_choice_stays_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    _first, second = _rivals(cast)
    browser = signed_in("officer")

    response = browser.post(f"/observations/{second}/choose/", {"version": "1", "reason": ""})

    page = response.content.decode()
    assert "请填写这一项。" in page
    assert "468.30亿元" in page and "471.02亿元" in page
    assert len(browser.get("/observations/choices/").context["choices"]) == 1


def test_a_stale_choice_keeps_the_reason_and_says_why(cast: Cast, signed_in: SignIn) -> None:
    first, second = _rivals(cast)
    browser = signed_in("statistician")
    browser.post(
        f"/records/observation/{second}/correct/",
        {
            "version": "1",
            "value": "472",
            "as_written": "472亿元",
            "indicator": "gdp",
            "real_period": "2024",
            "confidence": "stated",
            "reason": "看错",
        },
    )

    response = browser.post(f"/observations/{second}/choose/", {"version": "1", "reason": "以公报为准"})

    page = response.content.decode()
    assert "不是最新版本" in page and "以公报为准" in page
    assert first in Observation.objects.filter(accepted__isnull=True, seq_to__isnull=True).values_list(
        "record", flat=True
    )


def test_a_corrected_figure_keeps_its_unit_and_moves_with_its_period(cast: Cast, signed_in: SignIn) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    standing = Observation.objects.get(record=key)
    asked = {
        "version": "1",
        "value": "468.35",
        "as_written": "近468.35亿元",
        "indicator": standing.indicator,
        "real_period": "2023",
        "confidence": "inferred",
        "reason": "按公报更正",
    }

    browser = signed_in("statistician")
    browser.post(f"/records/observation/{key}/correct/", asked)

    row = Observation.objects.get(record=key, seq_to__isnull=True)
    assert (row.value, row.unit, row.happened_on.isoformat()) == (46_835_000_000_00, "亿元", "2023-12-31")
    changes = browser.get(f"/records/observation/{key}/").context["versions"][0]["changes"]
    assert [(change.label, change.old, change.new) for change in changes] == [
        ("数值", "468.30亿元", "近468.35亿元"),
        ("约数", "", "近"),
        ("实际期间", "2024年", "2023年"),
        ("期间把握", "原文写明", "推定"),
        ("原文写法", "468.30亿元", "近468.35亿元"),
    ]


def test_a_corrected_value_must_stand_in_its_words(cast: Cast, signed_in: SignIn) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    asked = {
        "version": "1",
        "value": "468.35",
        "as_written": "468.30亿元",
        "indicator": "gdp",
        "real_period": "2024",
        "confidence": "stated",
        "reason": "按公报更正",
    }

    page = signed_in("statistician").post(f"/records/observation/{key}/correct/", asked).content.decode()

    assert "原文写的是 468.30亿元，与数值 468.35亿元 不一致" in page
    assert Observation.objects.count() == 1


def test_a_word_filed_by_an_older_rule_is_read_anew_when_the_figure_is_corrected(cast: Cast, signed_in: SignIn) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    Observation.objects.filter(record=key).update(approximation="余", as_written="其余468.30亿元")
    assert [(row.record, read.word) for row, read in observations.read_otherwise()] == [(key, "")]
    asked = {
        "version": "1",
        "value": "468.30",
        "as_written": "其余468.30亿元",
        "indicator": "gdp",
        "real_period": "2024",
        "confidence": "stated",
        "reason": "约数重读",
    }

    signed_in("statistician").post(f"/records/observation/{key}/correct/", asked)

    assert Observation.objects.get(record=key, seq_to__isnull=True).approximation == ""
    assert list(observations.read_otherwise()) == []


def test_a_figure_that_cannot_be_kept_exactly_is_refused(cast: Cast, signed_in: SignIn) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)
    asked = {
        "version": "1",
        "value": "四百",
        "indicator": "",
        "real_period": "去年",
        "confidence": "stated",
        "reason": "试",
    }

    page = signed_in("officer").post(f"/records/observation/{key}/correct/", asked).content.decode()

    assert "“四百”不是可以精确保存的数字。" in page and "“去年”不是期间" in page
    assert Observation.objects.count() == 1


def test_what_an_officer_reports_waits_until_the_director_confirms(cast: Cast, signed_in: SignIn) -> None:
    key = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.officer)
    own = f"/records/observation/{key}/"
    browser = signed_in("director")
    assert browser.get(own).context["rights"].confirm

    browser.post(f"{own}confirm/", {"version": "1"})
    browser.post(f"{own}confirm/", {"version": "1"})
    browser.post(f"{own}void/", {"version": "2", "reason": "重复上报"})

    assert list(Observation.objects.order_by("version").values_list("state", flat=True)) == [
        "draft",
        "confirmed",
        "void",
    ]
