"""Where money of an organisation goes: entered by one, confirmed by another, opened on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.pressed import pressed_before
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.funds import queries, rules
from xingke.funds.actions import require_at_home
from xingke.funds.models import PayAccount, PaymentBatch
from xingke.funds.permissions import FundPermission
from xingke.registry import sealing
from xingke.registry.actions import people
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import same_name

NUMBER = "number"
CODE = "pay-accounts"  # of what is sealed here


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """An account to be entered. region: of the bureau that pays to it. key: the same from one page."""

    organisation: Organisation
    region: Region
    name: str
    bank: str
    number: str
    reason: str = ""
    key: UUID = field(default_factory=new_key)


def mark_of(number: str) -> str:
    """The mark of an account number: apart from those of persons."""
    return sealing.mark(f"account:{number}")


def enter_account(*, new: NewAccount, by: User, now: datetime) -> PayAccount:
    """Enter where a bureau is to pay an organisation; it counts once another confirmed it.

    Raises Refused for what is no number, for an organisation the bureau has nothing to do with, while another one waits, and without a
    reason where something is committed to be paid to the one that counts, or the number is another organisation's too.
    """
    number = rules.account_number(new.number)
    if number is None:
        raise Refused(say("账号只能是数字、字母和连字符，至少6位。"))
    if not new.name.strip() or not new.bank.strip():
        raise Refused(say("请填写户名和开户银行。"))
    require_at_home(by, FundPermission.PLAN, new.region)
    people.refuse_owned(new.key, but=CODE)  # before anything is sealed under somebody else's key
    sealing.prepare(new.key)
    sealed, mark = sealing.seal(new.key, {NUMBER: number}), mark_of(number)
    organisation, reason = new.organisation, new.reason.strip()
    said: dict[str, Any] = {"name": new.name.strip(), "bank": new.bank.strip(), "mark": mark, "reason": reason}
    said |= {"organisation": organisation, "region": new.region, "entered_by": by}
    with act(
        by=by, now=now, code="pay-account.entered", kind="pay-account", target=str(new.key), reason=reason
    ) as done:
        done.lock()
        require_at_home(by, FundPermission.PLAN, new.region)
        if there := pressed_before(PayAccount, new.key, **said):
            done.nothing()
            return there
        _refuse_strange(organisation, new.region)
        _refuse_hasty(new, mark, reason)
        found = PayAccount(
            key=new.key, sealed=sealed, shown=rules.masked_number(number), entered_at=now, seq=done.seq, **said
        )
        found.save()
        done.says(organisation=organisation.name)
    return found


def _refuse_strange(organisation: Organisation, region: Region) -> None:
    """A bureau pays whoever lies in its region, and whom it has decided to pay wherever they have moved to."""
    low, high = region.range
    if not low <= organisation.region.path < high and not queries.still_standing(organisation, region):
        raise Refused(
            say("“%(firm)s”不在“%(region)s”，也没有等着它拨付的安排。", firm=organisation.name, region=region.name)
        )


def _refuse_hasty(new: NewAccount, mark: str, reason: str) -> None:
    organisation, name = new.organisation, new.name
    rows = PayAccount.objects.filter(organisation=organisation, region=new.region)
    if rows.filter(confirmed_at__isnull=True, declined_at__isnull=True).exists():
        raise Refused(say("“%(firm)s”有一个收款账户正等着确认，先确认或退回它。", firm=organisation.name))
    counting = queries.accounts_that_count([organisation.pk], new.region).get(organisation.pk)
    if counting is not None and queries.still_standing(organisation, new.region) and not reason:
        raise Refused(say("“%(firm)s”还有安排未拨付，变更收款账户要写明原因。", firm=organisation.name))
    if queries.other_firms_with(mark, organisation) and not reason:
        raise Refused(say("这个账号已登记在另一家单位名下，确实共用的，请写明原因。"))
    if same_name(name) != same_name(organisation.name) and not reason:
        raise Refused(say("户名“%(name)s”不是“%(firm)s”，确实如此的，请写明原因。", name=name, firm=organisation.name))


def confirm_account(*, account: PayAccount, by: User, now: datetime) -> PayAccount:
    """Say that an account is right; from then on it counts, and the one before no more. Raises Refused for whoever entered it."""
    with act(by=by, now=now, code="pay-account.confirmed", kind="pay-account", target=str(account.key)) as done:
        done.lock()
        row = _waiting(account, by)
        if row.confirmed_by == by:
            done.nothing()  # pressed twice
            return row
        _refuse_own(row, by)
        before = PayAccount.objects.filter(
            organisation=row.organisation, region=row.region, seq_from__isnull=False, seq_to__isnull=True
        )
        if (
            before.exists() and queries.still_standing(row.organisation, row.region) and not row.reason
        ):  # committed since
            raise Refused(say("“%(firm)s”还有安排未拨付，变更收款账户要写明原因。", firm=row.organisation.name))
        before.update(seq_to=done.seq)
        row.confirmed_at, row.confirmed_by, row.seq_from = now, by, done.seq
        row.save(update_fields=["confirmed_at", "confirmed_by", "seq_from"])
        done.says(organisation=row.organisation.name)
    return row


def decline_account(*, account: PayAccount, reason: str, by: User, now: datetime) -> PayAccount:
    """Send an account back. Raises Refused without a reason, and for whoever entered it."""
    with act(
        by=by, now=now, code="pay-account.declined", kind="pay-account", target=str(account.key), reason=reason.strip()
    ) as done:
        done.lock()
        row = _waiting(account, by)
        if row.declined_by == by:
            done.nothing()  # pressed twice
            return row
        _refuse_own(row, by)
        if not reason.strip():
            raise Refused(say("请写明原因。"))
        row.declined_at, row.declined_by, row.declined_because = now, by, reason.strip()
        row.save(update_fields=["declined_at", "declined_by", "declined_because"])
        done.says(organisation=row.organisation.name)
    return row


def _waiting(account: PayAccount, by: User) -> PayAccount:
    """The account as it stands, if somebody may confirm or decline it."""
    row = PayAccount.objects.select_related("organisation", "region").get(pk=account.pk)
    if not queries.is_at_home(by, FundPermission.PAY, row.region):
        require_at_home(by, FundPermission.PLAN, row.region)
    return row


def _refuse_own(row: PayAccount, by: User) -> None:
    if row.confirmed_at is not None or row.declined_at is not None:
        raise Refused(say("这个收款账户已经有人处理过了，请刷新后再看。"))
    if row.entered_by == by:
        raise Refused(say("收款账户须由登记人以外的另一人确认。"))


def open_account(*, account: PayAccount, by: User, now: datetime) -> str:
    """The whole number, for whoever may pay or confirms it; the trail keeps that they looked."""
    with act(by=by, now=now, code="pay-account.opened", kind="pay-account", target=str(account.key)) as done:
        done.lock()
        row = _waiting(account, by)
        done.says(organisation=row.organisation.name)
    return sealing.unseal(row.key, row.sealed)[NUMBER]


def open_accounts_of(*, batch: PaymentBatch, by: User, now: datetime) -> dict[int, str]:
    """The whole numbers of all accounts of a batch, by id, for whoever may pay it; the trail keeps that they looked."""
    with act(by=by, now=now, code="pay-account.opened", kind="payment-batch", target=str(batch.key)) as done:
        done.lock()
        require_at_home(by, FundPermission.PAY, batch.region)
        rows: Sequence[PayAccount] = list({item.account for item in queries.items_of(batch)})
        done.says(count=len(rows), batch=batch.number)
    return {row.pk: sealing.unseal(row.key, row.sealed)[NUMBER] for row in rows}


def change_account_keys(*, by: User | None, now: datetime) -> int:
    """Give every account a new key and seal it anew. Returns how many. Stopped halfway, run it again."""
    keys = list(PayAccount.objects.values_list("key", flat=True))
    for key in keys:
        sealing.begin_change(key)
        before = PayAccount.objects.values_list("sealed", flat=True).get(key=key)  # nobody else writes it
        after = sealing.seal(key, sealing.unseal(key, before))
        with act(by=by, now=now, code="pay-account.key-changed", kind="pay-account", target=str(key)) as done:
            done.lock()
            PayAccount.objects.filter(key=key).update(sealed=after)
            done.says(count=1)
        sealing.end_change(key)
    return len(keys)
