"""Backup and restore: a drill while somebody writes, and every kind of damage."""

import errno
import json
import re
import shutil
import stat
import threading
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from tests import cast as casting
from tests.cast import NOW
from xingke.accounts import checks
from xingke.accounts.actions import keep_attachment, store_file
from xingke.accounts.acts import act
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import current_seq, ledger_identity
from xingke.base.refusals import Refused
from xingke.config import archive, checking
from xingke.config.backup import back_up
from xingke.config.occupancy import occupied
from xingke.config.tests import small
from xingke.indicators.models import Figure
from xingke.ledger.models import PatentEvent
from xingke.reports.models import Document
from xingke.reports.queries import docx_of

pytestmark = [
    pytest.mark.db,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("further_databases"),
]


@pytest.fixture(autouse=True)
def _no_columns_are_left() -> object:
    yield
    shutil.rmtree(Path(settings.DATA) / "columns", ignore_errors=True)
    (Path(settings.DATA) / "heads.log").unlink(missing_ok=True)


class Writer(threading.Thread):
    """Somebody who writes audited changes, one after the other, until told to stop."""

    def __init__(self, by: User) -> None:
        super().__init__()
        self.by, self.done, self.enough = by, 0, threading.Event()

    def run(self) -> None:
        try:
            while not self.enough.is_set():
                with act(by=self.by, now=NOW, code="test.written", kind="test", target=f"{self.done}") as done:
                    done.says(text="更正" * 200)
                self.done += 1
        finally:
            connections.close_all()


def test_a_drill_what_was_backed_up_while_somebody_wrote_stands_again_elsewhere(tmp_path: Path) -> None:
    cast, document = small.furnish()
    docx, before = docx_of(document), current_seq()
    with small.attachment(b"%PDF evidence"):
        writer = Writer(cast.officer)
        writer.start()
        made = back_up(to=tmp_path / "one.zip", now=NOW)
        while writer.done < 3:  # it was writing, and goes on
            pass
        writer.enough.set()
        writer.join()

    assert before <= made.manifest.counter <= current_seq()
    assert made.manifest.ledger == ledger_identity()
    assert set(made.manifest.members) >= {"database.sqlite3", "secret.key", "signing.key", "attachments/ab/abcd.pdf"}

    elsewhere = tmp_path / "elsewhere"
    restored = small.command(elsewhere, "restore", str(made.path))

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert f"审计链：{made.manifest.counter} 条，台账序号 {made.manifest.counter}，完整" in restored.stdout
    assert "按固化时重算不符 0 个" in restored.stdout
    assert (elsewhere / "attachments/ab/abcd.pdf").read_bytes() == b"%PDF evidence"
    assert (elsewhere / "signing.key").read_text() == (Path(settings.DATA) / "signing.key").read_text()
    found = small.python(
        elsewhere,
        "from xingke.accounts.queries import check_audit_chain, current_seq, ledger_identity\n"
        "from xingke.reports.models import Document\nfrom xingke.reports.queries import docx_of\n"
        f"print(current_seq(), ledger_identity(), check_audit_chain().broken_at)\n"
        f"print(docx_of(Document.objects.get(key='{document.key}')).hex())",
    ).splitlines()
    assert found[0] == f"{made.manifest.counter} {made.manifest.ledger} None"
    assert bytes.fromhex(found[1]) == docx
    assert stat.S_IMODE((elsewhere / "secret.key").stat().st_mode) == 0o600
    assert {path.name for path in elsewhere.iterdir()} == {
        "attachments",
        "heads.log",
        "secret.key",
        "serving.lock",
        "signing.key",
        "xingke.sqlite3",
    }


def test_a_backup_is_readable_by_its_owner_only_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    small.furnish()

    made = back_up(to=tmp_path, now=NOW)

    assert made.path == tmp_path / "xingke-20260302-093000.zip"
    assert [path.name for path in tmp_path.iterdir()] == ["xingke-20260302-093000.zip"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept.zip").write_bytes(b"an older backup")

    with pytest.raises(Refused, match="已存在"):
        back_up(to=tmp_path / "kept.zip", now=NOW)

    assert (tmp_path / "kept.zip").read_bytes() == b"an older backup"


@pytest.mark.parametrize("name", ["backups", "backups/", "backups.d"])
def test_what_does_not_end_in_zip_is_a_folder_and_no_file_is_made_of_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="不存在；请先建立它"):
        back_up(to=Path(f"{tmp_path}/{name}"), now=NOW)

    assert list(tmp_path.iterdir()) == []


def test_a_head_is_signed_only_for_a_backup_that_came_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small.furnish()
    list_of_heads = Path(settings.DATA) / "heads.log"

    with monkeypatch.context() as failing:
        failing.setattr(archive, "_write_seal", full_disk)
        with pytest.raises(OSError, match="No space left"):
            back_up(to=tmp_path / "one.zip", now=NOW)
    assert (list_of_heads.exists(), list(tmp_path.iterdir())) == (False, [])

    made = back_up(to=tmp_path / "two.zip", now=NOW)
    with zipfile.ZipFile(made.path) as inside:
        assert inside.read("heads.log").decode() == list_of_heads.read_text()
    assert len(list_of_heads.read_text().splitlines()) == 1


def full_disk(_file: object) -> None:
    """What a full disk does."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_backup_is_not_made_inside_a_transaction(tmp_path: Path) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside transactions"):
        back_up(to=tmp_path / "one.zip", now=NOW)


def test_every_single_flipped_byte_is_refused(tmp_path: Path) -> None:
    small.furnish()
    good = back_up(to=tmp_path / "good.zip", now=NOW + timedelta(days=1)).path
    content = good.read_bytes()
    bad = tmp_path / "bad.zip"

    @trying(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(place=st.integers(0, len(content) - 1), bit=st.integers(0, 7))
    def flip(place: int, bit: int) -> None:
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << bit
        bad.write_bytes(spoilt)
        with pytest.raises(Refused, match="损坏"):
            archive.read(bad)

    flip()
    for place in (0, len(content) - 1):  # the very first and the very last
        spoilt = bytearray(content)
        spoilt[place] ^= 1
        bad.write_bytes(spoilt)
        with pytest.raises(Refused, match="损坏"):
            archive.read(bad)


def test_the_damaged_member_is_named_and_nothing_is_touched(tmp_path: Path) -> None:
    small.furnish()
    path = back_up(to=tmp_path / "one.zip", now=NOW).path
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        for name in ("database.sqlite3", "signing.key", "manifest.json"):
            entry = opened.getinfo(name)
            spoilt = bytearray(content)
            spoilt[entry.header_offset + 30 + len(name) + 20 + entry.compress_size // 2] ^= 0x10
            (tmp_path / "bad.zip").write_bytes(spoilt)
            with pytest.raises(Refused, match=f"成员“{name}”"):
                archive.read(tmp_path / "bad.zip")

    refused = small.command(tmp_path / "new", "restore", str(tmp_path / "bad.zip"))

    assert refused.returncode == 2
    assert "成员“manifest.json”" in refused.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"", b"not a zip at all", b"PK\x03\x04" + b"\0" * 200])
def test_what_is_no_backup_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.zip").write_bytes(content)

    with pytest.raises(Refused, match="不是兴科备份文件"):
        archive.read(tmp_path / "some.zip")


def test_a_member_cannot_climb_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x")
    about = {"version": "0", "ledger": "", "counter": 0, "made_at": ""}
    for name in ("attachments/../../evil", "/etc/evil", "evil.py"):
        archive.write(tmp_path / "evil.zip", [(name, tmp_path / "evil")], about=about)
        with pytest.raises(Refused, match="不认识的成员"):
            archive.read(tmp_path / "evil.zip")
        (tmp_path / "evil.zip").unlink()


def test_a_folder_with_data_is_left_alone_unless_told_to_move_it_aside(tmp_path: Path) -> None:
    small.furnish()
    made = back_up(to=tmp_path / "one.zip", now=NOW)
    home = tmp_path / "home"
    home.mkdir()
    (home / "xingke.sqlite3").write_bytes(b"what stood here")

    refused = small.command(home, "restore", str(made.path))
    assert (refused.returncode, refused.stdout.count("\n")) == (2, 1)
    assert "已有 xingke.sqlite3 等内容" in refused.stderr
    assert {path.name for path in home.iterdir()} == {"xingke.sqlite3", "serving.lock"}

    replaced = small.command(home, "restore", str(made.path), "--replace")
    assert replaced.returncode == 0, replaced.stdout + replaced.stderr
    aside = next(home.glob("before-restore-*"))
    assert (aside / "xingke.sqlite3").read_bytes() == b"what stood here"


@pytest.mark.skipif(not hasattr(stat, "S_ISSOCK"), reason="no file locks")
def test_nothing_is_restored_under_a_running_site(tmp_path: Path) -> None:
    small.furnish()
    made = back_up(to=tmp_path / "one.zip", now=NOW)
    home = tmp_path / "home"

    with occupied(home, alone=False):
        refused = small.command(home, "restore", str(made.path))

    assert refused.returncode == 2
    assert "网站正在使用数据文件夹" in refused.stderr


def test_a_backup_of_a_newer_version_waits_for_the_newer_program(tmp_path: Path) -> None:
    small.furnish()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('ledger', '9999_tomorrow', CURRENT_TIMESTAMP)"
        )
    try:
        made = back_up(to=tmp_path / "one.zip", now=NOW) if connection.vendor == "sqlite" else None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_tomorrow'")
    if made is None:
        pytest.skip("a backup of PostgreSQL is written by the program's own migrations")

    refused = small.command(tmp_path / "home", "restore", str(made.path))

    assert refused.returncode == 2
    assert "ledger.9999_tomorrow" in refused.stderr
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"serving.lock"}


def test_the_manifest_says_what_is_inside(tmp_path: Path) -> None:
    small.furnish()
    made = back_up(to=tmp_path / "one.zip", now=NOW)

    with zipfile.ZipFile(made.path) as opened:
        told = json.loads(opened.read("manifest.json"))

    assert (told["format"], told["counter"], told["ledger"]) == (1, current_seq(), ledger_identity())
    assert told["made_at"] == "2026-03-02T09:30:00+08:00"
    assert told["members"]["secret.key"]["size"] == (Path(settings.DATA) / "secret.key").stat().st_size


# ── xingke check ────────────────────────────────────────────────────────────────────────────────────────────────────


def problems() -> list[str]:
    return [problem for finding in checking.findings() for problem in finding.problems]


def test_check_finds_nothing_wrong_with_what_the_actions_wrote() -> None:
    small.furnish()

    said = [finding.said for finding in checking.findings()]

    assert problems() == []
    assert any(line.startswith("列文件 patent：青溪县 4 个事件") for line in said)


def test_check_finds_a_key_that_others_can_read() -> None:
    small.furnish()
    key = Path(settings.DATA) / "signing.key"
    key.chmod(0o644)
    try:
        assert [line for line in problems() if "0644" in line and "chmod 600" in line]
    finally:
        key.chmod(0o600)


def test_check_finds_an_attachment_that_is_gone(data_folder: Path) -> None:
    user = User.objects.create(username="somebody", name="somebody")
    kept = keep_attachment(file=store_file(name="批复.pdf", data=b"%PDF-1.7"), by=user, now=NOW)
    assert [finding.said for finding in checks.attachments()] == ["附件：1 个文件，0 个丢失或损坏"]

    (data_folder / "attachments" / kept.digest[:2] / kept.digest).unlink()

    (finding,) = checks.attachments()
    assert finding.problems[0].startswith("附件 批复.pdf（") and "请从备份恢复" in finding.problems[0]


def test_check_finds_an_audit_entry_that_was_changed() -> None:
    small.furnish()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_auditentry SET reason = 'nothing happened' WHERE seq = 2")

    assert "审计链在第 2 号处断开：此条或其前一条被改动或删除过" in problems()


def test_check_finds_a_trail_that_was_rewritten_whole_after_a_backup(tmp_path: Path) -> None:
    """Whoever can write the database can make every digest anew, but not what was signed."""
    small.furnish()
    back_up(to=tmp_path / "one.zip", now=NOW)
    back_up(to=tmp_path / "two.zip", now=NOW)  # nothing happened in between: one head
    assert problems() == []
    entries = list(AuditEntry.objects.order_by("seq"))
    entries[2].reason, before = "nothing happened", entries[1].digest
    for entry in entries[2:]:
        entry.digest = before = entry.chained_digest(before)
        entry.save()

    assert problems() == [
        f"审计链的第 {entries[-1].seq} 号与 heads.log 第 1 行签过名的摘要不符：此号或以前的审计记录被改写或删除过"
    ]


def test_check_finds_a_head_that_nobody_signed() -> None:
    small.furnish()
    last = AuditEntry.objects.order_by("-seq")[0]
    (Path(settings.DATA) / "heads.log").write_text(f"{last.seq} {last.digest} {'00' * 64}\nsomething else\n")

    assert problems() == ["heads.log 第 1 行的签名不符，可能被改动过", "heads.log 第 2 行不完整，可能被改动过"]


def test_check_finds_a_record_changed_behind_the_ledger_in_its_figures() -> None:
    small.furnish()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_patentevent SET happened_on = '2022-06-30' WHERE event = 'granted'")

    assert [line for line in problems() if "按固化时的序号" in line and "重算不符" in line]


def test_check_names_a_record_that_was_changed_behind_the_columns() -> None:
    small.furnish()
    from xingke.indicators import columns

    columns.rebuild("patent")
    record = PatentEvent.objects.get(event="granted", happened_on="2025-06-30").record.hex
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_patentevent SET step = 7 WHERE happened_on = '2025-06-30'")

    (problem,) = problems()
    assert problem == (
        f"列文件 patent 有 1 条记录与数据库不同（{record}）：数据库里的记录被程序以外的手段改过，或者列文件不对；"
        "请先查明这些记录，再删除数据文件夹中的 columns"
    )


def test_check_finds_a_frozen_figure_that_is_not_what_was_signed() -> None:
    _cast, document = small.furnish()
    figure = document.figures.earliest("slot").figure
    Figure.objects.filter(pk=figure.pk).update(text="99件")

    assert problems() == [
        f"文稿《{document.title}》第 1 版的数字 {figure.pk}（现为 99件）与签名的证明不符，可能被程序以外的手段改过"
    ]


def test_check_finds_a_proof_that_is_not_as_it_was_signed() -> None:
    _cast, document = small.furnish()
    Document.objects.filter(pk=document.pk).update(proof=document.proof.replace("青溪县", "民乐县"))

    assert problems() == [f"文稿《{document.title}》第 1 版存着的证明已不是签名时的样子，可能被程序以外的手段改过"]


def test_what_only_reads_otherwise_or_was_corrected_under_its_number_is_no_problem() -> None:
    cast, _document = small.furnish()
    event = PatentEvent.objects.get(event="granted", happened_on="2025-06-30")
    casting.correct("patent", event.record, {"happened_on": date(2025, 6, 29)}, by=cast.statistician)

    said = [finding.said for finding in checking.findings()]

    assert problems() == []
    (line,) = (each for each in said if each.startswith("已固化的数字："))
    assert re.fullmatch(r"已固化的数字：\d+ 个，按固化时重算不符 0 个，此后证据有变 (\d+) 个（其中 \1 个数未变）", line)


def test_check_finds_columns_that_say_something_else_than_the_ledger() -> None:
    small.furnish()
    from xingke.indicators import columns

    columns.rebuild("patent")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_patentevent SET happened_on = '2025-01-30' WHERE happened_on = '2025-06-30'")

    assert [line for line in problems() if "列文件算得" in line]


def test_check_finds_tables_that_wait_for_an_upgrade() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'archive'")  # on which no other rests
    try:
        (said,) = problems()
        assert "项结构升级尚未执行（archive.0001_initial" in said
        assert said.endswith("；请停止网站，运行 xingke upgrade")
    finally:
        from django.core.management import call_command

        call_command("migrate", "archive", fake=True, verbosity=0)
