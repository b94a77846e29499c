"""Adding a kind of record: one file, a line of models, a migration Django writes, rows of a pack. All else follows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FIRM = "青溪县明渠传感科技有限公司"
ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def test_a_kind_that_a_room_brings_is_entered_imported_counted_found_and_audited(tmp_path: Path) -> None:
    environment = {**os.environ, "XINGKE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.loans.settings"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    environment.pop("XINGKE_DATABASE_URL", None)

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.loans.program"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["migrations"] == 1
    assert found["form"] == ["登记借用", "仪器", "显微镜", "机时（台时）"]
    assert found["entered"].startswith("/records/loan/")
    assert found["page"][:4] == ["共焦显微镜（显微镜）", "借用中", "8台时", "借出"]
    assert found["imported"] == {"new": 1, "unchanged": 1, "rejected": 1}  # the one typed is known again
    assert found["records"] == 2
    assert found["values"] == ["2", "11"]
    assert found["after it came back"] == "1"
    assert found["trail"] == ["登记借用", "导入借用", "登记借用事件"]
    assert found["found"] is True
    assert found["may lend"] == [True, False, False]  # a permission of the room's own, held by a role of its pack

    # details by their types: a day, money, a count, a percentage, a flag, an organisation
    assert found["page"][4:] == ["2024年8月31日", "1.2万元", "2个", "12.5%", "否", FIRM]
    assert found["brought"] == ["testing", "2024-09-30", "500000", "10000", "0", "True", FIRM]
    columns = ["用途", "应还日期", "押金（万元）", "机位（个）", "优惠比例（%）", "是否投保", "所有单位"]
    assert found["left"] == columns  # each word of the last row is refused where it stands
    assert found["standing"] == ["2024-08-31", "12000", "2", "12.5", "False", FIRM]
    assert found["corrected"] == ["是否投保", "1.2万元", "对照借条"]
    assert found["stands"] == ["2024-08-31", "None", "20000", "125000", "True", FIRM]


def test_the_room_is_only_its_kind_its_tables_and_its_pack() -> None:
    room = ROOT / "tests" / "loans"

    assert {path.name for path in room.iterdir() if path.suffix == ".py"} == {
        "__init__.py",
        "apps.py",
        "kind.py",
        "models.py",
        "program.py",
        "settings.py",
    }
    lines = sum(len((room / name).read_text().splitlines()) for name in ("kind.py", "models.py", "apps.py"))
    assert lines < 90
