"""Regions, scope and definitions: the reads."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _

from xingke.accounts import queries as accounts
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission, changing, known_permissions, working
from xingke.base import definitions
from xingke.base.codes import normalise_code
from xingke.base.quantities import Unit
from xingke.base.refusals import Refused
from xingke.base.remembering import remembered
from xingke.registry.models import Definition, Grant, Organisation, Person, Region, Zone
from xingke.registry.rules import Alias, Role, Scope, VocabularyTerm, may_be_given_in, same_name, works_below

NEWEST = "newest definition"  # what a request remembers of it
OF_PERSON = ("person__region", "person__merged_into__region")  # what a grant is loaded with to say whom it is for
FOR_A_REGION = Q(organisation__isnull=True, person__isnull=True)  # the grants that are; see ``Grant.is_for_region``


@dataclass(frozen=True)
class Loaded:
    """A definition in force: its parsed value, its hash, and where it applies (None: everywhere)."""

    value: Any  # the dataclass of its kind
    hash: str
    pack: str
    region: int | None


def catalogue(kind: str) -> Mapping[str, Loaded]:
    """The newest version of every definition of a kind that holds everywhere, by key. One small query, then memory."""
    return _read_catalogue(kind, *_newest())


def definition(kind: str, key: str, *, region: Region | None = None) -> Loaded:
    """The definition in force for a region: the nearest ancestor's own, else the one that holds everywhere.

    Raises LookupError naming the kind and key.
    """
    return _definition(kind, key, region, _newest())


def _definition(kind: str, key: str, region: Region | None, newest: tuple[int, str]) -> Loaded:
    if region is not None:
        own = _read_overrides(kind, *newest).get(key, ())
        near = [found for low, high, found in own if low <= region.path < high]
        if near:
            return near[-1]
    try:
        return _read_catalogue(kind, *newest)[key]
    except KeyError:
        raise LookupError(f"no {kind} is called {key!r}") from None


def definitions_in_force() -> str:
    """Which definition was loaded last, as this request knows it: a short text that names all those in force."""
    return ":".join(map(str, _newest()))


def _newest() -> tuple[int, str]:
    """Id and hash of the definition loaded last: what the caches below are good for."""
    return remembered(NEWEST, _ask_for_newest)


def _ask_for_newest() -> tuple[int, str]:
    return Definition.objects.order_by("-id").values_list("id", "hash").first() or (0, "")


@lru_cache(maxsize=32)
def _read_catalogue(kind: str, newest: int, _hash: str) -> dict[str, Loaded]:
    rows = Definition.objects.filter(kind=kind, region__isnull=True, id__lte=newest).order_by("version", "id")
    today = definitions.KINDS[kind].key_today
    return {today(row.key): Loaded(definitions.parse(kind, row.body), row.hash, row.pack, None) for row in rows}


@lru_cache(maxsize=32)
def _read_overrides(kind: str, newest: int, _hash: str) -> dict[str, tuple[tuple[int, int, Loaded], ...]]:
    """Overrides by key, widest region first, so that the last that covers a region is the nearest."""
    rows = Definition.objects.filter(kind=kind, region__isnull=False, id__lte=newest).select_related("region")
    found: dict[str, list[tuple[int, int, Loaded]]] = {}
    for row in rows.order_by("version"):
        if row.region is not None:
            low, high = row.region.range
            loaded = Loaded(definitions.parse(kind, row.body), row.hash, row.pack, row.region_id)
            found.setdefault(definitions.KINDS[kind].key_today(row.key), []).append((low, high, loaded))
    return {key: tuple(sorted(each, key=lambda own: own[0] - own[1])) for key, each in found.items()}


def definitions_loaded(kind: str, after: int, upto: int) -> list[str]:
    """The keys of the definitions of a kind loaded after a ledger number and up to another. One query."""
    rows = Definition.objects.filter(kind=kind, seq__gt=after, seq__lte=upto).order_by()
    return list(rows.values_list("key", flat=True).distinct())


def definition_with_hash(kind: str, body_hash: str) -> Loaded:
    """A definition as it was when something was said by it: by the hash of its body. Raises LookupError."""
    row = Definition.objects.filter(kind=kind, hash=body_hash).first()
    if row is None:
        raise LookupError(f"no {kind} with hash {body_hash[:12]} was ever loaded here")
    return Loaded(definitions.parse(kind, row.body), row.hash, row.pack, row.region_id)


def loaded_catalogue(region: Region | None = None) -> definitions.Catalogue:
    """Everything loaded that holds in a region, or everywhere, in the shape the pack checks take. One small query, then memory."""
    result, newest = definitions.Catalogue(), _newest()
    for kind in definitions.KINDS:
        result.entries[kind.code] = [
            definitions.DefinitionEntry(kind.code, found.value, {}, f"pack {found.pack}", is_new=False)
            for found in (_definition(kind.code, key, region, newest) for key in _read_catalogue(kind.code, *newest))
        ]
    return result


def terms(list_code: str) -> dict[str, VocabularyTerm]:
    """The terms of one list by code, in the order they were written."""
    return dict(_read_terms(*_newest()).get(list_code, {}))


@lru_cache(maxsize=32)
def _read_terms(newest: int, newest_hash: str) -> dict[str, dict[str, VocabularyTerm]]:
    """All terms by list and code: who checks thousands of rows asks for lists thousands of times."""
    lists: dict[str, dict[str, VocabularyTerm]] = {}
    for found in _read_catalogue("term", newest, newest_hash).values():
        lists.setdefault(found.value.list, {})[found.value.code] = found.value
    return lists


def term(list_code: str, code: str) -> VocabularyTerm | None:
    """One term; None for a code the list does not have."""
    found = catalogue("term").get(f"{list_code}:{code}")
    return found.value if found else None


def term_label(list_code: str, code: str, language: str) -> str:
    """How a code is said; the code itself if the list does not know it."""
    found = catalogue("term").get(f"{list_code}:{code}")
    return found.value.label.in_language(language) if found else code


def aliases() -> dict[str, Alias]:
    """The short names by how they are written."""
    return {key: found.value for key, found in catalogue("alias").items()}


def terms_meant(list_code: str) -> dict[str, str]:
    """The short names that mean exactly one term of a list, each with its code."""
    found = {}
    for word, alias in aliases().items():
        codes = [
            code for name, _colon, code in (each.partition(":") for each in alias.means) if name == list_code and code
        ]
        if len(codes) == 1:
            found[word] = codes[0]
    return found


def indicators_meant(alias: Alias) -> list[str]:
    """The codes of the indicators a short name means, the nearest first."""
    return [each for each in alias.means if ":" not in each]


def wordings() -> dict[str, tuple[str, ...]]:
    """What each short name stands for in full, each once: 高企 → 高新技术企业, 高新技术企业数."""
    return dict(_read_wordings(*_newest()))


@lru_cache(maxsize=2)
def _read_wordings(_newest: int, _hash: str) -> dict[str, tuple[str, ...]]:
    labels = {key: found.value.label.zh for kind in ("term", "indicator") for key, found in catalogue(kind).items()}
    return {
        word: tuple(dict.fromkeys([*alias.said, *(labels[each] for each in alias.means if each in labels)]))
        for word, alias in aliases().items()
    }


def units() -> dict[str, Unit]:
    """All known units by how they are written."""
    return dict(_read_units(*_newest()))


@lru_cache(maxsize=2)
def _read_units(_newest: int, _hash: str) -> dict[str, Unit]:
    return {code: term.unit() for code, term in terms("unit").items()}


def roles() -> dict[str, Role]:
    """All roles by code."""
    return dict(_read_roles(*_newest()))


@lru_cache(maxsize=2)
def _read_roles(newest: int, newest_hash: str) -> dict[str, Role]:
    return {key: found.value for key, found in _read_catalogue("role", newest, newest_hash).items()}


def grants_of(user: User) -> QuerySet[Grant]:
    """The grants in force of one account."""
    return Grant.objects.filter(user_id=user.pk, revoked_at__isnull=True)


def _loaded(found: QuerySet[Grant]) -> list[Grant]:
    """Grants with all that says whom they are for: one query, one more where any is for a person, which few are."""
    grants = list(found.select_related("region", "organisation"))
    of_persons = [each for each in grants if each.person_id is not None]
    prefetch_related_objects(
        of_persons, Prefetch("person", Person.objects.select_related("region", "merged_into__region"))
    )
    return grants


def roles_by_account(users: Iterable[User]) -> dict[int, list[Role]]:
    """The roles of each account, by its id, each once. One query."""
    known = roles()
    found: dict[int, dict[str, Role]] = {}
    for user, role in Grant.objects.filter(user__in=list(users), revoked_at__isnull=True).values_list(
        "user_id", "role"
    ):
        if role in known:
            found.setdefault(user, {})[role] = known[role]
    return {user: list(held.values()) for user, held in found.items()}


def grants_managed_by(user: User, *, search: str = "", role: str = "", revoked: bool = False) -> QuerySet[Grant]:
    """The grants in force (or those taken back) in the regions somebody gives roles for, by account."""
    allowed = scope(user, Permission.GRANT_MANAGE)
    found = Grant.objects.filter(in_scope(allowed, organisation=""), revoked_at__isnull=not revoked)
    if wanted := search.strip():
        found = found.filter(Q(user__username__icontains=wanted) | Q(user__name__icontains=wanted))
    if role:
        found = found.filter(role=role)
    related = found.select_related("user", "region", "organisation", "given_by", "revoked_by", *OF_PERSON)
    return related.order_by("user__username", "role", "region__path", "pk")


def grant_for(user: User, pk: int) -> Grant:
    """One grant, or 404 for whoever may not give roles there."""
    found = Grant.objects.filter(in_scope(scope(user, Permission.GRANT_MANAGE), organisation=""), pk=pk)
    grant = found.select_related("user", "region", "organisation", "person").first()
    if grant is None:
        raise Http404
    return grant


def accounts_listed(user: User, *, search: str = "", is_active: bool | None = None) -> QuerySet[User]:
    """The accounts by name, or 404 for whoever does not keep them."""
    require_page(user, Permission.ACCOUNT_MANAGE)
    found = accounts.accounts()
    if wanted := search.strip():
        found = found.filter(Q(username__icontains=wanted) | Q(name__icontains=wanted))
    return found if is_active is None else found.filter(is_active=is_active)


def account_for(user: User, username: str) -> User:
    """One account, or 404."""
    found = accounts_listed(user).filter(username=username).first()
    if found is None:
        raise Http404
    return found


def account_to_unlock(user: User, username: str) -> User:
    """An account the security administrator may unlock, or 404."""
    require_page(user, Permission.GRANT_MANAGE)
    found = User.objects.filter(username=username).first()
    if found is None:
        raise Http404
    return found


def _grants(user: User) -> tuple[Grant, ...]:
    """The same, read once per user object (one request): scope is asked many times."""
    known: tuple[Grant, ...] | None = getattr(user, "_xingke_grants", None)
    if known is None:
        known = tuple(_loaded(grants_of(user))) if user.is_active else ()
        user._xingke_grants = known  # type: ignore[attr-defined]  # a cache on the request's own user object
    return known


def remember_grants(users: Collection[User]) -> None:
    """Read the grants of several accounts at once, for whoever asks next what each of them may do. One query."""
    found: dict[int, list[Grant]] = {user.pk: [] for user in users if user.is_active}
    rows = Grant.objects.filter(user_id__in=found, revoked_at__isnull=True)
    for grant in _loaded(rows):
        found[grant.user_id].append(grant)
    for user in users:
        user._xingke_grants = tuple(found.get(user.pk, ()))  # type: ignore[attr-defined]  # as ``_grants`` keeps them


def forget_grants(user: User) -> None:
    """Drop what ``user`` remembers of its grants, after they were changed."""
    remembered_of_them = ("grants", "in_force", "scopes", "permissions", "colleagues", "rights", "entries")
    for kept in (f"_xingke_{each}" for each in remembered_of_them):
        if hasattr(user, kept):
            delattr(user, kept)


def _in_force(user: User) -> list[tuple[Grant, Role]]:
    """The grants of an account with their roles; without roles of the whole system given below its topmost regions,
    which was possible once. Worked out once per user object and state of the definitions: a page asks twenty times."""
    newest = _newest()
    kept: tuple[tuple[int, str], list[tuple[Grant, Role]]] | None = getattr(user, "_xingke_in_force", None)
    if kept is not None and kept[0] == newest:
        return kept[1]
    known = _read_roles(*newest)
    held = [(grant, known[grant.role]) for grant in _grants(user) if grant.role in known]
    found = [each for each in held if may_be_given_in(each[1], is_topmost=each[0].region.parent_id is None).allowed]
    user._xingke_in_force = newest, found  # type: ignore[attr-defined]  # a cache, as of the grants
    return found


def scope(user: User, permission: StrEnum) -> Scope:
    """Where ``user`` may do ``permission``. At most three queries per request, whatever is asked; two more for whoever
    acts in their own name. Worked out once per user object, as ``_in_force``."""
    in_force, key = _in_force(user), (type(permission), permission.value)
    kept: tuple[list[tuple[Grant, Role]], dict[Any, Scope]] | None = getattr(user, "_xingke_scopes", None)
    if kept is None or kept[0] is not in_force:
        kept = user._xingke_scopes = in_force, {}  # type: ignore[attr-defined]  # a cache, as of the grants
    if key not in kept[1]:
        kept[1][key] = _scope(user, permission, in_force)
    return kept[1][key]


def _scope(user: User, permission: StrEnum, in_force: Iterable[tuple[Grant, Role]]) -> Scope:
    ranges: list[tuple[int, int]] = []
    home: list[tuple[int, int]] = []
    organisations: set[int] = set()
    persons: frozenset[int] = frozenset()
    is_above = False
    changes = changing()
    for grant, role in in_force:
        if permission.value not in role.permissions:
            continue
        if grant.organisation_id is not None:
            organisations.add(grant.organisation_id)
            continue
        if grant.person_id is not None:
            persons |= _entries(user)[grant.person_id]
            continue
        ranges.append(grant.region.range)
        own = (
            grant.region.range if works_below(role, permission, changes) else (grant.region.path, grant.region.path + 1)
        )
        home.append(own)
        is_above = is_above or own != grant.region.range
    colleagues = _colleagues(user, type(permission)) if is_above else frozenset()
    return Scope(tuple(sorted(set(ranges))), frozenset(organisations), tuple(sorted(set(home))), colleagues, persons)


def _entries(user: User) -> dict[int, frozenset[int]]:
    """By the person a grant names, all entries of the register that are the same somebody: whoever they were merged into, and
    who else was. What was filed before a merge keeps the entry it was filed with. One query, once per user object."""
    known: dict[int, frozenset[int]] | None = getattr(user, "_xingke_entries", None)
    if known is None:
        now = {each.person_id: who.pk for each in _grants(user) if each.person_id and (who := each.who) is not None}
        same: dict[int, set[int]] = {who: {who} for who in now.values()}
        for each in Person.objects.filter(merged_into__in=list(same)).only("pk", "merged_into"):
            if each.merged_into_id is not None:
                same[each.merged_into_id].add(each.pk)
        known = {named: frozenset(same[who]) for named, who in now.items()}
        user._xingke_entries = known  # type: ignore[attr-defined]  # a cache, as of the grants
    return known


def rights(user: User, *permissions: StrEnum) -> str:
    """All that an account may do, and where, as a short text: two accounts of the same text find the same, but for what
    is their own. permissions: only what these allow, and which places its roles were given for."""
    newest = _newest()
    known: dict[Any, str] = user.__dict__.setdefault("_xingke_rights", {})
    key = (newest, permissions)
    if key not in known:
        grants = _grants(user)
        held = [
            (
                grant.region_id,
                grant.region.range,
                grant.region.parent_id,
                grant.organisation_id,
                sorted(_entries(user)[grant.person_id]) if grant.person_id else None,
            )
            for grant in grants
        ]
        roles = () if permissions else [grant.role for grant in grants]
        places = [(each.value, scope(user, each).in_order) for each in permissions or known_permissions()]
        known[key] = sha256(repr((newest, held, roles, places)).encode()).hexdigest()[:32]
    return known[key]


def _colleagues(user: User, room: type[StrEnum]) -> frozenset[int]:
    """The accounts that write for the bureaus an account works for: what they have not finished lies before it, too.

    room: the enumeration of the permission that is asked about. Who works at one thing has no colleagues at another: who
    lends instruments for the city and otherwise only reads stays a superior before the ledger, and sees no drafts of it.
    Ledger and documents are one work: who writes the city's reports sees the records its bureau has not confirmed yet.
    """
    every: dict[type[StrEnum], frozenset[int]] = user.__dict__.setdefault("_xingke_colleagues", {})
    known = every.get(room)
    if known is None:
        works, changes = working(room), changing(room)
        writing = [role.code for role in roles().values() if not works.isdisjoint(role.permissions)]
        bureaus = [
            grant.region_id
            for grant, role in _in_force(user)
            if grant.is_for_region and not changes.isdisjoint(role.permissions)
        ]
        rows = Grant.objects.filter(FOR_A_REGION, region__in=bureaus, role__in=writing, revoked_at__isnull=True)
        known = frozenset(rows.order_by().values_list("user_id", flat=True)) if bureaus else frozenset()
        every[room] = known  # a cache, as of the grants
    return known


def permissions_of(user: User) -> frozenset[str]:
    """Every permission the account has anywhere: what the menu asks, once per user object, as ``_in_force``."""
    in_force = _in_force(user)
    kept: tuple[list[tuple[Grant, Role]], frozenset[str]] | None = getattr(user, "_xingke_permissions", None)
    if kept is not None and kept[0] is in_force:
        return kept[1]
    found = frozenset(permission for _grant, role in in_force for permission in role.permissions)
    user._xingke_permissions = in_force, found  # type: ignore[attr-defined]  # a cache, as of the grants
    return found


def roles_of(user: User) -> list[Role]:
    """The roles the account holds, each once."""
    known = roles()
    return [known[code] for code in dict.fromkeys(grant.role for grant in _grants(user)) if code in known]


def has(user: User, permission: StrEnum) -> bool:
    """Whether the account has the permission anywhere."""
    return permission.value in permissions_of(user)


def has_code(user: Any, code: str) -> bool:
    """The same by the permission's code, for the menu; nobody who is not signed in has any."""
    return isinstance(user, User) and code in permissions_of(user)


def has_code_for_a_region(user: Any, code: str) -> bool:
    """The same, where the permission is held for a region and not only for one organisation or person."""
    return isinstance(user, User) and any(
        code in role.permissions and grant.is_for_region for grant, role in _in_force(user)
    )


def may(user: User, permission: StrEnum, *, at: Region | Organisation | Person | None = None) -> bool:
    """Whether somebody has ``permission``: anywhere, in a region, for an organisation, their own or one of their region, or
    for a person: themselves, or one of their region or their own organisation."""
    allowed = scope(user, permission)
    if at is None:
        return bool(allowed)
    if isinstance(at, Organisation):
        return at.pk in allowed.organisations or allowed.covers(at.region.path)
    if isinstance(at, Person):
        if at.pk in allowed.persons or at.organisation_id in allowed.organisations:
            return True
        return at.region is not None and allowed.covers(at.region.path)
    return allowed.covers(at.path)


def sections_of(user: User, region: Region) -> frozenset[str] | None:
    """The sections 科室 somebody works in at a region's bureau; None for all of them."""
    low_high = [(grant.region.range, grant.section) for grant, _role in _in_force(user) if grant.is_for_region]
    found = {section for (low, high), section in low_high if low <= region.path < high}
    return None if "" in found else frozenset(found)


def require(user: User, permission: StrEnum, *, at: Region | Organisation | Person | None = None) -> None:
    """Refuse with a sentence unless ``user`` has ``permission`` (there, if a region, an organisation or a person is given).

    The sentence names no person: whoever is refused may be one who must not know them.
    """
    if not may(user, permission, at=at):
        where = _("本系统") if at is None else _("这个人") if isinstance(at, Person) else at.name
        raise Refused(
            _("您的岗位没有在“%(where)s”进行此项操作的权限（%(permission)s）。请向安全管理员申请授权。")
            % {"where": where, "permission": permission.value}
        )


def reader(user: object) -> User:
    """The account behind a request, which the sign-in check has let through; 404 for nobody at all."""
    if not isinstance(user, User):
        raise Http404
    return user


def require_page(user: User, permission: StrEnum) -> Scope:
    """The scope of a page that needs ``permission``; 404 for whoever has it nowhere: strangers learn nothing."""
    allowed = scope(user, permission)
    if not allowed:
        raise Http404
    return allowed


def in_scope(allowed: Scope, *, region: str = "region", organisation: str = "organisation", person: str = "") -> Q:
    """The filter that keeps rows inside ``allowed``; nothing passes an empty scope.

    region, organisation, person: the columns that say where a row lies, whose it is and who it is of; "" for none. Rows of a
    person are theirs only where a list says so: a name in a row is not yet a reason to show it to whoever bears it.
    """
    if not allowed:
        return Q(pk__in=())
    condition = Q()
    for low, high in allowed.ranges:
        prefix = f"{region}__path" if region else "path"
        condition |= Q(**{f"{prefix}__gte": low, f"{prefix}__lt": high})
    if allowed.organisations and organisation:
        condition |= Q(**{f"{organisation}__in": allowed.organisations})
    if allowed.persons and person:
        condition |= Q(**{f"{person}__in": allowed.persons})
    return condition or Q(pk__in=())


def regions_within(allowed: Scope) -> QuerySet[Region]:
    """The current regions of a scope, in code order."""
    return Region.objects.filter(in_scope(allowed, region="", organisation=""), valid_to__isnull=True).order_by("path")


def own_regions(user: User) -> list[Region]:
    """The regions an account's grants name, each once; an organisation's grant names the organisation's region, a person's
    none: who acts in their own name works for no region, and no number of it is theirs."""
    return list(dict.fromkeys(grant.region for grant in _grants(user) if grant.person_id is None))


def bureaus_of(user: User) -> list[Region]:
    """The regions whose bureau somebody works for: those their grants name as a whole, each once."""
    return list(dict.fromkeys(grant.region for grant in _grants(user) if grant.is_for_region))


def own_name_regions(user: User) -> list[Region]:
    """The regions for which an account was given a role in its own name: where what it begins lies."""
    return list(dict.fromkeys(grant.region for grant in _grants(user) if grant.person_id is not None))


def own_organisations(user: User) -> list[Organisation]:
    """The organisations an account was given a role for by name."""
    return [grant.organisation for grant in _grants(user) if grant.organisation is not None]


def own_persons(user: User) -> list[Person]:
    """The persons an account acts for in their own name, as they stand in the register now, each once: one at most."""
    return list(dict.fromkeys(who for grant in _grants(user) if (who := grant.who) is not None))


def comparable_regions(user: User, permission: StrEnum = Permission.INDICATOR_READ) -> QuerySet[Region]:
    """Regions whose confirmed aggregates an account may see: its own subtree, its parents and its siblings."""
    allowed = scope(user, permission)
    condition = in_scope(allowed, region="", organisation="")
    for grant in _grants(user):
        if grant.is_for_region and allowed.covers(grant.region.path) and grant.region.parent_id is not None:
            condition |= Q(pk=grant.region.parent_id) | Q(parent_id=grant.region.parent_id)
    return Region.objects.filter(condition, valid_to__isnull=True).order_by("path")


def region_by_name_or_code(text: str) -> Region:
    """A current region by its six-digit code or its name. Raises LookupError if none or several answer."""
    wanted = text.strip()
    found = list(Region.objects.filter(Q(code=wanted) | Q(name=wanted), valid_to__isnull=True)[:3])
    if not found:
        raise LookupError(f"no region is called {text!r}; give its name or six-digit code")
    if len(found) > 1:
        raise LookupError(f"{len(found)} regions are called {text!r}; give the six-digit code")
    return found[0]


def siblings(region: Region, *, on: date) -> list[Region]:
    """The region and the others that stood under the same parent on a day, in code order; only itself if none did."""
    found = [each for each in _under(region.parent_id) if each.stands(on)]
    return found if region in found else [region]


def children(region: Region, *, on: date) -> list[Region]:
    """The regions that stood right below on a day, in code order."""
    return [each for each in _under(region.pk) if each.stands(on)]


def _under(parent: int | None) -> list[Region]:
    return list(Region.objects.filter(parent_id=parent).order_by("path")) if parent is not None else []


def organisations_visible_to(user: User) -> QuerySet[Organisation]:
    """The organisations an account may see."""
    allowed = scope(user, Permission.ORGANISATION_READ)
    return Organisation.objects.filter(in_scope(allowed, organisation="pk")).select_related("region", "zone")


def organisations_listed(user: User, *, search: str = "", zone: str = "") -> QuerySet[Organisation]:
    """The organisations an account may see whose name holds ``search``, or whose credit code begins with it."""
    found = organisations_visible_to(user)
    if wanted := search.strip():
        found = found.filter(Q(name__icontains=wanted) | Q(credit_code__startswith=normalise_code(wanted)))
    return found.filter(zone__code=zone) if zone else found


ENTERED_AFTER, ENTERED_UPTO = "after_row", "upto_row"  # in the audit row of a batch: the rows it got, which are its own


def organisations_changed(after: int, upto: int) -> QuerySet[Organisation]:
    """The organisations entered or corrected after a ledger number and up to another. One query, lazily another.

    Batches entered before their audit row said which rows they got are all organisations: known only by their source.
    """
    if not after:
        return Organisation.objects.all()
    found = Q(pk__in=[])
    for target, detail in accounts.changes_to("organisation", after, upto):
        if key := _key(target):
            found |= Q(key=key)
        elif ENTERED_UPTO in detail:
            found |= Q(pk__gt=detail[ENTERED_AFTER], pk__lte=detail[ENTERED_UPTO])
        elif Organisation.objects.filter(name=target).exists():
            found |= Q(name=target)
        else:
            return Organisation.objects.all()
    return Organisation.objects.filter(found)


def organisations_corrected(after: int, upto: int) -> QuerySet[Organisation]:
    """The organisations that are called otherwise, or lie elsewhere, since a ledger number: entered ones are not."""
    changes = accounts.changes_to("organisation", after, upto, action="organisation.")
    return Organisation.objects.filter(key__in=[key for target, _detail in changes if (key := _key(target))])


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def zones_within(allowed: Scope) -> QuerySet[Zone]:
    """The zones of a scope's regions, in code order."""
    return Zone.objects.filter(in_scope(allowed, organisation="")).order_by("code")


def organisation_for(user: User, key: UUID) -> Organisation:
    """One organisation, or 404."""
    found = organisations_visible_to(user).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def namesakes(user: User, name: str, region: Region, *, but: UUID | None = None) -> list[Organisation]:
    """Organisations an account may see that may be the one of this name: in the region, however it is written there, and
    elsewhere under the very name. Two queries."""
    wanted, seen = same_name(name), organisations_visible_to(user)
    alike = [pk for pk, known in seen.filter(region=region).values_list("pk", "name") if same_name(known) == wanted]
    found = seen.filter(Q(pk__in=alike) | Q(name=name)).order_by("name", "pk")
    return list((found if but is None else found.exclude(key=but))[:5])


def holder_of_code(code: str, *, but: UUID | None = None) -> Organisation | None:
    """The organisation that stands under a credit code."""
    if not code:
        return None
    found = Organisation.objects.filter(credit_code=code).select_related("region")
    return (found if but is None else found.exclude(key=but)).first()


def is_visible_to(user: User, organisation: Organisation) -> bool:
    """Whether an account may see an organisation."""
    allowed = scope(user, Permission.ORGANISATION_READ)
    return allowed.covers(organisation.region.path) or organisation.pk in allowed.organisations


def code_taken(holder: Organisation, by: User) -> str:
    """Why a credit code cannot be entered once more; names the organisation to whoever may see it."""
    if is_visible_to(by, holder):
        return _("统一社会信用代码 %(code)s 已登记在“%(name)s”名下，请核对后再录入。") % {
            "code": holder.credit_code,
            "name": holder.name,
        }
    return _(
        "统一社会信用代码 %(code)s 已登记在您看不到的区划的一家单位名下，请核对；确实是同一家的，请上级科技局更正区划。"
    ) % {"code": holder.credit_code}


def organisation_to_correct(user: User, key: UUID) -> Organisation:
    """One organisation of a region somebody may edit in, or 404."""
    allowed = scope(user, Permission.ORGANISATION_EDIT)
    found = Organisation.objects.filter(in_scope(allowed, organisation=""), key=key).select_related("region", "zone")
    shown = found.first()
    if shown is None:
        raise Http404
    return shown


def regions_by_code(codes: Iterable[str]) -> dict[str, Region]:
    """Current regions by code; unknown codes are absent."""
    return {region.code: region for region in Region.objects.filter(code__in=set(codes), valid_to__isnull=True)}


def regions_by_id(ids: Iterable[int]) -> dict[int, Region]:
    """Regions by their ids. One query."""
    return Region.objects.in_bulk(set(ids))


def regions_ever_of(codes: Iterable[str]) -> dict[str, Region]:
    """Regions by code, ended ones too where no other has the code now; unknown codes are absent."""
    found = Region.objects.filter(code__in=set(codes)).order_by("valid_to")
    return {region.code: region for region in sorted(found, key=lambda region: region.valid_to is None)}


def any_organisation(inside: Q) -> Q:
    """Whether an organisation is entered in some regions, as a condition; see ``base.beginnings``."""
    return Q(Exists(Organisation.objects.filter(inside)))


def regions_worked_for() -> set[Region]:
    """The regions somebody holds a role of the business in."""
    grants = Grant.objects.filter(FOR_A_REGION, revoked_at__isnull=True).select_related("region")
    known = roles()
    return {each.region for each in grants if each.role in known and not known[each.role].administrative}


def accounts_that_may(permission: StrEnum, *, at: Region) -> list[User]:
    """The accounts in use that are at home with a permission in a region, by name: to be told of what waits there.

    Of those only the nearest: where the county has somebody, who works for the whole province is not told of each county.
    Superiors, who only look on, and whoever has it for one organisation are none of them. A query for each level, and one.
    """
    above, place = [at], at
    while place.parent is not None:
        place = place.parent
        above.append(place)
    changes, known = changing(), roles()
    codes = [code for code, role in known.items() if permission.value in role.permissions]
    grants = Grant.objects.filter(
        FOR_A_REGION, region__in=above, role__in=codes, revoked_at__isnull=True, user__is_active=True
    )
    found: dict[int, set[User]] = {}
    for grant in grants.select_related("user", "region"):
        role = known[grant.role]
        is_home = grant.region_id == at.pk or works_below(role, permission, changes)
        if is_home and may_be_given_in(role, is_topmost=grant.region.parent_id is None).allowed:
            found.setdefault(grant.region_id, set()).add(grant.user)
    nearest: set[User] = next((found[each.pk] for each in above if each.pk in found), set())
    return sorted(nearest, key=lambda user: user.username)


def accounts_in_use(most: int) -> list[User]:
    """The first accounts that may sign in, by name."""
    return list(User.objects.filter(is_active=True).order_by("username")[:most])


def account_named(username: str) -> User | None:
    """An account by its name."""
    return User.objects.filter(username=username).first()


def organisation_by_code(credit_code: str) -> Organisation | None:
    """An organisation by its code, with its region."""
    return Organisation.objects.filter(credit_code=credit_code).select_related("region").first()


def region_tree_stamp() -> str:
    """A short text that changes whenever a region is added, ends or moves."""
    row = Region.objects.aggregate(newest=Max("id"), ended=Max("valid_to"))
    return f"{row['newest']}:{row['ended']}"


QUICK_CHECK = 5_000  # audit entries that are checked whenever the trail is looked at: about 0.1 s


def audit_chain(*, check: bool) -> accounts.ChainReport | None:
    """The check of the audit chain; None while the trail is long and nobody asked for it."""
    if not check and accounts.audit_trail()[QUICK_CHECK:].exists():
        return None
    return accounts.check_audit_chain()
