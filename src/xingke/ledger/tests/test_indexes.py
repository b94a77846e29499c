"""What is asked often is answered by an index, though most columns have none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from tests.cast import Cast
from xingke.ledger.tables import TABLES

Asked = Callable[[Cast, "QuerySet[Any]"], "QuerySet[Any]"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables whole")
@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda cast, rows: rows.filter(organisation=cast.firm, seq_to__isnull=True), "now_held"),
        (
            lambda cast, rows: rows.filter(organisation__in=[1, 2], seq_to__isnull=True).values("organisation"),
            "now_held",
        ),
        (
            lambda cast, rows: rows.filter(region=cast.county, seq_to__isnull=True).order_by("-happened_on"),
            "now_by_day",
        ),
        (lambda cast, rows: rows.filter(region__path__range=(1, 2), seq_to__isnull=True), "now_by_day"),
        (lambda cast, rows: rows.filter(record=cast.firm.key, version=1, entered_by=1), "autoindex"),
        (lambda cast, rows: rows.filter(seq_from__gt=7), "seq_from"),
    ],
)
@pytest.mark.parametrize("code", TABLES)
def test_questions_find_their_index(cast: Cast, code: str, ask: Asked, index: str) -> None:
    for model in (TABLES[code].subject, TABLES[code].event):
        plan = ask(cast, model._default_manager.order_by()).explain()
        assert index in plan, plan
