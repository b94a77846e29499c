"""Older certificates get their last day: once, by one act, with what it changes said before; and what that does to values."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from tests.cast import NOW, Cast, accept_open_proposals, file, keep_records
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.config import last_days
from xingke.indicators.queries import indicators
from xingke.indicators.queries.reader import Reader
from xingke.ledger import actions
from xingke.ledger.models import RecognitionEvent
from xingke.reports import actions as reports

pytestmark = pytest.mark.db


def _certificate(cast: Cast, name: str, on: str, **fields: str) -> UUID:
    return file("recognition", name, [("recognised", on)], firm=cast.firm, by=cast.statistician, **fields)


def _as_older_ledgers_have_it() -> None:
    """Take the last days away, as they were before the ledger kept any."""
    RecognitionEvent.objects.update(until=None, lapses_on=None)


def _current(*names: str) -> Sequence[Any]:
    rows = RecognitionEvent.objects.filter(seq_to__isnull=True).order_by("subject", "step")
    return list(rows.values_list(*names, flat=len(names) == 1))


def _held(cast: Cast, year: int) -> Any:
    return Reader().value(indicators()["high_tech_enterprises"], cast.county, Period.year(year)).amount


def test_older_certificates_get_the_last_day_of_their_title_s_term_at_once(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    _certificate(cast, "GR1", "2021-11-15")
    _as_older_ledgers_have_it()
    assert _held(cast, 2025) == 1
    before = current_seq()

    given = actions.give_last_days(by=cast.director, now=NOW)

    assert (given, current_seq()) == (1, before + 1)
    assert _current("until", "lapses_on") == [(date(2024, 11, 14), date(2024, 11, 15))]
    assert [_held(cast, year) for year in (2023, 2024, 2025)] == [1, 0, 0]
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.detail) == ("recognition.last-days-given", {"certificates": 1})


def test_it_is_done_once_and_says_so(cast: Cast) -> None:
    _certificate(cast, "GR1", "2021-11-15")
    _as_older_ledgers_have_it()
    actions.give_last_days(by=cast.director, now=NOW)
    before = current_seq()

    assert actions.give_last_days(by=cast.director, now=NOW) == 0
    assert current_seq() == before


def test_a_title_without_a_term_gets_none(cast: Cast) -> None:
    _certificate(cast, "平台", "2015-11-15", title="key_laboratory", level="province")
    _as_older_ledgers_have_it()

    assert actions.give_last_days(by=cast.director, now=NOW) == 0


def test_whoever_may_not_confirm_gives_nothing(cast: Cast) -> None:
    _certificate(cast, "GR1", "2021-11-15")
    _as_older_ledgers_have_it()

    with pytest.raises(Refused):
        actions.give_last_days(by=cast.officer, now=NOW)
    assert _current("until") == [None]


@pytest.mark.usefixtures("data_folder")
def test_what_it_would_change_is_said_before_and_nothing_is_written(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    _certificate(cast, "GR1", "2021-11-15")
    _as_older_ledgers_have_it()
    document = reports.write_document(
        outline="annual", region=cast.county, period=Period.parse("2025"), by=cast.officer, now=NOW
    ).document
    before = current_seq()

    found = last_days.foreseen(by=cast.director, now=timezone.now())

    changed = {(old.region.name, old.period.label(), old.text, new.text) for old, new in found.changes}
    assert ("青溪县", "2025年", "1家", "0家") in changed and ("清源市", "2025年", "1家", "0家") not in changed
    assert (found.certificates, [each.document for each in found.documents]) == (1, [document])
    assert (current_seq(), _current("until")) == (before, [None])


def test_two_titles_made_one_count_once(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    first, second = _certificate(cast, "GR2021", "2021-11-15"), _certificate(cast, "GR2023", "2023-06-08")
    assert _held(cast, 2023) == 2  # as ledgers filled before the form and the import asked have it
    actions.merge_titles(keep=first, merge=second, reason="", by=cast.officer, now=NOW)
    moved = RecognitionEvent.objects.get(subject=first, event="re_recognised")

    actions.confirm_events(records={"recognition": [moved.record]}, by=cast.checker, now=NOW)
    accept_open_proposals(by=cast.checker)

    assert [_held(cast, year) for year in (2023, 2024, 2025, 2026)] == [1, 1, 1, 0]
