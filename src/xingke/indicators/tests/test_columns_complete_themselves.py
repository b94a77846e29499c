"""A file that takes up its tail is the file the database would give; a tail that grows is the tail read anew."""

from datetime import date

import pyarrow.parquet as pq
import pytest

from tests.cast import NOW, Cast, file
from xingke.indicators import columns
from xingke.indicators.columns import ColumnSource, tails
from xingke.ledger import actions
from xingke.ledger.models import PatentEvent

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def granted(cast: Cast, name: str) -> None:
    file("patent", name, [("applied", "2025-01-10"), ("granted", "2025-09-10")], firm=cast.firm, by=cast.statistician)


def void_first(cast: Cast, event: str) -> None:
    row = PatentEvent.objects.filter(event=event, seq_to__isnull=True).exclude(state="void").earliest("pk")
    actions.void_event(kind="patent", record=row.record, version=1, reason="误录", by=cast.statistician, now=NOW)


def rows(table: object) -> list[object]:
    return sorted(map(str, table.to_pylist()))  # type: ignore[attr-defined]  # pyarrow comes without types


def read(source: ColumnSource) -> list[object]:
    assert source.file is not None
    return rows(pq.read_table(source.file))


def test_a_completed_file_is_the_rebuilt_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("一", "二"):
        granted(cast, name)
    columns.rebuild("patent")
    granted(cast, "三")
    void_first(cast, "granted")  # a row of the file is closed
    row = PatentEvent.objects.filter(event="applied", seq_to__isnull=True).latest("pk")
    changes = {"happened_on": date(2025, 2, 1)}
    actions.correct_event(
        kind="patent", record=row.record, version=1, changes=changes, reason="日期", by=cast.statistician, now=NOW
    )  # a row of the tail is closed
    monkeypatch.setattr(columns, "REBUILD_AT", 1)
    completed = columns.source("patent")
    assert completed.tail.is_empty
    assert completed.stamp.seq == columns.current_seq()
    found = read(completed)
    assert len(found) == PatentEvent.objects.filter(state="confirmed").count() == 7
    monkeypatch.undo()
    columns.rebuild("patent")
    assert found == read(columns.source("patent"))


def test_a_remembered_tail_grows_to_what_the_database_says(cast: Cast) -> None:
    granted(cast, "一")
    columns.rebuild("patent")
    columns.source("patent")
    granted(cast, "二")
    assert columns.source("patent").tail.rows.num_rows == 2
    void_first(cast, "granted")  # of the file
    void_first(cast, "granted")  # of the tail
    granted(cast, "三")
    grown = columns.source("patent").tail
    tails.forget()
    anew = columns.source("patent").tail
    assert rows(grown.rows) == rows(anew.rows)
    assert rows(grown.closed) == rows(anew.closed)
    assert (anew.rows.num_rows, anew.closed.num_rows) == (4, 1)
