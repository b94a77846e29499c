"""Reading a data folder that cannot be written to: a backup that was unpacked, a disk mounted read-only.

SQLite keeps files of its own beside the database, even for whoever only reads. There it reads a copy.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def from_a_copy_where_needed() -> Iterator[bool]:
    """Read a copy of the database, in a temporary folder, where its own cannot be written to; whether it is one."""
    database = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not database.is_file() or is_writable(database):
        yield False
        return
    with tempfile.TemporaryDirectory(prefix="xingke-reading-") as name:
        copy = Path(name) / database.name
        for ending in ("", "-wal"):  # what was committed and not yet moved into the database itself
            if (source := Path(f"{database}{ending}")).is_file():
                shutil.copyfile(source, f"{copy}{ending}")
        connection.close()
        connection.settings_dict["NAME"] = str(copy)
        try:
            yield True
        finally:
            connection.close()
            connection.settings_dict["NAME"] = database


def is_writable(database: Path) -> bool:
    """Whether SQLite can do as usual there."""
    return os.access(database, os.W_OK) and os.access(database.parent, os.W_OK)
