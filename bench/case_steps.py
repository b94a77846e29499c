"""A step of a case that files a record, from the press of the button to the disk, in a ledger of 10^6 events.

Each case is opened by an officer and paid by a director through the actions; the payment is entered by the one and confirmed by the
other. Half of the cases are no 办件; of the others the step also confirms that they were opened and files their end, and that it was
in time. What is timed is ``take_step`` by the clock of the wall, its commit included, on the database as ``xingke serve`` opens it.
"""

import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from bench import ground, list_page
from bench.measuring import Line, Size, WrongAnswer, middle, nearly_worst
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.remembering import memory
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.models import Case, Filed
from xingke.ledger.models import MatterEvent, PaymentEvent, State
from xingke.registry import actions as registry
from xingke.registry.models import Organisation

CASES: dict[Size, int] = {"quick": 5, "usual": 300, "large": 300}
STANDING: dict[Size, int] = {"quick": 10, "usual": 500, "large": 500}  # payments before they are copied
COPIES: dict[Size, int] = {"quick": 1, "usual": 1_999, "large": 1_999}
GOAL = 0.015
PACK = Path(__file__).parent / "case_flow"
BY_HAND = {"officer": "officer", "director": "director"}


def prepare(*, size: Size) -> None:
    """A county whose ledger holds 10^6 payments, an officer and a director."""
    ground.stand(f"case-steps {size} 1", partial(_fill, size))


def _fill(size: Size) -> None:
    registry.load_pack(folder=PACK, by=None, now=ground.NOW)
    region = ground.place(list_page.HERE)
    for name, role in BY_HAND.items():
        user = accounts.create_account(username=name, name=name, password=list_page.PASSWORD, by=None, now=ground.NOW)
        registry.give_role(user=user, role=role, region=region, by=None, now=ground.NOW)
    list_page._firms(region, 50, by=User.objects.get(username="officer"))
    for _time in range(STANDING[size]):
        _paid(_entered())
    ground.copy(PaymentEvent, COPIES[size])


def run(*, size: Size) -> Iterable[Line]:
    """The median and the 95th percentile of the steps, and of opening the cases; of cases that are no matters, and of such that are."""
    before = PaymentEvent.objects.count()
    yield from _timed("bench_claim", f"a step that files a record, among {before:,} events", size)
    yield from _timed("bench_counted", "a step that files a record and the end of its matter", size)
    filed = PaymentEvent.objects.filter(state=State.CONFIRMED).count()
    if filed != before + 2 * CASES[size] or Case.objects.count() != Filed.objects.filter(kind="payment").count():
        raise WrongAnswer(f"{CASES[size]} cases were paid twice, and the ledger has {filed - before} payments more")
    events = MatterEvent.objects.filter(seq_to=None, state=State.CONFIRMED).values_list("event", flat=True)
    wanted = dict.fromkeys(
        ("opened", "accepted", "granted", "in_time"), Case.objects.filter(flow="bench_counted").count()
    )
    if Counter(events) != wanted:
        raise WrongAnswer(f"the matters of the cases are {dict(Counter(events))}, not {wanted}")


def _timed(flow: str, name: str, size: Size) -> Iterable[Line]:
    opened, paid = [], []
    for _time in range(CASES[size]):
        started = time.perf_counter()
        case = _entered(flow)
        opened.append(time.perf_counter() - started)
        with memory():  # as every request has one
            started = time.perf_counter()
            _paid(case)
            paid.append(time.perf_counter() - started)
    yield Line(name=f"{name}, median", ours=middle(paid), goal=GOAL, note="by the clock of the wall, commit included")
    yield Line(name=f"{name}, 95th percentile", ours=nearly_worst(paid))
    yield Line(name=f"{flow}: opening a case with its form, median", ours=middle(opened))


def _entered(flow: str = "bench_claim") -> Case:
    firms = Organisation.objects.filter(region__code=list_page.HERE).select_related("region").order_by("pk")
    firm = firms[Case.objects.count() % 50]
    new = NewCase(flow=flow, region=firm.region, organisation=firm)
    first = StepWanted(step="entered", typed={"money": "5"})
    return open_case(new=new, first=first, by=User.objects.get(username="officer"), now=ground.NOW)


def _paid(case: Case) -> None:
    by = User.objects.get(username="director")
    take_step(case=case, wanted=StepWanted(step="paid"), seen=1, by=by, now=ground.NOW)
