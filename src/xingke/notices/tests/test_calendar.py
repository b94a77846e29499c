"""The calendar: what has its day, as far as somebody may see it, on a page and in a feed that says no names."""

import re
from collections.abc import Callable, Iterable
from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.cast import NOW, Cast, file
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry, User
from xingke.base import agenda
from xingke.base.agenda import AGENDA, AgendaEntry, Dated
from xingke.base.register import Register
from xingke.base.sayings import say
from xingke.notices.actions import feeds
from xingke.notices.models import CalendarFeed
from xingke.notices.queries import calendars

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]
URL = "/calendar/"
# A title recognised on 8 November 2023 for three years: its last day is 7 November 2026.
RECOGNISED, LAST = "2023-11-08", date(2026, 11, 7)


@pytest.fixture
def titles(cast: Cast) -> Cast:
    """A title of the county's firm and one next door, which end on one day."""
    for firm, name in ((cast.firm, "甲"), (cast.other_firm, "乙")):
        file("recognition", name, [("recognised", RECOGNISED)], firm=firm, by=cast.statistician, number=f"GR{name}")
    return cast


def days(user: User, first: date = LAST, last: date = LAST) -> list[str]:
    """What somebody's calendar says."""
    return [str(each.entry.words) for day in calendars.days(user, first, last) for each in day.found]


# ── what falls on a day ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "firms"),
    [
        ("officer", ["青溪县明渠传感科技有限公司"]),
        ("enterprise", ["青溪县明渠传感科技有限公司"]),
        ("neighbour", ["云渡县远帆装备有限公司"]),
        ("statistician", ["云渡县远帆装备有限公司", "青溪县明渠传感科技有限公司"]),
        ("system", []),
        ("stranger", []),
    ],
)
def test_a_title_stands_on_its_last_day_before_whoever_may_see_it(titles: Cast, who: str, firms: list[str]) -> None:
    assert sorted(each.rpartition(" · ")[2] for each in days(titles.users[who])) == firms


def test_the_day_before_and_after_are_empty(titles: Cast) -> None:
    assert days(titles.officer, date(2026, 11, 1), date(2026, 11, 6)) == []
    assert days(titles.officer, date(2026, 11, 8), date(2026, 11, 30)) == []


def test_many_titles_of_a_day_are_one_entry_that_leads_to_the_list(
    titles: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xingke.ledger.dates.EACH", 1)

    found = agenda.found(titles.statistician, {"record.read"}, LAST, LAST)

    assert [(str(each.entry.words), each.entry.url) for each in found] == [
        ("2 项资质到期", reverse("ledger:title-list"))
    ]


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a source of the test's own in the place of all others."""

    def only(*entries: AgendaEntry, permission: str | None = None) -> None:
        known: Register[Dated] = Register("source of the calendar")

        def find(_user: User, first: date, last: date) -> Iterable[AgendaEntry]:
            return [each for each in entries if first <= each.day <= last]

        known.add(Dated(code="tests", word=say("事项"), permission=permission, find=find))
        monkeypatch.setattr(agenda, "AGENDA", known)

    return only


def entry(day: date, name: str = "甲事", *, at: time | None = None, is_late: bool = False) -> AgendaEntry:
    return AgendaEntry(day, name, name, say("资质到期 %(number)s", number=7), "/records/", at, is_late)


def test_entries_stand_in_the_order_of_their_hours(cast: Cast, sources: Callable[..., None]) -> None:
    sources(entry(LAST, "下午", at=time(15)), entry(LAST, "全天"), entry(LAST, "上午", at=time(9)))

    assert days(cast.officer) == ["全天", "上午", "下午"]


def test_a_source_is_not_asked_for_whoever_holds_none_of_its_permission(
    cast: Cast, sources: Callable[..., None]
) -> None:
    sources(entry(LAST), permission="record.read")

    assert (days(cast.officer), days(cast.stranger)) == (["甲事"], [])


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_week_says_what_is_worked_and_what_is_a_holiday(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in("officer").get(f"{URL}?day=2026-10-01").content.decode()

    assert "国庆节" in page and "2026年9月28日至2026年10月4日" in page
    assert len(re.findall(r'<li class="calendar-day', page)) == 7
    worked = signed_in("officer").get(f"{URL}?day=2026-10-10").content.decode()
    assert worked.count("调休上班") == 1  # a Saturday that is worked for the holiday


def test_a_month_is_a_list_of_its_days_with_a_way_on_and_back(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in("officer").get(f"{URL}?view=month&day=2026-12-15").content.decode()

    assert len(re.findall(r'<li class="calendar-day', page)) == 31
    assert "?view=month&amp;day=2026-11-01" in page and "?view=month&amp;day=2027-01-01" in page


def test_years_without_a_calendar_say_that_they_are_guessed(cast: Cast, signed_in: SignIn) -> None:
    assert "没有 2031 年的放假安排" in signed_in("officer").get(f"{URL}?day=2031-05-05").content.decode()


@pytest.mark.parametrize("day", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-1-1", ""])
def test_a_day_that_is_none_shows_this_week(cast: Cast, signed_in: SignIn, day: str) -> None:
    answer = signed_in("officer").get(URL, {"day": day})

    assert answer.status_code == 200 and "is-today" in answer.content.decode()


def test_what_is_late_is_said_in_words(cast: Cast, signed_in: SignIn, sources: Callable[..., None]) -> None:
    sources(entry(timezone.localdate(), is_late=True))

    assert "已过期限" in signed_in("officer").get(URL).content.decode()


def test_of_a_day_with_many_entries_the_rest_is_folded_away(
    cast: Cast, signed_in: SignIn, sources: Callable[..., None]
) -> None:
    sources(*(entry(timezone.localdate(), f"事{number}") for number in range(9)))

    page = signed_in("officer").get(URL).content.decode()

    assert "还有 3 项" in page and "事8" in page


def test_a_month_asks_as_much_with_many_titles_as_with_one(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{URL}?view=month&day=2026-11-15").status_code == 200
        return len(caught)

    file("recognition", "甲", [("recognised", RECOGNISED)], firm=cast.firm, by=cast.statistician)
    asked()
    one = asked()
    for number, title in enumerate(("innovative_enterprise", "high_growth_enterprise"), start=11):
        for firm in (cast.firm, cast.other_firm):
            more = {"title": title, "level": "province"}
            file(
                "recognition",
                f"{title}{firm.pk}",
                [("recognised", f"2023-11-{number}")],
                firm=firm,
                by=cast.statistician,
                **more,
            )
    asked()

    assert asked() == one


# ── the feed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(token: str) -> tuple[int, str]:
    answer = Client().get(reverse("notices:feed", args=[token]))
    return answer.status_code, answer.content.decode()


def test_a_feed_says_kind_and_number_and_no_name(titles: Cast, sources: Callable[..., None]) -> None:
    today = timezone.localdate()
    sources(entry(today, "青溪县明渠传感科技有限公司"))

    status, text = read(feeds.open_feed(by=titles.officer, now=NOW))

    assert status == 200 and f"DTSTART;VALUE=DATE:{today:%Y%m%d}" in text
    assert "SUMMARY:资质到期 7" in text and "明渠" not in text


def test_what_the_ledger_gives_leaves_without_name_or_firm(titles: Cast) -> None:
    (found,) = agenda.found(titles.officer, {"record.read"}, LAST, LAST)

    assert str(found.entry.plain) == "资质到期 GR甲"


def test_a_feed_holds_what_its_owner_may_see_when_it_is_read(titles: Cast) -> None:
    theirs = {
        who: calendars.feed_entries(titles.users[who], now=LAST, site="https://x.cn") for who in ("officer", "stranger")
    }

    assert [each.words for each in theirs["officer"]] == ["【虚构】资质到期 GR甲"]
    assert theirs["officer"][0].url.startswith("https://x.cn/records/recognition/")
    assert theirs["stranger"] == []


def test_what_is_fictional_says_so_on_the_page(titles: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")

    assert "虚构数据" in client.get(f"{URL}?day={LAST}").content.decode()
    assert "虚构数据" not in client.get(f"{URL}?day=2026-12-01").content.decode()


def test_the_token_is_kept_as_a_digest_only_and_told_once(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")

    answer = client.post(reverse("notices:feed-open"))

    found = re.search(r"/calendar/feed/([A-Za-z0-9_-]{43})\.ics", answer.content.decode())
    assert found is not None and answer["Cache-Control"] == "no-store"
    kept = CalendarFeed.objects.get()
    assert found[1] not in str(vars(kept)) and kept.user == cast.officer
    assert found[1] not in str([vars(each) for each in AuditEntry.objects.all()])
    assert found[1] not in client.get(URL).content.decode()
    assert read(found[1])[0] == 200


def test_another_address_ends_the_one_before_and_ending_ends_it(cast: Cast, signed_in: SignIn) -> None:
    first = feeds.open_feed(by=cast.officer, now=NOW)
    second = feeds.open_feed(by=cast.officer, now=NOW)
    assert (read(first)[0], read(second)[0]) == (404, 200)

    signed_in("officer").post(reverse("notices:feed-end"))

    assert read(second)[0] == 404
    ended = CalendarFeed.objects.latest("pk")
    assert ended.ended_by == cast.officer


def test_nobody_ends_the_feed_of_somebody_else(cast: Cast, signed_in: SignIn) -> None:
    token, before = feeds.open_feed(by=cast.officer, now=NOW), AuditEntry.objects.count()

    signed_in("stranger").post(reverse("notices:feed-end"))

    assert read(token)[0] == 200 and AuditEntry.objects.count() == before


def test_the_feed_of_a_closed_account_is_closed(cast: Cast) -> None:
    token = feeds.open_feed(by=cast.officer, now=NOW)

    accounts.set_account_active(user=cast.officer, active=False, by=cast.system, now=NOW)

    assert read(token)[0] == 404


@pytest.mark.parametrize("token", ["a" * 43, "a" * 42, "a", "a" * 500, "..", "%2e%2e"])
def test_a_token_nobody_was_given_opens_nothing_and_says_nothing(cast: Cast, token: str) -> None:
    feeds.open_feed(by=cast.officer, now=NOW)

    assert read(token) == (404, "")


def test_a_feed_is_only_read(cast: Cast) -> None:
    url = reverse("notices:feed", args=[feeds.open_feed(by=cast.officer, now=NOW)])

    assert [Client().generic(method, url).status_code for method in ("POST", "PUT", "DELETE")] == [405, 405, 405]
    answer = Client().get(url)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8" and "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_a_feed_speaks_its_owners_language_whoever_asks(cast: Cast, sources: Callable[..., None]) -> None:
    accounts.choose_language(user=cast.officer, language="en")
    sources(entry(timezone.localdate()))

    assert "SUMMARY:Title ends 7" in read(feeds.open_feed(by=cast.officer, now=NOW))[1]


def test_the_ledger_is_among_the_sources() -> None:
    assert "titles" in {source.code for source in AGENDA}
