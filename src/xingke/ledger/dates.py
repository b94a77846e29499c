"""What the ledger gives the calendar, and what it reminds of: titles whose term ends."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.agenda import AgendaEntry, Dated
from xingke.base.noticing import NoticeKind
from xingke.base.reminding import Reminded, Reminder
from xingke.base.sayings import say
from xingke.ledger.queries import titles
from xingke.ledger.queries.holders import holder_word
from xingke.ledger.words import Words
from xingke.registry import queries as registry

EACH = 5  # titles of a day that are named one by one
AHEAD = (22, 5)  # working days before their end in which titles are remembered: a month, and a week [parameter]


def _ends(user: User, first: date, last: date) -> Iterator[AgendaEntry]:
    by_day, url = titles.ends_by_day(user, first, last), reverse("ledger:title-list")
    for day, ends in by_day.items():
        if ends.number > EACH:
            said = say("%(n)s 项资质到期", n=ends.number)
            yield AgendaEntry(day, f"day-{day}", said, said, url, is_fictional=ends.is_fictional)
    few = [day for day, ends in by_day.items() if ends.number <= EACH]
    words = Words()
    for each in titles.ending_on(user, few) if few else ():
        plain = say("资质到期 %(number)s", number=each.subject.number)
        record = each.event.subject
        named = f"{words.subject(each.subject)} · {holder_word(each.event)}".removesuffix(" · ")
        page = reverse("ledger:record", args=["recognition", record])
        yield AgendaEntry(each.until, str(record), named, plain, page, is_fictional=each.event.is_fictional)


def _to_remember(first: date, last: date) -> Iterator[Reminded]:
    """Whoever enters records where titles end, once for all those of a day."""
    places = titles.places_of_ends(first, last)
    regions = registry.regions_by_id({region for region, _day in places})
    told = {pk: registry.accounts_that_may(Permission.RECORD_ENTER, at=region) for pk, region in regions.items()}
    for pk, day in places:
        for user in told[pk]:
            yield Reminded(user, "recognition", f"{regions[pk].code}/{day}", regions[pk])


def _titles_there(key: str) -> str:
    return f"{reverse('ledger:title-list')}?{urlencode({'region': key.partition('/')[0]})}"


ENDING = NoticeKind(code="title-ending", word=say("有资质快到期了"), address=_titles_there)
DATED = Dated(code="titles", word=say("资质到期"), permission=Permission.RECORD_READ, find=_ends)
REMINDER = Reminder(code="titles", kind=ENDING.code, ahead=AHEAD, find=_to_remember)
