"""Columns: what an action sees of its own writes, and which files count."""

import shutil
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction

from tests import cast as casting
from tests.cast import NOW, Cast, file, keep_records
from xingke.accounts.models import Counter
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.queries import indicator
from xingke.indicators.queries.reader import Reader
from xingke.ledger import actions
from xingke.ledger.models import PatentEvent
from xingke.registry.models import Region

pytestmark = pytest.mark.db

YEAR = Period.year(2024)


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Cast]:
    """The cast outside any transaction, the county keeping records, no columns yet."""
    casting.load_packs()
    cast = casting.gather()
    keep_records(cast.county, by=cast.statistician)
    shutil.rmtree(columns.folder(), ignore_errors=True)
    yield cast
    shutil.rmtree(columns.folder(), ignore_errors=True)


def granted(cast: Cast, name: str, *, form: str = "invention") -> None:
    file(
        "patent",
        name,
        [("applied", "2022-03-01"), ("granted", "2024-05-06")],
        firm=cast.firm,
        by=cast.statistician,
        form=form,
    )


def value(cast: Cast, code: str = "patents_granted", *, seq: int | None = None) -> int:
    found = Reader(seq=seq).value(indicator(code), cast.county, YEAR)
    assert found.route == "records"
    return int(found.amount or 0)


def test_an_action_sees_its_own_writes_and_what_is_rolled_back_vanishes(kept: Cast) -> None:
    granted(kept, "一")
    columns.rebuild("patent")
    assert value(kept) == 1

    first = PatentEvent.objects.get(event="granted")

    with transaction.atomic():
        granted(kept, "二")
        assert value(kept) == 2
        actions.void_event(kind="patent", record=first.record, version=1, reason="误录", by=kept.statistician, now=NOW)
        assert value(kept) == 1  # the first is void, the second still there
        transaction.set_rollback(True)

    assert value(kept) == 1
    granted(kept, "三")  # takes the number the rolled back write had taken
    assert value(kept) == 2


def test_no_file_is_written_inside_a_transaction(kept: Cast) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside transactions"):
        columns.rebuild("patent")


def test_deleting_the_columns_changes_no_value_and_they_can_be_rebuilt(kept: Cast) -> None:
    granted(kept, "一")
    file_made = columns.rebuild("patent")
    granted(kept, "二")

    shutil.rmtree(columns.folder())

    assert value(kept) == 2
    again = columns.rebuild("patent")
    assert again != file_made and again.is_file()
    assert columns.source("patent").file == again and columns.source("patent").tail.is_empty
    assert value(kept) == 2


def test_a_long_tail_becomes_a_file_by_itself(kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "REBUILD_AT", 4)
    granted(kept, "一")
    assert columns.source("patent").file is None
    granted(kept, "二")

    assert columns.source("patent").file is not None
    assert columns.source("patent").tail.is_empty
    assert value(kept) == 2


def test_a_file_of_another_ledger_is_not_used(kept: Cast) -> None:
    granted(kept, "一")
    columns.rebuild("patent")
    PatentEvent.objects.all().delete()  # as if another installation's columns had been copied here
    Counter.objects.update(ledger=uuid4())

    assert columns.source("patent").file is None
    assert value(kept) == 0


def test_a_file_made_before_the_region_tree_changed_is_not_used(kept: Cast) -> None:
    granted(kept, "一")
    columns.rebuild("patent")
    assert columns.source("patent").file is not None

    Region.objects.create(
        code="990199",
        path=990199,
        name="新设县",
        level="county",
        parent=kept.city,
        valid_from=date(2026, 1, 1),
        is_fictional=True,
    )

    assert columns.source("patent").file is None
    assert value(kept) == 1


def go_back_to(seq: int) -> None:
    """What restoring yesterday's database file does."""
    with connection.cursor() as cursor:
        for table in ("ledger_patentevent", "ledger_patent"):
            cursor.execute(f"DELETE FROM {table} WHERE seq_from > %s", [seq])
        cursor.execute("DELETE FROM accounts_auditentry WHERE seq > %s", [seq])
        cursor.execute("UPDATE accounts_counter SET value = %s", [seq])


def test_after_a_backup_is_restored_a_file_of_the_lost_future_does_not_answer(kept: Cast) -> None:
    """The ledger went back to an earlier number and then on, another way."""
    granted(kept, "一")
    before = columns.current_seq()
    granted(kept, "二")
    granted(kept, "三")
    columns.rebuild("patent")
    go_back_to(before)
    assert value(kept) == 1

    keep_records(kept.sibling, by=kept.statistician)
    granted(kept, "四", form="design")

    assert columns.current_seq() >= before + 2  # the number of the lost file has been taken again
    assert columns.source("patent").file is None
    assert value(kept) == 2
    assert value(kept, "inventions_granted") == 1


def test_after_a_backup_is_restored_new_files_are_kept(kept: Cast) -> None:
    granted(kept, "一")
    before = columns.current_seq()
    for name in "二三":
        granted(kept, name)
        columns.rebuild("patent")
    go_back_to(before)

    rebuilt = columns.rebuild("patent")

    assert rebuilt.is_file(), "the new file fell to the tidying up of old ones"
    assert columns.source("patent").file == rebuilt


def test_a_file_holds_what_was_in_force_at_its_number(kept: Cast) -> None:
    granted(kept, "一")
    then = columns.current_seq()
    actions.void_event(
        kind="patent",
        record=PatentEvent.objects.get(event="granted").record,
        version=1,
        reason="误录",
        by=kept.statistician,
        now=NOW,
    )
    path = columns.rebuild("patent")

    rows = pq.read_table(path).to_pylist()
    assert [
        (row["event"], row["version"], row["seq_to"] is None) for row in sorted(rows, key=lambda row: row["step"])
    ] == [
        ("applied", 1, True),
        ("granted", 1, False),
    ]  # fmt: skip - the void version is no evidence and is not in the file
    assert (value(kept), value(kept, seq=then)) == (0, 1)
