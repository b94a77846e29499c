"""A calendar as other programs read it (RFC 5545)."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes
_FOLD = 73  # bytes of a line, so that none is longer than 75 with the blank of a continued one


@dataclass(frozen=True)
class FeedEntry:
    """What a feed says of an entry. uid: the same for the same entry, always."""

    uid: str
    day: date
    at: time | None
    words: str
    url: str


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def calendar_text(entries: Iterable[FeedEntry], *, name: str, now: datetime) -> str:
    """The whole calendar, its lines folded and ended as the format has it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Xingke//Calendar//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{escaped(name)}")
    for each in entries:
        lines += _event(each, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{piece}\r\n" for line in lines for piece in folded(line))


def _event(each: FeedEntry, now: datetime) -> list[str]:
    if each.at is None:
        when = [f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}", f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}"]
    else:
        begins = datetime.combine(each.day, each.at, SHANGHAI)
        when = [f"DTSTART:{_utc(begins)}", f"DTEND:{_utc(begins + timedelta(minutes=30))}"]
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(each.uid)}",
        f"DTSTAMP:{_utc(now)}",
        *when,
        f"SUMMARY:{escaped(each.words)}",
        f"URL:{re.sub(r'[^!-~]', '', each.url)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A text as a value, on one line whatever it holds."""
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n"))
    return kept.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 bytes, no character torn apart."""
    piece, size, first = "", 0, True
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD:
            yield piece if first else f" {piece}"
            piece, size, first = "", 0, False
        piece, size = piece + character, size + width
    yield piece if first else f" {piece}"
