"""What waits for somebody on the workbench: base declares the list, rooms fill it in ``AppConfig.ready()``."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from xingke.base.register import Register
from xingke.base.templatetags.xk import day


@dataclass(frozen=True)
class Task:
    """Something that waits: how many, where to do it, and what is known of it: since when, from whom, why."""

    label: str
    value: int
    unit: str
    url: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What a room may have for somebody to do.

    permission: the code somebody must hold somewhere to be asked. find: user → tasks; those of which there are none are
    left out. order: the most urgent first, in tens. is_theirs: whoever holds the permission is told when nothing waits;
    False where it only lets them look.
    """

    code: str
    permission: str
    find: Callable[[Any], Iterable[Task]]  # the user is the accounts room's
    order: int = 100
    is_theirs: bool = True


DUTIES: Register[Duty] = Register("duty")


def waiting(user: Any, held: Collection[str]) -> list[Task] | None:
    """What waits for somebody who holds some permissions, the most urgent first; None for whoever never has anything to do."""
    asked = sorted((duty for duty in DUTIES if duty.permission in held), key=lambda duty: (duty.order, duty.code))
    if not any(duty.is_theirs for duty in asked):
        return None
    return [task for duty in asked for task in duty.find(user) if task.value]


def since(moment: datetime | None) -> str:
    """From when on the first has waited, as a note; empty for None."""
    return _("最早的自%(day)s起") % {"day": day(timezone.localtime(moment).date())} if moment else ""


@dataclass(frozen=True, kw_only=True)
class OwnWork:
    """What somebody who holds a permission did since the morning, and what of theirs is not finished; none is said too."""

    code: str
    permission: str
    find: Callable[[Any, datetime], Iterable[Task]]  # the user, and when the day began
    order: int = 100


OWN_WORK: Register[OwnWork] = Register("own work")


def own_work(user: Any, held: Collection[str], *, since: datetime) -> list[Task] | None:
    """What somebody did themselves since then; None for whoever holds none of the permissions."""
    asked = sorted((each for each in OWN_WORK if each.permission in held), key=lambda each: (each.order, each.code))
    return [task for each in asked for task in each.find(user, since)] if asked else None
