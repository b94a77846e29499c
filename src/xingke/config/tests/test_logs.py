"""What no line of the log says: the address of a calendar feed, which is its own key."""

import logging

import pytest

from xingke.config import logs

TOKEN = "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8"
LINES = [
    (f"Not Found: /calendar/feed/{TOKEN}.ics", "Not Found: /calendar/feed/…"),
    (f"GET /calendar/feed/{TOKEN}.ics?a=1 404", "GET /calendar/feed/…?a=1 404"),
    ("POST /calendar/feed/open/ 200", "POST /calendar/feed/open/ 200"),
    ("GET /calendar/ 200", "GET /calendar/ 200"),
]


@pytest.mark.parametrize(("line", "kept"), LINES)
def test_a_log_never_holds_the_address_of_a_feed(line: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s", (line,), None)
    record.path = line

    assert logs.Hiding().filter(record)

    assert (record.getMessage(), record.path) == (kept, kept)
    assert TOKEN not in logs.JsonLines().format(record)


def test_the_line_of_a_request_hides_it_too() -> None:
    assert logs.hidden(f"/calendar/feed/{TOKEN}.ics") == "/calendar/feed/…"
