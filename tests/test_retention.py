"""What ends by itself: after its days, a part at a time, and only what nothing refers to."""

import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts import endings
from xingke.accounts.acts import act
from xingke.accounts.models import AuditEntry, Job
from xingke.accounts.queries import attachment_store
from xingke.base import checks, retaining
from xingke.base.blobs import Store
from xingke.base.register import Register
from xingke.base.retaining import EXPIRIES, Expiry, end_what_is_over, kept_days, would_end
from xingke.casework.models import Case, CaseDraft, CaseSealed, CaseStep
from xingke.config import command
from xingke.config.settings import _retention
from xingke.intake.models import ImportBatch, ImportChunk
from xingke.letters.models import OutsideLink
from xingke.notices.actions import rounds
from xingke.notices.models import Notice, Outgoing, RoundDone
from xingke.registry import sealing
from xingke.registry.models import Person

pytestmark = pytest.mark.db

PDF = b"%%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%%%EOF\n%% %d\n"
Days = int


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    """A data folder of the test's own: every file in it is looked at."""
    settings.DATA = tmp_path


def stored(days: Days, number: int) -> str:
    """A file that was handed over so long ago; its digest."""
    digest = accounts.store_file(name="a.pdf", data=PDF % number).digest
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(attachment_store()._path(digest), (moment, moment))
    return digest


def _draft(cast: Cast, days: Days, number: int) -> None:
    saved = NOW - timedelta(days=days)
    CaseDraft.objects.create(
        user=cast.officer, flow=f"f{number}", step="s", saved_at=saved, expires_at=saved + timedelta(days=30)
    )


def _staged(cast: Cast, days: Days, number: int, **given: Any) -> ImportBatch:
    usual: dict[str, Any] = {"kind": "patent", "form": "patents", "file_name": "a.xlsx", "digest": f"{number:064x}"}
    usual |= {"encoding": "", "counts": {}, "prepared_at": NOW - timedelta(days=days), "prepared_by": cast.officer}
    batch = ImportBatch.objects.create(**{**usual, **given})
    ImportChunk.objects.create(batch=batch, outcome="new", place=0, size=1, rows=[[1, ["a"], []]])
    return batch


def _sign_in(_cast: Cast, days: Days, number: int) -> None:
    row = AccessLog.objects.create(user_agent=f"{number}", username="officer", http_accept="", path_info="")
    AccessLog.objects.filter(pk=row.pk).update(attempt_time=NOW - timedelta(days=days))


def _session(_cast: Cast, days: Days, number: int) -> None:
    Session.objects.create(session_key=f"k{number}", session_data="", expire_date=NOW - timedelta(days=days - 1))


def _notice(cast: Cast, days: Days, number: int) -> None:
    read = NOW - timedelta(days=days)
    Notice.objects.create(
        user=cast.officer, kind="title-ending", about="x", key=f"{number}", seq=number, made_at=read, read_at=read
    )


def _message(cast: Cast, days: Days, number: int) -> None:
    over = NOW - timedelta(days=days)
    Outgoing.objects.create(
        channel="mail", user=cast.officer, upto=number, state="sent", made_at=over, next_at=over, ended_at=over
    )


def _link(cast: Cast, days: Days, number: int) -> None:
    over = NOW - timedelta(days=days)
    case = Case.objects.create(
        flow="f", title="x", number=f"{number}", region=cast.county, opened_at=over, opened_by=cast.officer, seq=number
    )
    usual = {"step": "s", "role": "applicant", "name": "x", "word": "", "made_at": over, "made_by": cast.officer}
    OutsideLink.objects.create(case=case, digest=f"{number}", until=over, seq=number, **usual)


def _personal(cast: Cast, days: Days, number: int) -> None:
    over = NOW - timedelta(days=days)
    case = Case.objects.create(
        flow="f", title="x", number=f"{number}", region=cast.county, opened_at=over, opened_by=cast.officer, seq=number
    )
    usual = {"flow": "f", "number": 1, "step": "s", "stands": "s", "ended": "done", "on": over.date(), "digest": "x"}
    step = CaseStep.objects.create(
        case=case, region=cast.county, taken_at=over, taken_by=cast.officer, seq_from=number, **usual
    )
    CaseSealed.objects.create(step=step, fields=["phone"], sealed="x")


def _key(cast: Cast, days: Days, number: int) -> None:
    person = Person.objects.create(region=cast.county, name="", erased_at=NOW, erased_by=cast.officer)
    sealing.prepare(person.key)
    moment = (NOW - timedelta(days=days, minutes=-1)).timestamp()
    os.utime(sealing._path(person.key), (moment, moment))


MAKERS: Mapping[str, tuple[Days, Callable[[Cast, Days, int], object], Callable[[], int]]] = {
    "drafts": (30, _draft, CaseDraft.objects.count),
    "staged-imports": (90, _staged, ImportBatch.objects.filter(state="prepared").count),
    "files": (7, lambda _cast, days, number: stored(days, number), lambda: len(attachment_store().digests())),
    "sign-ins": (200, _sign_in, AccessLog.objects.count),
    "links": (90, _link, OutsideLink.objects.count),
    "case-personal": (1095, _personal, CaseSealed.objects.filter(sealed__gt="").count),
    "keys": (1, _key, lambda: len(set(sealing.kept()))),
    "sessions": (1, _session, Session.objects.count),
    "notices": (180, _notice, Notice.objects.count),
    "messages": (90, _message, Outgoing.objects.count),
}
EACH = pytest.mark.parametrize("code", sorted(MAKERS))


def test_every_thing_that_ends_is_looked_at_here() -> None:
    assert {each.code for each in EXPIRIES} == set(MAKERS)


@EACH
def test_each_ends_after_its_days_and_not_before(cast: Cast, code: str) -> None:
    days, make, there = MAKERS[code]
    make(cast, days + 1, 1)
    make(cast, days - 1, 2)
    before = there()
    assert {name: count for name, count in would_end(NOW).items() if count} == {code: 1}
    assert there() == before  # asking ends nothing

    assert end_what_is_over(NOW) == {code: 1}

    assert there() == before - 1
    assert end_what_is_over(NOW) == {}


@EACH
def test_whoever_is_killed_in_between_has_ended_some_and_the_next_night_ends_the_others(
    cast: Cast, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    days, make, there = MAKERS[code]
    for number in range(1, 6):
        make(cast, days + 1, number)
    monkeypatch.setattr(retaining, "AT_ONCE", 2)
    ended = iter(range(2))

    def killed(now: datetime, most: int) -> int:
        if next(ended, None) is None:
            raise KeyboardInterrupt
        return EXPIRIES_BEFORE[code].end(now, most)

    only: Register[Expiry] = Register("expiry")
    only.add(_like(EXPIRIES_BEFORE[code], end=killed))
    with monkeypatch.context() as broken:
        broken.setattr(retaining, "EXPIRIES", only)
        with pytest.raises(KeyboardInterrupt):
            end_what_is_over(NOW)
    assert there() == 1

    assert (end_what_is_over(NOW)[code], there()) == (1, 0)


EXPIRIES_BEFORE = {each.code: each for each in EXPIRIES}


def _like(each: Expiry, **other: Any) -> Expiry:
    known = {name: getattr(each, name) for name in each.__dataclass_fields__}
    return Expiry(**{**known, **other})


# ── what something refers to ────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_stays_that_anything_refers_to(cast: Cast) -> None:
    attached, drafted, asked, staged, loose = (stored(100, number) for number in range(5))
    with act(by=cast.officer, now=NOW, code="a.test") as done:
        file = accounts.StoredFile("a.pdf", "application/pdf", 9, attached)
        accounts.keep_attachment(file=file, by=cast.officer, now=done.now)
        assert done.seq
    _draft(cast, 1, 1)
    CaseDraft.objects.update(files={"proof": [{"name": "a.pdf", "digest": drafted, "size": 9}]})
    Job.objects.create(kind="import.prepare", payload={"digest": asked}, asked_at=NOW, asked_by=cast.officer)
    _staged(cast, 1, 1, digest=staged)

    assert end_what_is_over(NOW) == {"files": 1}

    assert attachment_store().digests() == {attached, drafted, asked, staged}
    assert loose not in attachment_store().digests()
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.by, entry.count) == ("files.ended", None, 1)


def test_what_is_handed_over_again_is_new_again(cast: Cast) -> None:
    digest = stored(100, 1)
    accounts.store_file(name="b.pdf", data=PDF % 1)  # its form is on its way
    assert (end_what_is_over(timezone.now()), attachment_store().digests()) == ({}, {digest})


def test_a_file_that_is_handed_over_while_it_goes_is_there(tmp_path: Any) -> None:
    store = Store(tmp_path)
    digest = store.put(b"evidence")
    os.utime(tmp_path / digest[:2] / digest, (1, 1))
    before = store._path(digest).stat().st_mtime + 1
    store.put(b"evidence")  # between looking and letting go
    assert not store.put_aside(digest, before)
    assert store.get(digest) == b"evidence"


def test_what_was_put_aside_by_whoever_was_killed_comes_back(tmp_path: Any) -> None:
    store = Store(tmp_path)
    digest = store.put(b"evidence")
    path = tmp_path / digest[:2] / digest
    path.rename(path.with_name(f"{digest}.going.part"))
    store.put_back()
    assert (store.get(digest), store.digests()) == (b"evidence", {digest})


def test_a_file_that_something_refers_to_at_the_last_moment_is_put_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = stored(100, 1)
    needed = iter([set[str](), {digest}])
    monkeypatch.setattr(endings, "_needed", lambda: next(needed))
    assert (endings.end_files(NOW, 10), attachment_store().digests()) == (0, {digest})


def test_an_import_that_is_being_filed_and_one_that_is_filed_stay(cast: Cast) -> None:
    job = Job.objects.create(kind="import.file", payload={}, asked_at=NOW, asked_by=cast.officer)
    _staged(cast, 100, 1, file_job=job)
    _staged(cast, 100, 2, state="filed", seq=1, imported_at=NOW, imported_by=cast.officer)
    assert (end_what_is_over(NOW), ImportChunk.objects.count()) == ({}, 2)


def test_an_import_that_ends_leaves_that_there_was_one_and_none_of_its_rows(cast: Cast) -> None:
    digest = stored(1, 1)
    batch = _staged(cast, 100, 1, digest=digest)
    assert end_what_is_over(NOW) == {"staged-imports": 1}
    batch.refresh_from_db()
    assert (batch.state, ImportChunk.objects.count(), attachment_store().digests()) == ("cancelled", 0, set())


def test_failures_that_count_no_more_are_told_to_the_trail_before_they_go(cast: Cast) -> None:
    row = AccessAttempt.objects.create(
        username="officer", ip_address="10.0.0.1", user_agent="", http_accept="", path_info="", failures_since_start=3
    )
    AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=NOW - timedelta(hours=1))
    assert end_what_is_over(NOW) == {"sign-ins": 1}
    assert not AccessAttempt.objects.exists()
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.count) == ("session.refused", 2)


# ── the night, the command, the parameters ──────────────────────────────────────────────────────────────────────────


def test_it_is_done_once_a_day_by_the_job_child_with_one_line_of_the_log(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    night = NOW.astimezone(timezone.get_current_timezone()).replace(hour=3, minute=30)
    _session(cast, 3, 1)
    _message(cast, 200, 1)
    with caplog.at_level(logging.INFO, logger="xingke.retention"):
        assert "retention" not in rounds.do_rounds(now=night.replace(hour=2))
        assert "retention" in rounds.do_rounds(now=night)
        assert "retention" not in rounds.do_rounds(now=night + timedelta(hours=1))
    assert [record.getMessage() for record in caplog.records] == ["ended: sessions 1, messages 1"]
    assert RoundDone.objects.get(code="retention").day == night.date()


def test_one_that_fails_holds_up_no_other_and_is_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _session(cast, 3, 1)
    wrong, others = EXPIRIES_BEFORE["drafts"], Register[Expiry]("expiry")

    def fails(_now: datetime, _most: int) -> int:
        raise OSError("the disk is gone")

    others.add(_like(wrong, end=fails), EXPIRIES_BEFORE["sessions"])
    monkeypatch.setattr(retaining, "EXPIRIES", others)
    night = NOW.astimezone(timezone.get_current_timezone()).replace(hour=4)
    with pytest.raises(OSError, match="the disk is gone"):
        rounds.do_rounds(now=night)
    assert not Session.objects.exists()
    assert not RoundDone.objects.filter(code="retention").exists()


def test_the_command_says_what_would_end_and_ends_it(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    _session(cast, 3, 1)
    assert command.main(["retention", "--dry-run"]) == 0
    assert "现在会清理的" in capsys.readouterr().out and Session.objects.count() == 1
    assert command.main(["retention"]) == 0
    said = capsys.readouterr().out
    assert "已清理" in said and "过期的登录会话" in said and not Session.objects.exists()


def test_an_installation_says_how_long_and_nonsense_is_told(cast: Cast, settings: Any) -> None:
    settings.RETENTION = {"drafts": 10}
    assert (kept_days("drafts"), kept_days("files")) == (10, 7)
    assert _problems() == []
    settings.RETENTION = {"drafts": 0, "sign-ins": 30, "sessions": 5, "ledger": 100, "files": 1}
    assert _problems() == [
        "XINGKE_KEEP：drafts=0，应在 1 到 365 天之间",
        "XINGKE_KEEP：sign-ins=30，应在 183 到 36500 天之间；网络日志依法至少留存六个月",
        f"XINGKE_KEEP 里的“sessions”不是会自己消失的东西；可以写的有：{KNOWN}",
        f"XINGKE_KEEP 里的“ledger”不是会自己消失的东西；可以写的有：{KNOWN}",
        "XINGKE_KEEP：files=1，应在 2 到 36500 天之间；表单退回后文件要等一天",
    ]


KNOWN = "、".join(each.code for each in EXPIRIES if each.days is not None)


def _problems() -> list[str]:
    (check,) = [each for each in checks.CHECKS if each.code == "retention"]
    return [problem for found in check.find() for problem in found.problems]


@pytest.mark.parametrize("said", ["drafts", "drafts=", "drafts=-1", "drafts=1.5", "=3", "drafts=１", "drafts=1000000"])
def test_what_is_no_number_of_days_is_said_at_the_start(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINGKE_KEEP", said)
    with pytest.raises(ValueError, match="看不懂"):
        _retention()


def test_days_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINGKE_KEEP", "drafts=10, sign-ins=365")
    assert _retention() == {"drafts": 10, "sign-ins": 365}


def test_a_file_of_another_name_is_none_of_ours_and_stays(cast: Cast) -> None:
    strange = attachment_store().root / "ab" / "notes.txt"
    strange.parent.mkdir(parents=True)
    strange.write_text("x")
    os.utime(strange, (1, 1))
    assert endings.count_files(NOW) == 0 and end_what_is_over(NOW) == {}
    assert strange.exists()
