"""Pages that fail: what they say of the trouble, and what of the changes somebody asked for."""

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool
import pytest
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from xingke.base import failing
from xingke.base.troubles import Trouble, trouble_of

Do = Callable[[], None]
_do: list[Do] = []


@login_not_required
def view(request: HttpRequest) -> HttpResponse:
    """Does what a test wants done."""
    _do[0]()
    return HttpResponse("done")


urlpatterns = [path("anything/", view)]
handler500 = failing.failed


@contextmanager
def doing(do: Do) -> Iterator[Client]:
    """A browser for a site whose one page does this."""
    _do[:] = [do]
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def database_error(cause: Exception, kind: type[Exception] = OperationalError) -> Exception:
    """What Django makes of a driver's error."""
    try:
        raise kind(str(cause)) from cause
    except kind as error:
        return error


def sqlite_error(name: str) -> Exception:
    cause = sqlite3.OperationalError(name)
    cause.sqlite_errorname = name
    return cause


def away() -> Exception:
    return database_error(psycopg_pool.PoolTimeout("couldn't get a connection after 2.00 sec"))


def raising(error: Exception) -> Do:
    def do() -> None:
        raise error

    return do


@pytest.mark.parametrize(
    "error, trouble",
    [
        (away(), Trouble.AWAY),
        (database_error(psycopg.OperationalError("server closed the connection unexpectedly")), Trouble.AWAY),
        (database_error(psycopg.errors.AdminShutdown("terminating connection")), Trouble.AWAY),
        (database_error(psycopg.errors.CannotConnectNow("starting up")), Trouble.AWAY),
        (database_error(psycopg.errors.TooManyConnections("too many")), Trouble.AWAY),
        (database_error(psycopg.errors.DiskFull("could not extend file")), Trouble.DISK_FULL),
        (database_error(psycopg.errors.ReadOnlySqlTransaction("standby")), Trouble.READ_ONLY),
        (database_error(psycopg.errors.DeadlockDetected("deadlock")), Trouble.BUSY),
        (database_error(sqlite_error("SQLITE_FULL")), Trouble.DISK_FULL),
        (database_error(sqlite_error("SQLITE_BUSY_SNAPSHOT")), Trouble.BUSY),
        (database_error(sqlite_error("SQLITE_READONLY_DBMOVED")), Trouble.READ_ONLY),
        (database_error(sqlite_error("SQLITE_CANTOPEN")), Trouble.CLOSED),
        (OSError(errno.ENOSPC, "No space left on device"), Trouble.DISK_FULL),
        (OSError(errno.EDQUOT, "Quota exceeded"), Trouble.DISK_FULL),
        (OSError(errno.ENOENT, "No such file"), None),
        (database_error(sqlite_error("SQLITE_CORRUPT")), None),
        (database_error(psycopg.errors.UniqueViolation("twice")), None),
        (ZeroDivisionError(), None),
        (None, None),
    ],
)
def test_trouble_is_told_from_the_drivers_own_code(error: Exception | None, trouble: Trouble | None) -> None:
    assert trouble_of(error) is trouble


def test_trouble_is_found_behind_the_error_it_led_to() -> None:
    error = ValueError("the page could not be made")
    error.__context__ = away()

    assert trouble_of(error) is Trouble.AWAY


@pytest.mark.parametrize(
    "error, status, sentence, retry",
    [
        (away(), 503, "数据库没有应答，请稍后再试。", "10"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "服务器的磁盘已满", None),
        (ZeroDivisionError(), 500, "处理时出了意外", None),
    ],
)
def test_a_page_that_fails_says_why_and_nothing_of_changes(
    error: Exception, status: int, sentence: str, retry: str | None
) -> None:
    with doing(raising(error)) as browser:
        answer = browser.get("/anything/?q=1")

    page = answer.content.decode()
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)
    assert "这一页打不开" in page and sentence in page and 'href="/anything/?q=1"' in page
    assert "保存" not in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_and_rolled_back_was_not_saved() -> None:
    def do() -> None:
        with transaction.atomic():
            ContentType.objects.filter(model="none").update(app_label="x")
            raise away()

    with doing(do) as browser:
        page = browser.post("/anything/").content.decode()

    assert "<h1>没有保存</h1>" in page and "没有保存任何改动" in page and "数据库没有应答，请稍后再试。" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomic", [True, False], ids=["in a transaction", "at once"])
def test_what_is_committed_before_the_page_fails_is_said_to_be_saved(atomic: bool) -> None:
    def do() -> None:
        if atomic:
            with transaction.atomic():
                ContentType.objects.filter(model="none").update(app_label="x")
        else:
            ContentType.objects.filter(model="none").update(app_label="x")
        raise ZeroDivisionError

    with doing(do) as browser:
        answer = browser.post("/anything/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "已经保存，但接下来的一页打不开" in page and "请不要再提交一次" in page
    assert "没有保存" not in page


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_kept_is_no_change_anybody_made() -> None:
    def do() -> None:
        Session.objects.create(session_key="a" * 32, expire_date=timezone.now())
        raise ZeroDivisionError

    with doing(do) as browser:
        page = browser.post("/anything/").content.decode()

    assert "没有保存任何改动" in page


@pytest.mark.django_db(transaction=True)
def test_where_the_database_goes_while_it_is_told_to_keep_it_nothing_is_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def _commit() -> None:
        raise away()

    def do() -> None:
        with transaction.atomic():
            ContentType.objects.filter(model="none").update(app_label="x")
            monkeypatch.setattr(connection, "_commit", _commit)

    with doing(do) as browser:
        page = browser.post("/anything/").content.decode()
        monkeypatch.undo()

    assert "不能确定是否已经保存" in page
    assert "没有保存任何改动" not in page and "请不要再提交一次" not in page
