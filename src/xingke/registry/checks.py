"""What ``xingke check`` looks at in persons: that each can be opened by a key of theirs, and that no key is nobody's."""

from collections.abc import Iterator
from uuid import UUID

from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.base.refusals import Refused
from xingke.registry import sealing
from xingke.registry.models import Person
from xingke.registry.queries.people import erased_owners


def persons() -> Iterator[CheckResult]:
    """What is sealed of a person opens, their mark is that of their number, and who was erased or merged has no key left."""
    wrong, count = [], 0
    for person in Person.objects.exclude(sealed="").order_by("pk").iterator():
        count += 1
        if why := _wrong(person):
            wrong.append(f"人员 {person.key}：{why}")
    known = set(Person.objects.exclude(sealed="").values_list("key", flat=True))
    gone = erased_owners()
    left = sorted(set(sealing.kept()) & gone)
    others = {key for sealer in sealing.SEALERS for key in sealer.owners()}
    strange = sorted(set(sealing.kept()) - known - gone - _without_facts() - others)
    wrong += [
        f"{key} 的个人信息已删除，密钥还在 {sealing.FOLDER} 里；夜里会自动清除，xingke retention 立即清除"
        for key in left
    ]
    wrong += [f"{sealing.FOLDER} 里 {key} 的密钥不是任何人的；可能是中断的登记留下的" for key in strange]
    if count or wrong:
        yield CheckResult(f"人员的个人信息：{count} 人，{len(wrong)} 处不对", tuple(wrong[:SHOWN]))


def _without_facts() -> set[UUID]:
    """Those of whom nothing is sealed yet: their key was made when they were entered."""
    alive = Person.objects.filter(sealed="", erased_at=None, merged_into=None)
    return set(alive.values_list("key", flat=True))


def _wrong(person: Person) -> str:
    try:
        facts = sealing.unseal(person.key, person.sealed)
        mark = sealing.mark(facts.get("identity", ""))
    except Refused as refusal:
        return str(refusal)
    return "" if mark == person.identity else "身份证件号码的标记与加密保存的号码不符"


CHECKS = (Check(code="persons", find=persons, order=70),)
