"""What is kept of the ledger is never older than what was committed, and nobody else's."""

import re
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.cast import NOW, Cast, file, keep_records, report
from xingke.accounts import actions as accounts
from xingke.accounts.acts import act
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import current_seq, last_change
from xingke.base.keys import derived_key
from xingke.base.remembering import memory
from xingke.ledger.actions import (
    NewEvent,
    NewHistory,
    accept_proposal,
    add_event,
    as_if_confirmed,
    choose_observation,
    confirm_event,
    confirm_events,
    confirm_observation,
    correct_event,
    correct_observation,
    correct_subject,
    decline_proposal,
    file_histories,
    propose_correction,
    propose_void,
    void_event,
    void_observation,
)
from xingke.ledger.models import Observation, Patent, PatentEvent, Proposal
from xingke.ledger.queries import events
from xingke.ledger.queries.caching import (
    DECLARATIONS,
    DEFINITIONS,
    FIGURES,
    OF_RECORDS,
    kept,
    kept_alike,
    kept_beside,
    kept_for,
    kept_of,
    kept_within,
    states,
)
from xingke.ledger.queries.holders import seen_by
from xingke.registry import actions as registry
from xingke.registry import queries
from xingke.registry.models import Grant

pytestmark = pytest.mark.db


class Asked:
    """Counts how often somebody looked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def _again(name: str) -> User:
    """The account as the next request reads it."""
    return User.objects.get(username=name)


def _patent(cast: Cast) -> None:
    file("patent", "一种明渠", [("granted", "2025-02-03")], firm=cast.firm, by=cast.statistician)


def _draft_patent(cast: Cast) -> None:
    history = NewHistory(
        key=derived_key("patent", "一种水闸"),
        fields={"form": "invention", "name": "一种水闸", "number": "一种水闸"},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[NewEvent(event="granted", on=date(2025, 2, 3), region=cast.county)],
    )
    file_histories(kind="patent", histories=[history], by=cast.officer, now=NOW, source="test", confirmed=False)


def _declaration(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician, kinds=["patent"])


def _figure(cast: Cast) -> None:
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.statistician)


@pytest.mark.parametrize(
    "write, changed", [(_patent, {"patent"}), (_declaration, {DECLARATIONS}), (_figure, {FIGURES})]
)
def test_what_is_kept_of_a_part_is_asked_again_once_that_part_has_changed(
    cast: Cast, write: Callable[[Cast], None], changed: set[str]
) -> None:
    before = {part: kept_of([part], "test", Asked()) for part in states()}
    known = states()
    write(cast)

    assert {part for part, state in states().items() if state != known[part]} == changed
    asked = {part: Asked() for part in before}
    for part, ask in asked.items():
        kept_of([part], "test", ask)
    assert {part for part, ask in asked.items() if ask.times} == changed


def test_after_a_restored_backup_the_same_number_is_another_state(cast: Cast) -> None:
    _patent(cast)
    before, change = states()["patent"], last_change()
    AuditEntry.objects.filter(seq=int(before.split(":")[0])).update(digest="0" * 64)

    assert last_change() != change
    assert states()["patent"] != before


def test_signing_in_changes_nothing_and_every_other_act_does(cast: Cast) -> None:
    before = last_change()
    accounts.record_sign_in(user=cast.officer, now=NOW)
    assert last_change() == before

    registry.give_role(user=cast.stranger, role="officer", region=cast.county, by=None, now=NOW)
    assert last_change() != before


def test_an_act_is_seen_by_what_is_asked_after_it_in_the_same_request(cast: Cast) -> None:
    ask = Asked()
    with memory():
        kept_for(cast.officer, "test", ask)
        kept_of(["patent"], "test", ask)
        kept("test", ask)
        _patent(cast)
        kept_for(cast.officer, "test", ask)
        kept_of(["patent"], "test", ask)
        kept("test", ask)
    assert ask.times == 6


def _a_life_of_records(cast: Cast, figure: UUID) -> Iterator[None]:
    """Acts of all codes that write records and figures alone, one after the other."""

    def row() -> PatentEvent:
        return PatentEvent.objects.filter(seq_to=None).earliest("happened_on")

    def seen() -> dict[str, Any]:
        return {"kind": "patent", "record": row().record, "version": row().version, "now": NOW}

    def of_patent() -> dict[str, Any]:
        subject = Patent.objects.get(seq_to=None)
        return {"kind": "patent", "record": subject.record, "version": subject.version, "now": NOW}

    def of_figure() -> dict[str, Any]:
        return {"record": figure, "version": Observation.objects.get(record=figure, seq_to=None).version, "now": NOW}

    def decided(by: User, decide: Callable[..., Any], **said: str) -> None:
        decide(proposal=Proposal.objects.get(decided_at=None), by=by, now=NOW, **said)

    moved = {"happened_on": date(2025, 2, 4)}
    yield _draft_patent(cast)
    yield confirm_event(**seen(), by=cast.director)
    later = NewEvent(event="lapsed", on=date(2026, 1, 5), region=cast.county)
    subject = Patent.objects.get(seq_to=None).record
    yield add_event(kind="patent", subject=subject, event=later, by=cast.officer, now=NOW, source="test")
    drafts = [each.record for each in PatentEvent.objects.filter(seq_to=None, event="lapsed")]
    yield confirm_events(records={"patent": drafts}, by=cast.director, now=NOW)
    yield propose_correction(**seen(), changes=moved, reason="原件", by=cast.officer)
    yield decided(cast.director, accept_proposal)
    yield propose_correction(**seen(), changes={"happened_on": date(2025, 2, 5)}, reason="原件", by=cast.officer)
    yield decided(cast.director, decline_proposal, answer="不对")
    yield propose_correction(**seen(), changes={"happened_on": date(2025, 2, 6)}, reason="原件", by=cast.officer)
    yield decided(cast.officer, decline_proposal, answer="")
    yield void_event(
        kind="patent", record=drafts[0], version=PatentEvent.objects.get(record=drafts[0], seq_to=None).version,
        reason="重复", by=cast.director, now=NOW,
    )  # fmt: skip
    yield correct_event(**seen(), changes={"happened_on": date(2025, 2, 7)}, reason="原件", by=cast.checker)
    yield correct_subject(**of_patent(), changes={"name": "一种水闸门"}, reason="证书", by=cast.checker)
    for answer, by in (("不重复", cast.director), ("", cast.officer)):
        yield propose_void(**seen(), reason="重复", by=cast.officer)
        yield decided(by, decline_proposal, answer=answer)
    yield propose_void(**seen(), reason="重复", by=cast.officer)
    yield decided(cast.director, accept_proposal)
    yield confirm_observation(**of_figure(), by=cast.director)
    yield choose_observation(**of_figure(), reason="看过原件", by=cast.director)
    yield correct_observation(**of_figure(), changes={"place": "第2页"}, reason="原件", by=cast.checker)
    yield void_observation(**of_figure(), reason="错", by=cast.checker)


WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
OF_LEDGER = re.compile(r"ledger_\w+|accounts_(counter|auditentry)")


def test_acts_of_records_write_nothing_else_and_leave_what_stands_beside_them(cast: Cast) -> None:
    figure = report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=cast.officer)
    written: set[str] = set()

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        written.update(WRITES.findall(sql))
        return execute(sql, *rest)

    ask, before = Asked(), current_seq()
    kept_beside(cast.officer, "test", ask)
    with connection.execute_wrapper(watch):
        change = last_change()
        for _each in _a_life_of_records(cast, figure):
            assert last_change() != change
            change = last_change()
            kept_beside(cast.officer, "test", ask)

    done = {each.action for each in AuditEntry.objects.filter(seq__gt=before)}
    assert done == {code for code in OF_RECORDS if code.partition(".")[0] in ("patent", "observation", "records")}
    assert ask.times == 1
    assert written and all(map(OF_LEDGER.fullmatch, written)), written


def test_what_stands_beside_records_is_asked_again_after_any_other_act_and_one_of_which_another_was_part(
    cast: Cast,
) -> None:
    ask = Asked()
    for write in (_patent, _declaration, _figure):
        kept_beside(cast.officer, "test", ask)
        write(cast)
    assert ask.times == 2
    with act(by=cast.officer, now=NOW, code="patent.filed") as whole:
        whole.lock()
        with act(by=cast.officer, now=NOW, code="case.opened") as part:
            part.says(title="甲")
    kept_beside(cast.officer, "test", ask)
    assert ask.times == 3


def test_in_the_midst_of_an_act_nothing_is_kept(cast: Cast) -> None:
    ask = Asked()
    with act(by=cast.officer, now=NOW, code="test.done") as done:
        done.lock()
        kept_of(["patent"], "test", ask)
        kept_of(["patent"], "test", ask)
        done.nothing()
    assert ask.times == 2
    assert kept_of(["patent"], "test", Asked()) == 1


def test_as_if_confirmed_nothing_is_kept_and_nothing_remembered(cast: Cast) -> None:
    _draft_patent(cast)
    draft = PatentEvent.objects.get().record
    ask = Asked()
    with memory():
        before, patents = last_change(), states()["patent"]
        with as_if_confirmed(records={"patent": [draft]}, by=cast.checker, now=NOW):
            assert states()["patent"] != patents
            for _time in range(2):
                kept_for(cast.officer, "test", ask)
                kept_of(["patent"], "test", ask)
                kept("test", ask)
        assert (last_change(), states()["patent"]) == (before, patents)
    assert ask.times == 6


@pytest.mark.parametrize(
    "kept_so", [kept, partial(kept_of, [DEFINITIONS])], ids=["until something is filed", "of the definitions"]
)
def test_what_was_found_by_older_definitions_is_not_served_with_newer_ones(
    cast: Cast, tmp_path: Path, kept_so: Callable[[str, Callable[[], bool]], bool]
) -> None:
    """A request looks at the definitions, somebody loads others, and it asks for the last change after that."""
    (tmp_path / "vocabulary.toml").write_text(
        '[[term]]\nlist = "colour"\ncode = "red"\nlabel = { zh = "红", en = "Red" }\n', "utf-8"
    )

    def knows_red() -> bool:
        return "red" in queries.terms("colour")

    with memory():
        assert not knows_red()
        Context().run(lambda: registry.load_pack(folder=tmp_path, by=None, now=NOW))  # as another process
        assert not kept_so("test", knows_red)
    with memory():
        assert kept_so("test", knows_red)


def test_readers_of_the_same_rights_share_and_no_others(cast: Cast) -> None:
    twin = accounts.create_account(username="twin", name="同事", password="qingxi-2026-verify", by=None, now=NOW)
    registry.give_role(user=twin, role="officer", region=cast.county, by=None, now=NOW)
    ask = Asked()

    assert kept_alike(_again("officer"), "test", ask) == kept_alike(_again("twin"), "test", ask) == 1
    for number, name in enumerate(("neighbour", "director", "superior", "enterprise", "stranger", "statistician"), 2):
        assert kept_alike(_again(name), "test", ask) == number
    assert kept_for(_again("officer"), "test", ask) != kept_for(_again("twin"), "test", ask)


def test_who_differs_only_in_what_is_not_asked_about_shares(cast: Cast) -> None:
    ask, asked = Asked(), (Permission.RECORD_READ,)

    assert kept_alike(_again("officer"), "test", ask, *asked) == kept_alike(_again("director"), "test", ask, *asked)
    assert kept_alike(_again("officer"), "test", ask, *asked) != kept_alike(_again("neighbour"), "test", ask, *asked)
    assert kept_alike(_again("officer"), "test", ask, *asked) != kept_alike(_again("enterprise"), "test", ask, *asked)


def test_the_records_filed_last_in_a_scope_are_found_behind_many_of_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "NEWEST", 2)
    for name, firm in (("一", cast.firm), ("二", cast.firm), *((f"邻{n}", cast.other_firm) for n in range(4))):
        file("patent", name, [("granted", "2025-02-03")], firm=firm, by=cast.statistician)

    def names(user: User) -> list[str]:
        found = events.entries(events.latest_filed(user, limit=2), seen_by(user))
        return [entry.subject.name for entry in found]

    assert names(cast.officer) == ["二", "一"]
    assert names(cast.neighbour) == ["邻3", "邻2"]


def test_within_a_scope_is_kept_for_that_scope_only(cast: Cast) -> None:
    ask = Asked()
    for name in ("officer", "neighbour", "superior", "enterprise"):
        kept_within(queries.scope(cast.users[name], Permission.RECORD_READ), ["patent"], "test", ask)
    assert ask.times == 4
    kept_within(queries.scope(cast.director, Permission.RECORD_READ), ["patent"], "test", ask)
    assert ask.times == 4


def test_a_role_taken_back_is_noticed_even_on_the_same_user_object(cast: Cast) -> None:
    before = queries.rights(cast.officer)
    assert queries.has(cast.officer, Permission.RECORD_ENTER)
    grant = Grant.objects.get(user=cast.officer, revoked_at__isnull=True)
    registry.take_role_back(grant=grant, by=cast.security, now=NOW)
    queries.forget_grants(cast.officer)

    assert queries.rights(cast.officer) != before
    assert not queries.permissions_of(cast.officer)


@pytest.mark.parametrize(
    "asked", [{}, {"kind": "patent"}, {"state": "confirmed"}, {"search": "明渠"}, {"year": "2025"}]
)
def test_a_list_counts_what_it_lists_also_after_somebody_filed(cast: Cast, asked: dict[str, str]) -> None:
    wanted = events.Wanted(**asked)  # type: ignore[arg-type]
    reader = _again("statistician")
    for filed in range(3):
        file("patent", f"明渠闸门之{filed}", [("granted", "2025-02-03")], firm=cast.firm, by=cast.statistician)
        listed = sum(map(len, events.events_by_kind(reader, wanted).values()))
        assert [events.events_counted(reader, wanted) for _time in range(2)] == [listed, listed] == [filed + 1] * 2


def test_a_count_is_nobody_elses(cast: Cast) -> None:
    _patent(cast)
    assert events.events_counted(_again("statistician"), events.Wanted()) == 1
    assert events.events_counted(_again("neighbour"), events.Wanted()) == 0
