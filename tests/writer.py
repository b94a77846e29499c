"""A program that writes to an installation until it is killed, again and again: ``python -m tests.writer KILLS``.

Each round is a forked process, so that Django is loaded once. What was committed is printed only afterwards; the last
line is what stands in the ledger when all rounds are over, as JSON.
"""

import json
import os
import sys
from collections import Counter
from datetime import date
from functools import partial
from typing import Any

import django

from tests.killing import forked, killed, say

ROWS = 300  # of one import: enough that a kill falls into the middle of one
EVENTS = (("applied", date(2022, 3, 1)), ("granted", date(2024, 5, 6)), ("lapsed", date(2025, 2, 2)))


def main(kills: int) -> None:
    """Prepare the installation, then write and be killed so many times, then say what is there."""
    django.setup()
    forked(prepare)
    for number in range(kills):
        status = killed(partial(_write, number), (0.05, 0.6), speaks=True)
        assert os.WIFSIGNALED(status), f"round {number} ended by itself"
    say("result", json.dumps(_look()))


def prepare() -> None:
    """An installation with its accounts."""
    from django.core.management import call_command

    from tests import cast

    call_command("migrate", verbosity=0)
    cast.gather()


def _write(number: int) -> None:
    """Titles one by one, and in every third round whole imports; each is told after it was committed."""
    from tests import cast
    from xingke.accounts.models import User
    from xingke.base.keys import derived_key
    from xingke.intake.actions import import_table
    from xingke.intake.checking import sheet_form
    from xingke.intake.reading import IncomingTable
    from xingke.ledger import actions
    from xingke.registry.models import Region

    by = User.objects.get(username="statistician")
    region = Region.objects.get(code="990121")
    for step in range(1_000_000):
        name = f"{number}-{step}"
        if number % 3 == 2:
            rows = [
                {
                    "figure": f"{name}#{row}",
                    "document": name,
                    "region": region.name,
                    "region_code": region.code,
                    "stated_year": "2024",
                    "real_year": "2024",
                    "period": "2024",
                    "indicator": "地区生产总值",
                    "measure": "level",
                    "value": f"{row}",
                    "unit": "亿元",
                    "as_written": f"{row}亿元",
                }
                for row in range(ROWS)
            ]
            table = IncomingTable(
                header=tuple(rows[0]),
                rows=[tuple(row.values()) for row in rows],
                numbers=range(2, ROWS + 2),
                encoding="UTF-8",
                digest=name,
            )
            form = sheet_form("observation")
            import_table(form=form, table=table, file_name=f"{name}.csv", by=by, now=cast.NOW)
            say("import", name)
        else:
            history = actions.NewHistory(
                key=derived_key(name),
                fields={"form": "invention", "name": name, "number": name},
                region=region,
                organisation=None,
                events=[actions.NewEvent(event=event, on=on, region=region) for event, on in EVENTS],
            )
            actions.file_histories(
                kind="patent", histories=[history], by=by, now=cast.NOW, source="kill", confirmed=True
            )
            say("patent", history.key)


def _look() -> dict[str, Any]:
    """What stands in the ledger: patents with their number of events, imports with their number of rows, the trail."""
    from xingke.accounts.models import AuditEntry
    from xingke.accounts.queries import check_audit_chain, current_seq
    from xingke.intake.models import ImportBatch
    from xingke.ledger.models import Observation, Patent, PatentEvent

    chain = check_audit_chain()
    return {
        "patents": [str(key) for key in Patent.objects.values_list("record", flat=True)],
        "events": Counter(str(key) for key in PatentEvent.objects.values_list("subject", flat=True)),
        "imports": Counter(Observation.objects.values_list("document", flat=True)),
        "batches": [name.removesuffix(".csv") for name in ImportBatch.objects.values_list("file_name", flat=True)],
        "entries": AuditEntry.objects.filter(action__in=["patent.filed", "observation.imported"]).count(),
        "broken_at": chain.broken_at,
        "numbers": [current_seq(), chain.entries],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
