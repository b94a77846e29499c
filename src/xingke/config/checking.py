"""What ``xingke check`` looks at: each check says what it found, and what is wrong, in sentences."""

import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count

from xingke.accounts.queries import check_audit_chain, current_seq, damaged_attachments
from xingke.base import definitions
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.config import heads, moving, upgrading
from xingke.indicators import comparing, engine, judging, tails, wording
from xingke.indicators.drift import Readers, drift
from xingke.indicators.evidence_sql import Window
from xingke.indicators.models import Figure
from xingke.indicators.queries import added, indicators
from xingke.indicators.reader import Reader
from xingke.indicators.rules import Evidence, Fact, Indicator, counted, evidence_digest
from xingke.ledger import import_jobs, observations, titles
from xingke.ledger.models import ContractEvent, Recognition, State
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.words import Words
from xingke.registry import updates
from xingke.registry.models import Region
from xingke.reports import keys
from xingke.reports.models import Document
from xingke.reports.proving import contradicted_figures

SECRETS = ("secret.key", "signing.key", "demo-accounts.txt")
SAMPLE = 20_000  # events of one region that the plain reference walks through in a second or two
SHOWN = 10  # wrong figures that are named
HOW_TO_BEGIN = "正式使用请运行 xingke begin；看演示请运行 xingke demo"


@dataclass(frozen=True)
class Finding:
    """What one check says, and the sentences about what is wrong: none when all is well."""

    said: str
    problems: tuple[str, ...] = ()


Check = Callable[[], Iterator[Finding]]


def findings() -> Iterator[Finding]:
    """All checks in turn. Nothing is read from tables that are missing or not as the program expects them, and nothing is
    taken from memory: what was changed behind the ledger is seen by a process that has read it before, too."""
    tails.forget()
    yield from data_folder()
    try:
        waiting = list(migrations())
        yield from waiting
        if any(each.problems for each in waiting):
            return
        for check in CHECKS:
            yield from check()
    except DatabaseError as error:
        yield Finding("数据库", (f"数据库无法读取：{error}",))


def data_folder() -> Iterator[Finding]:
    """Keys and passwords are readable by their owner only."""
    data = Path(settings.DATA)
    found = [data / name for name in SECRETS if (data / name).is_file()]
    problems = [
        f"{path} 的权限是 {stat.S_IMODE(path.stat().st_mode):04o}，别的账户也能读；请运行 chmod 600 {path}"
        for path in found
        if path.stat().st_mode & 0o077
    ]
    yield Finding(f"数据文件夹 {data}：{len(found)} 个密钥文件", tuple(problems))
    yield from trusted()


def trusted() -> Iterator[Finding]:
    """The own key is one, and every line of those of others."""
    try:
        if (Path(settings.DATA) / "signing.key").is_file():
            keys.signing_key()
    except Refused as refusal:
        yield Finding("签名密钥", (str(refusal),))
    known, wrong = keys.read_trusted()
    if known or wrong:
        problems = [f"{keys.TRUSTED} 第 {each.line} 行没有算数：{each.why}" for each in wrong[:SHOWN]]
        yield Finding(f"另外承认 {len(known)} 个公钥", tuple(problems))


def migrations() -> Iterator[Finding]:
    """The tables are those of this program."""
    missing, strange = moving.unapplied("default"), moving.unknown("default")
    if not moving.is_begun("default"):
        yield Finding("数据库：没有", (f"数据文件夹里还没有数据库：{HOW_TO_BEGIN}",))
        return
    problems = []
    if missing:
        names = "、".join(missing[:SHOWN]) + (" 等" if len(missing) > SHOWN else "")
        problems.append(f"{len(missing)} 项结构升级尚未执行（{names}）；请停止网站，运行 xingke upgrade")
    problems += [f"数据库里有本程序没有的结构升级 {name}：它由更新的版本写成，请先升级程序" for name in strange]
    yield Finding(f"表结构：待升级 {len(missing)} 项", tuple(problems))


def database() -> Iterator[Finding]:
    """The database's own check of itself, and every reference between tables."""
    if connection.vendor != "sqlite":
        yield Finding("数据库：PostgreSQL，由数据库自行保证完整（可另用 pg_amcheck）")
        return
    with connection.cursor() as cursor:
        told = [row[0] for row in cursor.execute("PRAGMA integrity_check(20)").fetchall()]
        loose = cursor.execute("PRAGMA foreign_key_check").fetchall()
    problems = [f"SQLite 完整性检查：{line}" for line in told if line != "ok"]
    problems += [f"表 {table} 第 {row} 行引用了 {parent} 中不存在的行" for table, row, parent, _number in loose[:SHOWN]]
    yield Finding("数据库：SQLite 完整性检查" + ("未通过" if problems else "通过"), tuple(problems))


def packs() -> Iterator[Finding]:
    """Every pack of the program reads without a mistake, its worked examples come out, and what it defines is in force."""
    shipped, used = upgrading.shipped(), upgrading.in_use()
    for folder in shipped.values():
        try:
            found = updates.standing(folder, shipped=shipped)
        except definitions.DefinitionError as error:
            waiting = "，它的新定义没有生效" if folder in used else ""
            yield Finding(f"规则包 {folder.name}：{len(error.issues)} 处错误{waiting}", tuple(map(str, error.issues)))
            continue
        said = f"规则包 {folder.name}：{found.total} 条定义，例题全部算对"
        held = f"；{upgrading.held_words(found.held)}" if found.held else ""
        yield Finding(said + held, tuple(_not_in_force(folder, found)) if folder in used else ())


def _not_in_force(folder: Path, found: updates.Standing) -> Iterator[str]:
    if found.missing:
        yield (
            f"程序自带的 {len(found.missing)} 条定义没有生效（{upgrading.by_kind(found.missing)}）："
            f"{upgrading.named(found.missing)}；请停止网站，运行 xingke upgrade"
        )
    if regions := updates.regions_missing(folder):
        yield f"程序自带的 {len(regions)} 个区划没有装载：{'、'.join(regions[:SHOWN])}；请停止网站，运行 xingke upgrade"


def audit() -> Iterator[Finding]:
    """Every entry of the audit trail chains to the one before, and the trail holds what was signed at each backup."""
    chain = check_audit_chain()
    broken = chain.broken_at is not None
    yield Finding(
        f"审计链：{chain.entries} 条，台账序号 {current_seq()}，{'不完整' if broken else f'完整，链首 {head()[:16]}'}",
        (f"审计链在第 {chain.broken_at} 号处断开：此条或其前一条被改动或删除过",) if broken else (),
    )
    count, wrong = heads.compared()
    yield Finding(
        f"审计链的签名：备份时签过 {count} 次，{'全部相符' if not wrong else '有不符的'}", tuple(wrong[:SHOWN])
    )


def head() -> str:
    """The digest of the newest audit entry; empty without any."""
    from xingke.accounts.models import AuditEntry

    return AuditEntry.objects.order_by("-seq").values_list("digest", flat=True).first() or ""


def columns() -> Iterator[Finding]:
    """The columns hold what the database holds, row by row; and for one region per kind, what the engine counts from them is
    what the plain reference counts from the ledger."""
    for kind in TABLES.values():
        if wrong := comparing.differing_records(kind):
            named = "、".join(wrong[:SHOWN])
            problem = (
                f"列文件 {kind.code} 有 {len(wrong)} 条记录与数据库不同（{named}）：数据库里的记录被程序以外的手段改过，"
                "或者列文件不对；请先查明这些记录，再删除数据文件夹中的 columns"
            )
            yield Finding(f"列文件 {kind.code}：与数据库不同", (problem,))
        region = _sample_region(kind)
        counting = [each for each in indicators().values() if each.of == kind.code and each.counts_records]
        if region is None or not counting:
            yield Finding(f"列文件 {kind.code}：还没有已确认的记录")
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
        yield Finding(
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
    ).select_related("region")
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
            ).lapsing(getattr(row, "lapses_on", None))
        )
        versions[row.record.hex] = row.version
    return facts, versions


def _differences(
    each: Indicator, region: Region, period: Period, facts: Sequence[Fact], versions: dict[str, int]
) -> Iterator[str]:
    told = [Evidence(record, versions[record], share) for record, share in counted(each, facts, region.range, period)]
    expected = engine.Sealed(sum(row.contribution for row in told), len(told), evidence_digest(told))
    found = engine.seal(each, Window(paths=region.range, first=period.first, last=period.last))
    if found != expected:
        what = f"{found.total}，台账应为 {expected.total}" if found.total != expected.total else "合计相同而证据不同"
        yield f"{region.name} {period.label()} {each.label.zh}：列文件算得 {what}；请删除数据文件夹中的 columns 后重试"
    value = Reader().value(each, region, period)
    total = added(each, expected.total)
    if value.route == "records" and value.amount != total:
        yield f"{region.name} {period.label()} {each.label.zh}：页面显示 {value.amount}，台账应为 {total}"


def figures() -> Iterator[Finding]:
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
    yield Finding(
        f"已固化的数字：{count} 个，按固化时重算不符 {len(wrong)} 个，此后证据有变 {drifted} 个"
        + (f"（其中 {corrected} 个数未变）" if corrected else ""),
        tuple(wrong[:SHOWN]),
    )
    if reworded:
        yield Finding(f"　其中 {reworded} 个依据未变，说法按新版规则不同：只是提示，文稿照旧有效")


def signed_figures() -> Iterator[Finding]:
    """Every frozen figure is what the signed proofs say of it: its text and value are not found by working it out again."""
    wrong, count = [], 0
    for document in Document.objects.order_by("seq").iterator():
        count += 1
        for figure in contradicted_figures(document):
            what = (
                f"的数字 {figure.key}（现为 {figure.text}）与签名的证明不符"
                if figure
                else "存着的证明已不是签名时的样子"
            )
            wrong.append(f"文稿《{document.title}》第 {document.edition} 版{what}，可能被程序以外的手段改过")
    yield Finding(f"文稿的证明：{count} 份，{len(wrong)} 处与签名不符", tuple(wrong[:SHOWN]))


def amounts() -> Iterator[Finding]:
    """How many registered contracts count as nothing, because nobody said their price."""
    rows = ContractEvent.objects.filter(seq_to__isnull=True, state=State.CONFIRMED)
    count = rows.filter(event="registered", amount__isnull=True).count()
    if count:
        yield Finding(f"技术合同：{count} 份已确认的登记没有写成交额，合计时按 0 计入")


def words_of_figures() -> Iterator[Finding]:
    """Reported figures whose own words say now that they are an approximation, or another number: to be decided by people."""
    found = list(observations.read_otherwise())
    yield Finding(
        f"上报数的原文与数值：{len(found)} 处读来不同{'，请在记录页更正（保存时按原文重读约数）：' if found else ''}"
    )
    for row, read in found[:SHOWN]:
        now = read.problem or say(
            "约数现为“%(then)s”，按原文是“%(now)s”", then=row.approximation or "—", now=read.word or "—"
        )
        yield Finding(f"　{row.region.name} {row.document} {row.place} {row.name}，原文“{row.as_written}”：{now}")
    if len(found) > SHOWN:
        yield Finding(f"　……另有 {len(found) - SHOWN} 处")


def attachments() -> Iterator[Finding]:
    """Every file that was handed over is still there, whole."""
    count, wrong = damaged_attachments()
    loose = import_jobs.kept().digests() - import_jobs.referred()
    yield Finding(
        f"附件：{count} 个文件，{len(wrong)} 个丢失或损坏"
        + (f"；另有 {len(loose)} 个文件没有记录引用：{'、'.join(sorted(loose)[:SHOWN])}" if loose else ""),
        tuple(f"附件 {each} 丢失或损坏；请从备份恢复数据文件夹中的 attachments" for each in wrong[:SHOWN]),
    )


def identities() -> Iterator[Finding]:
    """Where numbers that owe something to each other do not agree: to be looked into, no fault of the program."""
    found = judging.everywhere(Region.objects.filter(valid_to__isnull=True).select_related("parent"))
    differing = [each for each in found if each.status == "differs"]
    judged = sum(each.verdict is not None for each in found)
    yield Finding(f"核对关系：数齐可核对的 {judged} 处，不相符 {len(differing)} 处{'，请核实：' if differing else ''}")
    words = Words()
    for each in differing[:SHOWN]:
        assert each.verdict is not None  # it differs
        yield Finding(
            f"　{each.region.name} {each.period.label()} {each.identity.label.zh}："
            f"{wording.identity_words(each.identity, words)}，左边 {each.verdict.left.normalize():f}，"
            f"右边 {each.verdict.right.normalize():f}"
        )
    if len(differing) > SHOWN:
        yield Finding(f"　……另有 {len(differing) - SHOWN} 处，见网页“核对关系”")


def standing_titles() -> Iterator[Finding]:
    """Titles to be decided upon: those that stand twice, and older certificates without a last day; no fault of the program."""
    twice, without = titles.duplicates(), len(titles.without_last_day())
    yield Finding(
        f"资质：登记了两条的 {len(twice)} 项{'，请在网页“资质有效期”里并入一条：' if twice else ''}"
        + (f"；没有有效期的证书 {without} 份，请运行 xingke titles 看补记会改变什么" if without else "")
    )
    for group in twice[:SHOWN]:
        yield Finding(f"　{title_words(group)}")


def title_words(group: Sequence[Recognition]) -> str:
    """Titles that stand for one thing, in words."""
    words = Words()
    each = "、".join(f"{words.subject(row)} {row.number}".strip() for row in group)
    return f"{group[0].organisation} {each}"


CHECKS: tuple[Check, ...] = (
    database,
    packs,
    audit,
    columns,
    amounts,
    figures,
    signed_figures,
    words_of_figures,
    attachments,
    identities,
    standing_titles,
)
