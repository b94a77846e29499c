"""What tests of letters and links share: a product test that is ordered, said the result of, and told the firm."""

from datetime import datetime
from pathlib import Path

from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.models import Case
from xingke.letters.actions import LettersIssued, issue_letters
from xingke.letters.actions.links import LinkMade, NewLink, make_link
from xingke.registry import actions as registry

FOLDER = Path(__file__).parent / "pack"
OPINION = "样品合格。\n可以批量生产。"


def load_flow() -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def new_case(cast: Cast, title: str = "一号传感器", fee: str = "1200") -> Case:
    """A test that the officer ordered for the firm."""
    first = StepWanted(step="opened", typed={"title": title, "fee": fee, "remark": "老客户"})
    new = NewCase(flow="product_test", region=cast.county, organisation=cast.firm)
    return open_case(new=new, first=first, by=cast.officer, now=NOW)


def tell(cast: Cast, *cases: Case, by: User | None = None, seen: int = 1, opinion: str = OPINION) -> LettersIssued:
    """Issue the letter of each case."""
    return issue_letters(
        cases=[(case, seen) for case in cases], step="told", opinion=opinion, by=by or cast.officer, now=NOW
    )


def new_link(
    cast: Cast, case: Case, *, step: str = "tested", by: User | None = None, days: int = 7, now: datetime = NOW
) -> LinkMade:
    """A link for the body that tests."""
    new = NewLink(case=case, step=step, role="tester", name="样例检测中心", days=days)
    return make_link(new=new, by=by or cast.officer, now=now)
