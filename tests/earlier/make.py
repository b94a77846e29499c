"""Make the backup of an earlier state of the program, run by that state's own code (see README.md beside this file).

    python make.py FOLDER    # XINGKE_DATA: an empty folder; PYTHONPATH: the earlier state's src

Writes xingke.zip, published.docx, working.docx, signing.pub and accounts.txt into FOLDER.
"""

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xingke.config.settings")
django.setup()

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from xingke.accounts.models import User  # noqa: E402
from xingke.config import backup  # noqa: E402
from xingke.demo import actions as demonstration  # noqa: E402
from xingke.demo import generator  # noqa: E402
from xingke.ledger.tables import TABLES  # noqa: E402
from xingke.registry import queries  # noqa: E402
from xingke.reports.models import Document  # noqa: E402
from xingke.reports.queries import docx_of  # noqa: E402

COUNTY, NEXT = "990121", "990122"
KEPT = 6  # histories of each kind
ROUGH = 14  # trainings and outreach: among them some whose people were counted roughly only
PLACES = ("青溪县", "云渡县", "清源市")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
ROUGHLY = {"73,,家,,,73家": "70,,家,,,70余家", "112,,件,,,112件": "110,,件,,,超110件"}  # reported so in 2025


def main(target: Path) -> None:
    """Make the demonstration small, publish what can be published, attach a file, back up."""
    call_command("migrate", verbosity=0, interactive=False)
    now = timezone.now()
    demonstration.PACKS = small_packs(target / "packs")
    demonstration.generator = Thinned  # type: ignore[assignment]  # stands in for the module
    demonstration.queries = Fictional()  # type: ignore[assignment]  # stands in for the module
    demonstration.ACCOUNTS = tuple(each for each in demonstration.ACCOUNTS if each.username != "minle")
    with translation.override(settings.LANGUAGE_CODE):
        passwords = demonstration.prepare(now=now, say=print, scale=0.3)
        attach(now)
        made = backup.back_up(to=target / "xingke.zip", now=now)
        documents = {each.period: each for each in Document.objects.order_by("pk")}
        (target / "published.docx").write_bytes(docx_of(documents["2025"]))
        (target / "working.docx").write_bytes(docx_of(documents["2024-H1"]))
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((Path(settings.DATA) / "signing.key").read_text()))
    (target / "signing.pub").write_text(public.public_key().public_bytes_raw().hex() + "\n")
    (target / "accounts.txt").write_text("".join(f"{name} {password}\n" for name, password in passwords.items()))
    shutil.rmtree(target / "packs")
    print(made.path.stat().st_size, "bytes")


def small_packs(folder: Path) -> Path:
    """The packs with the country as the only real region, few reported numbers, and an approximate one."""
    shutil.copytree(demonstration.PACKS, folder)
    for name in ("regions.csv", "zones.csv"):
        path = folder / "national" / name
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if line.startswith(("code,", "000000,"))), encoding="utf-8")
    reported = folder / "fictional" / "observations.csv"
    head, *rows = reported.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [row for row in rows if any(f",{place}," in row for place in PLACES)]
    for exact, rough in ROUGHLY.items():
        kept = [row.replace(exact, rough) for row in kept]
    (folder / "national" / "published-figures.csv").write_text(head + kept[0], encoding="utf-8")
    reported.write_text("".join([head, *kept[1:]]), encoding="utf-8")
    return folder


class Fictional:
    """The registry's queries, in which the demonstration's one real county is a fictional one."""

    def __getattr__(self, name: str) -> Any:
        return getattr(queries, name)

    @staticmethod
    def region_by_name_or_code(text: str) -> Any:
        """Its half-year document is then of 青溪县."""
        return queries.region_by_name_or_code("青溪县" if text == "民乐县" else text)


class Thinned:
    """The generator with a handful of histories of each kind, all of one county."""

    Plan, Event = generator.Plan, generator.Event

    @staticmethod
    def generate(seed: int, scale: float) -> generator.Plan:
        """A plan whose numbers are small and of every kind."""
        plan = generator.generate(seed, scale)
        titles = _of(COUNTY, plan.titles)[:KEPT] + _of(NEXT, plan.titles)[:2]
        inventions = [each for each in plan.patents if each.form == "invention"]
        granted = [each for each in inventions if any(event.kind == "granted" for event in each.events)]
        patents = _of(COUNTY, granted)[:KEPT] + _of(COUNTY, plan.patents)[:KEPT] + _of(NEXT, granted)[:2]
        patents = list({each.key: each for each in patents}.values())
        histories = [each for kind in TABLES for each in _few(kind, _of(COUNTY, plan.of(kind)))]
        firms = {each.firm for each in (*titles, *patents, *histories)}
        kept = tuple(firm for firm in plan.firms if firm.key in firms)
        return replace(plan, firms=kept, titles=tuple(titles), patents=tuple(patents), histories=tuple(histories))


def _of(code: str, histories: Any) -> list[Any]:
    """Those of one county, the newest first."""
    mine = [each for each in histories if {event.region for event in each.events} == {code}]
    return sorted(mine, key=lambda each: each.events[0].on, reverse=True)


def _few(kind: str, histories: list[Any]) -> list[Any]:
    if kind != "activity":
        return histories[:KEPT]
    rough = [each for each in histories if any("approximation" in dict(event.measures) for event in each.events)]
    plain = [each for each in histories if each not in rough and each.value("topic") in ("farm_training", "outreach")]
    return [*rough[:ROUGH], *plain[:KEPT], *[each for each in histories if each.value("topic") == "policy"][:2]]


def attach(now: Any) -> None:
    """A file of evidence on a patent, where this state of the program knows evidence."""
    try:
        from xingke.ledger.actions.evidence import NewFile, attach_evidence
    except ImportError:
        return
    patent = TABLES["patent"].event._default_manager.filter(seq_to__isnull=True).order_by("pk").first()
    attach_evidence(
        kind="patent",
        record=patent.record,
        files=[NewFile("证书.pdf", PDF)],
        by=User.objects.get(username="officer"),
        now=now,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
