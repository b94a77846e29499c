"""What commissioners did, counted a second time by SQL over the tables themselves; one visit is counted in one place."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from django.db import connection

from tests.cast import NOW, Cast, keep_records
from xingke.base.keys import new_key
from xingke.base.periods import Period
from xingke.indicators.queries.reader import Reader
from xingke.ledger import actions as ledger
from xingke.registry import queries as registry
from xingke.registry.actions import people
from xingke.registry.models import Person, Region

pytestmark = pytest.mark.db

SUMS = {
    "commissioner_people_served": "people",
    "commissioner_trained": "trained",
    "commissioner_varieties": "varieties",
    "commissioner_techniques": "techniques",
    "commissioner_materials": "materials",
}
VISITS, PEOPLE = "commissioner_services", "commissioners_serving"
ROWS = 300


def persons(cast: Cast, count: int) -> list[Person]:
    return [
        people.enter_person(name=f"虚构{at}", region=cast.county, facts={}, by=cast.officer, now=NOW, key=new_key())
        for at in range(count)
    ]


def log(cast: Cast, region: Region, person: Person | None, on: date, *, place: str = "", **measures: int) -> None:
    history = ledger.NewHistory(
        fields={"name": "农户", "place": place or "某村", "way": "on_site", "work": "training"},
        region=region,
        organisation=None,
        person=person,
        events=[ledger.NewEvent(event="served", on=on, region=region, measures=measures)],
    )
    ledger.file_histories(
        kind="service_log", histories=[history], by=cast.statistician, now=NOW, source="test", confirmed=True
    )


def again(region: Region, period: Period) -> Mapping[str, int]:
    """Every number once more, from the rows and the register of persons as they stand."""
    sums = ", ".join(f"coalesce(sum({column}), 0) / 10000" for column in SUMS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), {sums}, count(DISTINCT coalesce(p.merged_into_id, e.person_id)) "
            "FROM ledger_servicelogevent e JOIN registry_region r ON r.id = e.region_id "
            "LEFT JOIN registry_person p ON p.id = e.person_id "
            "WHERE e.seq_to IS NULL AND e.state = 'confirmed' AND e.event = 'served' "
            "AND e.happened_on BETWEEN %s AND %s AND r.path >= %s AND r.path < %s",
            [period.first, period.last, *region.range],
        )
        visits, *sums_found, different = cursor.fetchone()
    return {VISITS: visits, PEOPLE: different, **dict(zip(SUMS, map(int, sums_found), strict=True))}


def counted(region: Region, period: Period) -> Mapping[str, int | None]:
    reader, known = Reader(), registry.catalogue("indicator")
    amounts = {code: reader.value(known[code].value, region, period).amount for code in (VISITS, PEOPLE, *SUMS)}
    return {code: None if amount is None else int(amount) for code, amount in amounts.items()}


def test_every_number_is_what_sql_says_of_three_hundred_visits(cast: Cast) -> None:
    counties = list(Region.objects.filter(parent=cast.city, valid_to=None))
    keep_records(*counties, by=cast.statistician, kinds=["service_log"])
    chance, known = random.Random(7), persons(cast, 12)
    for number in range(ROWS):
        measures = {name: chance.randrange(0, 60) * 10_000 for name in SUMS.values() if chance.random() < 0.7}
        on = date(2025, 1, 1) + timedelta(days=chance.randrange(0, 420))
        who = chance.choice(known) if chance.random() < 0.95 else None
        log(cast, chance.choice([cast.county, cast.sibling]), who, on, place=f"第{number}村", **measures)
    before = counted(cast.city, Period.parse("2025"))
    for other in known[1:4]:  # four turn out to be one
        people.merge_people(kept=known[0], other=other, reason="同一人", by=cast.officer, now=NOW)

    for region in (cast.county, cast.sibling, cast.city):
        for period in map(Period.parse, ("2025", "2025-H1", "2025-Q3", "2026-02")):
            assert counted(region, period) == again(region, period), (region.name, period)

    after = counted(cast.city, Period.parse("2025"))
    assert (before[PEOPLE], after[PEOPLE]) == (12, 9)
    assert {**before, PEOPLE: 0} == {**after, PEOPLE: 0}  # whose a visit was changes no other number
    assert after[VISITS] is not None and 200 < after[VISITS] < ROWS


def test_three_villages_on_one_day_and_one_on_the_next_are_four_visits_of_one(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["service_log"])
    (who,) = persons(cast, 1)
    for place, on in (("甲村", 10), ("乙村", 10), ("丙村", 10), ("丁村", 11)):
        log(cast, cast.county, who, date(2025, 4, on), place=place, people=50_000)

    found = counted(cast.county, Period.parse("2025-04"))

    assert (found[VISITS], found[PEOPLE], found["commissioner_people_served"]) == (4, 1, 20)


def test_who_serves_in_two_quarters_is_one_in_the_half_year(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["service_log"])
    (who,) = persons(cast, 1)
    for month in (2, 5):
        log(cast, cast.county, who, date(2025, month, 10))

    found = [counted(cast.county, Period.parse(each))[PEOPLE] for each in ("2025-Q1", "2025-Q2", "2025-H1")]

    assert found == [1, 1, 1]


def test_a_training_a_commissioner_gave_is_counted_in_one_place(cast: Cast) -> None:
    """It stands in the log alone: farm training is what the bureau held, and no number adds the two up."""
    keep_records(cast.county, by=cast.statistician, kinds=["service_log", "event"])
    (who,) = persons(cast, 1)
    log(cast, cast.county, who, date(2025, 4, 10), trained=400_000)
    reader, known = Reader(), registry.catalogue("indicator")

    def amount(code: str) -> object:
        return reader.value(known[code].value, cast.county, Period.parse("2025")).amount

    assert (amount("commissioner_trained"), amount("villagers_trained"), amount("farm_training_events")) == (40, 0, 0)
    mixed = [
        code
        for code, loaded in known.items()
        if "commissioner_trained" in loaded.value.formula and "villagers_trained" in loaded.value.formula
    ]
    assert mixed == []
    assert all("另计" in known[code].value.meaning.zh for code in ("villagers_trained", "farm_training_events"))
