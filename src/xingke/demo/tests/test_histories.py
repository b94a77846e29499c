"""Projects, money, contracts, awards, people and activities of the fictional county: they could have happened, and close."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files

import pytest

from xingke.demo.generator import Event, History, Plan, generate
from xingke.ledger.kinds import KINDS
from xingke.ledger.rules import Happening, effects

QINGXI = "990121"
SIBLINGS = ("990121", "990122", "990123", "990124", "990125", "990126", "990127", "990128")
OTHER_KINDS = set(KINDS) - {
    "recognition",
    "patent",
    "service_log",
}  # services are logged as cases, see ``demo.services``
WAN = Decimal(1_000_000)  # 万元 in 分


@pytest.fixture(scope="module")
def plan() -> Plan:
    return generate()


def events(
    histories: Iterable[History], region: str, year: int, kind: str, **fields: str | tuple[str, ...]
) -> Iterator[Event]:
    """The events of one name in one region and year, of the histories with these columns."""
    for history in histories:
        if all(history.value(name) in ((want,) if isinstance(want, str) else want) for name, want in fields.items()):
            yield from (
                each for each in history.events if (each.kind, each.region, each.on.year) == (kind, region, year)
            )


def count(histories: Iterable[History], region: str, year: int, kind: str, **fields: str | tuple[str, ...]) -> int:
    return sum(1 for _event in events(histories, region, year, kind, **fields))


def wan(histories: Iterable[History], region: str, year: int, kind: str, **fields: str | tuple[str, ...]) -> Decimal:
    """The money of such events in 万元."""
    return sum(event.measure("amount") for event in events(histories, region, year, kind, **fields)) / WAN


def in_force(histories: Iterable[History], region: str, on: date, **fields: str) -> int:
    return sum(
        step.effect
        for history in histories
        if all(history.value(name) == want for name, want in fields.items()) and history.events[0].region == region
        for step in effects(
            KINDS[history.kind], (Happening(event.kind, event.on) for event in history.events if event.on <= on)
        )
    )


def overdrawn(history: History, upper: str, lower: str) -> list[str]:
    """The days on which the lower layer of a sum exceeds the upper one."""
    found, balance = [], 0
    for event in history.events:
        amount = event.measure("amount")
        balance += amount if event.kind == upper else -amount if event.kind == lower else 0
        if balance < 0:
            found.append(f"{history.value('name')} {event.on}: {lower} exceeds {upper} by {-balance}")
    return found


@pytest.mark.parametrize("seed, scale", [(7, "1"), (1, "0.3"), (3, "0.002")])
def test_the_ledger_would_take_every_history(seed: int, scale: str) -> None:
    plan = generate(seed=seed, scale=Decimal(scale))

    for history in plan.histories:
        assert history.kind in OTHER_KINDS
        assert history.events, history
        happened = [Happening(event.kind, event.on) for event in history.events]
        effects(KINDS[history.kind], happened)  # refuses what cannot have happened
        days = [event.on for event in history.events]
        assert days == sorted(days) and days[-1] <= date(2025, 12, 31), history
        measures = {name for event in history.events for name, _value in event.measures}
        assert measures <= {*KINDS[history.kind].measures, "approximation"}


def test_every_kind_of_record_is_there(plan: Plan) -> None:
    assert {history.kind for history in plan.histories} == OTHER_KINDS
    assert len({history.key for history in plan.histories}) == len(plan.histories)


def test_their_words_stand_in_the_vocabulary(plan: Plan) -> None:
    text = files("xingke.packs").joinpath("national/vocabulary.toml").read_text(encoding="utf-8")
    known = {(term["list"], term["code"]) for term in tomllib.loads(text)["term"]}

    said = {
        (vocabulary, history.value(name))
        for history in plan.histories
        for name, vocabulary in KINDS[history.kind].fields.items()
        if history.value(name) or name in KINDS[history.kind].telling
    } | {(KINDS[history.kind].event_list, event.kind) for history in plan.histories for event in history.events}

    assert said - known == set()


def test_of_one_sum_never_more_is_disbursed_than_arrived_nor_more_than_was_won(plan: Plan) -> None:
    payments = plan.of("payment")

    assert [wrong for each in payments for wrong in overdrawn(each, "won", "arrived")] == []
    assert [wrong for each in payments for wrong in overdrawn(each, "arrived", "disbursed")] == []
    assert sum(any(event.kind == "disbursed" for event in each.events) for each in payments) > 500


def test_no_firm_borrows_more_than_its_credit(plan: Plan) -> None:
    assert [wrong for each in plan.of("payment") for wrong in overdrawn(each, "credited", "lent")] == []


def test_no_contract_is_registered_for_more_than_was_agreed(plan: Plan) -> None:
    assert [wrong for each in plan.of("contract") for wrong in overdrawn(each, "signed", "registered")] == []


def test_every_registered_contract_says_what_of_its_price_is_for_technology(plan: Plan) -> None:
    registered = [event for each in plan.of("contract") for event in each.events if event.kind == "registered"]

    assert [event for event in registered if not 0 < event.measure("tech_amount") <= event.measure("amount")] == []


def test_an_overdrawn_sum_would_be_noticed(plan: Plan) -> None:
    won, arrived = (
        Event(kind, date(2025, month, 1), QINGXI, (("amount", amount),))
        for kind, month, amount in (("won", 3, 500), ("arrived", 4, 501))
    )
    payment = History("payment", plan.histories[0].key, None, (("name", "资金"),), (won, arrived))

    assert overdrawn(payment, "won", "arrived") == ["资金 2025-04-01: arrived exceeds won by 1"]


def test_project_money_is_that_of_an_approved_project(plan: Plan) -> None:
    approved = {
        f"项目{project.value('number')}": event.measure("amount")
        for project in plan.of("project")
        for event in project.events
        if event.kind == "approved" and project.value("level") != "county"
    }
    funds = [each for each in plan.of("payment") if each.value("purpose") == "project_funds"]

    won = {each.tie: event.measure("amount") for each in funds for event in each.events if event.kind == "won"}

    assert len(funds) == len(won) > 500
    assert won == approved


def test_only_what_was_applied_for_is_approved_and_only_that_has_a_number(plan: Plan) -> None:
    numbers = []
    for project in plan.of("project"):
        kinds = [event.kind for event in project.events]
        assert kinds[0] == "applied"
        assert ("approved" in kinds) == bool(project.value("number"))
        numbers += [project.value("number")] if project.value("number") else []
    assert len(set(numbers)) == len(numbers)


def test_registered_contracts_have_numbers_of_sixteen_digits_of_their_own(plan: Plan) -> None:
    registered = [each for each in plan.of("contract") if each.events[-1].kind == "registered"]
    numbers = {each.value("number") for each in registered}

    assert len(numbers) == len(registered) > 4000
    assert {(len(number), number[4:6]) for number in numbers} == {(16, "99")}
    assert {each.value("number") for each in plan.of("contract") if each not in registered} == {""}


def test_every_appointment_begins_and_ends_at_most_once(plan: Plan) -> None:
    terms = {"tech_vice_president": 2, "specialist": 1, "science_vice_head": 3, "commissioner": 3, "foreign_expert": 2}
    for each in plan.of("appointment"):
        first, *rest = each.events
        assert first.kind == "appointed" and [event.kind for event in rest] in ([], ["ended"]), each
        years = terms.get(each.value("post"))
        if years is not None:
            end = rest[0].on if rest else date(2026, 1, 1)
            assert end <= first.on.replace(year=first.on.year + years, day=1) + timedelta(days=31), each


def test_firms_are_older_than_what_happens_to_them(plan: Plan) -> None:
    born = {firm.key: firm.founded_on for firm in plan.firms}

    for each in plan.histories:
        if each.firm is not None:
            assert each.events[0].on > born[each.firm], each


def test_rough_counts_keep_their_word_and_are_round(plan: Plan) -> None:
    rough = [
        event.measure("people") // 10_000
        for each in plan.of("event")
        for event in each.events
        if "approximation" in dict(event.measures)
    ]

    assert len(rough) > 50
    assert {people % 10 for people in rough} == {0}


SUPERIOR = ("national", "province", "city")
COUNTS: list[tuple[str, str, str, dict[str, str | tuple[str, ...]], tuple[int, int, int]]] = [
    ("provincial projects applied for", "project", "applied", {"level": "province"}, (34, 42, 47)),
    ("of them approved", "project", "approved", {"level": "province"}, (12, 15, 18)),
    ("city projects approved", "project", "approved", {"level": "city"}, (22, 25, 29)),
    ("projects accepted", "project", "accepted", {}, (46, 51, 48)),
    ("contracts registered", "contract", "registered", {}, (268, 331, 402)),
    (
        "provincial science progress awards",
        "award",
        "awarded",
        {"prize": "science_progress", "level": "province"},
        (2, 2, 3),
    ),
    ("talent introduced", "appointment", "appointed", {"post": "introduced_talent"}, (91, 103, 126)),
    ("foreign experts", "appointment", "appointed", {"post": "foreign_expert"}, (6, 6, 8)),
    ("visits to firms", "event", "held", {"topic": "firm_visit"}, (182, 205, 231)),
    ("training and study events", "event", "held", {"topic": ("training", "study")}, (27, 30, 33)),
    ("milestones", "milestone", "happened", {}, (12, 12, 12)),
    ("matters accepted", "matter", "accepted", {}, (114, 130, 153)),
]
MONEY: list[tuple[str, str, str, dict[str, str | tuple[str, ...]], tuple[str, str, str]]] = [
    ("project funds won", "payment", "won", {"level": SUPERIOR}, ("1491", "1325", "1995")),
    ("project funds arrived", "payment", "arrived", {"level": SUPERIOR}, ("1271", "1389", "1819")),
    ("project funds disbursed", "payment", "disbursed", {"level": SUPERIOR}, ("1249.3", "1375.5", "1807.7")),
    ("rewards paid", "payment", "paid", {"purpose": "reward"}, ("647", "724", "923")),
    ("vouchers paid", "payment", "paid", {"purpose": "voucher"}, ("132.46", "186.32", "249.35")),
    ("patent subsidies paid", "payment", "paid", {"purpose": "patent_subsidy"}, ("412.65", "486.1", "553.78")),
    ("credit granted", "payment", "credited", {}, ("18600", "23800", "29500")),
    ("loans lent", "payment", "lent", {}, ("11160", "15644", "17185")),
    ("contracts agreed", "contract", "signed", {}, ("94287.22", "124998.06", "143002.27")),
    ("contracts registered", "contract", "registered", {}, ("94412", "114236", "137640")),
]


@pytest.mark.parametrize("story, kind, event, fields, years", COUNTS, ids=[row[0] for row in COUNTS])
def test_qingxi_county_counts_year_by_year(
    plan: Plan, story: str, kind: str, event: str, fields: dict[str, str | tuple[str, ...]], years: tuple[int, int, int]
) -> None:
    assert tuple(count(plan.of(kind), QINGXI, year, event, **fields) for year in (2023, 2024, 2025)) == years


@pytest.mark.parametrize("story, kind, event, fields, years", MONEY, ids=[row[0] for row in MONEY])
def test_qingxi_county_money_year_by_year_in_wan(
    plan: Plan, story: str, kind: str, event: str, fields: dict[str, str | tuple[str, ...]], years: tuple[str, str, str]
) -> None:
    found = tuple(wan(plan.of(kind), QINGXI, year, event, **fields) for year in (2023, 2024, 2025))

    assert found == tuple(Decimal(value) for value in years)


def test_over_the_whole_plan_the_layers_of_project_funds_shrink(plan: Plan) -> None:
    sums = Counter[str]()
    for payment in plan.of("payment"):
        for event in payment.events:
            sums[event.kind] += event.measure("amount")

    assert sums["won"] > sums["arrived"] > sums["disbursed"] > 0
    assert sums["credited"] > sums["lent"] > 0


def test_what_is_in_force_grows_from_an_opening_stock(plan: Plan) -> None:
    ends = [date(year, 12, 31) for year in (2022, 2023, 2024, 2025)]
    appointments = plan.of("appointment")

    assert [in_force(plan.of("project"), QINGXI, on) for on in ends] == [89, 89, 101, 121]
    assert [in_force(appointments, QINGXI, on, post="commissioner") for on in ends] == [96, 101, 103, 109]
    assert [in_force(appointments, QINGXI, on, post="science_vice_head") for on in ends] == [26, 26, 33, 43]
    assert [in_force(appointments, QINGXI, on, post="tech_vice_president") for on in ends] == [5, 7, 12, 16]


def test_counties_differ_and_the_first_is_not_always_the_same(plan: Plan) -> None:
    registered = [wan(plan.of("contract"), code, 2025, "registered") for code in SIBLINGS]
    talent = [count(plan.of("appointment"), code, 2025, "appointed", post="introduced_talent") for code in SIBLINGS]

    assert registered == [137640, 121460, 65380, 64420, 35010, 14030, 9940, 5480]
    assert talent == [126, 134, 71, 64, 47, 24, 23, 10]  # 云渡县 brings in more
