"""Where somebody may go in the ledger besides the menu, and what they may enter there."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.menu import Way
from xingke.ledger.record_facts import entry_choices
from xingke.registry import queries as registry


def to_go(user: User) -> Iterator[Way]:
    """The pages of whoever confirms, chooses and declares."""
    if registry.has(user, Permission.RECORD_ENTER) or registry.has(user, Permission.RECORD_CONFIRM):
        yield Way(_("改动建议"), reverse("ledger:proposal-list"), "pencil")
    if registry.has(user, Permission.OBSERVATION_CHOOSE):
        yield Way(_("待选定的上报数"), reverse("ledger:choice-list"), "checklist")
    if registry.has(user, Permission.RECORD_CONFIRM):
        yield Way(_("台账完整声明"), reverse("ledger:keeping"), "checks")


def to_begin(user: User) -> Iterator[Way]:
    """A new record of each kind somebody may enter."""
    for each in entry_choices(user):
        yield Way(_("登记%(name)s") % {"name": each["label"]}, each["url"], "plus")
