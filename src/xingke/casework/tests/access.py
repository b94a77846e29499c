"""Who may see the addresses of casework."""

from collections.abc import Mapping
from typing import Any

from tests.access import NEXT_DOOR, Row, World
from tests.cast import NOW
from xingke.accounts import actions as accounts
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.models import CaseFile
from xingke.casework.tests import access_common, access_posts
from xingke.casework.tests.flowing import FOLDER
from xingke.registry import actions as registry

BUREAU = frozenset({"officer", "director"})
PARTIES = BUREAU | {"enterprise"}


def furnish(world: World) -> Mapping[str, Any]:
    """A firm's application with a file, which the officer is to check."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    proof = accounts.store_file(name="纳税申报表.pdf", data=b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    first = StepWanted(step="applied", typed={"base": "800", "proof": [proof.digest]}, files=[proof])
    new = NewCase(flow="rnd_subsidy", region=world.cast.county, organisation=world.cast.firm)
    case = open_case(new=new, first=first, by=world.cast.enterprise, now=NOW)
    found = {"case": case, "case_file": CaseFile.objects.get(step__case=case), **access_common.furnish(world)}
    return found | access_posts.furnish(world)


def _case(world: World) -> dict[str, Any]:
    return {"key": world.case.key}


def _file(world: World) -> dict[str, Any]:
    return {**_case(world), "pk": world.case_file.pk, "name": world.case_file.attachment.name}


ROWS = {
    "case-list": Row(PARTIES | NEXT_DOOR | frozenset({"commissioner"})),
    "cases-together": Row(PARTIES | NEXT_DOOR | frozenset({"commissioner"}), posts_only=True),
    "case-new": Row(frozenset({"enterprise"}), lambda world: {"flow": "rnd_subsidy"}),
    "case-new-sheet": Row(frozenset({"enterprise"}), lambda world: {"flow": "rnd_subsidy"}),
    "new-form-file": Row(
        frozenset({"enterprise"}), lambda world: {"flow": "rnd_subsidy", "kind": "docx"}, is_page=False
    ),
    "case": Row(PARTIES, _case),
    "case-form-file": Row(
        PARTIES, lambda world: {**_case(world), "form": "rnd_subsidy", "kind": "docx"}, is_page=False
    ),
    "step-take": Row(frozenset({"officer"}), lambda world: {**_case(world), "step": "checked"}, lost=404),
    "case-personal": Row(PARTIES, _case, posts_only=True),
    "case-personal-erase": Row(PARTIES, _case, posts_only=True),
    "case-file": Row(PARTIES, _file, is_page=False),
    **access_common.ROWS,
    **access_posts.ROWS,
}
