"""Money in pools: what is left, what may be committed and paid, and what would be twice for one thing. Amounts in 分."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xingke.base.quantities import INT64_MAX
from xingke.base.refusals import YES, Answer, no
from xingke.base.sayings import Saying, say

MOST_ITEMS = 50  # on a batch: it is one act, some 40 ms a case, and everybody else waits for it
LONGEST_THING_KEY = 120
MOST_AMOUNT = 10**15  # 分, ten thousand 亿元: a sum of thousands of such still fits


class AllotmentKind(StrEnum):
    """How money came into a pool, or left it other than by a payment."""

    GIVEN = "given"
    ADDED = "added"
    CARRIED_IN = "carried in"
    RETURNED = "returned"  # what was paid and came back: the pool holds it again, and what was paid stays what was paid
    CUT = "cut"
    CARRIED_OUT = "carried out"


TAKES_AWAY = frozenset({AllotmentKind.CUT, AllotmentKind.CARRIED_OUT})


class CommitmentState(StrEnum):
    """What became of money that was decided for a case."""

    STANDING = "standing"
    RELEASED = "released"
    PAID = "paid"


@dataclass(frozen=True, kw_only=True)
class PoolBalance:
    """What a pool holds at one moment. committed: decided and not paid yet."""

    allotted: int = 0
    committed: int = 0
    paid: int = 0

    @property
    def left(self) -> int:
        """What can still be decided about."""
        return self.allotted - self.paid - self.committed


@dataclass(frozen=True, kw_only=True)
class PoolMovement:
    """What one act did to a pool: how much more, or less, stands in each of its three sums from then on."""

    seq: int
    allotted: int = 0
    committed: int = 0
    paid: int = 0


def balances(movements: Iterable[PoolMovement]) -> Iterator[PoolBalance]:
    """What a pool holds after each of its movements, which come in their order."""
    now = PoolBalance()
    for each in movements:
        now = PoolBalance(
            allotted=now.allotted + each.allotted, committed=now.committed + each.committed, paid=now.paid + each.paid
        )
        yield now


def short_at(movements: Sequence[PoolMovement]) -> int | None:
    """The number of the first act after which a pool held less than nothing; None where it never did.

    Movements of one act are one: a payment takes its commitment away in the same act.
    """
    for place, balance in enumerate(balances(movements)):
        movement = movements[place]
        ends_act = place + 1 == len(movements) or movements[place + 1].seq != movement.seq
        if ends_act and (balance.left < 0 or balance.committed < 0 or balance.paid < 0):
            return movement.seq
    return None


def yuan_of(amount: int) -> Decimal:
    """分 as 元."""
    return Decimal(amount) / 100


def written(amount: int) -> str:
    """An amount as sentences say it, in 元: 12,345.60."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100:,}.{abs(amount) % 100:02}"


def _is_no_amount(amount: int) -> Answer | None:
    if amount <= 0:
        return no(say("金额要大于零，填的是%(amount)s元。", amount=written(amount)))
    if amount > min(MOST_AMOUNT, INT64_MAX):
        return no(say("金额%(amount)s元超出了可以登记的范围，请核对单位是不是元。", amount=written(amount)))
    return None


def may_allot(balance: PoolBalance, kind: AllotmentKind, amount: int) -> Answer:
    """Whether money may come into a pool, or be taken from it: never what is committed or paid already."""
    if wrong := _is_no_amount(amount):
        return wrong
    if kind in TAKES_AWAY and amount > balance.left:
        return no(
            say(
                "最多可以核减或结转%(left)s元，其余已经安排或拨付；填的是%(amount)s元。",
                left=written(balance.left),
                amount=written(amount),
            )
        )
    return YES


def may_commit(balance: PoolBalance, amount: int, *, own: int = 0, pool: str = "") -> Answer:
    """Whether so much may be committed. own: what stands committed for the same already, which this replaces."""
    if wrong := _is_no_amount(amount):
        return wrong
    if amount > balance.left + own:
        return no(
            say(
                "“%(pool)s”可用%(left)s元，不够安排%(amount)s元。请减少金额，或先登记追加的指标。",
                pool=pool,
                left=written(balance.left + own),
                amount=written(amount),
            )
        )
    return YES


def may_pay(balance: PoolBalance, amount: int, *, own: int, pool: str = "") -> Answer:
    """Whether so much may be paid for what is committed with ``own``: exactly that, and from money that is there."""
    if amount != own:
        return no(
            say(
                "列入批次之后，安排的金额改为%(own)s元，批次里是%(amount)s元，请移出后重新列入。",
                own=written(own),
                amount=written(amount),
            )
        )
    if amount > balance.allotted - balance.paid - (balance.committed - own):
        return no(
            say(
                "“%(pool)s”里没有这笔钱：已下达%(allotted)s元，已拨%(paid)s元，别的已安排%(others)s元。",
                pool=pool,
                allotted=written(balance.allotted),
                paid=written(balance.paid),
                others=written(balance.committed - own),
            )
        )
    return YES


# ── shares: one decided sum, borne by layers ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class PoolShare:
    """What one pool bears of a decided sum. pool: its id. level: its layer; each layer has its own money."""

    pool: int
    level: str
    amount: int


def shares_hold(decided: int, shares: Sequence[PoolShare]) -> Answer:
    """Whether the shares of the layers are the decided sum, each layer once and from one pool."""
    if not shares:
        return no(say("请写明由哪个资金池出钱。"))
    if wrong := _is_no_amount(decided):
        return wrong
    levels = [share.level for share in shares]
    if len({share.pool for share in shares}) < len(shares) or len(set(levels)) < len(levels):
        return no(say("同一层级的资金只能由一个资金池出，不能重复列。"))
    for share in shares:
        if wrong := _is_no_amount(share.amount):
            return wrong
    together = sum(share.amount for share in shares)
    if together != decided:
        return no(
            say(
                "各级分担加起来是%(together)s元，审定的是%(decided)s元，相差%(gap)s元。",
                together=written(together),
                decided=written(decided),
                gap=written(abs(decided - together)),
            )
        )
    return YES


def filed_as_paid(filed: Mapping[str, int], shares: Iterable[PoolShare]) -> Answer:
    """Whether what a step filed in the ledger is what is paid, layer by layer. filed: amounts by layer; nothing where the flow files none.

    A flow that files no layer (``""``) is held against the whole sum.
    """
    paid: dict[str, int] = {}
    for share in shares:
        paid[share.level] = paid.get(share.level, 0) + share.amount
    if not filed:
        return YES
    if set(filed) == {""}:
        paid = {"": sum(paid.values())}
    if dict(filed) == paid:
        return YES
    if sum(filed.values()) != sum(paid.values()):
        return no(
            say(
                "事项上审定的是%(filed)s元，批次里是%(paid)s元，两处要一致。",
                filed=written(sum(filed.values())),
                paid=written(sum(paid.values())),
            )
        )
    return no(say("事项登记的资金层级与出钱的资金池不是同一层级，各级资金不能混用。"))


# ── twice for one thing ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class CommittedThing:
    """For what money was decided: whose case, for which thing, and which part 其中 of it; an empty part is the whole.

    decision: shares decided together have the same. number: the case's, for the sentence.
    """

    decision: str
    case: int
    organisation: int | None
    region: int
    pool: int
    level: str
    thing: str
    part: str = ""
    number: str = ""


def thing_key(text: str) -> str:
    """What a thing is known by, however it is spaced and written: letters of one width and case, without blanks or marks.

    One sign may become several: what is longer than its column is kept by its beginning and a digest of the whole.
    """
    plain = re.sub(r"[\s\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    if len(plain) <= LONGEST_THING_KEY:
        return plain
    return plain[: LONGEST_THING_KEY - 32] + hashlib.sha256(plain.encode()).hexdigest()[:32]


def once_for_one_thing(new: Collection[CommittedThing], standing: Iterable[CommittedThing]) -> Answer:
    """Whether nothing of ``new`` was decided before. standing: what is committed or paid, not what was released."""
    decisions = {each.decision for each in new}
    others = [each for each in standing if each.decision not in decisions]
    for each in new:
        for other in others:
            if why := _twice(each, other):
                return no(why)
    return YES


def _twice(new: CommittedThing, other: CommittedThing) -> Saying | None:
    if not _overlap(new.part, other.part):
        return None
    if new.case == other.case and (new.pool == other.pool or new.level == other.level):
        return say("这件事在这一层级已经安排过资金，不能再安排一次；分次拨付的，请写明是其中哪一部分。")
    same_firm = new.organisation is not None and new.organisation == other.organisation
    if same_firm and new.region == other.region and thing_key(new.thing) == thing_key(other.thing):
        return say(
            "“%(thing)s”已在%(number)s安排或拨付过，同一家单位的同一件事只给一次。",
            thing=other.thing,
            number=other.number,
        )
    return None


def _overlap(one: str, other: str) -> bool:
    """Whether two parts have something in common: the whole has with every part."""
    return not one or not other or thing_key(one) == thing_key(other)


# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────

LAST = 4  # digits of an account number that are shown
_ACCOUNT = re.compile(r"[0-9A-Z-]{6,34}")


def account_number(text: str) -> str | None:
    """An account number as it is kept, without blanks; None for what is none: figures, letters and hyphens, six at least."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return plain if _ACCOUNT.fullmatch(plain) and any(sign.isdecimal() for sign in plain) else None


def masked_number(number: str) -> str:
    """An account number so that it is known again but not read: ****1234."""
    return "****" + number[-LAST:]
