"""The working days of a region: the reads."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from xingke.base.definitions import files_of, parse
from xingke.base.workdays import CALENDARS, WorkCalendar
from xingke.registry import queries
from xingke.registry.models import Region


def work_calendar(region: Region | None = None) -> WorkCalendar:
    """The calendar in force for a region, or the one that holds everywhere. One small query, then memory."""
    years = queries.catalogue(CALENDARS.code)
    found = [queries.definition(CALENDARS.code, key, region=region).value for key in sorted(years)]
    return WorkCalendar(tuple(found))


def calendar_at_hand() -> WorkCalendar:
    """The calendar in force, or where nothing was loaded yet the one that comes with the software."""
    try:
        loaded = work_calendar()
    except DatabaseError:  # no tables yet
        loaded = WorkCalendar()
    return loaded if loaded.years else _shipped()


def _shipped() -> WorkCalendar:
    folder = Path(settings.PACKAGE) / "packs" / "national"
    bodies = [
        body
        for name in files_of(folder, CALENDARS)
        for body in tomllib.loads((folder / name).read_text(encoding="utf-8"))[CALENDARS.code]
    ]
    return WorkCalendar(tuple(parse(CALENDARS.code, body) for body in bodies))
