"""Short names in the columns of codes: known to every form, whatever its own list of wordings."""

import pytest

from tests.cast import Cast
from xingke.intake.checking import sheet_form
from xingke.intake.rows.cells import Headers, Terms
from xingke.intake.rows.incoming import Problem
from xingke.ledger.tables import TABLES

WRITTEN = [
    ("recognition", "title", "国家高企", "high_tech_enterprise"),
    ("recognition", "title", "科技中小企业", "tech_sme"),
    ("recognition", "title", "众创", "maker_space"),
    ("appointment", "post", "外专", "foreign_expert"),
    ("payment", "purpose", "创新券", "voucher"),
    ("patent", "form", "pct", "pct"),
]


@pytest.mark.parametrize("kind, field, text, code", WRITTEN)
def test_a_short_name_is_the_code_it_means(cast: Cast, kind: str, field: str, text: str, code: str) -> None:
    terms = Terms(Headers(sheet_form(kind), {}), TABLES[kind], field)

    assert terms.read(text) == code


def test_a_short_name_that_means_two_is_asked_for(cast: Cast) -> None:
    terms = Terms(Headers(sheet_form("recognition"), {}), TABLES["recognition"], "title")

    assert isinstance(terms.read("双创"), Problem)
