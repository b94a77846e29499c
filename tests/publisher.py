"""A program that writes, edits and publishes until it is killed, again and again: ``python -m tests.publisher KILLS``.

Each round is a forked process, as in ``tests.writer``. What was committed is printed only afterwards; the last line is
what stands when all rounds are over, as JSON.
"""

import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import django

from tests.killing import forked, killed, say

WORDS = "甲乙丙丁戊己庚辛壬癸"


def main(kills: int) -> None:
    """Prepare the installation, then write and be killed so many times, then say what is there."""
    django.setup()
    forked(_prepare)
    import duckdb  # noqa: F401  # loaded once, not in every round

    from xingke.reports.actions import disclosing  # noqa: F401

    for number in range(kills):
        status = killed(partial(_publish, number), (0.4, 2.0), speaks=True)
        assert os.WIFSIGNALED(status), f"round {number} ended by itself"
    say("result", json.dumps(_look()))


def _prepare() -> None:
    from django.core.management import call_command

    from tests import cast as casting
    from xingke.base.periods import Period
    from xingke.reports.actions import write_document

    call_command("migrate", verbosity=0)
    cast = casting.gather()
    with tempfile.TemporaryDirectory() as folder:
        casting.load_outline(Path(folder))
    casting.keep_records(cast.county, by=cast.statistician)
    casting.file("recognition", "甲", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    write_document(outline="short", region=cast.county, period=Period.year(2025), by=cast.officer, now=casting.NOW)


def _publish(number: int) -> None:
    """Edition after edition, each through review to the public; each step is told after it was committed."""
    from tests import cast as casting
    from xingke.accounts.models import User
    from xingke.reports import queries
    from xingke.reports.actions import save_edition
    from xingke.reports.actions.disclosing import take_step
    from xingke.reports.models import Document
    from xingke.reports.rules import source

    officer, reviewer, director = (User.objects.get(username=name) for name in ("officer", "reviewer", "director"))
    work = Document.objects.values_list("work", flat=True)[:1].get()
    for step in range(1_000_000):
        newest = queries.newest_edition(work)
        words = "".join(WORDS[int(digit)] for digit in f"{number:02}{step:04}")
        text = source.typed(f"简报{words}", ["paragraph"], ["有效高新技术企业{high_tech_enterprises}。"])
        edition = save_edition(follows=newest, text=text, by=officer, now=casting.NOW).document
        say("edition", edition.key)
        for place, (what, by) in enumerate((("asked", officer), ("passed", reviewer), ("published", director))):
            take_step(document=edition, step=what, number=place, opinion="", by=by, now=casting.NOW)
            say(what, edition.key)


def _look() -> dict[str, Any]:
    """What stands: editions with their figures, the steps of each, what is public, the trail."""
    from xingke.accounts.models import AuditEntry
    from xingke.accounts.queries import check_audit_chain, current_seq
    from xingke.press import tree
    from xingke.reports import queries
    from xingke.reports.models import DisclosureStep, Document

    chain = check_audit_chain()
    documents = list(Document.objects.order_by("edition"))
    return {
        "editions": [str(each.key) for each in documents],
        "numbers of editions": [each.edition for each in documents],
        "whole": [len(list(tree.chips(queries.tree_of(each)))) == each.figures.count() for each in documents],
        "steps": {
            str(each.key): list(each.steps.order_by("number").values_list("step", flat=True)) for each in documents
        },
        "public": [str(key) for key in queries.public_documents().values_list("key", flat=True)],
        "taken": DisclosureStep.objects.exclude(step="superseded").count(),
        "entries": AuditEntry.objects.filter(action__startswith="document.").count(),
        "broken_at": chain.broken_at,
        "numbers": [current_seq(), chain.entries],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
