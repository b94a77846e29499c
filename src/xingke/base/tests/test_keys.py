"""Keys: in the order in which they were made."""

from itertools import islice
from uuid import RFC_4122

from xingke.base.keys import new_key, new_keys


def test_thousands_of_keys_of_one_moment_are_different_and_in_order() -> None:
    found = list(islice(new_keys(), 5_000))
    assert found == sorted(set(found))
    assert {(key.version, key.variant) for key in found} == {(7, RFC_4122)}


def test_a_later_series_stands_behind_keys_made_before() -> None:
    before = new_key()
    first = next(new_keys())
    assert first.int >> 80 >= before.int >> 80
    assert first != before
