"""Settings of the tests: those of an installation, in a data folder of their own that goes when they end.

A conftest would come too late: pytest-django reads the settings before it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="xingke-test-")
os.environ["XINGKE_DATA"] = _folder  # child processes of the tests find the same folder
(Path(_folder) / "static").mkdir()  # whitenoise warns of a folder that is not there
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from xingke.config.settings import *  # noqa: E402, F403 - the folder must be known first
