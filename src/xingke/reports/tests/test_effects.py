"""Confirming many shows first what it would do: which records are doubtful, which numbers change, which documents drift."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import NOW, Cast, file, keep_records
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.ledger import actions
from xingke.ledger.models import ContractEvent, PatentEvent, PaymentEvent, State
from xingke.registry.models import Organisation
from xingke.reports import actions as reports

SignedIn = Callable[[str], Client]
YEAR = timezone.localdate().year
pytestmark = pytest.mark.usefixtures("data_folder")


def _draft(cast: Cast, kind: str, events: Sequence[tuple[str, str]], *, amount: int = 0, **fields: str) -> UUID:
    usual = {
        "recognition": {"title": "high_tech_enterprise", "level": "national", "name": "高新技术企业"},
        "patent": {"form": "invention", "name": "一种明渠"},
        "payment": {"purpose": "reward", "level": "province", "name": "奖励"},
        "contract": {"type": "development", "name": "一种合同"},
    }[kind]
    history = actions.NewHistory(
        fields={**usual, "number": "", **fields},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[
            actions.NewEvent(
                event=event,
                on=date.fromisoformat(on),
                region=cast.county,
                measures={"amount": amount} if amount else {},
            )
            for event, on in events
        ],
    )
    actions.file_histories(kind=kind, histories=[history], by=cast.officer, now=NOW, source="测试")
    return history.key


def _review(browser: Client) -> Any:
    return browser.post("/records/confirm/", {"all": "1", "until": str(current_seq()), "state": "draft"})


def _panel(page: Any) -> Mapping[str, Any]:
    (panel,) = page.context["panels"]
    found: Mapping[str, Any] = panel.context
    return found


def test_the_values_before_and_after_stand_beside_each_other_and_nothing_is_written(
    cast: Cast, signed_in: SignedIn
) -> None:
    keep_records(cast.county, by=cast.statistician)
    _draft(cast, "recognition", [("recognised", f"{YEAR - 1}-11-08")], number="GR1")
    before = current_seq()

    lines = _panel(_review(signed_in("director")))["lines"]

    told = {line.label: [(old, new) for _period, old, new in line.cells] for line in lines}
    assert told["高新技术企业数"] == [("0家", "1家"), ("0家", "1家")]
    assert told["高新技术企业认定数"] == [("0家", "1家")]
    assert [period for period, _old, _new in lines[0].cells] == [f"{YEAR - 1}年"]
    assert current_seq() == before


def test_a_change_that_rounding_hides_is_told_as_finely_as_it_takes(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["contract"])
    registered = [("registered", f"{YEAR - 1}-11-08")]
    _draft(cast, "contract", registered, amount=10_967_000_000_00, number="一")
    first = list(ContractEvent.objects.values_list("record", flat=True))
    actions.confirm_events(records={"contract": first}, by=cast.checker, now=NOW)
    _draft(cast, "contract", registered, amount=270_000_00, number="二")

    lines = {line.label: line.cells for line in _panel(_review(signed_in("director")))["lines"]}

    assert lines["技术合同成交额"] == [(f"{YEAR - 1}年", "109.670亿元", "109.673亿元")]


def test_a_document_that_rests_on_what_changes_is_named(cast: Cast, signed_in: SignedIn) -> None:
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "GR1", [("recognised", "2025-03-08")], firm=cast.firm, by=cast.statistician)
    written = reports.write_document(
        outline="annual", region=cast.county, period=Period.parse("2025"), by=cast.officer, now=NOW
    ).document
    _draft(cast, "recognition", [("recognised", "2025-11-08")], number="GR2")

    page = _review(signed_in("director"))

    (drifting,) = _panel(page)["documents"]
    assert (drifting["title"], drifting["url"]) == (written.title, f"/documents/{written.key}/")
    assert drifting["count"] > 0


def test_where_nobody_declared_the_records_complete_that_is_said_instead_of_counting(
    cast: Cast, signed_in: SignedIn
) -> None:
    _draft(cast, "recognition", [("recognised", "2025-11-08")], number="GR1")
    browser = signed_in("director")

    page = _review(browser)
    done = browser.post(
        "/records/confirm/", {"all": "1", "until": str(current_seq()), "state": "draft", "sure": "1"}, follow=True
    )

    assert page.context["uncounted"] == ["青溪县的资质认定"]
    assert 'href="/records/keeping/"' in page.content.decode()
    assert _panel(page)["lines"] == []
    assert "已确认 1 条；青溪县的资质认定还没有声明完整，指标暂不计数；" in done.content.decode()


def test_doubtful_records_come_first_each_with_what_speaks_against_it(cast: Cast, signed_in: SignedIn) -> None:
    file("recognition", "高新技术企业", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    Organisation.objects.filter(pk=cast.firm.pk).update(credit_code="91990121MATH3BJ10X")
    _draft(cast, "patent", [("applied", "2023-11-08"), ("granted", "2025-05-06")], number="202310123456.1")
    PatentEvent.objects.filter(event="granted").update(happened_on=date(2022, 5, 6))  # as it could be filed once
    _draft(cast, "recognition", [("recognised", "2025-11-08")], number="GR2")

    rows = _review(signed_in("director")).context["rows"]

    code = "“青溪县明渠传感科技有限公司”的信用代码校验位不符。"
    order = "授权（2022-05-06）早于申请（2023-11-08），不可能；请核对这两个日期。"
    early = "授权（2022-05-06）早于申请号表示的年份 2023，不可能；请核对日期和申请号。"
    number = "申请号 202310123456.1 的校验位不对，请对照受理通知书或证书核对。"
    assert {(row["event"], tuple(row["doubts"])) for row in rows} == {
        ("认定", (code, "这家单位另有一条“高新技术企业（国家级）”，可能重复。")),
        ("申请", (number, code, order)),
        ("授权", (number, early, code, order)),
    }


def test_a_title_that_ended_by_its_term_speaks_against_no_new_one(cast: Cast, signed_in: SignedIn) -> None:
    file("recognition", "GR1", [("recognised", "2021-11-08")], firm=cast.firm, by=cast.statistician)
    _draft(cast, "recognition", [("recognised", "2026-05-08")], number="GR2", name="GR1")

    assert [row["doubts"] for row in _review(signed_in("director")).context["rows"]] == [[]]


def test_an_amount_far_above_what_is_usual_is_doubted(cast: Cast, signed_in: SignedIn) -> None:
    for n in range(5):
        _draft(cast, "payment", [("won", "2025-03-05")], amount=100_000_00, number=f"文{n}", name=f"奖励{n}")
    PaymentEvent.objects.update(state=State.CONFIRMED)
    _draft(cast, "payment", [("won", "2025-03-06")], amount=9_000_000_000_00, number="文9", name="奖励9")

    rows = _review(signed_in("director")).context["rows"]

    assert [row["doubts"] for row in rows] == [["金额 900000万元 是本地同类中位数（10万元）的 90000 倍，请核对单位。"]]


def test_what_nothing_speaks_against_is_listed_without_a_doubt(cast: Cast, signed_in: SignedIn) -> None:
    _draft(cast, "patent", [("applied", "2023-11-08"), ("granted", "2025-05-06")], number="202310123456.6")

    page = _review(signed_in("director"))

    assert [(row["event"], row["doubts"]) for row in page.context["rows"]] == [("授权", []), ("申请", [])]
    assert page.context["doubtful"] == 0
