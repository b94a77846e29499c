"""A program whose job child is killed again and again while it checks and files imports: ``python -m tests.importer KILLS``.

Each round is a forked process that does jobs until it is killed. Afterwards what is left is done in peace, and what
stands in the ledger is printed as JSON.
"""

import json
import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import django

from tests.killing import forked, killed

FILES, ROWS = 6, 400


def main(kills: int) -> None:
    """Hand files over, be killed so many times while working on them, finish, say what is there."""
    django.setup()
    forked(_prepare)
    for _kill in range(kills):
        killed(_work, (0.05, 0.7))
    forked(_finish)
    print(json.dumps(_look()))


def _prepare() -> None:
    from django.core.management import call_command

    from tests import cast
    from xingke.base.codes import patent_check
    from xingke.intake.actions import hand_over
    from xingke.intake.rows.incoming import Options

    call_command("migrate", verbosity=0)
    who = cast.gather()
    for file in range(FILES):
        digits = [f"20231{file * ROWS + row:07}" for row in range(ROWS)]
        rows = [
            f"{who.firm.name},发明,装置{file}-{each},{each}.{patent_check(each)},2023-01-01,2024-01-01"
            for each in digits
        ]
        data = "\n".join(["专利权人,类型,专利名称,申请号,申请日,授权日", *rows]).encode()
        hand_over(
            data=data,
            file_name=f"{file}.csv",
            form="patent",
            sheet="",
            options=Options(region="990121"),
            by=who.officer,
        )


def _work() -> None:
    """Check what is handed over, file what is checked, for ever."""
    from xingke.accounts import queries, working

    queries.STALE = timedelta(0)  # whoever held a job before was killed: this program knows
    working.ATTEMPTS = 1_000
    while True:
        if working.do_next(beating=False) is None:
            _ask()
            time.sleep(0.01)


def _ask() -> None:
    from xingke.intake.actions import ask_to_file
    from xingke.intake.models import ImportBatch

    for batch in ImportBatch.objects.filter(state=ImportBatch.State.PREPARED).select_related("prepared_by"):
        ask_to_file(batch=batch, by=batch.prepared_by)


def _finish() -> None:
    from xingke.accounts import queries, working

    queries.STALE = timedelta(0)
    working.ATTEMPTS = 1_000
    for _round in range(3):
        while working.do_next(beating=False) is not None:
            pass
        _ask()


def _look() -> dict[str, Any]:
    from xingke.accounts.models import AuditEntry, Job
    from xingke.accounts.queries import check_audit_chain, current_seq
    from xingke.intake.models import ImportBatch
    from xingke.ledger.models import Patent, PatentEvent

    chain = check_audit_chain()
    return {
        "patents": Counter(Patent.objects.values_list("source", flat=True)),
        "events": Counter(PatentEvent.objects.values_list("source", flat=True)),
        "batches": list(ImportBatch.objects.order_by("file_name").values_list("file_name", "state")),
        "jobs": Counter(Job.objects.values_list("state", flat=True)),
        "attempts": max(Job.objects.values_list("attempts", flat=True)),
        "entries": AuditEntry.objects.filter(action="patent.imported").count(),
        "broken_at": chain.broken_at,
        "numbers": [current_seq(), chain.entries],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
