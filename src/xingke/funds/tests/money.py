"""What tests of public money share: pools, cases that wait to be paid, accounts that were confirmed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.models import Case
from xingke.casework.tests.flowing import FOLDER, through
from xingke.funds import actions, queries
from xingke.funds.actions import accounts as pay_accounts
from xingke.funds.actions import batches
from xingke.funds.actions.accounts import NewAccount
from xingke.funds.actions.batches import BatchPaid, NewBatch
from xingke.funds.models import Commitment, PayAccount, PaymentBatch, Pool
from xingke.funds.queries import paying
from xingke.funds.rules import AllotmentKind
from xingke.registry import actions as registry
from xingke.registry.models import Organisation

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
LATER = NOW + timedelta(days=8)  # the publicity of the example flow is over
TODAY = date(2026, 3, 10)
WAN = 10_000_00  # 分


def load_flows() -> None:
    """The example flows; ``rnd_subsidy`` is paid at its last step."""
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def store_proof() -> accounts.StoredFile:
    return accounts.store_file(name="纳税申报表.pdf", data=PDF)


def new_pool(cast: Cast, **given: Any) -> Pool:
    """A pool of the county with so many 万元 in it (``wan``)."""
    wan = given.pop("wan", 100)
    usual = {"code": "A1", "name": "研发后补助资金", "year": 2026, "level": "county", "purpose": "rnd_subsidy"}
    usual |= {"region": cast.county}
    pool = actions.open_pool(new=actions.NewPool(**{**usual, **given}), by=cast.officer, now=NOW)
    if wan:
        allot(cast, pool, wan)
    return pool


def allot(cast: Cast, pool: Pool, wan: int, kind: AllotmentKind = AllotmentKind.GIVEN, **given: Any) -> None:
    usual = {"amount": wan * WAN, "document": "青财教指〔2026〕1号", "on": date(2026, 3, 1), "kind": kind}
    actions.allot(pool=pool, new=actions.NewAllotment(**{**usual, **given}), by=cast.officer, now=NOW)


def case_to_pay(
    cast: Cast,
    proof: accounts.StoredFile,
    *,
    wan: str = "25",
    firm: Organisation | None = None,
    upto: str = "announced",
) -> Case:
    """A case of the example flow, decided with so many 万元, that stands at ``upto``."""
    first = StepWanted(step="applied", typed={"base": "800", "proof": [proof.digest]}, files=[proof])
    new = NewCase(flow="rnd_subsidy", region=cast.county, organisation=firm or cast.firm)
    if firm is not None:
        registry.give_role(
            user=cast.enterprise, role="enterprise_user", region=cast.county, by=None, now=NOW, organisation=firm
        )
    case = open_case(new=new, first=first, by=cast.enterprise, now=NOW)
    way = [("checked", cast.officer, {"settled": wan}), ("settled", cast.director, {}), ("announced", cast.officer, {})]
    for number, (step, by, typed) in enumerate(way, start=1):
        if case.steps.order_by("-number").first().step == upto:  # type: ignore[union-attr]
            break
        wanted = StepWanted(step=step, typed=typed, through=through(case.flow, step))
        take_step(case=case, wanted=wanted, seen=number, by=by, now=NOW)
    return case


def firms(cast: Cast, count: int) -> list[Organisation]:
    """Further firms of the county."""
    new = [
        registry.NewOrganisation(
            key=new_key(), name=f"青溪县样例{number}号有限公司", region=cast.county, is_fictional=True
        )
        for number in range(1, count + 1)
    ]
    registry.enter_organisations(organisations=new, by=cast.officer, now=NOW, source="test")
    return list(Organisation.objects.filter(key__in=[each.key for each in new]).order_by("pk"))


def commit(
    cast: Cast, case: Case, shares: dict[Pool, str], *, by: User | None = None, **given: Any
) -> list[Commitment]:
    """So many 万元 from each pool for a case."""
    amounts = {pool: int(Decimal(wan) * WAN) for pool, wan in shares.items()}
    usual = {"decided": sum(amounts.values()), "thing": f"研发后补助 {case.number}"}
    new = actions.NewCommitment(case=case, shares=amounts, **{**usual, **given})
    return actions.commit(new=new, by=by or cast.officer, now=NOW)


def confirmed_account(cast: Cast, firm: Organisation, number: str = "6222 0210 0111 2345", **given: Any) -> PayAccount:
    usual = {"region": cast.county, "name": firm.name, "bank": "青溪农商行", "number": number}
    new = NewAccount(organisation=firm, **{**usual, **given})
    entered = pay_accounts.enter_account(new=new, by=cast.officer, now=NOW)
    return pay_accounts.confirm_account(account=entered, by=cast.director, now=NOW)


def new_batch(cast: Cast, *rows: Commitment, by: User | None = None) -> PaymentBatch:
    """A batch with what was decided on it."""
    user = by or cast.officer
    batch = batches.open_batch(new=NewBatch(region=cast.county, title="三月拨付"), by=user, now=NOW)
    decisions: list[UUID] = [row.decision for row in rows]
    if decisions:
        batches.put_on_batch(batch=batch, decisions=decisions, by=user, now=NOW)
    return batch


def pay(cast: Cast, batch: PaymentBatch, *, by: User | None = None, now: datetime = LATER, **given: Any) -> BatchPaid:
    seen = paying.stamp_of(queries.items_of(batch))
    usual = {"voucher": f"Z{batch.number}", "on": TODAY, "seen": seen}
    return batches.pay_batch(batch=batch, by=by or cast.director, now=now, **{**usual, **given})
