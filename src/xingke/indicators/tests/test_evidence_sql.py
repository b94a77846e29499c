"""The SQL behind a value, as text: three shapes, whose words are ours and whose values are literals.

That what they answer is right, ``test_engine_agrees`` holds against the plain reference.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from xingke.base.labels import Label
from xingke.indicators.columns.evidence_sql import (
    Window,
    behind,
    file,
    in_order,
    inside,
    literal,
    newest,
    rows_of,
    seal,
)
from xingke.indicators.rules import Indicator

COUNTY = Window(paths=(990121, 990122), first=date(2024, 1, 1), last=date(2024, 12, 31))
LEDGER = {  # a patent; a title that was given, renewed and ran out, one that is held, one whose only certificate ran out
    "patent": "('r1', 1, 's1', 'granted', 1, 1, FALSE, 'invention')",
    "recognition": "('r2', 1, 's2', 'recognised', 1, 1, FALSE, 'high_tech'),"
    "('r3', 4, 's2', 'renewed', 0, 2, FALSE, 'high_tech'), ('r3', 4, 's2', 'renewed', -1, 2, TRUE, 'high_tech'),"
    "('r5', 2, 's3', 'recognised', 1, 1, FALSE, 'high_tech'), ('r6', 1, 's4', 'recognised', 1, 1, FALSE, 'high_tech'),"
    "('r6', 1, 's4', 'recognised', -1, 1, TRUE, 'high_tech')",
}


def defined(**asked: Any) -> Indicator:
    label = Label(zh="测试", en="test")
    return Indicator(code="test", label=label, meaning=label, unit="件", source="test", **asked)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


# ── three shapes ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_flow_counts_each_event_once() -> None:
    flow = defined(nature="flow", of="patent", events=("granted",), where={"form": "invention"})

    assert in_one_line(behind(flow)) == (
        "SELECT record, version, 1 AS contribution FROM rows "
        "WHERE form IN ('invention') AND event IN ('granted') AND NOT lapsed AND 1 IS NOT NULL"
    )


def test_a_sum_adds_up_what_the_events_say_of_a_measure_and_leaves_out_those_that_say_nothing() -> None:
    paid = defined(nature="flow", of="payment", events=("paid", "arrived"), sum="amount")

    assert in_one_line(behind(paid)) == (
        "SELECT record, version, amount AS contribution FROM rows "
        "WHERE event IN ('paid', 'arrived') AND NOT lapsed AND amount IS NOT NULL"
    )


def test_a_net_flow_counts_what_began_and_what_ended() -> None:
    assert in_one_line(behind(defined(nature="flow", of="recognition", net=True))) == (
        "SELECT record, version, CAST(effect AS BIGINT) AS contribution FROM rows WHERE TRUE AND effect <> 0"
    )


def test_a_stock_names_each_subject_once_by_the_event_that_opened_it_last() -> None:
    assert in_one_line(behind(defined(nature="stock", of="recognition", where={"title": ("a", "b")}))) == (
        "SELECT coalesce(max_by(record, step) FILTER (WHERE effect = 1), max_by(record, step)) AS record, "
        "coalesce(max_by(version, step) FILTER (WHERE effect = 1), max_by(version, step)) AS version, "
        "CAST(sum(effect) AS BIGINT) AS contribution FROM rows WHERE title IN ('a', 'b') "
        "GROUP BY subject HAVING sum(effect) <> 0"
    )


def test_what_counts_whom_lists_each_by_the_earliest_of_their_records() -> None:
    flow = defined(nature="flow", of="patent", events=("granted",), distinct="organisation")

    assert in_one_line(behind(flow)) == (
        "SELECT record, version, CAST(1 AS BIGINT) AS contribution FROM ( SELECT record, version, "
        "row_number() OVER (PARTITION BY who ORDER BY day, record) AS turn FROM ("
        "SELECT record, version, day, organisation AS who FROM rows "
        "WHERE event IN ('granted') AND NOT lapsed AND organisation IS NOT NULL) WHERE who IS NOT NULL ) WHERE turn = 1"
    )


HELD = """
    ('r1', 1, 's1', 'recognised', 1, 1, DATE '2024-03-01', 7), ('r2', 1, 's2', 'recognised', 1, 1, DATE '2024-02-01', 7),
    ('r3', 1, 's3', 'recognised', 1, 1, DATE '2024-01-01', 8), ('r4', 1, 's3', 'revoked', -1, 2, DATE '2024-05-01', 9),
    ('r5', 1, 's4', 'recognised', 1, 1, DATE '2024-01-01', NULL)"""


def test_who_holds_several_counts_once_and_who_lost_it_or_is_nobody_does_not() -> None:
    stock = defined(nature="stock", of="recognition", distinct="organisation")
    columns = "record, version, subject, event, effect, step, day, organisation"
    ledger = f"WITH rows AS (SELECT *, FALSE AS lapsed FROM (VALUES {HELD}) AS told({columns}))"

    assert duckdb.connect().execute(f"{ledger} {in_order(stock)}").fetchall() == [("r2", 1, 1)]


def test_persons_who_turned_out_to_be_one_are_read_as_one() -> None:
    (statement,) = rows_of("appointment", "told", COUNTY, merged={5: 2, 9: 2})

    assert "CASE person WHEN 5 THEN 2 WHEN 9 THEN 2 ELSE person END AS person" in statement


def answered(indicator: Indicator) -> list[tuple[Any, ...]]:
    """What DuckDB answers over a ledger of a few lines."""
    field = {"patent": "form", "recognition": "title"}[indicator.of]
    columns = f"record, version, subject, event, effect, step, lapsed, {field}"
    ledger = f"WITH rows AS (SELECT * FROM (VALUES {LEDGER[indicator.of]}) AS told({columns}))"
    return duckdb.connect().execute(f"{ledger} {in_order(indicator)}").fetchall()


def test_what_ran_out_is_held_no_longer_and_was_no_event() -> None:
    titles = {"of": "recognition", "where": {"title": "high_tech"}}

    assert answered(defined(nature="stock", **titles)) == [("r5", 2, 1)]
    flow = answered(defined(nature="flow", events=("recognised",), **titles))
    assert flow == [("r2", 1, 1), ("r5", 2, 1), ("r6", 1, 1)]


def test_what_began_and_ended_in_one_window_stands_there_twice_in_a_settled_order() -> None:
    net = answered(defined(nature="flow", of="recognition", net=True))

    assert net == [("r2", 1, 1), ("r3", 4, -1), ("r5", 2, 1), ("r6", 1, -1), ("r6", 1, 1)]
    assert net == sorted(net)  # as the plain reference is compared


def test_a_field_of_which_nothing_is_allowed_lets_nothing_through() -> None:
    assert answered(defined(nature="stock", of="patent", where={"form": ()})) == []
    assert len(answered(defined(nature="stock", of="patent"))) == 1


# ── values are literals ─────────────────────────────────────────────────────────────────────────────────────────────

STRANGE = ("it's", "''", "invention') OR TRUE --", "\\' OR TRUE --", "$high", "{share}", "%s", "a\nb", "发明", "")


@pytest.mark.parametrize("code", STRANGE)
def test_the_database_reads_a_text_as_it_is_whatever_it_holds(code: str) -> None:
    assert duckdb.connect().execute(f"SELECT {literal(code)}").fetchall() == [(code,)]


@pytest.mark.parametrize("code", STRANGE)
def test_whatever_a_definition_allows_is_a_text_and_never_sql(code: str) -> None:
    assert answered(defined(nature="stock", of="patent", where={"form": code})) == []
    assert len(answered(defined(nature="stock", of="patent", where={"form": ("invention", code)}))) == 1


def test_whole_numbers_and_days_are_literals_and_nothing_else_is() -> None:
    assert [literal(value) for value in (7, -1, date(2024, 12, 31))] == ["7", "-1", "DATE '2024-12-31'"]
    for strange in (1.5, True, None, datetime(2024, 12, 31), ("a",), b"a"):
        with pytest.raises(TypeError, match="neither text nor a whole number nor a day"):
            literal(strange)


def test_places_days_numbers_and_files_stand_in_the_rows_that_are_asked() -> None:
    window = Window(paths=(1, 2), last=date(2024, 12, 31), seq=7)
    (text,) = rows_of("patent", file(Path("/data/it's here/patent.parquet")), window)

    assert in_one_line(text).endswith(
        "FROM read_parquet('/data/it''s here/patent.parquet') WHERE path >= 1 AND path < 2 AND day <= DATE '2024-12-31' "
        "AND seq_from <= 7 AND (seq_to IS NULL OR seq_to > 7)"
    )


def test_a_page_of_evidence_is_so_many_after_so_many() -> None:
    flow = defined(nature="flow", of="patent", net=True)

    assert newest(flow, offset=40, limit=20).endswith("LIMIT 20 OFFSET 40")
    assert newest(flow, offset=0, limit=None).endswith("ORDER BY happened.day DESC, behind.record, behind.contribution")


def test_a_seal_reads_its_own_part_of_the_rows_that_were_fetched_for_many() -> None:
    text = in_one_line(seal(3, defined(nature="stock", of="patent"), COUNTY))

    assert text.startswith("SELECT 3 AS place,")
    assert f"WITH rows AS (SELECT * FROM fetched WHERE {inside(COUNTY)})" in text


# ── columns are those of the kind ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "story, asked, named",
    [
        ("a field of another kind", {"nature": "stock", "of": "patent", "where": {"title": "a"}}, "'title'; known: form"),
        ("a column nobody may ask about", {"nature": "stock", "of": "patent", "where": {"seq_to": "a"}}, "'seq_to'"),
        ("SQL", {"nature": "stock", "of": "patent", "where": {"form = form OR form": "a"}}, "'form = form OR form'"),
        ("a measure of another kind", {"nature": "flow", "of": "patent", "events": ("granted",), "sum": "amount"}, "'amount'"),
        ("SQL for a measure", {"nature": "flow", "of": "payment", "events": ("paid",), "sum": "1; --"}, "'1; --'"),
    ],
)  # fmt: skip
def test_a_column_that_the_kind_does_not_have_is_refused_by_name(story: str, asked: dict[str, Any], named: str) -> None:
    with pytest.raises(LookupError, match=f"there is no column {named}"):
        behind(defined(**asked))


def test_what_ends_by_its_term_stands_among_the_rows_once_more_on_its_day() -> None:
    standing, lapsing = rows_of("recognition", "tail_rows", COUNTY, but="closed_since")

    assert "day, effect, FALSE AS lapsed" in standing
    assert "lapses_on AS day, CAST(-1 AS TINYINT) AS effect, TRUE AS lapsed" in lapsing
    assert inside(COUNTY, "lapses_on") in lapsing
    for text in (standing, lapsing):
        assert "seq_to IS NULL AND id NOT IN (SELECT id FROM closed_since)" in text
    assert len(rows_of("patent", "tail_rows", COUNTY)) == 1  # a patent's term is an event of its own
