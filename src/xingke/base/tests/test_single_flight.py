"""What many ask for at the same moment is worked out once."""

from threading import Barrier, Event, Thread

import pytest

from xingke.base import single_flight
from xingke.base.single_flight import in_turn


def test_of_many_who_ask_at_once_one_works_and_the_others_find_it() -> None:
    known: dict[str, str] = {}
    worked, together = [], Barrier(8)

    def ask() -> None:
        together.wait()
        with in_turn("sum"):
            if "sum" not in known:
                worked.append(1)
                Event().wait(0.02)
                known["sum"] = "done"

    threads = [Thread(target=ask) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert worked == [1]
    assert single_flight._turns == {}


def test_who_asks_for_something_else_does_not_wait() -> None:
    with in_turn("one"):
        other = Thread(target=lambda: in_turn("other").__enter__())
        other.start()
        other.join(5)
        assert not other.is_alive()
    single_flight._turns.clear()


def test_the_same_thread_may_ask_again_inside() -> None:
    with in_turn("one"), in_turn("one"):
        assert single_flight._turns["one"].threads == 2


def test_where_working_fails_the_next_has_its_turn() -> None:
    with pytest.raises(ZeroDivisionError), in_turn("one"):
        raise ZeroDivisionError
    assert single_flight._turns == {}


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single_flight, "PATIENCE", 0.01)
    went_on = Event()

    def ask() -> None:
        with in_turn("one"):
            went_on.set()

    with in_turn("one"):
        impatient = Thread(target=ask)
        impatient.start()
        assert went_on.wait(5)
        impatient.join()
    assert single_flight._turns == {}
