"""Backups of earlier states of the program come up, import, publish, and their documents verify as they did (see earlier/)."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from xingke.config.tests.small import command, python

pytestmark = [pytest.mark.db, pytest.mark.slow]

EARLIER = Path(__file__).parent / "earlier"
STATES = sorted(path.name for path in EARLIER.iterdir() if (path / "xingke.zip").is_file())
URL = os.environ.get("XINGKE_DATABASE_URL", "")
FILLED_IN = """
import csv, sys
from xingke.intake.sheets.blank import sheet_columns, template_row
from xingke.intake.checking import sheet_form
form = sheet_form("activity")
filled = zip(form.column, template_row(form))
row = ["" if each.to in ("organisation", "credit_code") else cell for each, cell in filled]  # nobody's firm is known
csv.writer(sys.stdout).writerows([[each.label for each in sheet_columns(form)], row])
"""
PUBLISH = """
from django.utils import timezone
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.periods import Period
from xingke.registry import actions as registry, queries
from xingke.reports.actions import write_document
from xingke.reports.actions import take_step
now, county = timezone.now(), queries.region_by_name_or_code("青溪县")
who = {name: User.objects.filter(username=name).first() for name in ("officer", "reviewer", "director")}
if who["reviewer"] is None:
    who["reviewer"] = accounts.create_account(username="reviewer", name="审查员", password="first-of-2026-x", by=None, now=now)
    registry.give_role(user=who["reviewer"], role="secrecy_reviewer", region=county, by=None, now=now)
written = write_document(outline="annual", region=county, period=Period.parse("2023"), by=who["officer"], now=now)
for number, (name, step) in enumerate((("officer", "asked"), ("reviewer", "passed"), ("director", "published"))):
    take_step(document=written.document, step=step, number=number, opinion="", by=who[name], now=now)
print(written.is_new, written.document.steps.order_by("-number").first().step)
"""


class Installation:
    """One restored state: its data folder and its database."""

    def __init__(self, state: str, data: Path, url: str) -> None:
        self.files, self.data = EARLIER / state, data
        self.more = {"XINGKE_DATABASE_URL": url} if url else {}

    def xingke(self, *arguments: str) -> tuple[int, str]:
        """Run the command; its exit code and all it said."""
        done = command(self.data, *arguments, **self.more)
        return done.returncode, done.stderr + done.stdout

    def python(self, source: str) -> str:
        """What a program prints inside the installation."""
        return python(self.data, source, **self.more)


@pytest.fixture(params=["postgresql" if URL else "sqlite"])
def fresh_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; empty for SQLite in the data folder."""
    if request.param == "sqlite":
        yield ""
        return
    import psycopg

    name = f"xingke_earlier_{secrets.token_hex(4)}"
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]  # a name cannot be a parameter
        try:
            yield urlunsplit(urlsplit(URL)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.mark.parametrize("state", STATES[bool(URL) :: 2])  # each on one of the databases: it takes minutes
def test_an_earlier_state_comes_up_imports_publishes_and_stays_as_it_was_said(
    state: str, tmp_path: Path, fresh_database: str
) -> None:
    here = Installation(state, tmp_path / "data", fresh_database)

    code, said = here.xingke("restore", str(here.files / "xingke.zip"))
    assert (code, said.splitlines()[-1]) == (0, f"已恢复到 {here.data}"), said
    code, said = here.xingke("upgrade")
    assert (code, said.splitlines()[:2]) == (0, ["表结构：已是最新", "规则包：已是最新"]), said

    for name in ("published.docx", "working.docx"):
        code, said = here.xingke("verify", str(here.files / name))
        assert (code, "核验通过" in said) == (0, True), said

    table = tmp_path / "activity.csv"
    table.write_text(here.python(FILLED_IN), encoding="utf-8")
    code, said = here.xingke("import", str(table), "--kind", "activity", "--region", "青溪县", "--as", "officer")
    assert (code, "新增 1" in said) == (0, True), said
    assert here.python(PUBLISH) == "True published\n"

    code, said = here.xingke("check")
    assert (code, said.splitlines()[-1]) == (0, "检查完毕，没有发现问题。"), said
    code, said = here.xingke("verify", str(here.files / "published.docx"))
    assert (code, "核验通过" in said) == (0, True), said
