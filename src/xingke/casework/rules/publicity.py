"""Publicity 公示: until when it runs, what of a case may be shown to everybody, when it may go on. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from xingke.base.workdays import WorkCalendar
from xingke.casework.rules.clocks import earliest
from xingke.casework.rules.flows import Earliest, Flow, FlowStep
from xingke.casework.rules.forms import FieldType, FormField


class ObjectionEnd(StrEnum):
    """What became of an objection."""

    UPHELD = "upheld"
    NOT_UPHELD = "not upheld"
    NOT_TAKEN_UP = "not taken up"  # 不予受理: nobody's name under it, or too late


@dataclass(frozen=True)
class _Begun:
    step: str
    on: date
    kind: str = ""


def publicity_rule(flow: Flow, step: FlowStep) -> Earliest | None:
    """How long what follows must wait for a step, as the flow says it; None where nothing must."""
    after = (flow.steps[code].not_before for code in step.next)
    return next((wanted for wanted in after if wanted is not None and wanted.after == step.code), None)


def last_day(rule: Earliest, *, begun: date, calendar: WorkCalendar) -> date:
    """The last day of a publicity that began on a day: of seven working days the seventh.

    Whether the first day counts is the flow's to say. Source: both ways of counting are in use (鄂尔多斯 2022, 上海 2023: it counts).
    """
    day = earliest(rule, taken=[_Begun(rule.after, begun)], days={}, calendar=calendar)
    assert day is not None  # it follows a step that was given
    return day - timedelta(days=1)


def amounts_shown(asked: Mapping[str, FormField], hidden: Collection[str] = ()) -> Iterable[FormField]:
    """The amounts of a flow's forms that everybody may see: listed, nobody's own, and kept from nobody. hidden: what a step asks that says
    who sees it."""
    return (
        each
        for each in asked.values()
        if each.type is FieldType.AMOUNT
        and each.listed
        and not each.personal
        and not each.seen_by
        and each.name not in hidden
    )
