"""Many cases at once, as ``case_read`` gives one: with as many queries for many as for a few."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from xingke.casework.models import Case, CaseParty, CaseStep
from xingke.casework.queries import CaseRead, definitions_of, newest_answers
from xingke.casework.queries.standing import PublicityStanding, publicity_standings
from xingke.casework.rules.flows import CaseEnd
from xingke.casework.rules.stepping import ChildCase


def case_reads(cases: Iterable[Case], *, now: datetime | None = None) -> dict[int, CaseRead]:
    """Cases as they stand, at a moment or now, by id."""
    wanted = {case.pk: case for case in cases}
    moment = now or timezone.localtime()
    steps: dict[int, list[CaseStep]] = defaultdict(list)
    rows = CaseStep.objects.filter(case__in=wanted).select_related("taken_by", "assignee", "vouched_by", "in_place_of")
    for step in rows.order_by("case_id", "number"):
        steps[step.case_id].append(step)
    parties: dict[int, list[CaseParty]] = defaultdict(list)
    for party in CaseParty.objects.filter(case__in=wanted, seq_to__isnull=True).order_by("pk"):
        parties[party.case_id].append(party)
    below = _children(wanted, moment)
    shown = publicity_standings(list(wanted))
    return {
        pk: CaseRead(
            case,
            definitions_of(case),
            steps[pk],
            parties[pk],
            below.get(pk, []),
            newest_answers((step.form, step.answers) for step in steps[pk]),
            shown.get(pk, PublicityStanding()),
        )
        for pk, case in wanted.items()
    }


def _children(parents: Iterable[int], now: datetime) -> dict[int, list[ChildCase]]:
    """The cases below that count, by the case above: of each flow those which its last step opened, or which nobody's step did."""
    rows = CaseStep.objects.filter(case__parent__in=list(parents), seq_to__isnull=True).select_related("case")
    found = list(rows.order_by("case_id"))
    last: dict[tuple[int | None, str], int] = {}
    for row in found:
        above = row.case.parent_id, row.flow
        last[above] = max(last.get(above, 0), row.case.parent_step or 0)
    children: dict[int, list[ChildCase]] = defaultdict(list)
    for row in found:
        if row.case.parent_step in (None, last[row.case.parent_id, row.flow]):
            ended = CaseEnd(row.ended) if row.ended else None
            is_late = row.due is not None and row.due < now and not row.ended
            children[row.case.parent_id or 0].append(ChildCase(flow=row.flow, ended=ended, is_late=is_late))
    return children
