"""What each ``xingke`` command does; Django is set up before this module is imported."""

import argparse
import csv
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation
from rich.console import Console
from rich.table import Table

from xingke.accounts.models import User
from xingke.accounts.queries import check_audit_chain
from xingke.base.definitions import DefinitionError
from xingke.base.periods import Period
from xingke.base.press.docx_reader import Unreadable
from xingke.base.refusals import Refused
from xingke.demo import actions as demonstration
from xingke.indicators.drift import drift
from xingke.indicators.models import Figure
from xingke.indicators.queries import Reader
from xingke.ledger import importing
from xingke.registry import actions as registry_actions
from xingke.registry import queries as registry
from xingke.reports import actions as reports
from xingke.reports.queries import docx_of
from xingke.reports.verifying import Report, verify_file

console = Console(soft_wrap=True, highlight=False)


def run(handler: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run a command; what is refused ends in its sentence on stderr and exit code 2, never in a traceback."""
    try:
        with translation.override(settings.LANGUAGE_CODE):
            return handler(options)
    except DefinitionError as error:
        print(f"规则包有 {len(error.issues)} 处错误，未装载：", *error.issues, sep="\n  ", file=sys.stderr)
    except (Refused, Unreadable, LookupError, ValueError) as error:
        print(error, file=sys.stderr)
    except FileNotFoundError as error:
        print(f"找不到文件：{error.filename}", file=sys.stderr)
    return 2


def prepare_installation() -> None:
    """Bring the database and the static files up to date."""
    call_command("migrate", verbosity=0, interactive=False)
    built = Path(settings.PACKAGE) / "base" / "static" / "dist" / ".stamp"
    wanted = f"{django.__version__} {built.read_text() if built.is_file() else 'not built'}"
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if not stamp.is_file() or stamp.read_text() != wanted:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted)


def demo(options: argparse.Namespace) -> int:
    """Prepare the demonstration and serve it."""
    console.print(f"数据文件夹：{settings.DATA}")
    prepare_installation()
    passwords = demonstration.prepare(now=timezone.now(), say=console.print, scale=options.scale)
    table = Table(title="演示账号（口令为本机生成；标注“虚构数据”的内容均非真实数据）")
    for column in ("账号", "口令", "身份"):
        table.add_column(column)
    for account in demonstration.ACCOUNTS:
        table.add_row(account.username, passwords.get(account.username, "（已更改）"), account.name)
    console.print(table)
    return 0 if options.no_serve else serve(options)


def serve(options: argparse.Namespace) -> int:
    """Serve the site on 127.0.0.1 with granian; replaces this process."""
    prepare_installation()
    console.print(f"打开 http://127.0.0.1:{options.port} ，按 Ctrl+C 结束")
    workers = "1" if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else str(min(4, os.cpu_count() or 1))
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(options.port),
        "--workers", workers, "--blocking-threads", "8", "--no-ws", "xingke.config.wsgi:application",
    ]  # fmt: skip
    sys.stdout.flush()
    os.execv(sys.executable, command)


def load(options: argparse.Namespace) -> int:
    """Load a pack for everywhere."""
    loaded = registry_actions.load_pack(folder=options.folder, by=None, now=timezone.now())
    console.print(f"{loaded.pack}：新装载 {loaded.added} 条定义，{loaded.unchanged} 条未变")
    return 0


def bring_in(options: argparse.Namespace) -> int:
    """Import a file; every row is filed or listed with what was found and what would do."""
    table = importing.read_table(options.file.read_bytes())
    outcome = importing.import_observations(
        table=table, file_name=options.file.name, by=_account(options.username), now=timezone.now()
    )
    console.print(f"{options.file.name}：{table.encoding} 编码，{len(table.rows)} 行")
    words = {"new": "新增", "changed": "更正", "unchanged": "未变", "waiting": "待读", "rejected": "未导入"}
    console.print("　".join(f"{words[name]} {count}" for name, count in outcome.counts.items()))
    if outcome.batch is None and outcome.earlier is not None:
        console.print(
            f"此文件已于 {timezone.localtime(outcome.earlier.imported_at):%Y-%m-%d %H:%M} 导入过，没有新的内容。"
        )
    for row in outcome.left:
        console.print(f"第 {row.number} 行 {row.raw.get('figure', '')}：{'；'.join(map(str, row.problems))}")
    if options.left and outcome.left:
        _write_left(options.left, outcome)
        console.print(f"未导入的 {len(outcome.left)} 行已另存为 {options.left}")
    return 0


def _write_left(path: Path, outcome: importing.Outcome) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*importing.COLUMNS, "problem"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row.raw, "problem": "；".join(map(str, row.problems))} for row in outcome.left)


def write(options: argparse.Namespace) -> int:
    """Write a document; prints what was frozen and what was left out."""
    written = reports.write_document(
        outline=options.outline, region=registry.region_by_name_or_code(options.region),
        period=Period.parse(options.period), by=_account(options.username), now=timezone.now(),
    )  # fmt: skip
    document = written.document
    options.output.write_bytes(docx_of(document))
    said = "新写成" if written.is_new else "与已有文稿完全相同，未重复生成"
    console.print(f"{document.title}：{said}，{document.figures.count()} 个数字，本次新固化 {written.frozen} 个")
    console.print(f"文稿编号 {document.key}　→ {options.output}")
    if document.gaps:
        console.print(f"缺数未写 {len(document.gaps)} 处：")
        for gap in document.gaps:
            console.print(f"  {gap['section']}｜{gap['text']}　{'；'.join(gap['why'])}")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Verify a document: 0 when every figure holds, 1 when one does not."""
    report = verify_file(options.file.read_bytes())
    _print_report(report)
    return 0 if report.holds else 1


def _print_report(report: Report) -> None:
    if report.document is not None:
        console.print(f"{report.document.title}　文稿编号 {report.document.key}")
    table = Table()
    for column in ("序号", "数字", "证明", "文中", "结果"):
        table.add_column(column)
    for row in report.verdict.rows:
        table.add_row(str(row.slot), row.label, row.expected, row.found or "—", "相符" if row.holds else "不符")
    if report.verdict.rows:
        console.print(table)
    for finding in report.verdict.findings:
        console.print(f"{'提示' if finding.is_notice else '问题'}：{finding.sentence()} {finding.where()}".rstrip())
    for each in report.drifted:
        for change in each.changes:
            console.print(f"  #{each.slot} {each.label}：{_WHAT[change.what]} {change.title}（记录 {change.record}）")
    if not report.is_ledger_checked:
        console.print("未找到对应的固化文稿，没有与台账核对。")
    good = sum(row.holds for row in report.verdict.rows)
    console.print(f"{'核验通过' if report.holds else '核验未通过'}：{len(report.verdict.rows)} 个数字，{good} 个相符")


_WHAT = {"added": "新增记录", "removed": "减少记录", "changed": "更正记录"}


def check(_options: argparse.Namespace) -> int:
    """Check what is loaded and kept: packs, every frozen figure at its own number, the audit chain."""
    from xingke.base import definitions

    failures = 0
    for folder in sorted(path for path in demonstration.PACKS.iterdir() if path.is_dir()):
        try:
            pack = definitions.read_pack(folder, loaded=registry.loaded_catalogue())
            console.print(f"规则包 {folder.name}：{sum(map(len, pack.entries.values()))} 条定义，例题全部算对")
        except DefinitionError as error:
            failures += 1
            console.print(f"规则包 {folder.name}：{len(error.issues)} 处错误", *error.issues, sep="\n  ")
    chain = check_audit_chain()
    failures += chain.broken_at is not None
    console.print(
        f"审计链：{chain.entries} 条，{'完整' if chain.broken_at is None else f'在 {chain.broken_at} 处断开'}"
    )
    wrong = drifted = 0
    now, readers = Reader(), dict[int, Reader]()
    for figure in Figure.objects.select_related("region").order_by("seq"):
        found = drift(figure, then=readers.setdefault(figure.seq, Reader(seq=figure.seq)), now=now)
        wrong += not found.holds_then
        drifted += found.has_drifted
    failures += wrong
    console.print(f"已固化的数字：{Figure.objects.count()} 个，按固化时重算不符 {wrong} 个，此后证据有变 {drifted} 个")
    return 1 if failures else 0


def _account(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise LookupError(f"没有名为“{username}”的有效账号；用 --as 指定，或先运行 xingke demo")
    return found
