"""Logs: one line per event; with ``XINGKE_LOG=json`` each line is one JSON object."""

import json
import logging
import os
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_SECRET = re.compile(r"(/calendar/feed/|/outside/)(?!(?:open|end)/)[^\s/?\"']+")  # addresses that are their own keys


def hidden(path: str) -> str:
    """A path, or a text that names one, without what opens something to whoever reads it."""
    return _SECRET.sub(r"\1…", path)


class Hiding(logging.Filter):
    """Takes out of a line what nobody may learn from a log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always: the line is written, without the secret."""
        said = record.getMessage()
        if (kept := hidden(said)) != said:
            record.msg, record.args = kept, ()
        for name in ("path", "error"):
            if isinstance(value := vars(record).get(name), str):
                setattr(record, name, hidden(value))
        return True


def wants_json() -> bool:
    """Whether this installation asked for JSON lines."""
    return os.environ.get("XINGKE_LOG") == "json"


class JsonLines(logging.Formatter):
    """``{"time": …, "level": …, "logger": …, "message": …}`` and whatever was given as ``extra``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the message holds."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        line.pop("request", None)  # Django's own extra: not for a log
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Lines(logging.Formatter):
    """The same for people: time, level, logger, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")


def formatter() -> logging.Formatter:
    """What this installation asked for."""
    return JsonLines() if wants_json() else Lines()


def apply() -> None:
    """Give the root's handlers the format; makes one to stderr where there is none."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
        root.setLevel(logging.INFO)
    for handler in root.handlers:
        handler.setFormatter(formatter())
        if not any(isinstance(each, Hiding) for each in handler.filters):
            handler.addFilter(Hiding())


class News(logging.Filter):
    """Leaves out what granian says of the number of threads: we chose it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line says something new."""
        return not record.getMessage().startswith("Configuration allows spawning up to")


# What granian is given: its own lines go the same way as ours.
GRANIAN: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "xingke.config.logs.formatter"}},
    "filters": {"news": {"()": "xingke.config.logs.News"}, "hiding": {"()": "xingke.config.logs.Hiding"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["news", "hiding"]}},
    "loggers": {"_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}
