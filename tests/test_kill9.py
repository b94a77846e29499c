"""``kill -9`` under writes loses no acknowledged one and leaves no half of any."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests import doer, importer, late_taker, payer
from tests.writer import EVENTS, ROWS

pytestmark = [pytest.mark.db, pytest.mark.slow]

KILLS = 20
SOME = 10  # where each kill costs a process that has to come up again
URL = os.environ.get("XINGKE_DATABASE_URL", "")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(params=["postgresql" if URL else "sqlite"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an installation of its own on the database of the suite."""
    environment = {**os.environ, "XINGKE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "xingke.config.settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment.pop("XINGKE_DATABASE_URL", None)
    if request.param == "sqlite":
        yield environment
        return
    import psycopg

    name = f"xingke_kill9_{os.getpid()}"
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name cannot be a parameter
        try:
            yield environment | {"XINGKE_DATABASE_URL": urlunsplit(urlsplit(URL)._replace(path=f"/{name}"))}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


def test_twenty_kills_lose_nothing_that_was_acknowledged(installation: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.writer", str(KILLS)],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *acknowledged, last = done.stdout.splitlines()
    patents = {line.split()[1] for line in acknowledged if line.startswith("patent ")}
    imports = {line.split()[1] for line in acknowledged if line.startswith("import ")}
    found = json.loads(last.removeprefix("result "))

    assert len(patents) > KILLS and imports, "too little was written to say anything"
    assert patents <= set(found["patents"])
    assert imports <= set(found["imports"])
    assert len(set(found["patents"]) - patents) + len(set(found["imports"]) - imports) <= KILLS  # killed while telling
    assert set(found["events"]) == set(found["patents"])
    assert set(found["events"].values()) == {len(EVENTS)}  # no history without its events, none with some of them
    assert set(found["imports"].values()) == {ROWS}  # no half of an import
    assert set(found["batches"]) == set(found["imports"])
    assert found["entries"] == len(found["patents"]) + len(found["imports"])  # each with its audit row
    assert found["broken_at"] is None
    assert found["numbers"][0] == found["numbers"][1]


def test_a_job_child_killed_while_it_checks_and_files_leaves_each_import_whole_and_once(
    installation: dict[str, str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.importer", str(SOME)],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])

    files = [f"{number}.csv" for number in range(importer.FILES)]
    assert found["attempts"] > 1, "no job was ever interrupted"
    assert found["patents"] == dict.fromkeys(files, importer.ROWS)
    assert found["events"] == dict.fromkeys(files, 2 * importer.ROWS)
    assert found["batches"] == [[name, "filed"] for name in files]  # none was staged twice
    assert found["entries"] == importer.FILES
    assert set(found["jobs"]) == {"done"}
    assert found["broken_at"] is None
    assert found["numbers"][0] == found["numbers"][1]


def test_a_job_child_killed_while_it_takes_what_is_due_leaves_each_case_whole(installation: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.late_taker", str(SOME)],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *_told, taken, last = done.stdout.splitlines()
    found = json.loads(last)

    assert int(taken.split()[1]) > 3, "no step was taken by a child that was killed"
    assert found["cases"] == late_taker.CASES
    assert found["steps"] == {"received deemed_accepted": late_taker.CASES}  # none twice, none left out
    assert found["events"] == {"opened accepted": late_taker.CASES}  # none without what its step files
    assert found["filed"] == 2 * late_taker.CASES
    assert found["entries"] == late_taker.CASES
    assert found["wrong"] == []
    assert found["broken_at"] is None
    assert found["numbers"][0] == found["numbers"][1]


def test_killed_while_it_edits_and_publishes_nothing_is_half_public(installation: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.publisher", str(SOME)],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *acknowledged, last = done.stdout.splitlines()
    told = [tuple(line.split()) for line in acknowledged]
    found = json.loads(last.removeprefix("result "))

    assert len([each for each in told if each[0] == "published"]) > 3, "too little was published to say anything"
    assert {key for what, key in told if what == "edition"} <= set(found["editions"])
    for what, key in told:
        assert what == "edition" or what in found["steps"][key]  # no acknowledged step is lost
    assert found["numbers of editions"] == list(range(1, len(found["editions"]) + 1))
    assert all(found["whole"])  # none without some of its figures
    ways = {tuple(steps) for steps in found["steps"].values()}
    complete = ("asked", "passed", "published")
    assert ways <= {(), complete[:1], complete[:2], complete, (*complete, "superseded")}
    assert len(found["public"]) == 1  # always the last one that was published, and only that one
    assert [key for key, steps in found["steps"].items() if steps == [*complete]] == found["public"]
    assert found["entries"] == found["taken"] + len(found["editions"])  # each with its audit row
    assert found["broken_at"] is None
    assert found["numbers"][0] == found["numbers"][1]


def test_killed_while_it_pays_a_batch_all_of_it_is_paid_or_nothing(installation: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.payer", str(SOME)],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *told, last = done.stdout.splitlines()
    acknowledged = {int(line.split()[1]) for line in told if line.startswith("paid ")}
    found = json.loads(last.removeprefix("result "))
    paid = {int(number) for number, (is_paid, _steps) in found["batches"].items() if is_paid}

    assert 1 < len(paid) <= SOME, "none was interrupted, or each"
    assert acknowledged <= paid
    assert {tuple(each) for each in found["batches"].values()} == {(True, payer.CASES), (False, 0)}
    assert (found["records"], found["entries"]) == (len(paid) * payer.CASES, len(paid))
    unpaid = SOME + 1 - len(paid)
    assert found["held"] == [f"{count * payer.CASES * 10_000:,}.00" for count in (unpaid, len(paid))]
    assert (found["problems"], found["broken_at"]) == ([], None)


def test_killed_in_the_midst_of_an_act_on_many_things_all_of_it_stands_or_nothing(installation: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.doer", str(SOME // 5)],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *told, last = done.stdout.splitlines()
    did = [line.split()[1:] for line in told if line.startswith("did ")]
    found = json.loads(last.removeprefix("result "))

    whole = {
        "letters": [doer.MANY, doer.MANY],  # every step with its letter
        "volume": [True, doer.MANY],  # closed, every item numbered
        "undo": [True, doer.ROWS],
        "hand": [doer.MANY, 0],
        "erase": [True, True],
    }
    nothing = {
        "letters": [0, 0],
        "volume": [False, 0],
        "undo": [False, 0],
        "hand": [0, doer.MANY],
        "erase": [False, False],
    }
    for name in doer.ACTS:
        assert all(each in (whole[name], nothing[name]) for each in found[name]), (name, found[name])
    assert all(found[name][int(number)] == whole[name] for name, number in did)  # nothing acknowledged is lost
    assert len(did) < len(doer.ACTS) * (SOME // 5 + 1), "none was interrupted"
    assert found["keys"] == [not erased for erased, _at in found["erase"]]  # a key that was left went at night
    assert found["numbers"][0] == found["numbers"][1]  # no number of a letter is left out
    assert (found["problems"], found["broken_at"]) == ([], None)


def test_killed_between_the_parts_of_one_act_nothing_of_it_stands(installation: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.parts"],
        env=installation,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    killed, whole = map(json.loads, done.stdout.splitlines())

    assert (killed["rows"], killed["numbers"], killed["broken_at"]) == ([0, 0, 0], [], None)
    assert killed["newest"][0] == killed["counter"]
    assert (whole["rows"], whole["broken_at"]) == ([1, 1, 1], None)
    number = killed["counter"] + 1  # one for the record, its event and what proves it
    assert (whole["counter"], whole["numbers"]) == (number, [number])
    assert whole["newest"] == [number, "patent.filed", ["evidence.attached"]]
