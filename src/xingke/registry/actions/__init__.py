"""Regions, organisations, grants and packs: the writes."""

import csv
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from xingke.accounts.acts import Act, act, is_taken_back
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base import codes, definitions
from xingke.base.definitions import DefinitionError, Issue
from xingke.base.refusals import Refused
from xingke.base.remembering import forget
from xingke.base.sayings import NOTHING, Saying, say
from xingke.registry import queries, rules
from xingke.registry.models import Definition, Grant, Organisation, Person, Region, Zone
from xingke.registry.queries.people import granted_as, people_of


@dataclass(frozen=True)
class PackLoad:
    """What loading a pack did."""

    pack: str
    added: int
    unchanged: int


def load_pack(*, folder: Path, by: User | None, now: datetime, region: Region | None = None) -> PackLoad:
    """Load a pack's definitions, for everywhere or for one region and what lies below it.

    by: who has definition.load; None only while an installation is set up. Raises DefinitionError with every mistake;
    then nothing is loaded and what was loaded before stays in force.
    """
    if by is not None:
        queries.require(by, Permission.DEFINITION_LOAD)
    if not folder.is_dir():
        raise DefinitionError([Issue(str(folder), NOTHING, say("没有这个文件夹；请写规则包的文件夹。"))])
    if not any(definitions.files_of(folder, kind) for kind in definitions.KINDS):
        files = tuple(dict.fromkeys(kind.file for kind in definitions.KINDS))
        raise DefinitionError([Issue(str(folder), NOTHING, say("文件夹里没有 %(files)s 中的任何一个。", files=files))])
    brought = definitions.read_pack(folder, loaded=queries.loaded_catalogue(region))
    if region is not None and (misplaced := list(_not_for_a_region(brought))):
        raise DefinitionError(misplaced)
    with act(by=by, now=now, code="pack.loaded", kind="pack", target=folder.name) as done:
        done.lock()
        fresh, unchanged = _fresh(brought, region)
        if fresh:
            store_definitions(entries=fresh, pack=folder.name, region=region, done=done)
            if region is not None:
                done.says(region=region.code)
        else:
            done.nothing()
    return PackLoad(folder.name, len(fresh), unchanged)


def _not_for_a_region(brought: definitions.Catalogue) -> Iterator[Issue]:
    """What would hold nowhere: a region has definitions of its own only in place of those that hold everywhere, of kinds that are asked
    for by region."""
    for kind in definitions.KINDS:
        everywhere = queries.catalogue(kind.code)
        for entry in brought.of(kind.code):
            if not kind.is_regional:
                only = say("%(kind)s对所有区划都一样，不能只为一处装载；请不写 --region 装载。", kind=kind.word)
                yield Issue(entry.file, entry.place, only)
            elif kind.key_today(entry.value.key) not in everywhere:
                first = say("还没有对所有区划都有效的这一条，只为一处装载的没有人找得到；请先不写 --region 装载一条。")
                yield Issue(entry.file, entry.place, first)


def _fresh(
    brought: definitions.Catalogue, region: Region | None
) -> tuple[list[definitions.DefinitionEntry[definitions.Defined]], int]:
    """What a pack brings that is not loaded, and how many are. Raises DefinitionError for a version that says otherwise."""
    known = {
        (row.kind, row.key, row.version): row.hash
        for row in Definition.objects.filter(region=region).only("kind", "key", "version", "hash")
    }
    fresh: list[definitions.DefinitionEntry[definitions.Defined]] = []
    issues: list[Issue] = []
    unchanged = 0
    for entry in (entry for kind in definitions.KINDS for entry in brought.of(kind.code)):
        stored = known.get((entry.kind, entry.value.key, entry.value.version))
        if stored is None:
            fresh.append(entry)
        elif stored == entry.hash:
            unchanged += 1
        else:
            issues.append(
                Issue(
                    entry.file,
                    entry.place,
                    say(
                        "第 %(version)s 版已经装载，内容不同：改了内容就把 version 加一。", version=entry.value.version
                    ),
                )
            )
    if issues:
        raise DefinitionError(issues)
    return fresh, unchanged


def store_definitions(
    *,
    entries: Sequence[definitions.DefinitionEntry[definitions.Defined]],
    pack: str,
    done: Act,
    region: Region | None = None,
) -> None:
    """Store what a pack has new, as part of an act.

    Raises RuntimeError in what is taken back: each process keeps definitions by the id of the newest, which would be given
    to another one afterwards.
    """
    if is_taken_back():
        raise RuntimeError("definitions are not loaded in what is taken back")
    Definition.objects.bulk_create(
        Definition(
            kind=entry.kind,
            key=entry.value.key,
            version=entry.value.version,
            pack=pack,
            region=region,
            hash=entry.hash,
            body=_plain(entry.body),
            seq=done.seq,
        )
        for entry in entries
    )
    forget(queries.NEWEST)
    done.says(count=len(entries))


def _plain(value: object) -> object:
    """TOML data as JSON keeps it: dates become their text."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def load_regions(*, folder: Path, by: User | None, now: datetime) -> int:
    """Load ``regions.csv`` and ``zones.csv`` of a pack; known codes stay as they are. Returns how many were added.

    Raises DefinitionError naming every row whose code, days, parent or level is wrong.
    """
    regions, zones = _rows(folder / "regions.csv"), _rows(folder / "zones.csv")
    with act(by=by, now=now, code="regions.loaded", kind="pack", target=folder.name) as done:
        done.lock()
        added = _load_region_rows(regions) + _load_zone_rows(zones)
        if added:
            done.says(count=added)
        else:
            done.nothing()
    return added


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _load_region_rows(rows: Sequence[dict[str, str]]) -> int:
    if wrong := list(_unreadable(rows)):
        raise DefinitionError(wrong)
    by_code = {region.code: region for region in Region.objects.filter(valid_to__isnull=True)}
    ended = set(Region.objects.filter(valid_to__isnull=False).values_list("code", "valid_to"))
    issues: list[Issue] = []
    added = 0
    for level in rules.LEVELS:
        fresh: list[Region] = []
        for number, row in enumerate(rows, 2):
            if row["level"] != level:
                if row["level"] not in rules.LEVELS and level == rules.LEVELS[0]:
                    issues.append(
                        _in_row(
                            number,
                            say(
                                "级别 level 写的是“%(level)s”，只能是 %(known)s 之一。",
                                level=row["level"],
                                known=rules.LEVELS,
                            ),
                        )
                    )
                continue
            valid_to = _day(row.get("valid_to"))
            if (valid_to is None and row["code"] in by_code) or (row["code"], valid_to) in ended:
                continue
            parent = by_code.get(row["parent"]) if row["parent"] else None
            if row["parent"] and parent is None:
                issues.append(_in_row(number, say("没有代码是“%(code)s”的上级区划（parent）。", code=row["parent"])))
                continue
            fresh.append(_region(row, parent))
        created = Region.objects.bulk_create(fresh)
        added += len(created)
        by_code |= {region.code: region for region in created if region.valid_to is None}
    _name_successors(rows, by_code)
    if issues:
        raise DefinitionError(issues)
    return added


def _region(row: Mapping[str, str], parent: Region | None) -> Region:
    return Region(
        code=row["code"],
        path=int(row["code"]),
        name=row["name"],
        level=row["level"],
        parent=parent,
        valid_from=_day(row.get("valid_from")),
        valid_to=_day(row.get("valid_to")),
        is_fictional=row.get("is_fictional", "") == "true",
    )


def _name_successors(rows: Iterable[Mapping[str, str]], by_code: Mapping[str, Region]) -> None:
    """Say of ended regions what they became: once all are there, for a successor may stand in a later row or level."""
    for row in rows:
        if row.get("successor") and row["successor"] in by_code:
            Region.objects.filter(code=row["code"], valid_to__isnull=False, successor__isnull=True).update(
                successor=by_code[row["successor"]]
            )


def _unreadable(rows: Sequence[dict[str, str]]) -> Iterator[Issue]:
    for number, row in enumerate(rows, 2):
        if not (len(row["code"]) == 6 and row["code"].isascii() and row["code"].isdigit()):
            yield _in_row(number, say("代码 code 写的是“%(code)s”，要六位数字。", code=row["code"]))
        for column in ("valid_from", "valid_to"):
            try:
                _day(row.get(column))
            except ValueError:
                wrong = say("%(column)s 写的是“%(day)s”，不是日子；请写成 2024-01-31。", column=column, day=row[column])
                yield _in_row(number, wrong)


def _in_row(number: int, text: Saying, file: str = "regions.csv") -> Issue:
    return Issue(file, say("第 %(number)s 行", number=number), text)


def _load_zone_rows(rows: Sequence[dict[str, str]]) -> int:
    known = set(Zone.objects.values_list("code", flat=True))
    places = queries.regions_by_code(row["region"] for row in rows)
    issues = [
        _in_row(number, say("没有代码是“%(code)s”的区划（region）。", code=row["region"]), "zones.csv")
        for number, row in enumerate(rows, 2)
        if row["region"] not in places
    ]
    if issues:
        raise DefinitionError(issues)
    return len(
        Zone.objects.bulk_create(
            Zone(
                code=row["code"],
                name=row["name"],
                region=places[row["region"]],
                is_fictional=row.get("is_fictional", "") == "true",
            )
            for row in rows
            if row["code"] not in known
        )
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def give_role(
    *,
    user: User,
    role: str,
    region: Region,
    by: User | None,
    now: datetime,
    organisation: Organisation | None = None,
    person: Person | None = None,
    section: str = "",
) -> Grant:
    """Give an account a role for a region, or for one organisation or one person. Giving it twice changes nothing.

    person: who the account's holder is; one merged is whoever they were merged into. section: the 科室 it is held in; empty
    for all. by: the security administrator; None only while an installation is set up. Raises Refused if the role or
    section is unknown, the role none for what it is given for, excluded by one the account holds, one of the whole system
    below its topmost regions, or given to oneself; and for a person who is not of the region, not entered or forgotten, who
    has another account, or where the account is somebody else's.
    """
    with act(by=by, now=now, code="grant.given", kind="account", target=user.username) as done:
        done.lock()  # what the account holds must not change until the grant is written
        if by is not None:
            queries.require(by, Permission.GRANT_MANAGE, at=region)
            if by == user:
                raise Refused(_("不能给自己授权，请由另一位安全管理员操作。"))
        _refuse_role(user, role, region, organisation=organisation, person=person, section=section)
        who = _who(person, user, region) if person is not None else None
        held = Grant.objects.filter(user=user, role=role, region=region, organisation=organisation, section=section)
        of_them = granted_as(who) if who is not None else Q(person=None)
        existing = held.filter(of_them, revoked_at__isnull=True).first()
        if existing is not None:
            done.nothing()
            return existing
        grant = Grant.objects.create(
            user=user,
            role=role,
            region=region,
            organisation=organisation,
            person=who,
            section=section,
            given_at=now,
            given_by=by,
        )
        queries.forget_grants(user)
        done.says(
            role=role,
            region=region.code,
            organisation=str(organisation.key) if organisation else "",
            person=str(who.key) if who else "",
            section=section,
        )
    return grant


def _who(person: Person, user: User, region: Region) -> Person:
    """The person a role is given for, as they stand now. Raises Refused where they, the account and the region do not agree.

    No sentence says more of a person than whoever gives the role has written: they may see none.
    """
    named = Person.objects.select_related("merged_into__region", "region").get(pk=person.pk)
    who = named.merged_into or named
    if who.erased_at is not None or who.region is None:
        raise Refused(_("这个人没有登记，或者个人信息已经删除，不能授权。"))
    if not people_of(region).filter(pk=who.pk).exists():
        raise Refused(_("这个人和工作单位都不在%(region)s，请在所在的区划授权。") % {"region": region.name})
    in_force = Grant.objects.filter(revoked_at__isnull=True)
    if in_force.filter(user=user, person__isnull=False).exclude(granted_as(who)).exists():
        raise Refused(_("账号“%(account)s”已经是另一个人的，一个账号只能是一个人的。") % {"account": user.username})
    if in_force.filter(granted_as(who)).exclude(user=user).exists():
        raise Refused(_("这个人已经有另一个账号，一个人只能有一个账号；请用那个账号，或先收回它的授权。"))
    return who


def _refuse_role(
    user: User, role: str, region: Region, *, organisation: Organisation | None, person: Person | None, section: str
) -> None:
    """Raise Refused for a role that an account may not be given there, or not for that."""
    known = queries.roles()
    if role not in known:
        raise Refused(_("没有名为“%(role)s”的岗位角色。") % {"role": role})
    if section and queries.term("section", section) is None:
        raise Refused(_("没有名为“%(section)s”的科室。") % {"section": section})
    rules.may_be_given_for(
        known[role], organisation=organisation is not None, person=person is not None, section=bool(section)
    ).or_refuse()
    held = [known[grant.role] for grant in queries.grants_of(user) if grant.role in known]
    rules.may_hold(known[role], held).or_refuse()
    rules.may_be_given_in(known[role], is_topmost=region.parent_id is None).or_refuse()


def take_role_back(*, grant: Grant, by: User, now: datetime) -> Grant:
    """Take a role back; a second time changes nothing. Raises Refused for one's own role."""
    with act(by=by, now=now, code="grant.revoked", kind="account", target=grant.user.username) as done:
        done.lock()
        grant.refresh_from_db(fields=["revoked_at", "revoked_by"])
        queries.require(by, Permission.GRANT_MANAGE, at=grant.region)
        if grant.revoked_at is not None:
            done.nothing()
            return grant
        if grant.user_id == by.pk:
            raise Refused(_("不能收回自己的角色，请由另一位安全管理员操作。"))
        grant.revoked_at, grant.revoked_by = now, by
        grant.save(update_fields=["revoked_at", "revoked_by"])
        done.says(role=grant.role, region=grant.region.code, person=str(grant.person.key) if grant.person else "")
    return grant


@dataclass(frozen=True, kw_only=True)
class NewOrganisation:
    """What is known of an organisation when it is entered."""

    key: UUID
    name: str
    region: Region
    credit_code: str = ""
    kind: str = Organisation.Kind.ENTERPRISE
    zone: Zone | None = None
    industry: str = ""
    founded_on: date | None = None
    is_fictional: bool = False


def enter_organisations(
    *,
    organisations: Iterable[NewOrganisation],
    by: User,
    now: datetime,
    source: str,
    sure: Mapping[str, str] | None = None,
) -> int:
    """Enter organisations as one batch; known keys stay as they are. Returns how many were added.

    sure: what spoke against them and was declared right nevertheless, with what was said about it; the trail keeps it.
    Raises Refused for a credit code that stands already under another key, naming it.
    """
    wanted = list(organisations)
    with act(by=by, now=now, code="organisations.entered", kind="organisation", target=source) as done:
        done.lock()
        known = set(Organisation.objects.filter(key__in=[each.key for each in wanted]).values_list("key", flat=True))
        fresh = [each for each in wanted if each.key not in known]
        if not fresh:
            done.nothing()
            return 0
        _refuse_entering(fresh, by)
        last = (
            Organisation.objects.aggregate(last=Max("pk"))["last"] or 0
        )  # what follows is this batch: nobody else writes
        Organisation.objects.bulk_create(
            [
                Organisation(
                    key=each.key,
                    name=each.name,
                    credit_code=codes.normalise_code(each.credit_code),
                    kind=each.kind,
                    region=each.region,
                    zone=each.zone,
                    industry=each.industry,
                    founded_on=each.founded_on,
                    is_fictional=each.is_fictional,
                )
                for each in fresh
            ],
            batch_size=500,
        )
        if len(fresh) == 1:
            done.target = str(fresh[0].key)
            said: dict[str, Any] = {"name": fresh[0].name, "source": source}
        else:
            upto = Organisation.objects.aggregate(last=Max("pk"))["last"]
            said = {queries.ENTERED_AFTER: last, queries.ENTERED_UPTO: upto}
        done.says(count=len(fresh))
        done.detail |= {**said, **(sure or {})}
    return len(fresh)


def _refuse_entering(fresh: Sequence[NewOrganisation], by: User) -> None:
    """Raise Refused for organisations that may not be entered there, or whose credit code is another's."""
    for region in {each.region.pk: each.region for each in fresh}.values():
        queries.require(by, Permission.ORGANISATION_EDIT, at=region)
    credit = Counter(codes.normalise_code(each.credit_code) for each in fresh if each.credit_code)
    for code, times in credit.items():
        if times > 1:
            raise Refused(
                _("统一社会信用代码 %(code)s 在这一批中出现 %(times)d 次，请核对后再录入。")
                % {"code": code, "times": times}
            )
    taken = Organisation.objects.filter(credit_code__in=list(credit)).select_related("region").first()
    if taken is not None:
        raise Refused(queries.code_taken(taken, by))


def enter_persons(*, keys: Collection[UUID]) -> dict[UUID, Person]:
    """The persons of some keys, entered where they are not known yet, as part of an act with its own audit row.

    A person is a bare key: no name and nothing else is kept.
    """
    if not keys:
        return {}
    known = set(Person.objects.filter(key__in=keys).values_list("key", flat=True))
    Person.objects.bulk_create([Person(key=key) for key in keys if key not in known], batch_size=500)
    return {each.key: each for each in Person.objects.filter(key__in=keys)}


def correct_organisation(
    *,
    organisation: Organisation,
    changes: Mapping[str, Any],
    seen: str,
    reason: str,
    by: User,
    now: datetime,
    sure: Mapping[str, str] | None = None,
) -> Organisation:
    """Correct what is known of an organisation; the audit trail keeps what stood before.

    changes: any of ``CORRECTABLE``. seen: the stamp of what the corrector saw. sure: see ``enter_organisations``. Raises
    Refused without a reason, for a credit code that is somebody else's, or if somebody changed the same meanwhile.
    """
    target = str(organisation.key)
    with act(by=by, now=now, code="organisation.corrected", kind="organisation", target=target) as done:
        done.lock()  # nobody enters the credit code meanwhile
        row = Organisation.objects.select_related("region").get(pk=organisation.pk)
        for region in (row.region, changes.get("region", row.region)):
            queries.require(by, Permission.ORGANISATION_EDIT, at=region)
        if not reason.strip():
            raise Refused(_("请写明更正的原因，它会写入审计记录。"))
        if row.stamp != seen:
            raise Refused(_("该单位的登记信息刚刚被他人更正，请刷新页面后再试。"))
        other = queries.holder_of_code(changes.get("credit_code", ""), but=row.key)
        if other is not None:
            raise Refused(queries.code_taken(other, by))
        said = {name: [str(getattr(row, name) or ""), str(value or "")] for name, value in changes.items()}
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(update_fields=[*changes, "name_key"])
        done.says(reason=reason[:500])
        done.detail |= {**said, **(sure or {})}
    return row
