"""How long acts hold the counter, while nobody else can write: what an officer, a director, a writer and an importer do.

Each act is done and committed through the rooms' actions, on a ledger of some thousand records that grows a little with
every round. What counts is the time from the moment the counter is held until the act is on the disk; what is prepared
before (storing a file, laying out and signing a document, reading a table) is not in it.
"""

import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from itertools import count
from typing import Any

from bench import ground, list_page
from bench.measuring import Line, Size, middle
from xingke.accounts import actions as accounts
from xingke.accounts import acts
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.periods import Period
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger import actions as ledger
from xingke.ledger.models import PatentEvent, State
from xingke.registry import actions as registry
from xingke.registry.models import Organisation
from xingke.reports.actions import write_document
from xingke.reports.actions.disclosing import take_step

ROUNDS: dict[Size, int] = {"quick": 1, "usual": 9, "large": 9}
DRAFTS: dict[Size, int] = {"quick": 5, "usual": 200, "large": 200}
ROWS: dict[Size, int] = {"quick": 5, "usual": 2_000, "large": 20_000}
GOAL = 0.2
_numbers = count(int(time.time()) % 1_000_000 * 5)  # no round, of no run, names what another named


def prepare(*, size: Size) -> None:
    """The ledger of the list page, and a director and a reviewer beside its officer."""
    ground.stand(f"acts {size} 1", partial(_fill, size))


def _fill(size: Size) -> None:
    list_page._fill(size)
    region = ground.place(list_page.HERE)
    for name, role in (("director", "director"), ("reviewer", "secrecy_reviewer")):
        user = accounts.create_account(username=name, name=name, password=list_page.PASSWORD, by=None, now=ground.NOW)
        registry.give_role(user=user, role=role, region=region, by=None, now=ground.NOW)
    ledger.declare_record_keeping(
        region=region, kind="patent", since=date(2022, 12, 31), by=ground.statistician(), now=ground.NOW
    )


def run(*, size: Size) -> Iterable[Line]:
    """One line per act: the median of the rounds."""
    officer, director = User.objects.get(username=f"officer-{list_page.HERE}"), User.objects.get(username="director")
    works: list[tuple[str, str, Callable[[], Any], float | None]] = [
        ("a record with its paper, by form", "patent.filed", partial(_enter, officer), GOAL),
        (
            f"{DRAFTS[size]} drafts confirmed at once",
            "records.confirmed",
            partial(_confirm, size, officer, director),
            GOAL,
        ),
        ("an annual summary, written", "document.written", partial(_write, officer), GOAL),
        ("a summary, published", "document.published", partial(_publish, officer, director), GOAL),
        ("a sign-in", "session.opened", lambda: accounts.record_sign_in(user=officer, now=ground.NOW), GOAL),
        (f"a list of {ROWS[size]} patents, filed", "patent.imported", partial(_import, size), None),
    ]
    for name, code, work, goal in works:
        held = [_held(work, code) for _round in range(ROUNDS[size] + 1)][1:]
        yield Line(
            name=f"held: {name}", ours=middle(held), goal=goal, note="" if goal else "by design: rows are written"
        )


def _held(work: Callable[[], Any], code: str) -> float:
    """The seconds an act of that code held the counter, in the course of some work."""
    told: dict[str, float] = {}

    def note(what: str, seconds: float) -> None:
        told[what] = seconds

    with acts.watched(note):
        work()
    return told[code]


def _enter(by: User) -> None:
    firm = Organisation.objects.filter(region__code=list_page.HERE).order_by("pk")[0]
    number = new_key().hex[:20]
    event = ledger.NewEvent(event="granted", on=date(2024, 5, 6), region=firm.region)
    history = ledger.NewHistory(
        fields={"form": "invention", "name": "一种样本装置", "number": number},
        region=firm.region,
        organisation=firm,
        events=[event],
        is_fictional=True,
    )
    ledger.enter(
        kind="patent",
        key=history.key,
        is_event=False,
        by=by,
        now=ground.NOW,
        files=[ledger.NewFile("证书.pdf", b"%PDF-1.7 " + number.encode())],
        file=lambda: ledger.file_histories(
            kind="patent", histories=[history], by=by, now=ground.NOW, source="网页登记"
        ),
    )


def _confirm(size: Size, officer: User, director: User) -> None:
    firm = Organisation.objects.filter(region__code=list_page.HERE).order_by("pk")[0]
    event = ledger.NewEvent(event="granted", on=date(2024, 5, 6), region=firm.region)
    histories = [
        ledger.NewHistory(
            fields={"form": "invention", "name": f"样本{number}", "number": f"D{next(_numbers):07}"},
            region=firm.region,
            organisation=firm,
            events=[event],
            is_fictional=True,
        )
        for number in range(DRAFTS[size])
    ]
    ledger.file_histories(kind="patent", histories=histories, by=officer, now=ground.NOW, source="bench")
    drafts = PatentEvent.objects.filter(state=State.DRAFT, seq_to__isnull=True).values_list("record", flat=True)
    ledger.confirm_events(records={"patent": list(drafts)}, by=director, now=ground.NOW)


def _write(by: User) -> Any:
    _enter(by)  # a draft counts nowhere, but the ledger has moved on
    event = PatentEvent.objects.filter(state=State.DRAFT, seq_to__isnull=True, event="granted").latest("pk")
    ledger.confirm_events(records={"patent": [event.record]}, by=User.objects.get(username="director"), now=ground.NOW)
    return write_document(
        outline="annual", region=ground.place(list_page.HERE), period=Period.year(2024), by=by, now=ground.NOW
    ).document


def _publish(officer: User, director: User) -> None:
    document = _write(officer)
    reviewer = User.objects.get(username="reviewer")
    for number, (step, by) in enumerate((("asked", officer), ("passed", reviewer), ("published", director))):
        take_step(document=document, step=step, number=number, opinion="", by=by, now=ground.NOW)


def _import(size: Size) -> None:
    firm = Organisation.objects.filter(region__code=list_page.HERE).order_by("pk")[0]
    lines = ["区划,单位名称,专利类型,专利名称,申请号,申请日"]
    lines += [
        f"{firm.region.name},{firm.name},实用新型,样本{row},{_number(next(_numbers))},2023-12-01"
        for row in range(ROWS[size])
    ]
    import_table(
        form=sheet_form("patent"),
        table=read_table("\n".join(lines).encode()),
        file_name="清单.csv",
        by=ground.statistician(),
        now=ground.NOW,
        options=Options(confirmed=True),
    )


def _number(row: int) -> str:
    """An application number of the form with its check character."""
    digits = f"20232{row:07}"
    total = (
        sum(int(digit) * weight for digit, weight in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
        % 11
    )
    return f"{digits}.{'X' if total == 10 else total}"
