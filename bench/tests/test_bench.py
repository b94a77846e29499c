"""What the benches stand on: synthetic histories that keep the ledger's rules, and figures that land where they belong."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bench import events, report
from bench.events import KINDS
from bench.measuring import Line, WrongAnswer, nearly_worst
from bench.workbench import Asked, _held_against


@pytest.mark.parametrize("kind", KINDS)
def test_in_every_synthetic_history_something_is_held_or_not_and_never_twice(kind: str) -> None:
    made = events.generate(kind, 2_000, regions=40, seed=1)
    held: dict[int, int] = {}
    for row in np.flatnonzero(made.is_current):  # a history's events stand in their order
        subject = int(made.subject[row])
        held[subject] = held.get(subject, 0) + int(made.effect[row])
        assert held[subject] in (0, 1)
    assert set(held.values()) <= {0, 1}
    assert len(made) == 2_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_superseded_version_names_the_record_that_followed_it(kind: str) -> None:
    made = events.generate(kind, 2_000, regions=40, seed=1)
    old = np.flatnonzero(~made.is_current)
    assert len(old) == 80
    assert set(made.version[old]) == {1}
    newest = {int(made.record[row]): int(made.version[row]) for row in np.flatnonzero(made.is_current)}
    assert {newest[int(record)] for record in made.record[old]} == {2}


def test_a_goal_is_kept_up_to_its_border() -> None:
    assert Line(name="at it", ours=1.5, peer=1.0, ratio_goal=1.5).holds is True
    assert Line(name="above", ours=1.6, peer=1.0, ratio_goal=1.5).holds is False
    assert Line(name="by itself", ours=0.05, goal=0.05).holds is True
    assert Line(name="for orientation", ours=9.0, peer=1.0).holds is None


def test_the_95th_percentile_is_the_nearest_rank() -> None:
    assert nearly_worst([float(number) for number in range(1, 101)]) == 95.0
    assert nearly_worst([3.0]) == 3.0


def test_recording_replaces_the_figures_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{report.BEGIN}\nold figures\n{report.END}\nafter\n", encoding="utf-8")
    lines = [Line(name="a | b", ours=0.0123, peer=0.1, peer_name="peer", ratio_goal=1.3, note="a remark")]
    report.record(page, {"cells": lines}, today=date(2026, 3, 2))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old figures" not in text
    assert "Measured on 2026-03-02." in text
    assert "| a / b | 12.3 ms | 100.0 ms (peer) |  | 0.12 × | ≤ 1.3 × | yes |" in text


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text("nothing here", encoding="utf-8")
    with pytest.raises(ValueError, match="once each"):
        report.record(page, {}, today=date(2026, 3, 2))
    assert page.read_text(encoding="utf-8") == "nothing here"


WRITTEN = [(1, 10.0, 10.1), (2, 11.0, 11.1)]  # number, when it began, when it was committed


@pytest.mark.parametrize("answer", [(10.2, 0.1, 1, 51), (10.05, 0.1, 1, 51), (10.05, 0.1, -1, 50), (11.2, 0.1, 2, 52)])
def test_an_answer_holds_that_says_what_was_committed_before_it_was_asked_for(
    answer: tuple[float, float, int, int],
) -> None:
    known = (12.0, 0.1, 2, 52)
    assert _held_against(Asked(1.0, 0.1, [answer, known]), WRITTEN, first=1, inventions=50) >= 1


@pytest.mark.parametrize("answer", [(10.2, 0.1, -1, 51), (10.2, 0.1, 1, 50), (11.2, 0.1, 1, 52), (11.2, 0.1, 2, 51)])
def test_an_older_answer_is_wrong(answer: tuple[float, float, int, int]) -> None:
    with pytest.raises(WrongAnswer):
        _held_against(Asked(1.0, 0.1, [answer]), WRITTEN, first=1, inventions=50)


def test_answers_that_could_not_have_been_wrong_prove_nothing() -> None:
    with pytest.raises(WrongAnswer, match="no answer"):
        _held_against(Asked(1.0, 0.1, [(9.0, 0.1, -1, 50)]), WRITTEN, first=1, inventions=50)
