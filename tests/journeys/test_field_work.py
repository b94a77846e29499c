"""A service in the field: logged on a phone, checked at a desk, counted, and from the number one click back to the case."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Somebody, Visitor

pytestmark = pytest.mark.browser
COUNTY, DAY = "990121", "2026-01-15"
PLACE, SERVED = "柳湾镇全程村", "全程种植合作社"


def test_from_a_phone_in_the_field_to_the_number_and_back(somebody: Somebody) -> None:
    with somebody("head") as head:
        before = _visits(head)
    with somebody("commissioner") as commissioner:
        commissioner.page.set_viewport_size({"width": 390, "height": 844})
        number = _logs(commissioner)
    with somebody("head") as head:
        assert _visits(head) == before, "what nobody checked does not count"
        _checks(head, number)
        assert _visits(head) == before + 1
        _walks_back(head, number)


def _visits(visitor: Visitor) -> int:
    page = visitor.open(f"/indicators/commissioner_services/?region={COUNTY}&period=2026-01")
    return int(re.sub(r"\D", "", page.locator(".figure-value, .headline-value").first.inner_text()) or 0)


def _logs(commissioner: Visitor) -> str:
    page = commissioner.open("/cases/new/commissioner_service/")
    expect(page.locator("main")).to_contain_text("何远山")
    page.locator("[name=a-served_on]").fill(DAY)
    page.fill("[name=a-place]", PLACE)
    page.fill("[name=a-title]", SERVED)
    _chooses(page, "way", "on_site")
    _chooses(page, "work", "training")
    page.fill("[name=a-people]", "12")
    page.fill("[name=a-hours]", "2.5")
    page.fill("[name=a-trained]", "40")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert commissioner.check_accessibility() == []
    page.get_by_role("button", name="填报服务").click()
    expect(page.locator("h1")).to_contain_text(SERVED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = re.search(r"TPY-\d+-\d+-\d+", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def _chooses(page: object, name: str, code: str) -> None:
    """A term, from a list or by its button: few ones are buttons."""
    select = page.locator(f"select[name=a-{name}]")  # type: ignore[attr-defined]
    if select.count():
        select.select_option(code)
    else:
        page.check(f"input[name=a-{name}][value={code}]")  # type: ignore[attr-defined]


def _checks(head: Visitor, number: str) -> None:
    page = head.open(f"/cases/?q={number}")
    page.locator("#cases tbody a").first.click()
    expect(page.locator("main")).to_contain_text("40人次")
    page.get_by_role("button", name="核实", exact=True).click()
    expect(page.locator("main")).to_contain_text("登记的服务记录")


def _walks_back(head: Visitor, number: str) -> None:
    page = head.open(f"/indicators/commissioner_services/records/?region={COUNTY}&period=2026-01")
    page.locator("main a", has_text=SERVED).first.click()
    expect(page.locator("main")).to_contain_text(PLACE)
    page.locator("#facts a", has_text=number).click()
    expect(page.locator("h1")).to_contain_text(SERVED)
    expect(page.locator("main")).to_contain_text("何远山")
