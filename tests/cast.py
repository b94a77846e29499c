"""The cast of every test: who is who never changes.

Officer, director and secrecy reviewer work in 青溪县 (fictional), the neighbour in its sibling 云渡县; the statistician
everywhere, and the checker, who confirms what the statistician entered; the enterprise user only for one firm; the
stranger has an account and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import Context
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

import xingke
from xingke.accounts import actions as accounts
from xingke.accounts import counting
from xingke.accounts.models import User
from xingke.base.keys import derived_key
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import IncomingTable
from xingke.intake.rows.incoming import Options
from xingke.ledger import actions as ledger
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import Detail, DetailType
from xingke.ledger.models import Proposal
from xingke.ledger.queries import may_change_at_once
from xingke.ledger.tables import TABLES
from xingke.registry import actions as registry
from xingke.registry.models import Definition, Organisation, Region

PACKS = Path(xingke.__file__).parent / "packs"
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PASSWORD = "qingxi-2026-verify"


def load_packs() -> None:
    """Regions and the national pack, as an installation has them; nothing if they stand already."""
    if not Definition.objects.exists():
        for folder in ("national", "fictional"):
            registry.load_regions(folder=PACKS / folder, by=None, now=NOW)
        registry.load_pack(folder=PACKS / "national", by=None, now=NOW)


ROLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "officer": [("officer", "990121")],
    "director": [("director", "990121")],
    "reviewer": [("secrecy_reviewer", "990121")],
    "neighbour": [("officer", "990122")],
    "superior": [("superior_reader", "990100")],
    "statistician": [("statistician", "000000"), ("statistician", "990000")],
    "checker": [("statistician", "000000"), ("statistician", "990000")],
    "system": [("system_administrator", "000000"), ("system_administrator", "990000")],
    "security": [("security_administrator", "000000"), ("security_administrator", "990000")],
    "auditor": [("auditor", "000000"), ("auditor", "990000")],
    "stranger": [],
}


@dataclass(frozen=True)
class Cast:
    """Accounts by role name, the places, and two firms: one here, one next door."""

    users: Mapping[str, User]
    county: Region
    sibling: Region
    city: Region
    firm: Organisation
    other_firm: Organisation

    def __getattr__(self, name: str) -> User:
        try:
            return self.users[name]
        except KeyError:
            raise AttributeError(name) from None


def gather() -> Cast:
    """Open the accounts, enter the firms, give the roles."""
    load_packs()
    places = {region.code: region for region in Region.objects.filter(valid_to__isnull=True)}
    users = {name: _account(name) for name in [*ROLES, "enterprise"]}
    for name, grants in ROLES.items():
        for role, code in grants:
            registry.give_role(user=users[name], role=role, region=places[code], by=None, now=NOW)
    firms = [
        _firm("青溪县明渠传感科技有限公司", places["990121"], users["officer"]),
        _firm("云渡县远帆装备有限公司", places["990122"], users["neighbour"]),
    ]
    registry.give_role(
        user=users["enterprise"],
        role="enterprise_user",
        region=places["990121"],
        by=None,
        now=NOW,
        organisation=firms[0],
    )
    return Cast(users, places["990121"], places["990122"], places["990100"], firms[0], firms[1])


_rows: list[tuple[type[Model], list[Model]]] = []  # what entered the database with the cast, by table
_changed: list[Model] = []


def gather_again() -> Cast:
    """The same as ``gather``, which is asked only the first time: after that its rows are put back as they were."""
    if not _rows:
        with transaction.atomic():
            _remember(gather)
            transaction.set_rollback(True)
    with transaction.atomic():
        for model, rows in _rows:
            model._base_manager.bulk_create(copy(row) for row in rows)
        for row in _changed:
            copy(row).save(force_update=True)
        for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _rows_of in _rows]):
            with connection.cursor() as cursor:
                cursor.execute(statement)
    users = {user.username: user for user in User.objects.all()}
    codes = ["990121", "990122", "990100"]
    county, sibling, city = (Region.objects.get(code=code, valid_to__isnull=True) for code in codes)
    firms = {firm.region_id: firm for firm in Organisation.objects.all()}
    return Cast(users, county, sibling, city, firms[county.pk], firms[sibling.pk])


def _remember(act: Callable[[], object]) -> None:
    """Keep what an act writes: new rows and changed ones."""
    tables = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    before = {model: {row.pk: row for row in model._base_manager.all()} for model in tables}
    act()
    for model in tables:
        after = list(model._base_manager.order_by("pk"))
        if new := [row for row in after if row.pk not in before[model]]:
            _rows.append((model, new))
        _changed.extend(
            row for row in after if row.pk in before[model] and _values(row) != _values(before[model][row.pk])
        )


def _values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _account(name: str) -> User:
    return accounts.create_account(username=name, name=name, password=PASSWORD, by=None, now=NOW)


def _firm(name: str, region: Region, by: User) -> Organisation:
    key = derived_key("firm", name)
    new = registry.NewOrganisation(key=key, name=name, region=region, is_fictional=True)
    registry.enter_organisations(organisations=[new], by=by, now=NOW, source="test")
    return Organisation.objects.get(key=key)


def file(
    kind: str, name: str, events: Sequence[tuple[str, str]], *, firm: Organisation, by: User, **fields: str
) -> UUID:
    """File one confirmed title or patent with its events, written (event, day); returns its key.

    by must be allowed to enter and confirm: the statistician. Where the kind needs four eyes, the checker confirms.
    """
    usual = (
        {"title": "high_tech_enterprise", "level": "national", "name": name, "number": name}
        if kind == "recognition"
        else {"form": "invention", "name": name, "number": name}
    )
    history = ledger.NewHistory(
        key=derived_key(kind, name),
        fields={**usual, **fields},
        region=firm.region,
        organisation=firm,
        is_fictional=True,
        events=[ledger.NewEvent(event=event, on=date.fromisoformat(on), region=firm.region) for event, on in events],
    )
    ledger.file_histories(
        kind=kind, histories=[history], by=by, now=NOW, source="test", confirmed=True, confirmed_by=confirmer(kind, by)
    )
    return history.key


def meanwhile(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Let somebody else do something, once, while the next act waits for the counter."""
    hold = counting.hold

    def waited() -> None:
        monkeypatch.setattr(counting, "hold", hold)
        Context().run(do)  # an act of its own, no part of the one that waits
        hold()

    monkeypatch.setattr(counting, "hold", waited)


def confirmer(kind: str, by: User) -> User:
    """Who confirms what somebody enters: they themselves, or the checker where the kind needs four eyes."""
    return User.objects.get(username="checker") if KINDS[kind].four_eyes else by


def correct(
    kind: str, record: UUID, changes: Mapping[str, Any], *, by: User, version: int = 1, reason: str = "更正"
) -> None:
    """Correct an event or what it happened to: at once, or where that has to be proposed, accepted by the checker."""
    common: dict[str, Any] = {"version": version, "changes": changes, "reason": reason, "by": by, "now": NOW}
    known = TABLES[kind]
    is_event = known.event._default_manager.filter(record=record).exists()
    row = (known.event if is_event else known.subject)._default_manager.get(record=record, seq_to__isnull=True)
    if not may_change_at_once(kind, row, by, [row.region, changes.get("region", row.region)]).allowed:
        proposal = ledger.propose_correction(kind=kind, record=record, **common)
        ledger.accept_proposal(proposal=proposal, by=User.objects.get(username="checker"), now=NOW)
    elif is_event:
        ledger.correct_event(kind=kind, record=record, **common)
    else:
        ledger.correct_subject(kind=kind, record=record, **common)


def void(kind: str, record: UUID, *, by: User, version: int = 1, reason: str = "误录") -> None:
    """Void an event: at once, or where that has to be proposed, accepted by the checker."""
    common: dict[str, Any] = {
        "kind": kind,
        "record": record,
        "version": version,
        "reason": reason,
        "by": by,
        "now": NOW,
    }
    known = TABLES[kind]
    row = known.event._default_manager.get(record=record, seq_to__isnull=True)
    if may_change_at_once(kind, row, by, [row.region]).allowed:
        ledger.void_event(**common)
    else:
        proposal = ledger.propose_void(**common)
        ledger.accept_proposal(proposal=proposal, by=User.objects.get(username="checker"), now=NOW)


def accept_open_proposals(*, by: User) -> None:
    """Accept whatever was proposed and waits."""
    for proposal in Proposal.objects.filter(outcome=Proposal.Outcome.OPEN):
        ledger.accept_proposal(proposal=proposal, by=by, now=NOW)


def keep_records(
    *regions: Region, by: User, since: str = "2022-12-31", kinds: Iterable[str] = ("recognition", "patent")
) -> None:
    """Declare kinds complete for the regions, so that records answer."""
    for region in regions:
        for kind in kinds:
            ledger.declare_record_keeping(region=region, kind=kind, since=date.fromisoformat(since), by=by, now=NOW)


def report(
    region: Region,
    period: str,
    name: str,
    value: str,
    unit: str,
    *,
    by: User,
    document: str = "T1",
    place: str = "",
    **columns: str,
) -> UUID:
    """Import one reported figure, e.g. ``report(county, "2024", "地区生产总值", "468.30", "亿元", by=…)``; returns its key.

    columns: others of the import file, e.g. measure, real_year, basis, as_written.
    """
    place = place or f"{document}#{region.code} {name} {period} {columns.get('measure', 'level')}"
    row = {
        "figure": place[:64],
        "document": document,
        "region": region.name,
        "region_code": region.code,
        "stated_year": period,
        "real_year": period,
        "period": period,
        "indicator": name,
        "measure": "level",
        "value": value,
        "unit": unit,
        "as_written": f"{value}{unit}",
        **columns,
    }
    table = IncomingTable(
        header=tuple(row),
        rows=[tuple(row.values())],
        numbers=[2],
        encoding="UTF-8",
        digest=derived_key(*row.values()).hex,
    )
    outcome = import_table(
        form=sheet_form("observation"),
        table=table,
        file_name="test.csv",
        by=by,
        now=NOW,
        options=Options(confirmed=True),
    )
    assert not outcome.left, [str(problem) for problem in outcome.left[0].problems]
    return derived_key("observation", region.code, document, row["figure"])


SHORT = """
[[outline]]
code = "short"
label = { zh = "简报", en = "Brief" }
title = "{region}{period}科技工作简报"
issuer = "{region}科学技术局"

[[outline.section]]
heading = "一、企业"
[[outline.section.sentence]]
text = "{region_word}申报高新技术企业{high_tech_applications}，通过认定{high_tech_recognised}[，通过率{high_tech_pass_rate}]。"
[[outline.section.sentence]]
text = "有效高新技术企业{high_tech_enterprises}[，同比{high_tech_enterprises:growth}][，{high_tech_enterprises:rank}]。"

[[outline.section]]
heading = "二、投入"
[[outline.section.sentence]]
text = "全社会研发经费投入{rnd_expenditure}，投入强度{rnd_intensity}。"
[[outline.section.sentence]]
text = "登记技术合同成交额{contract_registered_value}。"
"""


def load_outline(folder: Path) -> None:
    """Load the outline ``short``: seven figures of every kind, and quick to write."""
    (folder / "outlines.toml").write_text(SHORT, encoding="utf-8")
    registry.load_pack(folder=folder, by=None, now=NOW)


def told_of(detail: Detail, number: int) -> Any:
    """Something a record may say in a detail, another for another number; nothing of an organisation."""
    match detail.type:
        case DetailType.TEXT:
            return f"{detail.name}{number}"
        case DetailType.DAY:
            return date(2024, 1, 1) + timedelta(days=number)
        case DetailType.FLAG:
            return number % 2 == 0
        case DetailType.ORGANISATION:
            return None
        case _:
            return number * 10_000
