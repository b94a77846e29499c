"""A program whose job child is killed again and again while it takes what is due of cases: ``python -m tests.late_taker KILLS``.

Each round is a forked process that takes steps as the job child does until it is killed. Afterwards the rest is taken in
peace, and what stands is printed as JSON.
"""

import json
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import django

from tests.killing import forked, killed

CASES = 80


def main(kills: int) -> None:
    """Open cases that are due, be killed so many times while taking their steps, finish, say what is there."""
    django.setup()
    forked(_prepare)
    for _kill in range(kills):
        killed(_work, (0.05, 0.8), speaks=True)
    forked(_say_how_many)
    forked(_work_to_the_end)
    print(json.dumps(_look()))


def _prepare() -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from tests import cast
    from xingke.casework.actions import NewCase, StepWanted, open_case
    from xingke.casework.tests.flowing import FOLDER
    from xingke.registry import actions as registry

    call_command("migrate", verbosity=0)
    who = cast.gather()
    registry.load_pack(folder=FOLDER, by=None, now=cast.NOW)
    registry.give_role(user=who.officer, role="section_head", region=who.county, by=None, now=cast.NOW)
    then = timezone.now() - timedelta(days=40)
    for _case in range(CASES):
        new = NewCase(flow="service_item", region=who.county, organisation=who.firm)
        typed = {"title": "登记", "received_on": timezone.localtime(then).date().isoformat()}
        open_case(new=new, first=StepWanted(step="received", typed=typed), by=who.officer, now=then)


def _work() -> None:
    """What the job child does of it, for ever."""
    from tests.killing import say
    from xingke.casework.models import CaseStep
    from xingke.config import jobs

    say("begun", CaseStep.objects.count())
    while True:
        jobs._looked = None
        jobs._take_late_steps()


def _work_to_the_end() -> None:
    from xingke.config import jobs

    jobs._take_late_steps()


def _say_how_many() -> None:
    from tests.killing import say
    from xingke.casework.models import CaseStep

    say("taken", CaseStep.objects.filter(step="deemed_accepted").count())


def _look() -> dict[str, Any]:
    from xingke.accounts.models import AuditEntry
    from xingke.accounts.queries import check_audit_chain, current_seq
    from xingke.casework import checks
    from xingke.casework.models import Case, CaseStep, Filed
    from xingke.ledger.models import MatterEvent

    chain = check_audit_chain()
    steps: dict[int, list[str]] = {}
    for case, step in CaseStep.objects.order_by("case_id", "number").values_list("case_id", "step"):
        steps.setdefault(case, []).append(step)
    events: dict[str, list[str]] = {}
    for subject, event in MatterEvent.objects.order_by("step").values_list("subject", "event"):
        events.setdefault(str(subject), []).append(event)
    return {
        "cases": Case.objects.count(),
        "steps": Counter(" ".join(each) for each in steps.values()),
        "events": Counter(" ".join(each) for each in events.values()),
        "filed": Filed.objects.count(),
        "entries": AuditEntry.objects.filter(action="case.step-taken").count(),
        "wrong": [problem for found in checks.cases() for problem in found.problems],
        "broken_at": chain.broken_at,
        "numbers": [current_seq(), chain.entries],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
