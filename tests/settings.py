"""Settings of the tests: those of an installation, in a data folder of their own that goes when they end.

It lies in memory where there is room: the suite writes tens of thousands of files and waits for each to reach the disk.
A conftest would come too late: pytest-django reads the settings before it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

MEMORY, ROOM = Path("/dev/shm"), 6 << 30  # a suite leaves about a gigabyte behind while it runs
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # where tmp_path is
    _place: Path | None = MEMORY
else:
    _place = None
_folder = tempfile.mkdtemp(prefix="xingke-test-", dir=_place)
os.environ["XINGKE_DATA"] = _folder  # child processes of the tests find the same folder
(Path(_folder) / "static").mkdir()  # whitenoise warns of a folder that is not there
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from xingke.config.settings import *  # noqa: E402, F403 - the folder must be known first
