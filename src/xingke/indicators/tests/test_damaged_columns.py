"""A damaged file is never a number: whatever happens to the files of columns, values and evidence are those of the database."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from tests import cast as casting
from tests.cast import NOW, Cast, file, keep_records
from xingke.base import files
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.columns import engine, intact, tails, tallies
from xingke.indicators.columns.tallies import Tally
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.ledger import actions
from xingke.ledger.models import PatentEvent

KINDS = ("patent", "recognition")  # what lies in files is the same whatever the database: no mark db
PERIODS = (Period.year(2024), Period.year(2023))
SUFFIXES = (".parquet", ".tally")
Values = dict[tuple[str, str], object]


@pytest.fixture
def kept(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """A small ledger with a voided event, and columns that are written however small it is."""
    casting.load_packs()
    cast = casting.gather()
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    for number in range(6):
        firm = cast.firm if number % 3 else cast.other_firm
        events = [("applied", f"2023-0{number + 1}-03"), ("granted", f"2024-0{number + 1}-06")]
        form = ("invention", "design")[number % 2]
        file("patent", f"专利{number}", events, firm=firm, by=cast.statistician, form=form)
        file("recognition", f"高企{number}", [("recognised", events[0][1])], firm=firm, by=cast.statistician)
    row = PatentEvent.objects.filter(event="granted").earliest("pk")
    actions.void_event(kind="patent", record=row.record, version=1, reason="误录", by=cast.statistician, now=NOW)
    shutil.rmtree(columns.folder(), ignore_errors=True)
    tails.forget()
    columns._failed.clear()
    monkeypatch.setattr(columns, "REBUILD_AT", 1)
    yield cast
    shutil.rmtree(columns.folder(), ignore_errors=True)


def values(cast: Cast) -> Values:
    """Every flow and stock of two kinds at three places and in two periods, and the evidence of the county's."""
    asked = [each for each in indicators().values() if each.of in KINDS and each.counts_records]
    reader = Reader()
    found = reader.values(asked, [cast.county, cast.sibling, cast.city], PERIODS)
    own = [each for each in found if each.region == cast.county]
    reader.seal(own)
    return {
        **{(f"{each.indicator.code} {each.region}", each.period.code): (each.amount, each.count) for each in found},
        **{(f"evidence of {each.indicator.code}", each.period.code): reader.sealed(each) for each in own},
    }


def truth(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Values:
    """What the database says, without any file."""
    with monkeypatch.context() as alone:
        alone.setattr(columns, "REBUILD_AT", 10**9)
        found = values(cast)
    assert any(amount for amount in found.values())
    return found


def kept_files(*suffixes: str) -> list[Path]:
    return sorted(path for path in columns.folder().rglob("*") if path.suffix in (suffixes or SUFFIXES))


def damage(path: Path, how: str, place: int, other: Path) -> None:
    """Harm a file in one of the ways disks, copies and people do."""
    data = bytearray(path.read_bytes())
    at = place % len(data)
    match how:
        case "flip":
            data[at] ^= 1 << place % 8
            path.write_bytes(data)
        case "flip, with the old times":
            before = path.stat()
            data[at] ^= 1 << place % 8
            path.write_bytes(data)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        case "cut":
            os.truncate(path, at)
        case "longer":
            path.write_bytes(bytes(data) + b"\0")
        case "another's content":
            path.write_bytes(other.read_bytes() if other != path else b"")
        case "gone":
            path.unlink()
        case "a folder":
            path.unlink()
            path.mkdir()


HARMS = ("flip", "flip", "flip, with the old times", "cut", "longer", "another's content", "gone", "a folder")


# Each example reads everything anew, a tenth of a second.
@trying(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    harms=st.lists(
        st.tuples(st.sampled_from(HARMS), st.integers(0, 99), st.integers(0, 10**6), st.integers(0, 99)),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_happens_to_the_files_the_values_are_those_of_the_database(
    kept: Cast, monkeypatch: pytest.MonkeyPatch, harms: list[tuple[str, int, int, int]]
) -> None:
    columns._failed.clear()  # of the example before
    expected = truth(kept, monkeypatch)
    assert values(kept) == expected
    assert {path.suffix for path in kept_files()} == set(SUFFIXES)
    for how, which, place, other in harms:
        standing = [path for path in kept_files() if path.is_file() and path.stat().st_size]
        damage(standing[which % len(standing)], how, place, standing[other % len(standing)])

    assert values(kept) == expected
    for path in kept_files():
        if path.is_dir():
            path.rmdir()


def test_every_single_bit_of_a_tally_counts(kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)
    size = kept_files(".tally")[0].stat().st_size

    for at in range(0, size, size // 25):
        path = kept_files(".tally")[0]
        damage(path, "flip", at, path)
        assert values(kept) == expected, f"byte {at} of {path.name}"


def test_an_older_file_that_was_copied_back_is_completed_by_what_came_since(
    kept: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values(kept)
    shutil.copytree(columns.folder(), tmp_path / "yesterday")
    file("patent", "新的", [("granted", "2024-11-06")], firm=kept.firm, by=kept.statistician)
    values(kept)
    expected = truth(kept, monkeypatch)

    shutil.rmtree(columns.folder())
    shutil.copytree(tmp_path / "yesterday", columns.folder())

    assert values(kept) == expected


def renamed(path: Path, stem: str) -> Path:
    """A file under another name, the checksum of its content still in it."""
    return path.rename(path.with_name(f"{stem}.{path.name.split('.', 2)[2]}"))


def test_an_older_file_under_a_newer_number_is_thrown_away(kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    values(kept)
    (old,) = kept_files(".parquet")[:1]
    file("patent", "新的", [("granted", "2024-11-06")], firm=kept.firm, by=kept.statistician)
    expected = truth(kept, monkeypatch)

    false = renamed(old, f"patent.{columns.current_seq():012}")

    assert values(kept) == expected
    assert not false.exists()


def test_the_file_of_one_kind_under_the_name_of_another_is_thrown_away(
    kept: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)
    for path in kept_files(".tally"):
        path.unlink()
    patent, recognition = kept_files(".parquet")
    number = patent.name.split(".")[1]

    false = renamed(patent, f"recognition.{number}")
    recognition.unlink()

    assert values(kept) == expected
    assert not false.exists()


def with_meta(path: Path, **changes: str) -> Path:
    """A column file that says something else of itself, named as it must be for that."""
    table = pq.read_table(path)
    meta = {key.decode(): value.decode() for key, value in table.schema.metadata.items()} | changes
    kind, number = path.name.split(".")[:2]
    path.unlink()
    with intact.keeping(path.parent, f"{kind}.{number}", ".parquet") as changed:
        pq.write_table(table.slice(1).replace_schema_metadata(meta), changed.part)
    return changed.path


@pytest.mark.parametrize(
    "word, value",
    [
        ("program", "3 0999_of_another_program"),
        ("kind", "award"),
        ("seq", "3"),
        ("seq", "many"),
        ("ledger", "another"),
        ("regions", "another"),
        ("trail", "another"),
    ],
)
def test_a_whole_file_with_another_stamp_does_not_answer(
    kept: Cast, monkeypatch: pytest.MonkeyPatch, word: str, value: str
) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)

    for path in kept_files(".parquet"):
        with_meta(path, **{word: value})

    assert values(kept) == expected


def test_files_of_an_older_program_are_made_anew(kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)

    for path in kept_files(".parquet", ".tally"):
        path.rename(path.with_name(f"{'.'.join(path.name.split('.')[:2])}{path.suffix}"))

    assert values(kept) == expected
    assert len(kept_files(".parquet")) == len(KINDS)


def test_a_damaged_file_is_told_once(kept: Cast, caplog: pytest.LogCaptureFixture) -> None:
    values(kept)
    path = kept_files(".parquet")[0]
    damage(path, "cut", 100, path)

    with caplog.at_level(logging.WARNING, logger="xingke.columns"):
        values(kept)
        values(kept)

    assert [line.message for line in caplog.records] == [f"{path.name} is damaged: made anew"]


# ── where nothing can be written ────────────────────────────────────────────────────────────────────────────────────


def full(_part: Path, _path: Path, *, mode: int | None = None) -> None:
    raise OSError(28, "No space left on device")


def test_on_a_full_disk_the_rows_answer_from_memory(
    kept: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)
    monkeypatch.setattr(intact, "settle", full)
    for path in kept_files():
        damage(path, "cut", 7, path)

    with caplog.at_level(logging.WARNING, logger="xingke.columns"):
        assert values(kept) == expected
        assert values(kept) == expected

    assert [path for path in kept_files() if intact.is_intact(path)] == []
    told = [line.message for line in caplog.records if "cannot be written" in line.message]
    named = {line.partition(":")[0] for line in told}
    assert (named, len(told)) == ({f"columns of {kind} cannot be written" for kind in KINDS}, len(KINDS))


def test_a_damaged_file_that_cannot_be_removed_stays_unused(kept: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)

    def read_only(_path: Path, **_asked: Any) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(intact, "settle", read_only)
    for path in kept_files():
        damage(path, "cut", 7, path)
    monkeypatch.setattr(Path, "unlink", read_only)
    monkeypatch.setattr(files, "unfinished", lambda path: Path("/dev/null/part"))

    assert values(kept) == expected


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: os.truncate(path, 50)])
def test_a_file_that_goes_away_while_it_is_read_costs_no_answer(
    kept: Cast, monkeypatch: pytest.MonkeyPatch, harm: Callable[[Path], None]
) -> None:
    expected = truth(kept, monkeypatch)
    values(kept)
    usual = engine._with_rows
    done = []

    def harmed(cursor: Any, source: columns.ColumnSource, window: engine.Window) -> str:
        if source.file is not None and not done:
            done.append(source.file)
            harm(source.file)
        return usual(cursor, source, window)

    monkeypatch.setattr(engine, "_with_rows", harmed)

    assert values(kept) == expected
    assert done


def rows(tally: Tally) -> list[tuple[int, ...]]:
    """What is counted, in no order; the mixes may be numbered otherwise."""
    columns_of = [getattr(tally, name).tolist() for name in tallies._COLUMNS if name != "mix"]
    return sorted(zip(*columns_of, [tally.mixes[mix] for mix in tally.mix], strict=True))


def test_a_tally_that_goes_away_is_counted_from_the_columns_and_they_from_the_database(
    kept: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    values(kept)
    source = columns.source("patent")
    assert source.file is not None
    before = source.tallies[0]

    for path in kept_files(".tally", ".parquet"):
        path.unlink()

    (again,) = source.tallies
    assert rows(again) == rows(before)
