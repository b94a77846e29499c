"""What ``xingke check`` counts anew: columns, frozen figures, and where numbers do not agree."""

from collections.abc import Iterator, Sequence

from django.db.models import Count

from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.base.periods import Period
from xingke.indicators import wording
from xingke.indicators.columns import comparing, engine
from xingke.indicators.columns.evidence_sql import Window
from xingke.indicators.models import Figure
from xingke.indicators.queries import added, indicators, judging, whose
from xingke.indicators.queries.drift import Readers, drift
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import EvidenceRow, Fact, Indicator, counted, evidence_digest
from xingke.ledger.models import State
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.words import Words
from xingke.registry.models import Region

SAMPLE = 20_000  # events of one region that the plain reference walks through in a second or two


def columns() -> Iterator[CheckResult]:
    """The columns hold what the database holds, row by row; and for one region per kind, what the engine counts from them is
    what the plain reference counts from the ledger."""
    for kind in TABLES.values():
        if wrong := comparing.differing_records(kind):
            named = "、".join(wrong[:SHOWN])
            problem = (
                f"列文件 {kind.code} 有 {len(wrong)} 条记录与数据库不同（{named}）：数据库里的记录被程序以外的手段改过，"
                "或者列文件不对；请先查明这些记录，再删除数据文件夹中的 columns"
            )
            yield CheckResult(f"列文件 {kind.code}：与数据库不同", (problem,))
        region = _sample_region(kind)
        counting = [each for each in indicators().values() if each.of == kind.code and each.counts_records]
        if region is None or not counting:
            yield CheckResult(f"列文件 {kind.code}：还没有已确认的记录")
            continue
        facts, versions = _facts(kind, region)
        last = max(fact.on for fact in facts)
        periods = [Period.year(last.year), Period.months(last.year, last.month, last.year, last.month)]
        problems = [
            problem
            for each in counting
            for period in periods
            for problem in _differences(each, region, period, facts, versions)
        ]
        yield CheckResult(
            f"列文件 {kind.code}：{region.name} {len(facts)} 个事件，{len(counting)} 项指标 × {len(periods)} 个期间逐一重算，"
            + (f"{len(problems)} 处不符" if problems else "全部相符"),
            tuple(problems[:SHOWN]),
        )


def _sample_region(kind: Kind) -> Region | None:
    """The region with most events that the reference can walk through quickly; else the smallest."""
    rows = kind.event._default_manager.filter(seq_to__isnull=True, state=State.CONFIRMED).order_by()
    counts = sorted(rows.values_list("region").annotate(number=Count("id")), key=lambda row: (row[1], row[0]))
    fitting = [row for row in counts if row[1] <= SAMPLE] or counts[:1]
    return Region.objects.get(pk=fitting[-1][0]) if fitting else None


def _facts(kind: Kind, region: Region) -> tuple[list[Fact], dict[str, int]]:
    """The confirmed events in force in a region as the reference wants them, and the version of each record."""
    low, high = region.range
    rows = kind.event._default_manager.filter(
        region__path__gte=low, region__path__lt=high, seq_to__isnull=True, state=State.CONFIRMED
    ).select_related("region", "person")
    facts: list[Fact] = []
    versions: dict[str, int] = {}
    for row in rows.iterator():
        fields = {name: getattr(row, name) for name in kind.asked}
        facts.extend(
            Fact(
                record=row.record.hex,
                subject=row.subject.hex,
                path=row.region.path,
                on=row.happened_on,
                event=row.event,
                effect=row.effect,
                step=row.step,
                fields=fields,
                measures={name: value for name in kind.measures if (value := getattr(row, name)) is not None},
                whose=whose(row),
            ).lapsing(getattr(row, "lapses_on", None))
        )
        versions[row.record.hex] = row.version
    return facts, versions


def _differences(
    each: Indicator, region: Region, period: Period, facts: Sequence[Fact], versions: dict[str, int]
) -> Iterator[str]:
    told = [
        EvidenceRow(record, versions[record], share) for record, share in counted(each, facts, region.range, period)
    ]
    expected = engine.Sealed(sum(row.contribution for row in told), len(told), evidence_digest(told))
    found = engine.seal(each, Window(paths=region.range, first=period.first, last=period.last))
    if found != expected:
        what = f"{found.total}，台账应为 {expected.total}" if found.total != expected.total else "合计相同而证据不同"
        yield f"{region.name} {period.label()} {each.label.zh}：列文件算得 {what}；请删除数据文件夹中的 columns 后重试"
    value = Reader().value(each, region, period)
    total = added(each, expected.total)
    if value.route == "records" and value.amount != total:
        yield f"{region.name} {period.label()} {each.label.zh}：页面显示 {value.amount}，台账应为 {total}"


def figures() -> Iterator[CheckResult]:
    """Every frozen figure, recomputed at its own ledger number, is what was frozen."""
    wrong: list[str] = []
    count = drifted = corrected = reworded = 0
    readers = Readers()
    for figure in Figure.objects.select_related("region__parent").order_by("seq").iterator():
        found = drift(figure, readers=readers)
        count += 1
        drifted += found.has_drifted
        corrected += found.is_corrected
        reworded += found.is_worded_otherwise
        if not found.holds_then or found.contradicts_its_evidence:
            wrong.append(
                f"数字 {figure.key}（{figure.region.name} {figure.period} {figure.indicator}，固化为 {figure.text}）"
                f"按固化时的序号 {figure.seq} 重算不符"
            )
    yield CheckResult(
        f"已固化的数字：{count} 个，按固化时重算不符 {len(wrong)} 个，此后证据有变 {drifted} 个"
        + (f"（其中 {corrected} 个数未变）" if corrected else ""),
        tuple(wrong[:SHOWN]),
    )
    if reworded:
        yield CheckResult(f"　其中 {reworded} 个依据未变，说法按新版规则不同：只是提示，文稿照旧有效")


def identities() -> Iterator[CheckResult]:
    """Where numbers that owe something to each other do not agree: to be looked into, no fault of the program."""
    found = judging.everywhere(Region.objects.filter(valid_to__isnull=True).select_related("parent"))
    differing = [each for each in found if each.status == "differs"]
    judged = sum(each.verdict is not None for each in found)
    yield CheckResult(
        f"核对关系：数齐可核对的 {judged} 处，不相符 {len(differing)} 处{'，请核实：' if differing else ''}"
    )
    words = Words()
    for each in differing[:SHOWN]:
        assert each.verdict is not None  # it differs
        yield CheckResult(
            f"　{each.region.name} {each.period.label()} {each.identity.label.zh}："
            f"{wording.identity_words(each.identity, words)}，左边 {each.verdict.left.normalize():f}，"
            f"右边 {each.verdict.right.normalize():f}"
        )
    if len(differing) > SHOWN:
        yield CheckResult(f"　……另有 {len(differing) - SHOWN} 处，见网页“核对关系”")


CHECKS = (
    Check(code="columns", find=columns, order=50),
    Check(code="figures", find=figures, order=70),
    Check(code="identities", find=identities, order=110),
)
