"""What a case filed is not taken back: a step stands. And what a case built on is not taken back either."""

from uuid import uuid4

import pytest

from tests.cast import NOW, Cast, file
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.base.undoing import FiledByAct
from xingke.casework.models import CaseStep, Filed
from xingke.casework.queries.undoing import filed_by_steps
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import apply, take
from xingke.ledger.actions import undo_act
from xingke.ledger.models import Matter, Patent
from xingke.ledger.queries.undoing import act_of_record
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


def test_the_records_of_a_step_are_mended_in_the_case(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    case = apply(cast)
    take(case, "checked", cast.officer, typed={"settled": "25"})
    matter = Matter.objects.get(seq_to__isnull=True)
    entry = AuditEntry.objects.get(seq=matter.seq_from)
    assert (entry.by, entry.target_kind) == (cast.officer, "case")

    with pytest.raises(Refused, match="步骤不能撤销；请在事项里更正或重新办理"):
        undo_act(seq=entry.seq, by=cast.officer, now=NOW)
    assert act_of_record(cast.officer, matter, now=NOW) is None


@pytest.mark.parametrize("who, expected", [("officer", "事项YFBZ-990121-2026-0001"), ("superior", "有一件事项")])
def test_a_record_that_a_step_added_to_stands_and_the_case_is_named_to_who_sees_it(
    cast: Cast, who: str, expected: str
) -> None:

    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    apply(cast)
    record = file("patent", "终端", [("granted", "2024-03-05")], firm=cast.firm, by=cast.statistician)
    seq = current_seq()
    Filed.objects.create(step=CaseStep.objects.get(), kind="patent", record=record)

    def filed(*records: object) -> FiledByAct:
        return FiledByAct(
            reader=cast.users[who], seq=seq, kind="patent", records=frozenset(records), regions=(), is_counted=True
        )

    assert str(filed_by_steps(filed(uuid4(), record))) == f"{expected}在其中的记录上登记了后续"
    assert filed_by_steps(filed(uuid4())) is None
    with pytest.raises(Refused, match="在其中的记录上登记了后续"):
        undo_act(seq=seq, by=cast.statistician, now=NOW)
    assert Patent.objects.filter(seq_to__isnull=True, state="confirmed").exists()
