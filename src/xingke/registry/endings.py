"""What ends by itself in the register: keys of whom nothing is kept any more, left by whoever was killed between erasing and forgetting."""

from datetime import datetime, timedelta
from uuid import UUID

from xingke.base.retaining import Expiry
from xingke.base.sayings import say
from xingke.registry import sealing
from xingke.registry.queries.people import erased_owners

AGE = timedelta(hours=1)  # of a key: one that was just made seals something any moment


def _left(now: datetime) -> set[UUID]:
    return set(sealing.kept((now - AGE).timestamp())) & erased_owners()


def count_keys(now: datetime) -> int:
    """How many such keys lie here."""
    return len(_left(now))


def end_keys(now: datetime, most: int) -> int:
    """Destroy some of them. No act: that they were erased is told already."""
    some = sorted(_left(now))[:most]
    for key in some:
        sealing.destroy(key)
    return len(some)


EXPIRIES = (Expiry(code="keys", what=say("删除个人信息之后没有清除的密钥"), days=None, count=count_keys, end=end_keys),)
