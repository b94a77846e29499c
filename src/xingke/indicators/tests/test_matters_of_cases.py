"""办结率, 按期办结率 and their parts, against the cases themselves: random ways of the ten example flows, counted by other means."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import cast as casting
from tests.cast import NOW, Cast, keep_records
from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.periods import Period
from xingke.casework import actions as casework
from xingke.casework import queries
from xingke.casework.actions import StepWanted
from xingke.casework.models import Case, CaseStep, Filed
from xingke.casework.rules.answers import AnswersRead
from xingke.casework.rules.flows import REOPEN, TERMINATE, WITHDRAW
from xingke.casework.rules.stepping import Taker
from xingke.casework.tests.flowing import FOLDER, examples, ways
from xingke.indicators import columns
from xingke.indicators.columns import tails
from xingke.indicators.queries import indicator
from xingke.indicators.queries.reader import Reader
from xingke.ledger import actions as ledger
from xingke.ledger.models import Matter, MatterEvent
from xingke.registry import actions as registry

pytestmark = [pytest.mark.db, pytest.mark.slow]

CODES = ("matters_accepted", "matters_closed", "matters_open", "matters_in_time", "matters_timed", "matter_days")
RATES = ("matter_closing_rate", "matter_in_time_rate", "matter_mean_days")
PERIODS = [Period.parse(code) for code in ("2026", "2026-04", "2026-03..2026-08")]

# What an analyst who knows the flows would say of their steps: which step accepts, and how which one closes.
ACCEPTS = {
    "county_project": ("checked",),
    "rnd_subsidy": ("applied",),
    "ticket": ("received",),
    "paper": ("registered",),
    "service_item": ("accepted", "deemed_accepted"),
}
CLOSES = {
    "county_project": {
        "not_recommended": "refused",
        "given_up": "lapsed",
        "not_accepted": "refused",
        "turned_down": "refused",
        "objected": "refused",
        "not_signed": "lapsed",
        "accepted": "done",
        "failed": "refused",
    },
    "rnd_subsidy": {"given_up": "lapsed", "refused": "refused", "objected": "refused", "paid": "granted"},
    "ticket": {"passed_on": "passed on", "called_back": "done"},
    "paper": {"issued": "done", "filed": "done"},
    "service_item": {"not_accepted": "refused", "granted": "granted", "refused": "refused"},
}
BUREAU = ("granted", "refused", "done", "passed on")

walks = st.lists(
    st.tuples(
        st.sampled_from(sorted(examples())),
        st.integers(0, 200),  # days after the first of March on which it comes in
        st.integers(0, 99),  # the way to an end it goes first; the higher ones none
        st.lists(st.tuples(st.integers(0, 11), st.integers(0, 12), st.integers(0, 3)), min_size=0, max_size=9),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Cast]:
    """The cast outside any transaction, the county keeping records of matters, no columns yet."""
    casting.load_packs()
    cast = casting.gather()
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    registry.give_role(user=cast.director, role="section_head", region=cast.county, by=None, now=NOW)
    keep_records(cast.county, by=cast.statistician, kinds=("matter",), since="2025-12-31")
    shutil.rmtree(columns.folder(), ignore_errors=True)
    yield cast
    shutil.rmtree(columns.folder(), ignore_errors=True)


@dataclass
class Walk:
    """A case that goes some way, whatever its forms and conditions would say: what is looked at is what its steps file."""

    cast: Cast
    case: Case
    now: datetime

    def step(self, code: str, by: User | None) -> None:
        with act(by=by, now=self.now, code="case.step-taken", kind="case", target=str(self.case.key)) as done:
            read = queries.case_read(self.case, now=self.now)
            step = read.flow.steps.get(code) or queries.stands_at(read)
            taker = Taker(user=by.pk if by is not None else None)
            wanted = StepWanted(step=code, opinion="x")
            local = timezone.localtime(self.now)
            casework._write(read, step, wanted, AnswersRead({}), done, taker=taker, local=local)

    def taker(self, code: str, wanted: User | None) -> User | None:
        """Who takes a step: whoever was drawn, the clock only what is due; what is taken up again by who may confirm."""
        if code == REOPEN:
            return self.cast.director
        last = self.case.steps.order_by("-number")[0]
        is_due = last.late == code and last.due is not None and last.due < self.now
        return wanted if wanted is not None or is_due else self.cast.officer

    def may_follow(self) -> Sequence[str]:
        """The steps that the flow has next; of a case that ended, that it is taken up again."""
        where = queries.stands_at(queries.case_read(self.case, now=self.now))
        return [*where.next, WITHDRAW, TERMINATE] if where.ends is None else [REOPEN]


def walk(cast: Cast, flow: str, begins: int, way: int, choices: Sequence[tuple[int, int, int]]) -> None:
    """Open a case and take steps, each some days later, by one of three who enter or by the clock: first those of a way to an end."""
    people = (cast.officer, cast.director, cast.statistician, None)
    now = NOW + timedelta(days=begins)
    definitions = queries.definitions_for(flow, cast.county)
    case = Case.objects.create(
        key=new_key(),
        flow=flow,
        flow_hash=definitions.hash,
        title=flow,
        region=cast.county,
        opened_at=now,
        is_fictional=True,
        forms={code: loaded.hash for code, loaded in definitions.forms.items()},
        opened_by=cast.officer,
        seq=0,
    )
    going = Walk(cast, case, now)
    first, *further = (
        ways(examples()[flow])[way % 40] if way % 40 < len(ways(examples()[flow])) else [definitions.flow.first.code]
    )
    going.step(first, cast.officer)
    for place, code in enumerate(further):
        going.now += timedelta(days=(way + 3 * place) % 8)
        going.step(code, going.taker(code, people[(way + place) % 4]))
    for which, days, who in choices:
        going.now += timedelta(days=days)
        follows = going.may_follow()
        code = follows[which % len(follows)]
        going.step(code, going.taker(code, people[who]))


def confirm_all(cast: Cast) -> None:
    waiting = list(MatterEvent.objects.filter(seq_to=None, state="draft").values_list("record", flat=True))
    if waiting:
        ledger.confirm_events(records={"matter": waiting}, by=cast.statistician, now=NOW)


def forget() -> None:
    """Nothing ever leaves a real ledger; here rows do, so what was read of them has to go too."""
    shutil.rmtree(columns.folder(), ignore_errors=True)
    tails.forget()
    for model in (Filed, CaseStep, Case, MatterEvent, Matter):
        model._default_manager.all().delete()


def closing_of(case: Case) -> CaseStep | None:
    """The step that closed a case first since it was taken up last."""
    closes = CLOSES[case.flow]
    found: CaseStep | None = None
    for step in case.steps.order_by("number"):
        if step.step == REOPEN:
            found = None
        elif found is None and (step.step in closes or step.step in (WITHDRAW, TERMINATE)):
            found = step
    return found


def over_cases(cast: Cast, period: Period) -> dict[str, Decimal]:
    """The same numbers, counted case by case."""
    count: Counter[str] = Counter()
    for case in Case.objects.filter(flow__in=ACCEPTS).select_related("region"):
        steps = list(case.steps.order_by("number"))
        closing = closing_of(case)
        accepting = next((each for each in steps if each.step in ACCEPTS[case.flow]), None)
        if closing is not None and accepting is not None and accepting.number > closing.number:
            accepting = None
        if steps[0].on <= period.last and not (closing is not None and closing.on <= period.last):
            count["matters_open"] += 1
        if accepting is not None and period.first <= accepting.on <= period.last:
            count["matters_accepted"] += 1
        if closing is None or accepting is None or not period.first <= closing.on <= period.last:
            continue
        if CLOSES[case.flow].get(closing.step) not in BUREAU:
            continue
        read = queries.case_read(case, now=NOW)
        until = queries.CaseRead(case, read.definitions, steps[: closing.number], [])
        clock = queries.clock_of(until, today=closing.on)
        assert clock is not None
        count["matters_closed"] += 1
        count["matter_days"] += clock.used
        if clock.due is not None:
            in_time = clock.used <= clock.allowed if clock.allowed is not None else closing.on <= clock.due.day
            count["matters_timed"] += 1
            count["matters_in_time"] += in_time
    return {code: Decimal(count[code]) for code in CODES}


def by_indicators(cast: Cast, period: Period) -> dict[str, Any]:
    reader = Reader()
    values = reader.values([indicator(code) for code in (*CODES, *RATES)], [cast.county], [period])
    return {value.indicator.code: value.amount for value in values}


@settings(
    max_examples=15,
    phases=(Phase.generate,),  # a failing one is short enough to read
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(cases=walks)
def test_indicators_say_of_cases_what_a_count_over_the_cases_says(
    kept: Cast, monkeypatch_once: None, cases: Any
) -> None:
    forget()
    for flow, begins, way, choices in cases:
        walk(kept, flow, begins, way, choices)
    confirm_all(kept)

    for period in PERIODS:
        expected = over_cases(kept, period)
        found = by_indicators(kept, period)
        assert {code: found[code] for code in CODES} == expected, period
        closed, still = expected["matters_closed"], expected["matters_open"]
        assert found["matter_closing_rate"] == (closed / (closed + still) * 100 if closed + still else None)
        timed = expected["matters_timed"]
        assert found["matter_in_time_rate"] == (expected["matters_in_time"] / timed * 100 if timed else None)
        assert found["matter_mean_days"] == (expected["matter_days"] / closed if closed else None)


@pytest.fixture
def monkeypatch_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other records of a step would ask of answers that nobody gave is left aside."""
    monkeypatch.setattr(casework, "file_records", lambda *_given: None)


# ── once more, by SQL that knows nothing of the ledger ──────────────────────────────────────────────────────────────


def _listed(pairs: Sequence[tuple[str, ...]]) -> str:
    rows = ["SELECT " + ", ".join(f"'{each}'" for each in pair) for pair in pairs]
    return " UNION ALL ".join(rows)


def by_sql(first: date, last: date) -> tuple[int, int, int, int]:
    """(accepted, closed, open, dropped) in a period, from the tables of cases alone."""
    accepts = _listed([(flow, step) for flow, steps in ACCEPTS.items() for step in steps])
    ends = [(flow, step, end) for flow, steps in CLOSES.items() for step, end in steps.items()]
    ends += [(flow, step, step) for flow in CLOSES for step in (WITHDRAW, TERMINATE)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH accepts(flow, step) AS ({accepts}),
            ends(flow, step, how) AS ({_listed(ends)}),
            again AS (SELECT case_id, max(number) AS number FROM casework_casestep WHERE step = 'reopen' GROUP BY case_id),
            closing AS (
                SELECT each.case_id, min(each.number) AS number
                FROM casework_casestep AS each
                JOIN ends ON ends.flow = each.flow AND ends.step = each.step
                LEFT JOIN again ON again.case_id = each.case_id
                WHERE again.number IS NULL OR each.number > again.number
                GROUP BY each.case_id
            ),
            accepted AS (
                SELECT each.case_id, min(each.number) AS number
                FROM casework_casestep AS each
                JOIN accepts ON accepts.flow = each.flow AND accepts.step = each.step
                GROUP BY each.case_id
            ),
            told AS (
                SELECT came.case_id, came."on" AS came_on,
                    CASE WHEN closing.number IS NULL OR accepted.number <= closing.number THEN taken."on" END AS accepted_on,
                    ended."on" AS ended_on, ends.how
                FROM casework_casestep AS came
                LEFT JOIN accepted ON accepted.case_id = came.case_id
                LEFT JOIN casework_casestep AS taken ON taken.case_id = came.case_id AND taken.number = accepted.number
                LEFT JOIN closing ON closing.case_id = came.case_id
                LEFT JOIN casework_casestep AS ended ON ended.case_id = came.case_id AND ended.number = closing.number
                LEFT JOIN ends ON ends.flow = ended.flow AND ends.step = ended.step
                WHERE came.number = 1 AND came.flow IN (SELECT flow FROM accepts)
            )
            SELECT
                count(CASE WHEN accepted_on BETWEEN %s AND %s THEN 1 END),
                count(CASE WHEN accepted_on IS NOT NULL AND ended_on BETWEEN %s AND %s
                    AND how IN ('granted', 'refused', 'done', 'passed on') THEN 1 END),
                count(CASE WHEN came_on <= %s AND (ended_on IS NULL OR ended_on > %s) THEN 1 END),
                count(CASE WHEN ended_on BETWEEN %s AND %s AND (accepted_on IS NULL
                    OR how NOT IN ('granted', 'refused', 'done', 'passed on')) THEN 1 END)
            FROM told
            """,
            [first, last, first, last, last, last, first, last],
        )
        row: tuple[int, int, int, int] = cursor.fetchone()
    return row


def test_sql_over_the_tables_of_cases_counts_the_same(kept: Cast, monkeypatch_once: None) -> None:
    number = 0
    for flow in sorted(ACCEPTS):
        for way in range(0, len(ways(examples()[flow])), 2):
            more = [(number % 3, 2 + number % 5, number % 4) for _turn in range(number % 3)]  # some are taken up again
            walk(kept, flow, number * 5, way, more)
            number += 1
    confirm_all(kept)

    seen = Counter[str]()
    for period in (*PERIODS, Period.parse("2026-05"), Period.parse("2026-Q2")):
        accepted, closed, still, _dropped = by_sql(period.first, period.last)
        found = by_indicators(kept, period)
        assert (found["matters_accepted"], found["matters_closed"], found["matters_open"]) == (accepted, closed, still)
        seen.update(accepted=accepted, closed=closed, open=still)
    assert min(seen.values()) > 20  # there is something to count
    assert by_sql(date(2026, 1, 1), date(2027, 12, 31))[3] > 5
