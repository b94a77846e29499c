"""Settings of an installation with the room; its migration is written by Django into the data folder."""

import os
import sys

from xingke.config.settings import *  # noqa: F403 - what an installation has
from xingke.config.settings import DATA, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.loans"]
MIGRATION_MODULES = {"loans": "loan_migrations"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
sys.path.insert(0, os.fspath(DATA))
