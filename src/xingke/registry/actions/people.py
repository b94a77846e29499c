"""Persons: entering and correcting them, where they work, making two one, forgetting one."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import new_key
from xingke.base.pressed import OTHER
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.registry import queries, rules, sealing
from xingke.registry.models import Employment, Grant, Organisation, Person, Region
from xingke.registry.queries import people

Places = Callable[[Person], Collection[Region]]
"""Where the records lie that name somebody of whom the register knows nothing: the ledger knows. Asked while the counter is
held; whoever says who that is must be allowed to in all of them."""


def enter_person(
    *, name: str, region: Region, facts: Mapping[str, str], by: User, now: datetime, key: UUID | None = None
) -> Person:
    """Enter somebody. facts: any of ``sealing.SEALED``, which only those may open who may edit there.

    A form sent twice enters one person. Raises Refused for a key that names somebody else, and for a number of identity that is none, or another person's.
    """
    who = key or new_key()
    facts = _tidied(facts)
    refuse_owned(who)
    known = _entered_before(who)
    sealing.prepare(who)
    sealed, mark = sealing.seal(who, facts), sealing.mark(facts.get("identity", ""))
    with act(by=by, now=now, code="person.entered", kind="person", target=str(who)) as done:
        done.lock()
        queries.require(by, Permission.PERSON_EDIT, at=region)
        standing = Person.objects.filter(key=who).first()
        if standing is not None:
            alike = (standing.name, standing.region, standing.identity) == (name, region, mark)
            if not alike or (known is not None and known != facts):
                raise Refused(OTHER.filled())
            done.nothing()
            return standing
        _refuse_known(mark, by)
        found = Person.objects.create(
            key=who, name=name, region=region, sealed=sealed, identity=mark, is_fictional=region.is_fictional
        )
        done.says(count=1)
    return found


def enter_listed(
    *, person: Person, name: str, region: Region, facts: Mapping[str, str], places: Places, by: User, now: datetime
) -> Person:
    """Enter somebody whom so far only lists name, under the key their records have: no record and no count changes.

    Raises Refused as ``enter_person``, for one who is entered already, and where somebody may not speak for all places.
    """
    facts = _tidied(facts)
    sealing.prepare(person.key)
    sealed, mark = sealing.seal(person.key, facts), sealing.mark(facts.get("identity", ""))
    with act(by=by, now=now, code="person.entered", kind="person", target=str(person.key)) as done:
        row = _alive(person, by, done, places=places)
        if row.region is not None:
            raise Refused(_("这个人刚刚已经登记，请刷新页面后再看。"))
        queries.require(by, Permission.PERSON_EDIT, at=region)
        _refuse_other_world(region.is_fictional, places(row))
        _refuse_known(mark, by)
        row.name, row.region, row.sealed, row.identity = name, region, sealed, mark
        row.is_fictional = region.is_fictional
        row.save(update_fields=["name", "name_key", "region", "sealed", "identity", "is_fictional"])
        done.says(count=1)
    return row


def correct_person(
    *, person: Person, name: str, facts: Mapping[str, str], reason: str, by: User, now: datetime
) -> Person:
    """Correct what is known of somebody. facts: what changes of what was sealed; "" for what is no longer known.

    The trail says that something was changed, never what. Raises Refused as ``enter_person``, and without a reason.
    """
    facts = _tidied({**people.facts_of(person), **facts})
    sealing.prepare(person.key)
    sealed, mark = sealing.seal(person.key, facts), sealing.mark(facts.get("identity", ""))
    with act(by=by, now=now, code="person.corrected", kind="person", target=str(person.key), reason=reason) as done:
        row = _alive(person, by, done)
        _refuse_known(mark, by, but=row)
        row.name, row.sealed, row.identity = name, sealed, mark
        row.save(update_fields=["name", "name_key", "sealed", "identity"])
    return row


def refuse_owned(owner: UUID, *, but: str = "") -> None:
    """Raise Refused where a key is somebody else's already: two that share one are forgotten together, and opened by either.

    Keys of new things come from forms. but: the code of the sealer whose own is asked about; "" for persons.
    """
    is_person = but != "" and Person.objects.filter(key=owner).exists()
    if is_person or any(sealer.owns(owner) for sealer in sealing.SEALERS if sealer.code != but):
        raise Refused(say("这张表单的编号已经用于别的登记，请刷新页面重新填写。"))


def _entered_before(key: UUID) -> dict[str, str] | None:
    """What is sealed of somebody under a key; None where nobody has it. Before an act, inside which no file is read.

    Raises Refused for somebody who was forgotten or is known under another key: no key is made anew for them.
    """
    there = Person.objects.filter(key=key).first()
    if there is not None and (there.erased_at is not None or there.merged_into_id is not None):
        raise Refused(OTHER.filled())
    return people.facts_of(there) if there is not None else None


def _tidied(facts: Mapping[str, str]) -> dict[str, str]:
    found = {name: text for name in sealing.SEALED if (text := " ".join(facts.get(name, "").split()))}
    if "identity" in found:
        found["identity"] = rules.identity_number(found["identity"])
    return found


def _refuse_known(mark: str, by: User, *, but: Person | None = None) -> None:
    known = Person.objects.filter(identity=mark, merged_into=None)
    other = (known.exclude(pk=but.pk) if but else known).first() if mark else None
    if other is None:
        return
    if people.people_visible_to(by).filter(pk=other.pk).exists():
        raise Refused(_("这个身份证件号码已登记为“%(name)s”，是同一人就用已有的这一条。") % {"name": other.name})
    raise Refused(_("这个身份证件号码已在别的区划登记，请与当地科技部门核对。"))


def _alive(person: Person, by: User, done: Act, *, places: Places | None = None) -> Person:
    """The person as they stand now, locked. Raises Refused where somebody may not, or for one merged or forgotten.

    places: for one whom only lists name; without it such a one is refused, too.
    """
    done.lock()
    row = Person.objects.select_related("region").get(pk=person.pk)
    queries.require(by, Permission.PERSON_EDIT, at=row.region)
    if row.merged_into_id is not None:
        raise Refused(_("这个人已并入另一条，请在那一条上改动。"))
    if row.erased_at is not None:
        raise Refused(_("这个人的信息已经删除，不能再改动。"))
    if row.region is None:
        _refuse_strangers_to(places(row) if places is not None else (), by)
    if row.sealed != person.sealed:  # what was seen is what is changed: else the other's correction would be lost
        raise Refused(_("该记录刚刚被他人更正，请刷新页面后再试。"))
    return row


def _refuse_strangers_to(places: Collection[Region], by: User) -> None:
    """Raise Refused for whoever may not say who somebody is whom records of these places name."""
    if not places:
        raise Refused(_("这个人还没有登记，只有表格写到；请在“表格里的人员”页上办理。"))
    if not all(queries.may(by, Permission.PERSON_EDIT, at=each) for each in places):
        raise Refused(_("您范围以外的区划也有记录写到这个人，请能在那里登记人员的同事或上级科技部门办理。"))


def _refuse_other_world(is_fictional: bool, places: Collection[Region]) -> None:
    if any(each.is_fictional != is_fictional for each in places):
        raise Refused(_("虚构的人员和真实的区划不能记在一起。"))


def employ(
    *,
    person: Person,
    employer: str,
    organisation: Organisation | None,
    post: str,
    since: date | None,
    by: User,
    now: datetime,
) -> Employment:
    """Say where somebody works now; where they worked before ends the day before. Raises Refused for a day before that."""
    with act(by=by, now=now, code="person.employed", kind="person", target=str(person.key)) as done:
        row = _alive(person, by, done)
        before = Employment.objects.filter(person=row, until=None).first()
        if before is not None:
            if since is None or (before.since is not None and since <= before.since):
                raise Refused(_("请填写新任职的开始日期，并晚于现任职的开始日期。"))
            before.until = since - timedelta(days=1)
            before.save(update_fields=["until"])
        found = Employment.objects.create(
            person=row,
            organisation=organisation,
            employer=organisation.name if organisation else employer,
            post=post,
            since=since,
        )
        row.organisation = organisation
        row.save(update_fields=["organisation"])
        done.says(count=1, since=since.isoformat() if since else "")
    return found


def merge_people(
    *, kept: Person, other: Person, reason: str, by: User, now: datetime, places: Places | None = None
) -> Person:
    """Say that two are one: ``other`` is from now on read as ``kept``. Records keep the key they were filed with.

    places: where ``other`` is one whom only lists name. Raises Refused for one and the same, without a reason, or where
    somebody may not edit both.
    """
    if kept.pk == other.pk:
        raise Refused(_("这是同一条，不用合并。"))
    facts = {**people.facts_of(other), **people.facts_of(kept)}
    sealing.prepare(kept.key)
    sealed, mark = sealing.seal(kept.key, facts), sealing.mark(facts.get("identity", ""))
    with act(by=by, now=now, code="person.merged", kind="person", target=str(kept.key), reason=reason) as done:
        row, gone = _alive(kept, by, done), _alive(other, by, done, places=places)
        if gone.region is None and places is not None:
            _refuse_other_world(row.is_fictional, places(gone))
        if row.identity and gone.identity and row.identity != gone.identity:
            raise Refused(_("两人的身份证件号码不同，不能合并。"))
        if len({grant.user_id for each in (row, gone) for grant in _grants(each)}) > 1:
            raise Refused(_("两条各有一个账号，一个人只能有一个；请安全管理员先收回其中一个的授权，再来合并。"))
        gone.merged_into, gone.name, gone.sealed, gone.identity, gone.organisation = row, "", "", "", None
        gone.merged_first, gone.merged_seq = row, done.seq
        gone.save(
            update_fields=[
                "merged_into",
                "merged_first",
                "merged_seq",
                "name",
                "name_key",
                "sealed",
                "identity",
                "organisation",
            ]
        )
        before = Person.objects.filter(merged_into=gone)
        before.filter(merged_first=None).update(merged_first=gone)  # merged before that was kept
        before.update(merged_into=row)
        row.sealed, row.identity = sealed, mark
        row.save(update_fields=["sealed", "identity"])
        done.says(count=1, merged=str(gone.key))
    sealing.destroy(gone.key)
    return row


def erase_person(*, person: Person, reason: str, by: User, now: datetime) -> None:
    """Forget somebody: the name, all that was sealed, and the key. Records that name them keep a key that says nothing.

    Roles they were given in their own name are taken back with it; the account stays, and its name, for the trail names it.
    """
    with act(by=by, now=now, code="person.erased", kind="person", target=str(person.key), reason=reason) as done:
        row = _alive(person, by, done)
        row.name, row.sealed, row.identity, row.erased_at, row.erased_by = "", "", "", now, by
        row.organisation = None
        row.save(update_fields=["name", "name_key", "sealed", "identity", "organisation", "erased_at", "erased_by"])
        people.employments_of(row).update(employer="", post="", organisation=None)
        for grant in _grants(row).select_related("user", "region", "person"):
            _take_back(grant, by=by, now=now)
        done.says(count=1)
    sealing.destroy(person.key)


def _grants(person: Person) -> QuerySet[Grant]:
    """The grants in force somebody was given in their own name."""
    return Grant.objects.filter(people.granted_as(person), revoked_at__isnull=True).order_by("pk")


def _take_back(grant: Grant, *, by: User, now: datetime) -> None:
    """Take a role back as part of what ends whom it was given for; whoever does that need not give roles."""
    with act(by=by, now=now, code="grant.revoked", kind="account", target=grant.user.username) as done:
        grant.revoked_at, grant.revoked_by = now, by
        grant.save(update_fields=["revoked_at", "revoked_by"])
        done.says(role=grant.role, region=grant.region.code, person=str(grant.person.key) if grant.person else "")


def open_person(*, person: Person, by: User, now: datetime) -> dict[str, str]:
    """What is sealed of somebody, for somebody who may edit there; the trail keeps that they looked."""
    with act(by=by, now=now, code="person.opened", kind="person", target=str(person.key)) as done:
        row = _alive(person, by, done)
        done.says(count=1)
    return sealing.unseal(row.key, row.sealed)


def change_keys(*, by: User | None, now: datetime) -> int:
    """Give every person a new key and seal everything anew; what upper rooms sealed, too. Returns how many. Stopped halfway, run it again."""
    keys = list(Person.objects.exclude(sealed="").values_list("key", flat=True))
    for key in keys:
        sealing.begin_change(key)
        while not _sealed_anew(key, by, now):  # somebody corrected them meanwhile
            pass
        sealing.end_change(key)
    return len(keys) + sum(sealer.change(by, now) for sealer in sealing.SEALERS)


def _sealed_anew(key: UUID, by: User | None, now: datetime) -> bool:
    before = Person.objects.values_list("sealed", flat=True).get(key=key)
    after = sealing.seal(key, sealing.unseal(key, before))
    with act(by=by, now=now, code="person.key-changed", kind="person", target=str(key)) as done:
        done.lock()
        if not Person.objects.filter(key=key, sealed=before).update(sealed=after):
            done.nothing()
            return False
        done.says(count=1)
    return True
