"""Where somebody may go besides the menu: the declared lists of every room, and what they may enter in the register."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.menu import Way
from xingke.registry import queries
from xingke.registry.listing import LISTS, where_listed


def to_go(user: User) -> Iterator[Way]:
    """The declared lists of which somebody may see something."""
    for each in LISTS:
        if where_listed(user, each):
            yield Way(str(each.title), reverse(each.url_name), "list")


def to_begin(user: User) -> Iterator[Way]:
    """What somebody may enter in the register."""
    if queries.has(user, Permission.ORGANISATION_EDIT):
        yield Way(_("登记单位"), reverse("registry:organisation-new"), "plus")
    if queries.has(user, Permission.PERSON_EDIT):
        yield Way(_("登记人员"), reverse("registry:person-new"), "plus")
