"""What ``xingke check`` looks at in the ledger: what people have to decide upon, and no fault of the program."""

from collections.abc import Iterator

from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.base.sayings import say
from xingke.ledger.models import ContractEvent, State
from xingke.ledger.queries import observations, titles
from xingke.ledger.words import title_words


def amounts() -> Iterator[CheckResult]:
    """How many registered contracts count as nothing, because nobody said their price."""
    rows = ContractEvent.objects.filter(seq_to__isnull=True, state=State.CONFIRMED)
    count = rows.filter(event="registered", amount__isnull=True).count()
    if count:
        yield CheckResult(f"技术合同：{count} 份已确认的登记没有写成交额，合计时按 0 计入")


def words_of_figures() -> Iterator[CheckResult]:
    """Reported figures whose own words say now that they are an approximation, or another number: to be decided by people."""
    found = list(observations.read_otherwise())
    yield CheckResult(
        f"上报数的原文与数值：{len(found)} 处读来不同{'，请在记录页更正（保存时按原文重读约数）：' if found else ''}"
    )
    for row, read in found[:SHOWN]:
        now = read.problem or say(
            "约数现为“%(then)s”，按原文是“%(now)s”", then=row.approximation or "—", now=read.word or "—"
        )
        yield CheckResult(f"　{row.region.name} {row.document} {row.place} {row.name}，原文“{row.as_written}”：{now}")
    if len(found) > SHOWN:
        yield CheckResult(f"　……另有 {len(found) - SHOWN} 处")


def standing_titles() -> Iterator[CheckResult]:
    """Titles to be decided upon: those that stand twice, and older certificates without a last day; no fault of the program."""
    twice, without = titles.duplicates(), len(titles.without_last_day())
    yield CheckResult(
        f"资质：登记了两条的 {len(twice)} 项{'，请在网页“资质有效期”里并入一条：' if twice else ''}"
        + (f"；没有有效期的证书 {without} 份，请运行 xingke titles 看补记会改变什么" if without else "")
    )
    for group in twice[:SHOWN]:
        yield CheckResult(f"　{title_words(group)}")


CHECKS = (
    Check(code="amounts", find=amounts, order=60),
    Check(code="words-of-figures", find=words_of_figures, order=90),
    Check(code="titles", find=standing_titles, order=120),
)
