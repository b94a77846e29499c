"""The fictional county is the same for everybody, and each of its histories could have happened."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xingke.base.codes import is_credit_code, is_patent_number
from xingke.demo.generator import Event, Invention, Plan, Title, generate

OPENS = {"recognised", "moved_in", "granted", "received"}
CLOSES = {"expired", "revoked", "moved_out", "transferred", "lapsed"}
QINGXI = "990121"
SIBLINGS = ("990121", "990122", "990123", "990124", "990125", "990126", "990127", "990128")
CITY_WITHOUT_COUNTIES = "990200"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return generate()


def happened(records: Iterable[Title | Invention], region: str, year: int, *kinds: str) -> int:
    return sum(
        event.region == region and event.on.year == year and event.kind in kinds
        for record in records
        for event in record.events
    )


def in_force(records: Iterable[Title | Invention], region: str, on: date) -> int:
    return sum(
        (event.kind in OPENS) - (event.kind in CLOSES)
        for record in records
        for event in record.events
        if event.region == region and event.on <= on
    )


def titles(plan: Plan, kind: str, *levels: str) -> list[Title]:
    return [title for title in plan.titles if title.kind == kind and (not levels or title.level in levels)]


def patents(plan: Plan, *forms: str) -> list[Invention]:
    return [patent for patent in plan.patents if patent.form in forms]


def mistakes(events: tuple[Event, ...]) -> list[str]:
    """What could not have happened in one history; empty when all of it could."""
    found = [] if events else ["nothing happened"]
    held, where = False, ""
    for before, event in zip((None, *events), events, strict=False):
        is_move = before is not None and (before.kind, event.kind) == ("moved_out", "moved_in")
        if before is not None and (before.on > event.on or (before.on == event.on and not is_move)):
            found.append(f"{event.kind} on {event.on} does not come after {before.kind} on {before.on}")
        if held and event.region != where:
            found.append(f"{event.kind} on {event.on} in {event.region} while held in {where}")
        if event.kind in OPENS and held:
            found.append(f"{event.kind} on {event.on} though held already")
        if event.kind in CLOSES | {"re_recognised", "renamed"} and not held:
            found.append(f"{event.kind} on {event.on} though not held")
        if event.kind in OPENS | CLOSES:
            held, where = event.kind in OPENS, event.region
    return found


def test_the_same_seed_gives_the_same_plan_on_every_machine(plan: Plan) -> None:
    small = generate(seed=7, scale=Decimal("0.05"))

    assert plan.digest() == "21283bbe859cffb14764ba8bae44f238711cb93d16a7f7053a579c0e18a6066a"
    assert small.digest() == "d13071e03c9b253f9ec983c7a666908a84368497f6fed59c1ea7e82d664b8a65"
    # firms, titles and patents alone: what other kinds of records add leaves them as they are
    assert replace(plan, histories=()).digest() == "2ae7575858899ce2e717f0d76b69e486b451c54df3a62dd6691e5b3bc522398e"
    assert replace(small, histories=()).digest() == "cb7cb7036641284c62b6325cd8e06676f09b5b464d8029899409265918f45c80"


def test_another_seed_gives_another_plan_with_other_keys() -> None:
    seven, eight = generate(seed=7, scale=0.05), generate(seed=8, scale=0.05)

    assert not {firm.key for firm in seven.firms} & {firm.key for firm in eight.firms}
    assert seven.digest() != eight.digest()


@pytest.mark.parametrize("seed, scale", [(7, "1"), (1, "0.3"), (2, "0.05"), (3, "0.002")])
def test_every_history_could_have_happened(seed: int, scale: str) -> None:
    plan = generate(seed=seed, scale=Decimal(scale))

    wrong = {record.number: found for record in (*plan.titles, *plan.patents) if (found := mistakes(record.events))}

    assert wrong == {}


def test_a_broken_history_would_be_noticed() -> None:
    granted, lapsed = Event("granted", date(2024, 5, 1), QINGXI), Event("lapsed", date(2025, 5, 1), QINGXI)

    assert mistakes((granted, lapsed)) == []
    assert mistakes((lapsed,)) == ["lapsed on 2025-05-01 though not held"]
    assert mistakes((granted, granted)) == [
        "granted on 2024-05-01 does not come after granted on 2024-05-01",
        "granted on 2024-05-01 though held already",
    ]


@pytest.mark.parametrize(
    "kind, years, days_early", [("high_tech_enterprise", 3, 10), ("tech_sme", 1, 10), ("innovative_enterprise", 3, 10)]
)
def test_a_certificate_is_renewed_just_before_it_ends_or_expires_that_day(
    plan: Plan, kind: str, years: int, days_early: int
) -> None:
    checked = 0
    for title in titles(plan, kind):
        certified = None
        for event in title.events:
            if event.kind in ("re_recognised", "expired") and certified is not None:
                end = certified.replace(year=certified.year + years)
                early = (end - event.on).days
                assert early == 0 if event.kind == "expired" else 1 <= early <= days_early, title
                checked += 1
            if event.kind in ("recognised", "re_recognised"):
                certified = event.on
        if certified is not None and title.events[-1].kind in ("recognised", "re_recognised"):
            assert certified.replace(year=certified.year + years) > date(2025, 12, 31), title
    assert checked > 10


def test_codes_have_their_form_and_check_and_belong_to_nobody(plan: Plan) -> None:
    codes = [firm.uscc for firm in plan.firms]
    numbers = [patent.number for patent in plan.patents]

    assert [code for code in codes if not is_credit_code(code)] == []
    assert {code[:4] for code in codes} == {"9199"}  # an enterprise of a region outside GB/T 2260
    assert len(set(codes)) == len(codes)
    domestic = [number for number in numbers if not number.startswith("PCT/")]
    assert [number for number in domestic if not is_patent_number(number)] == []
    assert {number[5:6] for number in domestic} == {"9"}  # serials from 9000000 on
    assert len(set(numbers)) == len(numbers)
    certificates = [title.number for title in plan.titles if title.number]
    assert len(set(certificates)) == len(certificates)


def test_firms_are_invented_named_after_their_place_and_older_than_their_records(plan: Plan) -> None:
    names = [firm.name for firm in plan.firms]
    born = {firm.key: firm.founded_on for firm in plan.firms}

    assert len(set(names)) == len(names)
    assert {name[:3] for name in names} == {
        "青溪县",
        "云渡县",
        "栖云县",
        "澜溪县",
        "霁川县",
        "鹿吟县",
        "望岫县",
        "松坞县",
        "澹湖市",
    }
    assert all(name.endswith("有限公司") for name in names)
    young = [record for record in (*plan.titles, *plan.patents) if (record.events[0].on - born[record.firm]).days < 365]
    assert young == []


def test_nothing_happens_after_2025(plan: Plan) -> None:
    assert max(record.events[-1].on for record in (*plan.titles, *plan.patents)) <= date(2025, 12, 31)


# what a county of this size reported for one year
MAGNITUDES = [
    ("high-tech enterprises applied for", 82),
    ("high-tech enterprises recognised", 66),
    ("of them for the first time", 46),
    ("high-tech enterprises in force", 135),
    ("tech SMEs registered for the first time", 120),
    ("tech SMEs in force", 367),
    ("high-growth firms recognised", 14),
    ("provincial research institutes", 2),
    ("provincial R&D centres", 7),
    ("city R&D centres", 11),
    ("provincial patent demonstration firms applied for", 7),
    ("city patent demonstration firms", 9),
    ("county patent demonstration firms", 14),
    ("patents applied for", 5228),
    ("of them inventions", 1506),
    ("patents granted", 3248),
    ("of them inventions", 260),
    ("inventions received", 20),
    ("inventions lapsed", 58),
    ("inventions transferred away", 10),
    ("inventions in force", 762),
]


def test_qingxi_county_in_2025_is_of_the_size_of_a_real_industrial_county(plan: Plan) -> None:
    end = date(2025, 12, 31)
    high_tech, tech_sme = titles(plan, "high_tech_enterprise"), titles(plan, "tech_sme")
    demonstration = "patent_demonstration_enterprise"
    domestic, inventions = patents(plan, "invention", "utility_model", "design"), patents(plan, "invention")

    counted = [
        happened(high_tech, QINGXI, 2025, "applied"),
        happened(high_tech, QINGXI, 2025, "recognised", "re_recognised"),
        happened(high_tech, QINGXI, 2025, "recognised"),
        in_force(high_tech, QINGXI, end),
        happened(tech_sme, QINGXI, 2025, "recognised"),
        in_force(tech_sme, QINGXI, end),
        happened(titles(plan, "high_growth_enterprise"), QINGXI, 2025, "recognised"),
        happened(titles(plan, "rnd_institute", "province"), QINGXI, 2025, "recognised"),
        happened(titles(plan, "rnd_center", "province"), QINGXI, 2025, "recognised"),
        happened(titles(plan, "rnd_center", "city"), QINGXI, 2025, "recognised"),
        happened(titles(plan, demonstration, "province"), QINGXI, 2025, "applied"),
        happened(titles(plan, demonstration, "city"), QINGXI, 2025, "recognised"),
        happened(titles(plan, demonstration, "county"), QINGXI, 2025, "recognised"),
        happened(domestic, QINGXI, 2025, "applied"),
        happened(inventions, QINGXI, 2025, "applied"),
        happened(domestic, QINGXI, 2025, "granted"),
        happened(inventions, QINGXI, 2025, "granted"),
        happened(inventions, QINGXI, 2025, "received"),
        happened(inventions, QINGXI, 2025, "lapsed"),
        happened(inventions, QINGXI, 2025, "transferred"),
        in_force(inventions, QINGXI, end),
    ]

    assert list(zip((story for story, _ in MAGNITUDES), counted, strict=True)) == MAGNITUDES


def test_counties_differ_and_their_ranks_change(plan: Plan) -> None:
    high_tech, tech_sme = titles(plan, "high_tech_enterprise"), titles(plan, "tech_sme")

    stocks = {
        year: [in_force(high_tech, code, date(year, 12, 31)) for code in SIBLINGS] for year in (2022, 2023, 2024, 2025)
    }

    assert stocks == {
        2022: [61, 91, 46, 45, 19, 13, 7, 3],
        2023: [76, 105, 52, 52, 22, 14, 9, 4],  # 栖云县 and 澜溪县 share a rank
        2024: [93, 120, 59, 63, 28, 16, 10, 4],
        2025: [135, 134, 67, 69, 37, 18, 12, 6],  # 青溪县 overtakes 云渡县
    }
    assert [in_force(tech_sme, code, date(2025, 12, 31)) for code in SIBLINGS] == [367, 295, 170, 172, 92, 42, 27, 13]
    assert in_force(high_tech, CITY_WITHOUT_COUNTIES, date(2025, 12, 31)) == 288


def test_a_move_leaves_one_region_and_enters_another_on_the_same_day(plan: Plan) -> None:
    moves = [
        (title.events[place - 1].region, event.region)
        for title in plan.titles
        for place, event in enumerate(title.events)
        if event.kind == "moved_in" and place and title.events[place - 1].kind == "moved_out"
    ]

    assert sorted(moves) == [
        ("990121", "990123"),
        ("990122", "990124"),
        ("990123", "990121"),
        ("990124", "990121"),
        ("990200", "990122"),
    ]


def test_a_sold_patent_counts_where_its_buyer_is(plan: Plan) -> None:
    sold = [patent for patent in plan.patents if {"transferred", "received"} <= {event.kind for event in patent.events}]

    assert len(sold) > 10
    for patent in sold:
        kinds = [event.kind for event in patent.events]
        seller, buyer = (patent.events[kinds.index(kind)].region for kind in ("transferred", "received"))
        assert seller != buyer


def test_a_sold_patent_names_a_firm_of_the_buying_region(plan: Plan) -> None:
    places = {firm.key: firm.region for firm in plan.firms}
    taken = [
        (event, patent.firm)
        for patent in plan.patents
        for before, event in itertools.pairwise(patent.events)
        if (before.kind, event.kind) == ("transferred", "received")
    ]

    assert len(taken) > 10
    assert [event for event, _seller in taken if event.firm is None or places[event.firm] != event.region] == []
    assert [event for event, seller in taken if event.firm == seller] == []


def test_a_scale_that_is_not_positive_is_refused() -> None:
    with pytest.raises(ValueError, match="scale is 0; it multiplies every number and must be positive"):
        generate(scale=0)
