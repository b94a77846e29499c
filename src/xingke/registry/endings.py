"""What ends by itself in the register: keys of whom nothing is kept any more, left by whoever was killed between erasing and forgetting."""

from datetime import datetime, timedelta
from uuid import UUID

from xingke.base.retaining import Expiry
from xingke.base.sayings import say
from xingke.registry import sealing
from xingke.registry.models import Person

AGE = timedelta(hours=1)  # of a key: one that was just made seals something any moment


def erased_owners() -> set[UUID]:
    """Of whom nothing is sealed any more and never will be under the same key: persons who were erased or merged, and what upper rooms say."""
    gone = Person.objects.filter(sealed="").exclude(erased_at=None, merged_into=None)
    return set(gone.values_list("key", flat=True)).union(*(sealer.erased() for sealer in sealing.SEALERS))


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
