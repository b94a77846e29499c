"""The working days of a region: what holds everywhere, what a region published for itself, and what comes along."""

from datetime import date
from pathlib import Path

import pytest

from tests.cast import NOW, Cast
from xingke.registry import actions as registry
from xingke.registry.models import Definition
from xingke.registry.queries.calendars import calendar_at_hand, work_calendar

pytestmark = pytest.mark.db

OWN = """
[[calendar]]
code = "2026"
version = 2
source = "样例：云岭省另有一天放假"
off = [{ name = "样例节", first = "2026-04-20", last = "2026-04-20" }]
"""
DAY = date(2026, 4, 20)


def test_a_region_may_have_days_off_of_its_own(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text('code = "own"\nlabel = { zh = "样例", en = "Own" }\nsource = "样例"\n', "utf-8")
    (tmp_path / "calendars.toml").write_text(OWN, encoding="utf-8")
    registry.load_pack(folder=tmp_path, region=cast.city, by=None, now=NOW)

    assert work_calendar().is_worked(DAY)
    assert not work_calendar(cast.county).is_worked(DAY)


def test_before_anything_is_loaded_the_calendar_that_comes_along_answers(cast: Cast) -> None:
    loaded = calendar_at_hand()
    Definition.objects.all().delete()
    assert not work_calendar().years
    assert calendar_at_hand() == loaded
