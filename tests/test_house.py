"""How lines are counted, and that no desk has grown too large."""

from tools.house import lines_of, main, named

WRITTEN = '''"""A module.

Two lines of it say something, and this is one of three."""

# why it is so
import os  # said beside

VALUE = (
    1,

    2,  # two
)
'''


def test_blank_lines_and_comments_do_not_count() -> None:
    assert lines_of("") == 0
    assert lines_of("# nothing\n\n") == 0
    assert lines_of(WRITTEN) == 2 + 1 + 4


def test_a_desk_that_is_data_has_no_python_of_its_own() -> None:
    found = named("programmes")
    assert {"packs/national/flows/programmes.toml", "packs/national/forms/programmes.toml"} <= found.keys()
    assert not [name for name in found if name.endswith(".py")]


def test_no_desk_is_larger_than_it_may_be() -> None:
    assert main([]) == 0
