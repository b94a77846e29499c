"""The pages of indicators: what stands on them is what the records say, and whose records are open to whom."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, file, keep_records, report
from xingke.registry.models import Region

pytestmark = pytest.mark.db

SignedIn = Callable[[str], Client]
PLACE = "?region=990121&period=2025"


@pytest.fixture
def filed(cast: Cast) -> Cast:
    """Both counties keep records. Here: two firms recognised in 2025, one in 2024. Next door: one in 2025."""
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    for name, on in (("甲证书", "2025-03-05"), ("乙证书", "2025-11-20"), ("丙证书", "2024-06-01")):
        file("recognition", name, [("recognised", on)], firm=cast.firm, by=cast.statistician)
    file("recognition", "邻县证书", [("recognised", "2025-05-05")], firm=cast.other_firm, by=cast.statistician)
    return cast


def words(answer: object) -> str:
    """What a reader sees: the page without its tags, blanks folded."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


def test_the_list_says_number_growth_route_and_names_what_is_unknown(filed: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("officer").get(f"/indicators/{PLACE}"))

    assert "高新技术企业认定数 2 家 +100.0%" in page
    assert "台账计数 2 条记录" in page
    assert "没有数的 8 项： 常住人口 、 地区生产总值" in page


def test_where_all_have_the_same_the_page_gives_no_places_and_says_why(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(*Region.objects.filter(parent=cast.city), by=cast.statistician)

    page = words(signed_in("officer").get(f"/indicators/inventions_granted/{PLACE}"))

    assert "各地数值都一样，或者其中有约数，不排位次。" in page
    assert "第 1 位" not in page


def test_a_rate_beyond_its_bound_is_shown_with_a_note(cast: Cast, signed_in: SignedIn) -> None:
    for name, value in (("高新技术企业认定数", "12"), ("高新技术企业申报数", "10")):
        report(cast.county, "2025", name, value, "家", by=cast.statistician)

    page = words(signed_in("officer").get(f"/indicators/high_tech_pass_rate/{PLACE}"))

    assert "120.0" in page
    assert "超过比率的上限" in page


def test_without_a_choice_the_page_is_about_the_readers_own_region_and_its_last_full_year(
    filed: Cast, signed_in: SignedIn
) -> None:
    page = words(signed_in("officer").get("/indicators/"))

    # the last event is of November 2025: the year is not over as far as the ledger knows
    assert "青溪县，2024年：" in page


def test_the_list_can_be_narrowed_to_names(filed: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("officer").get("/indicators/", {"region": "990121", "period": "2025", "q": "通过率"}))

    assert "高新技术企业认定通过率" in page
    assert "专利申请量" not in page


def test_the_number_on_the_page_is_the_sum_of_its_evidence(filed: Cast, signed_in: SignedIn) -> None:
    browser = signed_in("officer")
    number = re.search(
        r'<data value="(\d+)">', browser.get(f"/indicators/high_tech_enterprises/{PLACE}").content.decode()
    )

    evidence = browser.get(f"/indicators/high_tech_enterprises/records/{PLACE}")

    assert number is not None and number[1] == "3"
    assert "合计 3 = 指标值 3" in words(evidence)
    rows = list(
        csv.DictReader(
            io.StringIO(
                browser.get(f"/indicators/high_tech_enterprises/records/{PLACE}&format=csv").content.decode("utf-8-sig")
            )
        )
    )
    assert sum(Decimal(row["计入"]) for row in rows) == 3
    assert [row["日期"] for row in rows] == ["2025-11-20", "2025-03-05", "2024-06-01"]  # newest first


def test_a_definition_is_told_in_words_with_its_worked_example(filed: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("officer").get(f"/indicators/high_tech_pass_rate/{PLACE}"))

    assert "高新技术企业认定数（有申报记录） ÷ 高新技术企业申报数 × 100" in page
    assert "申报八十家，通过六十六家。" in page
    assert "→ 82.5%" in page
    counted = words(signed_in("officer").get(f"/indicators/high_tech_recognised/{PLACE}"))
    assert "资质认定记录（资质：高新技术企业），事件：认定、重新认定，每件计 1" in counted


def test_siblings_numbers_are_seen_and_their_records_are_refused(filed: Cast, signed_in: SignedIn) -> None:
    browser = signed_in("officer")

    assert "云渡县 1" in words(browser.get(f"/indicators/high_tech_recognised/{PLACE}"))
    refused = words(browser.get("/indicators/high_tech_recognised/records/?region=990122&period=2025"))
    assert "云渡县的汇总数对您公开，逐条记录只对该区划和它的上级公开。" in refused
    assert "邻县证书" not in refused
    exported = browser.get("/indicators/high_tech_recognised/records/?region=990122&period=2025&format=csv")
    assert "邻县证书" not in exported.content.decode()


def test_the_superior_may_read_the_records_of_every_county_below(filed: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("superior").get("/indicators/high_tech_recognised/records/?region=990122&period=2025"))

    assert "邻县证书" in page


def test_a_city_is_the_sum_of_its_counties_only_when_all_are_known(filed: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("superior").get("/indicators/high_tech_recognised/?region=990100&period=2025"))

    assert "已知部分合计 3" in page
    assert "8 个区县中有 2 个已知" in page


@pytest.mark.parametrize("address", ["/indicators/", "/indicators/gdp/", "/indicators/gdp/records/"])
@pytest.mark.parametrize("who", ["stranger", "enterprise", "system", "security", "auditor"])
def test_whoever_may_read_no_indicator_finds_no_page(cast: Cast, signed_in: SignedIn, who: str, address: str) -> None:
    assert signed_in(who).get(address).status_code == 404


def test_a_region_outside_the_readers_reach_is_not_there(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in("officer").get("/indicators/?region=620722").status_code == 404


def test_an_unknown_indicator_is_not_there(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in("officer").get("/indicators/nothing/").status_code == 404


def test_what_is_not_understood_is_said_and_the_usual_shown(filed: Cast, signed_in: SignedIn) -> None:
    page = words(signed_in("officer").get("/indicators/gdp/?period=去年&region=没有县"))

    assert "“去年”不是一个时期" in page
    assert "没有名为“没有县”的区划" in page


def test_a_page_about_a_fictional_region_says_so(filed: Cast, signed_in: SignedIn) -> None:
    for address in ("/indicators/", f"/indicators/gdp/{PLACE}", f"/indicators/high_tech_recognised/records/{PLACE}"):
        assert "虚构数据 · 演示" in words(signed_in("officer").get(address))


def test_more_records_need_no_more_queries(filed: Cast, signed_in: SignedIn) -> None:
    browser = signed_in("officer")
    addresses = [
        f"/indicators/{PLACE}",
        f"/indicators/patents_granted/{PLACE}",
        f"/indicators/patents_granted/records/{PLACE}",
    ]

    def queries() -> list[int]:
        found = []
        for address in addresses:
            browser.get(address)  # columns and vocabularies are in memory afterwards
            with CaptureQueriesContext(connection) as caught:
                browser.get(address)
            found.append(len(caught))
        return found

    file("patent", "专利零", [("granted", "2025-02-03")], firm=filed.firm, by=filed.statistician)
    few = queries()
    for number in range(20):
        file("patent", f"专利{number}号", [("granted", "2025-04-05")], firm=filed.firm, by=filed.statistician)

    assert queries() == few
