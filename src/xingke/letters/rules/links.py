"""Links for outsiders: which steps they may be made for, how long they hold, and why one opens nothing any more."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from xingke.base.sayings import Saying, say
from xingke.casework.rules.flows import PARTY, Flow, FlowStep
from xingke.casework.rules.forms import CaseForm, FieldType, FormField

LONGEST_DAYS, USUAL_DAYS = 30, 7  # how long a link holds [parameter]
MOST_TRIES = 5  # wrong second words after which it is closed [parameter]
MOST_FROM = 20  # wrong second words from one address, of whichever links, after which it waits [parameter]
PAUSE = timedelta(seconds=2)  # between two tries [parameter]
WORD = re.compile(r"\d{6}")
LONGEST_NAME = 60

NAMES_SOMEBODY = (FieldType.ORGANISATION, FieldType.PERSON)


class LinkEnd(StrEnum):
    """How a link ended, but for its day."""

    USED = "used"
    REVOKED = "revoked"
    TRIES = "tries"


@dataclass(frozen=True)
class LinkChoice:
    """A step and the party that may take it by a link."""

    step: FlowStep
    role: str

    @property
    def code(self) -> str:
        return f"{self.step.code}:{self.role}"


def link_choices(flow: Flow, stands: FlowStep | None) -> Iterator[LinkChoice]:
    """What a link could be made for where a case stands."""
    for code in stands.next if stands is not None else ():
        step = flow.steps[code]
        for name in step.by:
            if name.startswith(PARTY):
                yield LinkChoice(step, name.removeprefix(PARTY))


def not_by_link(step: FlowStep, form: CaseForm | None) -> Saying | None:
    """Why nobody without an account can take a step; None where they can."""
    if step.through is not None or step.assigns:
        return say("“%(step)s”要和别的事项一起办，或者要指定由谁接着办，不能用外部链接办。", step=step.label)
    if step.files or step.opens:
        return say("“%(step)s”要登记台账或开出小件，须由有账号的人办。", step=step.label)
    for each in form.fields if form is not None else ():
        if each.personal:
            return say("“%(step)s”要填个人信息“%(field)s”，须由有账号的人办。", step=step.label, field=each.label)
        if each.required and each.type is FieldType.FILE:
            return say("“%(step)s”要交文件“%(field)s”，外部链接不收文件。", step=step.label, field=each.label)
        if each.required and _names_somebody(each):
            return say("“%(step)s”要从名录里选“%(field)s”，外部链接查不了名录。", step=step.label, field=each.label)
    return None


def lost_by_link(step: FlowStep, form: CaseForm, said: Mapping[str, Any], role: str) -> Saying | None:
    """What was answered before and would be gone once an outsider answers the form anew: files, names of the register, what their party does not
    see. None where nothing would be."""
    for each in form.fields:
        hidden = bool(each.seen_by) and f"{PARTY}{role}" not in each.seen_by
        if said.get(each.name) and (hidden or each.type is FieldType.FILE or _names_somebody(each)):
            return say(
                "“%(step)s”会重填整张表单，先前填的“%(field)s”外部链接带不过去，请由有账号的人办。",
                step=step.label,
                field=each.label,
            )
    return None


def _names_somebody(field: FormField) -> bool:
    return field.type in NAMES_SOMEBODY or any(column.type in NAMES_SOMEBODY for column in field.columns)


def closed_because(ended: str, until: datetime, now: datetime) -> Saying | None:
    """Why a link opens nothing any more, said to whoever opens it; None while it does."""
    match ended:
        case LinkEnd.USED:
            return say("这个链接已经用过：要办的已经办好了，谢谢。")
        case LinkEnd.REVOKED:
            return say("这个链接已经由科技部门收回。需要办理的，请联系发给您的人。")
        case LinkEnd.TRIES:
            return say("验证码连续输错，这个链接已经关闭。请联系发给您的人，另要一个。")
    if now >= until:
        return say("这个链接已经过期。还要办理的，请联系发给您的人，另要一个。")
    return None
