"""What no line of the log says: addresses that are their own keys, of calendar feeds and of links for outsiders."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from xingke.config import logs

TOKEN = "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8"
LINES = [
    (f"Not Found: /calendar/feed/{TOKEN}.ics", "Not Found: /calendar/feed/…"),
    (f"GET /calendar/feed/{TOKEN}.ics?a=1 404", "GET /calendar/feed/…?a=1 404"),
    ("POST /calendar/feed/open/ 200", "POST /calendar/feed/open/ 200"),
    ("GET /calendar/ 200", "GET /calendar/ 200"),
    (f"Forbidden (CSRF cookie not set.): /outside/{TOKEN}/", "Forbidden (CSRF cookie not set.): /outside/…/"),
]


@pytest.mark.parametrize(("line", "kept"), LINES)
def test_a_log_never_holds_an_address_that_is_its_own_key(line: str, kept: str) -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s", (line,), None)
    record.path = line

    assert logs.Hiding().filter(record)

    assert (record.getMessage(), record.path) == (kept, kept)
    assert TOKEN not in logs.JsonLines().format(record)


def test_the_line_of_a_request_hides_it_too() -> None:
    assert logs.hidden(f"/calendar/feed/{TOKEN}.ics") == "/calendar/feed/…"


@pytest.mark.django_db
def test_whoever_opens_a_link_for_outsiders_leaves_its_address_in_no_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(logs.Hiding())  # as every handler of the program has it
    address = reverse("letters:outside", args=[TOKEN])
    with caplog.at_level(logging.INFO):
        assert Client().get(address).status_code == 404
        assert Client(enforce_csrf_checks=True).post(address).status_code == 403
    assert len(caplog.records) >= 2
    assert TOKEN not in caplog.text
