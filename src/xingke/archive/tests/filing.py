"""What tests of the archive share: cases that are over, volumes with them, and a published document."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast, file, keep_records, load_outline
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.archive import actions, queries
from xingke.archive.actions import FiledInto, NewVolume, ToFile
from xingke.archive.models import ArchiveVolume
from xingke.base.periods import Period
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.models import Case
from xingke.casework.tests.flowing import FOLDER
from xingke.registry import actions as registry
from xingke.registry.actions import people
from xingke.reports.actions import write_document
from xingke.reports.actions.disclosing import take_step as disclose
from xingke.reports.models import Document

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TODAY = date(2026, 3, 2)


def load_flows() -> None:
    """The example flows, and those with steps that not everybody sees."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)


def load_secret_flow(folder: Path) -> None:
    """The flow in which only whoever decides sees how it was weighed."""
    pack = folder / "secret"
    pack.mkdir()
    for name in ("flows.toml", "forms.toml", "pack.toml"):
        text = (FOLDER / "hidden" / name).read_text("utf-8").replace("hidden_", "secret_").replace("YC", "JM")
        text = text.replace('by = ["case.handle"]\nreason', 'by = ["case.decide"]\nreason')
        (pack / name).write_text(text.replace('seen_by = ["case.handle"]', 'seen_by = ["case.decide"]'), "utf-8")
    registry.load_pack(folder=pack, by=None, now=NOW)


def application(cast: Cast) -> Case:
    """A firm's application with a file, under way."""
    proof = accounts.store_file(name="纳税申报表.pdf", data=PDF)
    first = StepWanted(step="applied", typed={"base": "800", "proof": [proof.digest]}, files=[proof])
    new = NewCase(flow="rnd_subsidy", region=cast.county, organisation=cast.firm)
    return open_case(new=new, first=first, by=cast.enterprise, now=NOW)


def ended_case(cast: Cast, *, by: User | None = None, now: datetime = NOW) -> Case:
    """The same, terminated by the director."""
    case = application(cast)
    wanted = StepWanted(step="terminate", opinion="企业已注销")
    take_step(case=case, wanted=wanted, seen=1, by=by or cast.director, now=now)
    return case


def answered_case(cast: Cast, flow: str = "secret_example", weigher: User | None = None) -> Case:
    """A case that was weighed where not everybody sees it, and answered."""
    first = StepWanted(step="asked", typed={"money": "5"})
    case = open_case(
        new=NewCase(flow=flow, region=cast.county, organisation=cast.firm), first=first, by=cast.enterprise, now=NOW
    )
    weighed = StepWanted(step="weighed", opinion="建议不予支持")
    take_step(case=case, wanted=weighed, seen=1, by=weigher or cast.director, now=NOW)
    take_step(case=case, wanted=StepWanted(step="done"), seen=2, by=cast.officer, now=NOW)
    return case


def service_of_person(cast: Cast, name: str) -> Case:
    """A commissioner's service, logged in their own name as ``stranger`` and checked."""
    person = people.enter_person(name=name, region=cast.county, facts={}, by=cast.officer, now=NOW)
    registry.give_role(user=cast.stranger, role="commissioner", region=cast.county, person=person, by=None, now=NOW)
    typed = {
        "served_on": "2026-02-10",
        "place": "柳湾镇上游村",
        "title": "柳湾蔬菜合作社",
        "way": "on_site",
        "work": "guidance",
        "people": "12",
    }
    new = NewCase(flow="commissioner_service", region=cast.county, person=person)
    case = open_case(new=new, first=StepWanted(step="logged", typed=typed), by=cast.stranger, now=NOW)
    take_step(case=case, wanted=StepWanted(step="checked"), seen=1, by=cast.officer, now=NOW)
    return case


def to_file(case: Case) -> ToFile:
    return ToFile(case=case, seen=case.steps.count())


def volume(cast: Cast, *, by: User | None = None, **given: Any) -> ArchiveVolume:
    """An open volume of the county for 2026."""
    usual = {"region": cast.county, "title": "2026 年研发费用后补助", "fonds": "J012", "category": "WS", "year": 2026}
    new = NewVolume(**{**usual, "term": "D30", **given})
    return actions.open_volume(new=new, by=by or cast.officer, now=NOW)


def file_into(cast: Cast, into: ArchiveVolume, *wanted: ToFile, by: User | None = None) -> FiledInto:
    return actions.file_into(volume=into, wanted=wanted, by=by or cast.officer, now=NOW)


def close(into: ArchiveVolume, by: User) -> ArchiveVolume:
    """Close a volume as it stands."""
    return actions.close_volume(volume=into, seen=queries.stamp_of(queries.items_of(into)), by=by, now=NOW)


def closed_volume(cast: Cast, **given: Any) -> ArchiveVolume:
    """A closed volume with one case in it."""
    into = volume(cast, **given)
    done = file_into(cast, into, to_file(ended_case(cast)))
    assert not done.refused, [str(why) for _each, why in done.refused]
    return close(into, cast.officer)


def published_document(cast: Cast, folder: Path) -> Document:
    """A document that everybody may read."""
    keep_records(cast.county, by=cast.statistician)
    life = [("applied", "2024-05-01"), ("recognised", "2024-11-08")]
    file("recognition", "甲", life, firm=cast.firm, by=cast.statistician)
    load_outline(folder)
    wrote = write_document(outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW)
    for number, (step, who) in enumerate(
        (("asked", cast.officer), ("passed", cast.reviewer), ("published", cast.director))
    ):
        disclose(document=wrote.document, step=step, number=number, opinion="", by=who, now=NOW)
    return wrote.document


def make_archivist(cast: Cast, who: str = "director") -> User:
    """Somebody who signs for volumes of the county."""
    user = cast.users[who]
    registry.give_role(user=user, role="archivist", region=cast.county, by=None, now=NOW)
    return user


def packed(browser: Client, closed: ArchiveVolume) -> bytes:
    """The .zip of a volume, as somebody downloads it."""
    answer = browser.get(reverse("archive:volume-zip", args=[closed.key]))
    assert answer.headers["Content-Type"] == "application/zip"
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]
