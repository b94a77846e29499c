"""What waits on the workbench of whoever enters, confirms and chooses."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.tasks import Duty, OwnWork, Task, since
from xingke.ledger.models import State
from xingke.ledger.queries import events, keeping, observations, proposals
from xingke.ledger.queries.caching import FIGURES, kept_alike, kept_for, kept_within
from xingke.ledger.words import kind_word
from xingke.registry import queries as registry


def _to_declare(user: User) -> Iterator[Task]:
    silent = kept_alike(user, "undeclared", lambda: keeping.undeclared(user))
    named = [_("%(region)s的%(kind)s") % {"region": region, "kind": kind_word(kind)} for region, kind in silent[:3]]
    said = _("、").join(named) + ("…" if len(silent) > 3 else "")
    note = _("%(what)s还没有声明完整，指标暂不计数") % {"what": said}
    yield Task(_("台账完整，去声明"), len(silent), _("类"), reverse("ledger:keeping"), note if silent else "")


def _to_choose(user: User) -> Iterator[Task]:
    allowed = registry.scope(user, Permission.OBSERVATION_CHOOSE)
    open_choices = kept_within(allowed, [FIGURES], "choices", lambda: len(observations.open_choices(user)))
    url = reverse("ledger:choice-list")
    yield Task(_("待选定的上报数"), open_choices, _("处"), url, _("来源说法不一"))


def _to_confirm(user: User) -> Iterator[Task]:
    waiting, first = kept_for(user, "drafts", lambda: events.drafts_waiting(user))
    url = f"{reverse('ledger:record-list')}?state={State.DRAFT}"
    yield Task(_("待确认的记录"), waiting, _("条"), url, since(first))
    proposed = kept_for(user, "proposals", lambda: proposals.proposals_waiting(user))
    yield Task(_("待采纳的改动建议"), proposed, _("条"), reverse("ledger:proposal-list"), _("须由另一人复核"))


def _own(user: User, since_midnight: datetime) -> Iterator[Task]:
    """What somebody filed today, and what of theirs nobody has confirmed yet."""
    name = f"mine:{since_midnight:%Y%m%d}"
    today, drafts = kept_for(user, name, lambda: events.entered_by(user, since=since_midnight))
    url = reverse("ledger:record-list")
    yield Task(_("我今天登记的"), today, _("条"), url)
    yield Task(_("我登记的，还没有确认"), drafts, _("条"), f"{url}?state={State.DRAFT}")


OWN = OwnWork(code="records", permission=Permission.RECORD_ENTER, find=_own, order=10)
DUTIES = (
    Duty(code="declaring", permission=Permission.RECORD_CONFIRM, find=_to_declare, order=10),
    Duty(code="choosing", permission=Permission.OBSERVATION_CHOOSE, find=_to_choose, order=20),
    Duty(code="confirming", permission=Permission.RECORD_CONFIRM, find=_to_confirm, order=40),
)
