"""Several at the same moment: no pool gives more than it holds, and a batch is paid once."""

import pytest

from tests.cast import Cast, gather
from xingke.accounts.acts import Act
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.casework.models import CaseStep
from xingke.funds import checks, queries
from xingke.funds.actions.batches import BatchPaid
from xingke.funds.models import Commitment, PaymentBatch, PaymentItem
from xingke.funds.queries import paying
from xingke.funds.tests.money import (
    WAN,
    case_to_pay,
    commit,
    confirmed_account,
    load_flows,
    new_batch,
    new_pool,
    pay,
    store_proof,
)
from xingke.ledger.models import PaymentEvent
from xingke.registry.tests.test_races import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """The cast, in a database that is emptied afterwards."""
    cast = gather()
    load_flows()
    return cast


def test_of_four_who_commit_the_last_of_a_pool_at_once_one_gets_it(people: Cast) -> None:
    pool, proof = new_pool(people, wan=30), store_proof()
    cases = [case_to_pay(people, proof) for _time in range(4)]
    told = at_once(*(lambda case=case: commit(people, case, {pool: "25"}) for case in cases))
    assert sorted(type(each).__name__ for each in told) == ["Refused", "Refused", "Refused", "list"]
    assert queries.balance_of(pool).left == 5 * WAN
    assert Commitment.objects.count() == 1


def test_a_batch_that_is_paid_by_several_presses_at_once_is_paid_once(people: Cast) -> None:
    pool, proof = new_pool(people), store_proof()
    confirmed_account(people, people.firm)
    rows = [row for _time in range(2) for row in commit(people, case_to_pay(people, proof), {pool: "25"})]
    batch = new_batch(people, *rows)
    seen = paying.stamp_of(queries.items_of(batch))

    def press() -> BatchPaid:
        return pay(people, PaymentBatch.objects.get(pk=batch.pk), seen=seen)

    told = at_once(press, press, press)

    assert [each.amount for each in told if isinstance(each, BatchPaid)] == [50 * WAN] * 3
    assert AuditEntry.objects.filter(action="payment-batch.paid").count() == 1
    assert PaymentEvent.objects.count() == 2
    assert [problem for found in checks.funds() for problem in found.problems] == []


def test_two_batches_cannot_hold_the_same_money(people: Cast) -> None:
    pool, proof = new_pool(people), store_proof()
    confirmed_account(people, people.firm)
    (row,) = commit(people, case_to_pay(people, proof), {pool: "25"})
    told = at_once(lambda: new_batch(people, row), lambda: new_batch(people, row))
    assert sum(isinstance(each, Refused) for each in told) == 1
    assert PaymentItem.objects.count() == 1
    assert [each.amount for each in [pay(people, PaymentItem.objects.get().batch)]] == [25 * WAN]


def test_what_fails_at_its_end_has_paid_nothing(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    pool, proof = new_pool(people), store_proof()
    confirmed_account(people, people.firm)
    batch = new_batch(people, *commit(people, case_to_pay(people, proof), {pool: "25"}))

    def lost(_act: Act) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Act, "_keep", lost)
        with pytest.raises(OSError, match="disk is full"):
            pay(people, batch)
    batch = PaymentBatch.objects.get()
    assert (batch.is_open, PaymentEvent.objects.count(), CaseStep.objects.filter(step="paid").count()) == (True, 0, 0)
    assert pay(people, batch).amount == 25 * WAN
