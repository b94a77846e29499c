"""A program that pays batches and is killed while it does: ``python -m tests.payer KILLS``.

Each round pays a batch of its own. What was paid is printed only afterwards; the last line is what stands in the end, as JSON.
"""

import json
import os
import sys
import time
from functools import partial

import django

from tests.killing import forked, killed, say

CASES = 4  # of one batch: enough that a kill falls between two of them


def main(kills: int) -> None:
    """Prepare the installation and the batches, pay one, pay each of the others and be killed at it, then say what is there."""
    django.setup()
    forked(partial(_prepare, kills + 1))
    began = time.perf_counter()
    forked(partial(_pay, 1))
    long_enough = 2 * (time.perf_counter() - began)  # on this machine, busy as it is
    for number in range(2, kills + 2):
        status = killed(partial(_pay, number, lingers=True), (0.02, long_enough), speaks=True)
        assert os.WIFSIGNALED(status), f"round {number} ended by itself"
    forked(_look)


def _prepare(kills: int) -> None:
    from tests import cast
    from tests.writer import prepare
    from xingke.accounts.models import User
    from xingke.funds.tests import money
    from xingke.registry.models import Organisation, Region

    prepare()
    users = {user.username: user for user in User.objects.all()}
    places = [Region.objects.get(code=code) for code in ("990121", "990122", "990100")]
    firms = [Organisation.objects.get(region=place) for place in places[:2]]
    people = cast.Cast(users, *places, *firms)
    money.load_flows()
    pool, proof = money.new_pool(people, wan=1000), money.store_proof()
    money.confirmed_account(people, people.firm)
    for _number in range(kills):
        cases = [money.case_to_pay(people, proof, wan="1") for _case in range(CASES)]
        money.new_batch(people, *(row for case in cases for row in money.commit(people, case, {pool: "1"})))


def _pay(number: int, *, lingers: bool = False) -> None:
    """Pay a batch. lingers: until it is killed."""
    from xingke.accounts.models import User
    from xingke.funds import queries
    from xingke.funds.actions import batches
    from xingke.funds.models import PaymentBatch
    from xingke.funds.queries import paying
    from xingke.funds.tests import money

    batch = PaymentBatch.objects.select_related("region").get(ordinal=number)
    seen, by = paying.stamp_of(queries.items_of(batch)), User.objects.get(username="director")
    say("paying", number)
    batches.pay_batch(batch=batch, voucher=f"V{number}", on=money.TODAY, seen=seen, by=by, now=money.LATER)
    say("paid", number)
    if lingers:
        time.sleep(60)


def _look() -> None:
    from django.db.models import Count

    from xingke.accounts.models import AuditEntry
    from xingke.accounts.queries import check_audit_chain
    from xingke.funds import checks, queries
    from xingke.funds.models import PaymentBatch, Pool
    from xingke.funds.rules import written
    from xingke.ledger.models import PaymentEvent

    batches = PaymentBatch.objects.order_by("ordinal").annotate(steps=Count("items__step"))
    held = queries.balance_of(Pool.objects.get())
    found = {
        "batches": {batch.ordinal: [batch.paid_at is not None, batch.steps] for batch in batches},
        "records": PaymentEvent.objects.count(),
        "entries": AuditEntry.objects.filter(action="payment-batch.paid").count(),
        "held": [written(each) for each in (held.committed, held.paid)],
        "problems": [problem for check in checks.funds() for problem in check.problems],
        "broken_at": check_audit_chain().broken_at,
    }
    say("result", json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
