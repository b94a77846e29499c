"""What a text may mean, for whoever chooses a region, an organisation, a person or an account: only what they may see, and no more than a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.codes import normalise_code
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import organisations_listed, organisations_visible_to
from xingke.registry.queries.people import people_listed, people_visible_to, work_of

MATCHES = 20  # offered at once
KEY_END = 6  # signs of a key that tell two people of one name apart


@dataclass(frozen=True)
class Match:
    """Something that may be meant. value: its key; label: what it is called; note: what tells it from others."""

    value: str
    label: str
    note: str


def organisations(user: User, text: str, *, within: Region | None = None) -> list[Match]:
    """The organisations somebody may see whose name or code answers, or that of a key; one more than is offered, none for ""."""
    if not text:
        return []
    key = key_written(text)
    found = organisations_listed(user, search=text) if key is None else organisations_visible_to(user).filter(key=key)
    return [organisation_match(each) for each in _inside(found, within).order_by("name", "pk")[: MATCHES + 1]]


def organisation_match(organisation: Organisation) -> Match:
    """An organisation as it is offered; loaded with its region."""
    note = f"{organisation.credit_code or _('无统一社会信用代码')} · {organisation.region.name}"
    return Match(str(organisation.key), organisation.name, note)


def organisation_named(user: User, text: str, *, within: Region | None = None) -> Organisation | None:
    """The one organisation somebody may see that a key, a full name or a code says."""
    key, said = key_written(text), Q(name=text)
    if key is not None:
        said = Q(key=key)
    elif code := normalise_code(text):
        said |= Q(credit_code=code)
    found = list(_inside(organisations_visible_to(user).filter(said), within)[:2])
    return found[0] if len(found) == 1 else None


def _inside(found: QuerySet[Organisation], region: Region | None) -> QuerySet[Organisation]:
    if region is None:
        return found
    low, high = region.range
    return found.filter(region__path__gte=low, region__path__lt=high)


def persons(user: User, text: str, *, but: str = "") -> list[Match]:
    """The persons somebody may see whose name or employer answers, or that of a key; one more than is offered, none for "".

    but: the key of one who is not meant. Two queries, however many there are. Never by a number: what is sealed is searched nowhere.
    """
    if not text:
        return []
    key = key_written(text)
    name, bracket, employer = text.replace("(", "（").replace(")", "）").rstrip("）").partition("（")
    if key is not None:
        found = people_visible_to(user).filter(key=key)
    elif bracket:
        works = Q(employments__employer__icontains=employer.strip(), employments__until=None)
        found = people_visible_to(user).filter(works, name__icontains=name.strip()).distinct()
    else:
        found = people_listed(user, search=text)
    if other := key_written(but):
        found = found.exclude(key=other)
    return [_match(each) for each in found.prefetch_related("employments").order_by("name", "pk")[: MATCHES + 1]]


def _match(person: Person) -> Match:
    employer, post = work_of(person)
    known = [
        post,
        person.region.name if person.region else "",
        _("编号末位 %(end)s") % {"end": str(person.key)[-KEY_END:]},
    ]
    return Match(
        str(person.key),
        f"{person.name}（{employer}）" if employer else person.name,
        " · ".join(each for each in known if each),
    )


def regions(text: str) -> list[Match]:
    """The current regions whose name, or the beginning of whose code, answers; one more than is offered, none for ""."""
    if not text:
        return []
    said = Q(code__startswith=text) if text.isdecimal() else Q(name__icontains=text)
    found = Region.objects.filter(said, valid_to__isnull=True).select_related("parent").order_by("path")
    return [region_match(each) for each in found[: MATCHES + 1]]


def region_match(region: Region) -> Match:
    """A region as it is offered; loaded with its parent."""
    above = region.parent.name if region.parent is not None else ""
    return Match(region.code, region.name, " · ".join(filter(None, (region.code, above))))


def accounts(among: Sequence[User], text: str) -> list[Match]:
    """Those of some accounts whose name answers, or the one of a user name; all for "" where they can be offered at once."""
    if not text:
        return [account_match(each) for each in among] if len(among) <= MATCHES else []
    named = [each for each in among if each.username == text] or [each for each in among if text in each.name]
    return [account_match(each) for each in named[: MATCHES + 1]]


def account_match(account: User) -> Match:
    """An account as it is offered."""
    note = account.username if account.is_active else f"{account.username} · {_('已停用')}"
    return Match(account.username, account.name, note)


def key_written(text: str) -> UUID | None:
    """The key that a text is; None for any other text."""
    try:
        return UUID(text)
    except ValueError:
        return None
