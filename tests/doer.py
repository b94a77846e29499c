"""A program that is killed in the midst of acts on many things: letters in a batch, closing a volume, taking back an import, handing over
what somebody has, erasing what is personal: ``python -m tests.doer KILLS``, of each.

Each round has things of its own. What was done is printed only afterwards; the last line is what stands in the end, as JSON.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import django

from tests.killing import forked, killed, say

MANY = 5  # things of one act: enough that a kill falls between two of them
ROWS = 200  # of an import


def main(kills: int) -> None:
    """Prepare the installation, do each act once, do it again and be killed at it so many times, then say what is there."""
    django.setup()
    forked(partial(_prepare, kills + 1))
    for name in ACTS:
        began = time.perf_counter()
        forked(partial(_act, name, 0))
        long_enough = 1.5 * (time.perf_counter() - began)  # on this machine, busy as it is
        for number in range(1, kills + 1):
            status = killed(partial(_act, name, number, lingers=True), (0.01, long_enough), speaks=True)
            assert os.WIFSIGNALED(status), f"{name}: round {number} ended by itself"
    forked(_look)


def _prepare(rounds: int) -> None:
    from tests import cast
    from tests.cast import NOW
    from tests.writer import prepare
    from xingke.accounts.models import User
    from xingke.archive.tests import filing
    from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
    from xingke.casework.tests import posting
    from xingke.letters.tests import writing
    from xingke.registry.models import Organisation, Region

    prepare()
    users = {user.username: user for user in User.objects.all()}
    places = [Region.objects.get(code=code) for code in ("990121", "990122", "990100")]
    firms = [Organisation.objects.get(region=place) for place in places[:2]]
    people = cast.Cast(users, *places, *firms)
    filing.load_flows()
    writing.load_flow()
    posting.head_of_section(people)
    for number in range(rounds):
        for each in range(MANY):
            writing.new_case(people, f"letters {number} {each}")
        into = filing.volume(people, title=f"volume {number}")
        filing.file_into(people, into, *(filing.to_file(filing.ended_case(people)) for _each in range(MANY)))
        _import(number)
        mine = posting.colleague(people, f"leaves{number}", f"调离{number}", "officer")
        for each in range(MANY):
            posting.ticket(people, mine, title=f"{number} {each}")
        new = NewCase(flow="hidden_sealed", region=people.county, organisation=people.firm)
        asked = StepWanted(step="asked", typed={"money": "5", "phone": "13809380000"})
        case = open_case(new=new, first=asked, by=people.enterprise, now=NOW)
        take_step(case=case, wanted=StepWanted(step="done"), seen=1, by=people.officer, now=NOW)


def _import(number: int) -> None:
    from tests.cast import NOW
    from xingke.accounts.models import User
    from xingke.intake.actions import import_table
    from xingke.intake.checking import sheet_form
    from xingke.intake.reading import IncomingTable

    header = ("figure", "document", "region", "region_code", "stated_year", "real_year", "period", "indicator")
    beside = ("measure", "value", "unit", "as_written")
    rows = [
        (
            f"{number}#{row}",
            f"d{number}",
            "青溪县",
            "990121",
            "2024",
            "2024",
            "2024",
            "地区生产总值",
            "level",
            f"{row}",
            "亿元",
            f"{row}亿元",
        )
        for row in range(ROWS)
    ]
    table = IncomingTable(
        header=header + beside, rows=rows, numbers=range(2, ROWS + 2), encoding="UTF-8", digest=f"import {number}"
    )
    by = User.objects.get(username="statistician")
    import_table(form=sheet_form("observation"), table=table, file_name=f"{number}.csv", by=by, now=NOW)


def _act(name: str, number: int, *, lingers: bool = False) -> None:
    """Do one of the acts on the things of a round. lingers: until it is killed."""
    do = ACTS[name](number)
    say("begins", name, number)
    do()
    say("did", name, number)
    if lingers:
        time.sleep(60)


def _letters(number: int) -> Callable[[], object]:
    from tests.cast import NOW
    from xingke.accounts.models import User
    from xingke.casework.models import Case
    from xingke.letters.actions import issue_letters

    cases = Case.objects.filter(title__startswith=f"letters {number} ").select_related("region", "organisation__region")
    by = User.objects.get(username="officer")
    chosen = [(case, 1) for case in cases]
    return partial(issue_letters, cases=chosen, step="told", opinion="合格", by=by, now=NOW)


def _volume(number: int) -> Callable[[], object]:
    from tests.cast import NOW
    from xingke.accounts.models import User
    from xingke.archive import queries
    from xingke.archive.actions import close_volume
    from xingke.archive.models import ArchiveVolume

    into = ArchiveVolume.objects.select_related("region").get(title=f"volume {number}")
    seen = queries.stamp_of(queries.items_of(into))
    return partial(close_volume, volume=into, seen=seen, by=User.objects.get(username="officer"), now=NOW)


def _undo(number: int) -> Callable[[], object]:
    from tests.cast import NOW
    from xingke.accounts.models import User
    from xingke.intake.actions import undo_batch
    from xingke.intake.models import ImportBatch

    batch, by = ImportBatch.objects.get(file_name=f"{number}.csv"), User.objects.get(username="statistician")
    return partial(undo_batch, batch=batch, by=by, now=NOW)


def _hand(number: int) -> Callable[[], object]:
    from tests.cast import NOW
    from xingke.accounts.models import User
    from xingke.casework.actions.handing import hand_over
    from xingke.casework.queries.handing import given_to

    of, to = User.objects.get(username=f"leaves{number}"), User.objects.get(username="head")
    listed = [f"{row.case.key}:{row.number}" for row in given_to(of, of)]
    return partial(hand_over, of=of, to=to, listed=listed, reason="调离", by=of, now=NOW)


def _erase(number: int) -> Callable[[], object]:
    from tests.cast import NOW
    from xingke.accounts.models import User
    from xingke.casework.actions.personal import erase_personal
    from xingke.casework.models import Case

    case = Case.objects.filter(flow="hidden_sealed").order_by("pk")[number]
    by = User.objects.get(username="director")
    return partial(erase_personal, case=case, reason="本人要求", by=by, now=NOW)


ACTS: Mapping[str, Callable[[int], Callable[[], object]]] = {
    "letters": _letters,
    "volume": _volume,
    "undo": _undo,
    "hand": _hand,
    "erase": _erase,
}


def _look() -> None:
    from django.utils import timezone

    from xingke.accounts.queries import check_audit_chain
    from xingke.archive import checks as archive
    from xingke.archive.models import ArchiveItem
    from xingke.base.retaining import EXPIRIES
    from xingke.casework import checks as casework
    from xingke.casework.models import Case, CaseSealed, CaseSequence, CaseStep
    from xingke.intake.models import ImportBatch
    from xingke.ledger.models import Observation
    from xingke.letters import checks as letters
    from xingke.letters.models import CaseLetter
    from xingke.registry import sealing

    found: dict[str, Any] = {name: [] for name in ACTS}
    for number in range(ImportBatch.objects.count()):
        cases = Case.objects.filter(title__startswith=f"letters {number} ")
        told = CaseStep.objects.filter(case__in=cases, step="told").count()
        found["letters"].append([told, CaseLetter.objects.filter(case__in=cases).count()])
        items = ArchiveItem.objects.filter(volume__title=f"volume {number}")
        found["volume"].append([not items[0].volume.is_open, items.exclude(ordinal=None).count()])
        batch = ImportBatch.objects.get(file_name=f"{number}.csv")
        void = Observation.objects.filter(document=f"d{number}", seq_to=None, state="void").count()
        found["undo"].append([batch.state == ImportBatch.State.UNDONE, void])
        mine = CaseStep.objects.filter(case__title__startswith=f"{number} ", case__flow="ticket", seq_to=None)
        found["hand"].append([mine.filter(assignee__username=who).count() for who in ("head", f"leaves{number}")])
        erased = CaseSealed.objects.filter(step__case__flow="hidden_sealed").order_by("pk")[number]
        found["erase"].append([not erased.sealed, erased.erased_at is not None])
    last = CaseSequence.objects.get(flow="letter:test_told")
    night = timezone.now() + timedelta(hours=2)
    EXPIRIES["keys"].end(night, 1000)
    keys = set(sealing.kept())
    found["keys"] = [
        row.step.case.key in keys for row in CaseSealed.objects.order_by("pk").select_related("step__case")
    ]
    found["numbers"] = [last.last, CaseLetter.objects.count()]
    found["problems"] = [
        problem
        for check in (*archive.CHECKS, *casework.CHECKS, *letters.CHECKS)
        for result in check.find()
        for problem in result.problems
    ]
    found["broken_at"] = check_audit_chain().broken_at
    say("result", json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
