"""Formulas stored while numbers were read by Python: still read, and in nobody's way; new ones are refused."""

from pathlib import Path

import pytest

from tests.cast import NOW, Cast, report
from xingke.base.definitions import DefinitionError, body_hash
from xingke.base.periods import Period
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.registry.actions import load_pack
from xingke.registry.models import Definition

pytestmark = [pytest.mark.db, pytest.mark.django_db]
BODY = {
    "code": "gdp_scaled",
    "label": {"zh": "测试比率", "en": "Test ratio"},
    "meaning": {"zh": "测试。", "en": "A test."},
    "nature": "ratio",
    "unit": "亿元",
    "source": "测试",
    "formula": "gdp * 1e1 + 0x10 - 1_0",
}
PACK = """\
[[indicator]]
code = "{code}"
label = {{ zh = "测试比率", en = "Test ratio" }}
meaning = {{ zh = "测试。", en = "A test." }}
nature = "ratio"
unit = "亿元"
source = "测试"
formula = "{formula}"
"""


def pack(folder: Path, code: str, formula: str) -> Path:
    folder.mkdir()
    (folder / "indicators.toml").write_text(PACK.format(code=code, formula=formula), "utf-8")
    return folder


@pytest.fixture
def stored(cast: Cast) -> None:
    """As an earlier release stored it."""
    Definition.objects.create(
        kind="indicator", key="gdp_scaled", version=1, pack="local", hash=body_hash(BODY), body=BODY, seq=1
    )


@pytest.mark.usefixtures("stored")
def test_what_was_stored_is_worked_out_as_before(cast: Cast) -> None:
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)

    found = Reader().value(indicators()["gdp_scaled"], cast.county, Period.parse("2024"))

    assert str(found.amount) == "4689.00"


@pytest.mark.usefixtures("stored")
def test_it_keeps_nobody_from_loading_packs_and_its_own_may_be_loaded_again(tmp_path: Path) -> None:
    load_pack(folder=pack(tmp_path / "other", "gdp_more", "gdp * 10"), by=None, now=NOW)
    again = load_pack(folder=pack(tmp_path / "local", "gdp_scaled", str(BODY["formula"])), by=None, now=NOW)

    assert (again.added, again.unchanged) == (0, 1)


def test_a_new_one_is_refused_with_the_character(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"at character 7: “1e4”不是这里的数：数写作 12 或 12.5"):
        load_pack(folder=pack(tmp_path / "new", "gdp_scaled", "gdp * 1e4"), by=None, now=NOW)
