"""When messages wait, where they may go, and what a feed is: no database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from xingke.base.refusals import Refused
from xingke.notices.rules import addresses, feeds, spans
from xingke.notices.rules.quiet import PAUSES, QuietHours, next_try

NIGHT = QuietHours()
HOURS = [
    ("the evening before eight goes out", NIGHT, "2026-11-30 19:59", False),
    ("from eight in the evening it is quiet", NIGHT, "2026-11-30 20:00", True),
    ("over midnight", NIGHT, "2026-12-01 00:00", True),
    ("up to eight in the morning", NIGHT, "2026-12-01 07:59", True),
    ("at eight it is over", NIGHT, "2026-12-01 08:00", False),
    ("a Sunday goes out where nobody asked otherwise", NIGHT, "2026-11-29 10:00", False),
    ("and waits where days off are quiet", QuietHours(off_days=True), "2026-11-29 10:00", True),
    ("a rest at noon", QuietHours(time(12), time(14)), "2026-11-30 13:00", True),
    ("and what is not noon", QuietHours(time(12), time(14)), "2026-11-30 20:00", False),
    ("the same hour twice is never", QuietHours(time(8), time(8)), "2026-11-30 08:00", False),
]


@pytest.mark.parametrize(("story", "hours", "moment", "is_quiet"), HOURS, ids=[each[0] for each in HOURS])
def test_when_messages_wait(story: str, hours: QuietHours, moment: str, is_quiet: bool) -> None:
    assert hours.hold(datetime.fromisoformat(moment), lambda day: day.weekday() < 5) is is_quiet


def test_a_message_is_tried_again_later_and_later_and_then_given_up() -> None:
    now = datetime(2026, 11, 30, 1, tzinfo=UTC)

    waits = [next_try(tries, now) for tries in range(1, len(PAUSES) + 2)]

    assert [moment and moment - now for moment in waits] == [
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=12),
        None,
    ]


PUBLIC = ["8.8.8.8", "223.5.5.5", "2400:3200::1"]
WITHIN = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "2001::1",
    "no address",
    "",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_an_address_of_the_public_net_may_be_reached(text: str) -> None:
    assert addresses.may_reach(text)


@pytest.mark.parametrize("text", WITHIN)
def test_an_address_within_or_reserved_or_carrying_another_may_not(text: str) -> None:
    assert not addresses.may_reach(text)


def test_the_operator_may_name_a_network_of_the_house_and_only_that_is_open() -> None:
    allowed = addresses.networks(["10.1.2.0/24", ""])

    assert addresses.may_reach("10.1.2.9", allowed)
    assert not addresses.may_reach("10.1.3.9", allowed)
    assert not addresses.may_reach("::ffff:10.1.2.9", allowed)


def test_a_name_with_one_bad_address_among_good_ones_is_refused() -> None:
    assert addresses.address_to_use(["8.8.8.8", "223.5.5.5"]) == "8.8.8.8"
    with pytest.raises(Refused, match="内部或保留"):
        addresses.address_to_use(["8.8.8.8", "127.0.0.1"])
    with pytest.raises(Refused, match="没有地址"):
        addresses.address_to_use([])


def test_an_https_address_in_parts() -> None:
    assert addresses.target_of("https://hook.example.cn/a/b?key=1") == addresses.Target(
        "hook.example.cn", 443, "/a/b?key=1"
    )
    assert addresses.target_of("https://hook.example.cn:8443") == addresses.Target("hook.example.cn", 8443, "/")


NO_WEBHOOKS = [
    "http://hook.example.cn/",
    "ftp://hook.example.cn/",
    "file:///etc/passwd",
    "https://",
    "https:///a",
    "https://user:word@hook.example.cn/",
    "https://hook.example.cn@127.0.0.1/",
    "https://hook.example.cn/#a",
    "https://hook.example.cn/a b",
    "https://hook.example.cn/\r\nHost: other",
    "https://hook.example.cn:99999/",
    "https://[::1/",
    "https://hook.例子.cn/",
    "https://hook.example.cn/" + "a" * 500,
]


@pytest.mark.parametrize("url", NO_WEBHOOKS)
def test_what_is_no_webhook_is_refused_and_the_refusal_does_not_say_it(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        addresses.target_of(url)

    assert "example" not in str(refusal.value)


def test_a_feed_is_what_the_format_says() -> None:
    whole = feeds.FeedEntry("titles-1@xingke", date(2026, 12, 31), None, "资质到期 GR1", "https://x.cn/records/1/")
    timed = feeds.FeedEntry("cases-2@xingke", date(2026, 12, 1), time(9, 30), "办件 2", "https://x.cn/cases/2/")

    text = feeds.calendar_text([whole, timed], name="兴科日历", now=datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC))

    assert text.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Xingke//Calendar//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:兴科日历",
        "BEGIN:VEVENT",
        "UID:titles-1@xingke",
        "DTSTAMP:20261130T010203Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:资质到期 GR1",
        "URL:https://x.cn/records/1/",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:cases-2@xingke",
        "DTSTAMP:20261130T010203Z",
        "DTSTART:20261201T013000Z",
        "DTEND:20261201T020000Z",
        "SUMMARY:办件 2",
        "URL:https://x.cn/cases/2/",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_nothing_typed_gets_out_of_its_line() -> None:
    assert feeds.escaped("甲;乙,丙\\丁\r\nEND:VEVENT\x00\r") == "甲\\;乙\\,丙\\\\丁\\nEND:VEVENT"


def test_long_lines_are_folded_and_no_character_torn() -> None:
    line = "SUMMARY:" + "资质到期" * 30

    pieces = list(feeds.folded(line))

    assert max(len(piece.encode()) for piece in pieces) <= 75
    assert pieces[0] + "".join(piece.removeprefix(" ") for piece in pieces[1:]) == line
    assert all(piece.startswith(" ") for piece in pieces[1:])


def test_a_week_goes_from_monday_to_sunday_and_a_month_from_its_first_to_its_last() -> None:
    assert spans.week_of(date(2026, 11, 29)) == spans.ShownDays(
        date(2026, 11, 23), date(2026, 11, 29), date(2026, 11, 16), date(2026, 11, 30)
    )
    assert spans.month_of(date(2026, 12, 31)) == spans.ShownDays(
        date(2026, 12, 1), date(2026, 12, 31), date(2026, 11, 1), date(2027, 1, 1)
    )
