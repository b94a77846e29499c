"""What upper rooms announce to a lower one."""

from dataclasses import dataclass

import pytest

from xingke.base.register import Register


@dataclass(frozen=True)
class Room:
    code: str
    floor: int = 0


@pytest.fixture
def rooms() -> Register[Room]:
    known: Register[Room] = Register("room")
    known.add(Room("ledger", 3))
    known.add(Room("base"))
    return known


def test_entries_stand_in_the_order_in_which_they_were_announced(rooms: Register[Room]) -> None:
    assert [room.code for room in rooms] == ["ledger", "base"]
    assert len(rooms) == 2
    assert rooms["ledger"] == Room("ledger", 3)


def test_the_same_again_changes_nothing(rooms: Register[Room]) -> None:
    rooms.add(Room("base"))

    assert len(rooms) == 2


def test_another_under_a_known_code_is_an_error_that_names_both(rooms: Register[Room]) -> None:
    with pytest.raises(ValueError, match=r"room 'base' is announced already, as Room\(code='base', floor=0\)"):
        rooms.add(Room("base", 1))

    assert rooms["base"] == Room("base")


def test_what_is_not_there_is_told_with_what_is(rooms: Register[Room]) -> None:
    with pytest.raises(LookupError, match="no room 'attic'; known: ledger, base"):
        _ = rooms["attic"]


def test_entries_may_be_told_apart_by_something_else() -> None:
    floors: Register[Room] = Register("floor", lambda room: str(room.floor))
    floors.add(Room("a", 1))
    floors.add(Room("a", 2))

    assert floors["2"] == Room("a", 2)


def test_what_is_announced_while_it_is_read_does_not_disturb(rooms: Register[Room]) -> None:
    for room in rooms:
        if room.code == "ledger":
            rooms.add(Room("reports", 7))

    assert len(rooms) == 3
