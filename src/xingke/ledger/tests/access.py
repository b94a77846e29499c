"""Who may see the addresses of ledger."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.access import CHOOSE, CONFIRM, ENTER, NEXT_DOOR, READERS, Row, World
from tests.cast import NOW, file, keep_records, report
from xingke.accounts.models import User
from xingke.ledger import actions as ledger
from xingke.ledger.models import Evidence, Observation, PatentEvent
from xingke.registry.actions import enter_persons
from xingke.registry.models import Organisation, Person
from xingke.registry.rules import listed_key


def furnish(world: World) -> Mapping[str, Any]:
    """A confirmed record with a file, a draft, a change proposed and two reported figures that differ."""
    cast = world.cast
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    for firm, name in ((cast.firm, "甲"), (cast.other_firm, "乙")):
        file("patent", name, [("applied", "2022-03-01"), ("granted", "2024-05-06")], firm=firm, by=cast.statistician)
    record = PatentEvent.objects.get(event="granted", organisation=cast.firm)
    draft = ledger.add_event(
        kind="patent",
        subject=record.subject,
        event=ledger.NewEvent(event="lapsed", on=date(2025, 2, 2), region=cast.county),
        by=cast.officer,
        now=NOW,
        source="登记",
    )
    ledger.attach_evidence(
        kind="patent", record=record.record, files=[ledger.NewFile("证书.pdf", b"%PDF-1.7")], by=cast.officer, now=NOW
    )
    title = file("recognition", "丙", [("recognised", "2024-11-08")], firm=cast.firm, by=cast.statistician)
    proposal = ledger.propose_correction(
        kind="recognition",
        record=title,
        version=1,
        changes={"number": "GR1"},
        reason="补录编号",
        by=cast.officer,
        now=NOW,
    )
    listed = name_by_list("李四", firm=cast.firm, by=cast.officer)
    for document, amount in (("T1", "468.3"), ("T2", "470")):
        report(cast.county, "2024", "地区生产总值", amount, "亿元", by=cast.statistician, document=document)
    return {
        "record": record,
        "draft": PatentEvent.objects.get(record=draft),
        "proposal": proposal,
        "evidence": Evidence.objects.get(),
        "observation": Observation.objects.get(document="T1"),
        "listed": listed,
    }


def name_by_list(name: str, *posts: str, firm: Organisation, by: User) -> Person:
    """Records of a firm that name somebody as an import does: by a key of the place and the name, which is not kept."""
    (person,) = enter_persons(keys={listed_key(firm.region.code, name)}).values()
    histories = [
        ledger.NewHistory(
            fields={"post": "commissioner", "name": post},
            region=firm.region,
            organisation=firm,
            person=person,
            is_fictional=True,
            source_place="第 3 行",
            events=[ledger.NewEvent(event="appointed", on=date(2024, 3, 1), region=firm.region)],
        )
        for post in posts or ("科技特派员",)
    ]
    ledger.file_histories(kind="appointment", histories=histories, by=by, now=NOW, source="特派员名单.xlsx")
    return person


def _record(world: World) -> dict[str, Any]:
    return {"kind": "patent", "record": world.record.record}


def _draft(world: World) -> dict[str, Any]:
    return {"kind": "patent", "record": world.draft.record}


def _proposed(world: World) -> dict[str, Any]:
    return {"kind": "recognition", "record": world.proposal.record}


def _listed(world: World) -> dict[str, Any]:
    return {"key": world.listed.key}


ROWS = {
    "record-list": Row(READERS | NEXT_DOOR),
    "record": Row(READERS, _record),
    "keeping": Row(READERS | NEXT_DOOR),
    "title-list": Row(READERS | NEXT_DOOR),
    "title-merge": Row(ENTER | NEXT_DOOR, posts_only=True),
    "record-new": Row(ENTER | NEXT_DOOR, lambda world: {"kind": "payment"}),
    "event-add": Row(ENTER, _record),
    "record-correct": Row(ENTER, _record),
    "record-confirm": Row(CONFIRM, _draft, posts_only=True),
    "records-confirm": Row(CONFIRM, posts_only=True),
    "act-undo": Row(frozenset({"officer"}), lambda world: {"seq": world.draft.seq_from}, posts_only=True),
    "record-void": Row(ENTER | CONFIRM, _record),  # or to propose it
    "evidence-add": Row(ENTER, _record, posts_only=True),
    "evidence-withdraw": Row(
        ENTER | CONFIRM, lambda world: {**_record(world), "pk": world.evidence.pk}, posts_only=True
    ),
    "attachment": Row(
        READERS, lambda world: {**_record(world), "pk": world.evidence.pk, "name": "证书.pdf"}, is_page=False
    ),
    "proposal-decide": Row(
        CONFIRM | {"officer"}, lambda world: {**_proposed(world), "pk": world.proposal.pk}, posts_only=True
    ),
    "listed-person-list": Row(frozenset({"officer"}) | NEXT_DOOR),
    "listed-person": Row(frozenset({"officer"}), _listed),
    "listed-person-enter": Row(frozenset({"officer"}), _listed),
    "listed-person-merge": Row(frozenset({"officer"}), _listed),
    "proposal-list": Row(ENTER | CONFIRM | NEXT_DOOR),
    "observation-list": Row(READERS | NEXT_DOOR),
    "choice-list": Row(CHOOSE | NEXT_DOOR),
    "observation-choose": Row(CHOOSE, lambda world: {"record": world.observation.record}, posts_only=True),
}
