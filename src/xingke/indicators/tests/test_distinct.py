"""Counting whom, not how often: firms that hold several patents, persons who have several posts."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.test import Client

from tests.cast import NOW, Cast, file, keep_records, void
from xingke.accounts.queries import current_seq
from xingke.base import definitions
from xingke.base.keys import new_key
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.indicators import actions
from xingke.indicators.queries.drift import Readers, drift
from xingke.indicators.queries.figures import read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import Indicator
from xingke.indicators.rules.checks import distinct_ones_never_add_up
from xingke.ledger import actions as ledger
from xingke.ledger.actions import listed_people
from xingke.registry.actions import enter_persons, people
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.rules import listed_key

pytestmark = pytest.mark.db

YEAR = Period.parse("2024")


def counting(who: str, **asked: object) -> Indicator:
    label = Label(zh="测试", en="test")
    return Indicator(code="different", label=label, meaning=label, unit="家", source="test", distinct=who, **asked)  # type: ignore[arg-type]


HOLDERS = counting("organisation", nature="stock", of="patent", where={"form": "invention"})
GRANTED = counting("organisation", nature="flow", of="patent", events=("granted",))
POSTED = counting("person", nature="stock", of="appointment")


def granted(cast: Cast, firm: Organisation, *names: str) -> None:
    for name in names:
        file("patent", name, [("granted", "2024-05-06")], firm=firm, by=cast.statistician)


def test_a_firm_with_three_patents_counts_once_and_its_earliest_is_the_evidence(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    granted(cast, cast.firm, "甲", "乙", "丙")

    for asked in (HOLDERS, GRANTED):
        reader = Reader()
        value = reader.value(asked, cast.county, YEAR)
        assert (value.amount, value.count, value.route) == (1, 1, "records")
        assert [row.contribution for row in reader.evidence(value)] == [1]


def test_when_the_earliest_is_voided_another_stands_for_the_firm(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    granted(cast, cast.firm, "甲", "乙")
    reader = Reader()
    (before,) = reader.evidence(reader.value(GRANTED, cast.county, YEAR))

    void("patent", UUID(before.record), by=cast.statistician)

    now = Reader()
    value = now.value(GRANTED, cast.county, YEAR)
    assert value.amount == 1
    assert [row.record for row in now.evidence(value)] != [before.record]


def test_a_city_counts_a_firm_once_that_has_records_in_two_of_its_counties(cast: Cast) -> None:
    counties = list(Region.objects.filter(parent=cast.city, valid_to=None))
    keep_records(*counties, by=cast.statistician)
    granted(cast, cast.firm, "甲")
    history = ledger.NewHistory(
        fields={"form": "invention", "name": "乙", "number": "乙"},
        region=cast.sibling,
        organisation=cast.firm,
        events=[ledger.NewEvent(event="granted", on=date(2024, 6, 1), region=cast.sibling)],
    )
    ledger.file_histories(
        kind="patent", histories=[history], by=cast.statistician, now=NOW, source="test", confirmed=True
    )
    reader = Reader()

    here, there, whole = (reader.value(GRANTED, region, YEAR) for region in (cast.county, cast.sibling, cast.city))

    assert (here.amount, there.amount, whole.amount) == (1, 1, 1)  # 1 + 1 = 1: no sum
    assert sum(row.contribution for row in reader.evidence(whole)) == whole.amount


def test_where_a_county_keeps_no_records_the_city_does_not_guess(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    granted(cast, cast.firm, "甲")

    value = Reader().value(GRANTED, cast.city, YEAR)

    assert value.amount is None and value.covered is not None
    assert value.covered.known == 1 < value.covered.of


def appointed(cast: Cast, who: Person | None, name: str) -> None:
    event = ledger.NewEvent(event="appointed", on=date(2024, 3, 1), region=cast.county)
    history = ledger.NewHistory(
        fields={"post": "commissioner", "name": name},
        region=cast.county,
        organisation=cast.firm,
        person=who,
        events=[event],
    )
    ledger.file_histories(
        kind="appointment", histories=[history], by=cast.statistician, now=NOW, source="test", confirmed=True
    )


def test_persons_who_turn_out_to_be_one_count_as_one_from_then_on(cast: Cast) -> None:
    """As of an earlier number they are two, as everybody knew it then; a third merged into the second changes nothing there."""
    keep_records(cast.county, by=cast.statistician, kinds=["appointment"])
    one, other, third = (
        people.enter_person(name=f"虚构{at}", region=cast.county, facts={}, by=cast.officer, now=NOW, key=new_key())
        for at in range(3)
    )
    for at, who in enumerate((one, other, third, one)):
        appointed(cast, who, f"岗位{at}")
    appointed(cast, None, "没有写明是谁")
    three = current_seq()
    people.merge_people(kept=one, other=other, reason="同一人", by=cast.officer, now=NOW)
    two = current_seq()
    people.merge_people(kept=third, other=one, reason="同一人", by=cast.officer, now=NOW)

    amounts = [Reader(seq=seq).value(POSTED, cast.county, YEAR).amount for seq in (three, two, None)]

    assert amounts == [3, 2, 1]


def test_a_figure_of_it_is_frozen_with_its_evidence_and_drifts_with_it(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    granted(cast, cast.firm, "甲", "乙")
    said = read_figure(Reader(), "invention_holders", cast.county, YEAR, "level")

    figure = actions.freeze(said=said, by=cast.statistician, now=NOW, seq=current_seq())
    granted(cast, cast.firm, "丙")

    assert figure.text == "1家"
    assert not drift(figure, readers=Readers()).has_drifted  # one more patent of the same firm changes nothing


def test_its_page_says_whom_it_counts_once_and_whose_each_event_of_its_example_is(
    cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    page = signed_in("officer").get("/indicators/invention_holders/").content.decode()

    assert "报告期末持有的，同一单位只计一次" in page
    assert "下级都有台账时合在一起重新数，不相加" in page
    assert "2019-06-03 发明四 授权 发明专利 乙" in page


def test_who_took_a_patent_over_holds_it_though_its_transfer_is_not_filed(cast: Cast) -> None:
    """A buyer's list says 受让 of what the ledger has as held: nothing opens again, and it is the buyer's."""
    keep_records(cast.county, by=cast.statistician)
    buyer, _is_new = Organisation.objects.get_or_create(name="受让单位", region=cast.county, is_fictional=True)
    granted(cast, buyer, "甲")
    sold = file("patent", "乙", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    received = ledger.NewEvent(event="received", on=date(2024, 8, 1), region=cast.county, organisation=buyer)
    ledger.add_event(
        kind="patent", subject=sold, event=received, by=cast.statistician, now=NOW, source="test", confirmed=True
    )
    reader = Reader()

    value = reader.value(HOLDERS, cast.county, YEAR)

    assert value.amount == 1
    assert sum(row.contribution for row in reader.evidence(value)) == reader.sealed(value).total == 1


def test_a_city_does_not_count_what_lies_in_none_of_its_counties(cast: Cast) -> None:
    """Nobody says that the city's own records are complete."""
    counties = list(Region.objects.filter(parent=cast.city, valid_to=None))
    keep_records(*counties, by=cast.statistician)
    granted(cast, cast.firm, "甲")
    assert Reader().value(GRANTED, cast.city, YEAR).amount == 1
    history = ledger.NewHistory(
        fields={"form": "invention", "name": "乙", "number": "乙"},
        region=cast.city,
        organisation=cast.other_firm,
        events=[ledger.NewEvent(event="granted", on=date(2024, 6, 1), region=cast.city)],
    )
    ledger.file_histories(
        kind="patent", histories=[history], by=cast.statistician, now=NOW, source="test", confirmed=True
    )

    assert Reader().value(GRANTED, cast.city, YEAR).amount is None


@pytest.mark.parametrize("of, wrong", [("appointment", 0), ("patent", 1)])
def test_persons_are_counted_only_where_somebody_names_them(of: str, wrong: int) -> None:
    asked = counting("person", nature="stock", of=of, over_time="none", over_regions="none")
    entry = definitions.DefinitionEntry(kind="indicator", value=asked, body={}, file="indicators.toml")
    catalogue = definitions.Catalogue({"indicator": [entry]})

    assert len(list(distinct_ones_never_add_up(catalogue))) == wrong


def test_who_is_only_listed_counts_on_and_is_merged_as_of_the_act(cast: Cast) -> None:
    """To enter them changes no count; to say that they are somebody who is entered does, from that number on."""
    keep_records(cast.county, by=cast.statistician, kinds=["appointment"])
    one, other = enter_persons(keys={listed_key(cast.county.code, name) for name in ("李四", "王五")}).values()
    known = people.enter_person(name="李四", region=cast.county, facts={}, by=cast.officer, now=NOW, key=new_key())
    for at, who in enumerate((one, other, known)):
        appointed(cast, who, f"岗位{at}")
    three = current_seq()
    listed_people.enter_listed_person(person=other, name="王五", region=cast.county, facts={}, by=cast.officer, now=NOW)
    entered = current_seq()
    listed_people.merge_listed_person(person=one, kept=known, reason="同一人", by=cast.officer, now=NOW)

    amounts = [Reader(seq=seq).value(POSTED, cast.county, YEAR).amount for seq in (three, entered, None)]

    assert amounts == [3, 3, 2]
