"""The public home page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import NOW, Cast, file, keep_records, load_outline
from xingke.base.periods import Period
from xingke.portal.queries import home
from xingke.reports.actions import write_document
from xingke.reports.actions.disclosing import take_step

pytestmark = pytest.mark.db


def publish(cast: Cast, year: int) -> None:
    document = write_document(
        outline="short", region=cast.county, period=Period.year(year), by=cast.officer, now=NOW
    ).document
    for number, (step, who) in enumerate((("asked", "officer"), ("passed", "reviewer"), ("published", "director"))):
        take_step(document=document, step=step, number=number, opinion="", by=cast.users[who], now=NOW)


def test_without_anything_published_it_says_so(cast: Cast) -> None:
    page = Client().get("/").content.decode()

    assert "还没有公布的文件" in page and "登录" in page


def test_it_costs_the_same_however_much_is_published(
    cast: Cast, tmp_path: Path, django_assert_num_queries: Callable[..., object]
) -> None:
    keep_records(cast.county, by=cast.statistician)
    for year in (2024, 2025):
        events = [("applied", f"{year}-05-01"), ("recognised", f"{year}-11-08")]
        file("recognition", f"证书{year}", events, firm=cast.firm, by=cast.statistician)
    load_outline(tmp_path)
    publish(cast, 2024)
    with django_assert_num_queries(3):
        assert [(year, len(found)) for year, found in home().years] == [("2024", 1)]
    publish(cast, 2025)

    with django_assert_num_queries(3):
        found = home()
    assert [(year, len(documents)) for year, documents in found.years] == [("2025", 1), ("2024", 1)]
    assert next((card["label"], f"{card['value']}{card['unit']}") for card in found.cards) == ("高新技术企业数", "2家")
