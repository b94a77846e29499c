"""A data folder that cannot be written to is read from a copy, and left as it was."""

from pathlib import Path

import pytest

from xingke.config.tests import small

pytestmark = pytest.mark.slow

READ = """
from pathlib import Path
from django.db import connection
from xingke.accounts.queries import current_seq
from xingke.config import reading

expected = current_seq()
was = connection.settings_dict["NAME"]
connection.close()
reading.is_writable = lambda database: False
with reading.from_a_copy_where_needed() as is_copy:
    assert is_copy and current_seq() == expected
    copy = Path(connection.settings_dict["NAME"])
    assert copy.exists() and copy != Path(was)
assert connection.settings_dict["NAME"] == was and not copy.exists() and current_seq() == expected
print(expected)
"""


def test_what_was_committed_is_read_from_a_copy_that_is_gone_afterwards(tmp_path: Path) -> None:
    small.command(tmp_path, "begin")

    assert int(small.python(tmp_path, READ)) > 0


def test_a_folder_that_can_be_written_to_is_read_itself(tmp_path: Path) -> None:
    small.command(tmp_path, "begin")

    source = "from xingke.config import reading\nwith reading.from_a_copy_where_needed() as is_copy: print(is_copy)"

    assert small.python(tmp_path, source) == "False\n"
