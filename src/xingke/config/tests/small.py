"""A small installation made through the rooms' actions: two patents, an import that left a row, a published document."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from tests import cast as casting
from xingke.base.periods import Period
from xingke.config.archive import HEADS
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.reading import read_table
from xingke.reports.actions import write_document
from xingke.reports.actions.disclosing import take_step
from xingke.reports.keys import signing_key
from xingke.reports.models import Document

ROOT = Path(__file__).resolve().parents[4]
# One row that is filed as a draft, and one that cannot be.
PATENTS = """区划,单位名称,专利类型,专利名称,申请号,申请日
青溪县,青溪县明渠传感科技有限公司,发明,一种流量计,202310123456.6,2023-12-01
青溪县,青溪县明渠传感科技有限公司,发明,一种阀门,CN1,某日
"""


def furnish() -> tuple[casting.Cast, Document]:
    """File a few records, import a table of which one row cannot be filed, write the annual summary and publish it."""
    (Path(settings.DATA) / HEADS).unlink(missing_ok=True)  # of the ledger of an earlier test
    cast = casting.gather()
    for name, day in (("CN2024100001", "2024-03-05"), ("CN2025100002", "2025-06-30")):
        events = [("applied", "2023-02-01"), ("granted", day)]
        casting.file("patent", name, events, firm=cast.firm, by=cast.statistician)
    casting.keep_records(cast.county, by=cast.statistician)
    import_table(
        form=sheet_form("patent"),
        table=read_table(PATENTS.encode()),
        file_name="patents.csv",
        by=cast.statistician,
        now=casting.NOW,
    )
    document = write_document(
        outline="annual", region=cast.county, period=Period.parse("2025"), by=cast.officer, now=casting.NOW
    ).document
    for number, (step, by) in enumerate(
        (("asked", cast.officer), ("passed", cast.reviewer), ("published", cast.director))
    ):
        take_step(document=document, step=step, number=number, opinion="", by=by, now=casting.NOW)
    signing_key()
    return cast, document


@contextmanager
def attachment(content: bytes) -> Iterator[Path]:
    """A file in the data folder's attachments, gone afterwards."""
    path = Path(settings.DATA) / "attachments" / "ab" / "abcd.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    try:
        yield path
    finally:
        path.unlink()


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of an installation of its own, on SQLite."""
    kept = {key: each for key, each in os.environ.items() if not key.startswith(("XINGKE_", "DJANGO_", "PYTEST"))}
    return {**kept, "XINGKE_DATA": str(data), "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", **more}


def command(data: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run ``xingke`` with a data folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "xingke.config.command", *arguments],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def python(data: Path, source: str, **more: str) -> str:
    """What a Python program prints inside an installation."""
    code = f"import django; django.setup()\n{source}"
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment(data, DJANGO_SETTINGS_MODULE="xingke.config.settings", **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    ).stdout
