"""Days and terms as people and systems write them into cells."""

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone

from xingke.ledger.rules.histories import months_later

_DAY = re.compile(
    r"(?P<year>\d{4})(?: ?(?P<mark>[-/.]) ?(?P<month>\d{1,2}) ?(?P=mark) ?(?P<day>\d{1,2})\.?"
    r"| ?年 ?(?P<month_>\d{1,2}) ?月 ?(?P<day_>\d{1,2})(?: ?[日号])?|(?P<month__>\d\d)(?P<day__>\d\d))"
)
_WEEKDAY = re.compile(r"[(,]?(?:星期|周|礼拜)([一二三四五六日天])\)?")
_TIME = re.compile(
    r"(?P<before>上午|下午|晚上|中午|凌晨|早上|am|pm)?(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?分?(?:[:]?(?P<second>\d{1,2})(?:[.,]\d+)?秒?)?"
    r"|(?P<minute_>\d\d)(?P<second_>\d\d))(?P<after>am|pm)?(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d)?"
)
_HALF_DAY = re.compile(r"全天|上午|中午|下午|晚上|早上|凌晨|上下午|am|pm")
_WHILE = re.compile(
    r"((?:上午|中午|下午|晚上|早上)?\d{1,2}[:时点](?:\d{2}分?)?)[-—–~至到]+((?:上午|中午|下午|晚上|早上)?\d{1,2}[:时点](?:\d{2}分?)?)"
)
_ZONE_NAMES = re.compile(r"\[[a-z/_]+\]$|\((?:中国标准时间|chinastandardtime|cst)\)$")
_CHINESE_DAY = re.compile(
    r"([〇零○oO一二三四五六七八九]{4})年([元正一二三四五六七八九十]{1,3})月([初一二三四五六七八九十廿]{1,3})[日号]"
)
_CHINESE_DIGITS = {**{digit: at for at, digit in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "o": 0, "O": 0}
_HERE = timezone(timedelta(hours=8))  # in which days are counted


def written_day(text: str) -> date:
    """A day as people and systems write it: 2024-03-05, 2024/3/5, 2024年3月5日, 20240305, 二〇二四年三月五日, full width as well.

    A time of day behind it does not matter, but with a zone the day is the one in China. A day of the week has to be
    the right one. Raises ValueError for anything else, a month alone and a year of two digits among it: no day is
    guessed.
    """
    words = " ".join(unicodedata.normalize("NFKC", text).split()).lower()
    if found := _CHINESE_DAY.fullmatch(words.replace(" ", "")):
        year = int("".join(str(_CHINESE_DIGITS[digit]) for digit in found[1]))
        return date(year, _chinese_number(found[2]), _chinese_number(found[3]))
    found = _DAY.match(words)
    rest = words[found.end() :] if found else ""
    if found is None or (rest[:1].isdigit() and found[0][-1].isdigit() and not found["day__"]):
        raise ValueError(f"{text!r} is no day")
    day = date(
        int(found["year"]),
        int(found["month"] or found["month_"] or found["month__"]),
        int(found["day"] or found["day_"] or found["day__"]),
    )
    is_apart = rest[:1] != "t"  # 2024-03-05T09:00-05:00 has a zone, 2024-03-05 09:00-11:30 is a while
    rest = rest.replace(" ", "")
    if named := _WEEKDAY.match(rest):
        if "一二三四五六日".index(named[1].replace("天", "日")) != day.weekday():
            raise ValueError(f"{text!r} is another day of the week")
        rest = rest[named.end() :]
    rest = rest.removeprefix("t").removeprefix(",")
    if not rest or _HALF_DAY.fullmatch(rest):
        return day
    if is_apart and (found := _WHILE.fullmatch(rest)):
        first, last = (_with_time(day, each, text) for each in (found[1], found[2]))
        if first == last == day:
            return day
    return _with_time(day, rest, text)


def _with_time(day: date, rest: str, text: str) -> date:
    """The day here of a day and a time, whose zone may be another."""
    found = _TIME.fullmatch(_ZONE_NAMES.sub("", rest))
    if found is None:
        raise ValueError(f"{text!r} is no day")
    half, hour = found["before"] or found["after"] or "", int(found["hour"])
    if hour < 12 and half in ("下午", "晚上", "pm"):
        hour += 12
    elif hour == 12 and half in ("上午", "凌晨", "am"):
        hour = 0
    minute, second = found["minute"] or found["minute_"] or 0, found["second"] or found["second_"] or 0
    moment = datetime(day.year, day.month, day.day, hour, int(minute), int(second))
    zone = found["zone"]
    if not zone:
        return moment.date()
    away = timedelta() if zone in ("z", "utc", "gmt") else timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return moment.replace(tzinfo=timezone(-away if zone.startswith("-") else away)).astimezone(_HERE).date()


def _chinese_number(text: str) -> int:
    """A number up to 99 as days and months are written: 三, 十二, 二十, 廿三, 初五, 元."""
    plain = text.replace("元", "一").replace("正", "一").removeprefix("初").replace("廿", "二十")
    tens, is_ten, ones = plain.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        raise ValueError(f"{text!r} is no number")
    return 10 * (_CHINESE_DIGITS[tens] if tens else 1) * bool(is_ten) + (_CHINESE_DIGITS[ones] if ones else 0)


_COUNTED = re.compile(r"([0-9]{1,6}|[一二两三四五六七八九十]{1,3})[场期班次件项家人名个]?")


def is_several(text: str) -> bool:
    """Whether a cell counts more than one: 3, 三场; not where it says nothing of a number."""
    words = "".join(unicodedata.normalize("NFKC", text).split())
    found = _COUNTED.fullmatch(words)
    return found is not None and found[1] not in ("0", "1", "一") and found[1].lstrip("0") not in ("", "1")


_TERM = re.compile(r"([0-9]{1,2}|[一二两三四五六七八九十])(?:周)?(年|个?月)?")
_SPAN = re.compile(r"(.{8,}?)\s*(?:至|到|[-—~]+)\s*(\d{4}.{4,})")
ENDLESS = ("长期", "长期有效", "永久", "永久有效", "不限")


def written_last_day(text: str, on: date) -> date:
    """The last day on which a certificate of a day holds, as lists say it: 三年, 3, 36个月, 2028-10-27, 2025-10-28至2028-10-27.

    A bare number is years. Raises ValueError for anything else, and for a day before ``on``.
    """
    words = unicodedata.normalize("NFKC", text).strip().removeprefix("至").removesuffix("止")
    if found := _TERM.fullmatch("".join(words.split())):
        length = _chinese_number(found[1].replace("两", "二")) if not found[1].isdecimal() else int(found[1])
        months = length if found[2] and found[2].endswith("月") else length * 12
        if not 0 < months <= 50 * 12:
            raise ValueError(f"{text!r} is no term")
        return months_later(on, months) - timedelta(days=1)
    until = written_day(found[2] if (found := _SPAN.fullmatch(words)) else words)
    if until < on:
        raise ValueError(f"{text!r} is before {on}")
    return until
