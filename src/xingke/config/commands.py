"""What each ``xingke`` command does; Django is set up before this module is imported."""

import argparse
import csv
import io
import json
import logging
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.utils import timezone, translation
from rich.console import Console
from rich.table import Table

from xingke.accounts import actions as accounts
from xingke.accounts import working
from xingke.accounts.models import Job, User
from xingke.accounts.queries import SIGN_OF_LIFE, current_seq
from xingke.archive.queries import checking as volumes
from xingke.archive.queries import closed_volumes
from xingke.base import files, retaining
from xingke.base import jobs as base_jobs
from xingke.base.definitions import DefinitionError
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.base.remembering import memory
from xingke.base.sayings import say, told
from xingke.base.troubles import Trouble, trouble_of
from xingke.config import (
    backsolving,
    beginning,
    checking,
    last_days,
    logs,
    moving,
    reading,
    serving,
    upgrading,
    working_days,
)
from xingke.config import backup as backing_up
from xingke.config.occupancy import occupied, unusable
from xingke.config.occupancy import serving as serving_alone
from xingke.demo import actions as demonstration
from xingke.indicators import telling
from xingke.intake.actions import Outcome, import_table, kept
from xingke.intake.checking import sheet_form
from xingke.intake.reading import header_words, read_table
from xingke.intake.reporting import report
from xingke.intake.rows.incoming import Options
from xingke.intake.rows.returned import how_to_mend, returned_cells, returned_columns, returned_header, returned_lines
from xingke.ledger import actions as ledger
from xingke.ledger.queries import titles as ledger_titles
from xingke.ledger.words import title_words
from xingke.press.cells import letters
from xingke.press.findings import FigureState
from xingke.press.packages import Unreadable
from xingke.press.xlsx_writer import write_workbook
from xingke.registry import actions as registry_actions
from xingke.registry.actions import people
from xingke.registry.queries.places import place_called
from xingke.reports import actions as reports
from xingke.reports import keys
from xingke.reports.queries import docx_of, pdf_of
from xingke.reports.queries.verifying import Report, verify_file
from xingke.search import actions as searching
from xingke.search.models import Entry

console = Console(soft_wrap=True, highlight=False)


def run(handler: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Run a command; what is refused ends in its sentence on stderr and exit code 2, never in a traceback."""
    at_work = occupied(Path(settings.DATA), alone=False) if handler in SHARING else nullcontext()
    try:
        with at_work, translation.override(settings.LANGUAGE_CODE), memory():
            return handler(options)
    except DefinitionError as error:
        print(f"规则包有 {len(error.issues)} 处错误，未装载：", *error.issues, sep="\n  ", file=sys.stderr)
    except UnicodeEncodeError:
        print("终端的编码显示不了中文；请设置环境变量 PYTHONUTF8=1 后再试。", file=sys.stderr)
    except (Refused, Unreadable, LookupError, ValueError) as error:
        print(error, file=sys.stderr)
    except (OSError, DatabaseError, sqlite3.Error) as error:  # sqlite3: the copy that a backup makes is not Django's
        print(_sentence(error), file=sys.stderr)
    return 2


def _sentence(error: Exception) -> str:
    """What went wrong, for whoever typed the command."""
    match error:
        case FileNotFoundError():
            return f"找不到文件：{error.filename}"
        case IsADirectoryError() | NotADirectoryError() | PermissionError():
            return f"不能读写：{error.filename}（不是文件，或没有权限）"
        case OSError():
            return unusable(error)
        case DatabaseError() if (trouble := trouble_of(error)) in (Trouble.AWAY, Trouble.CLOSED):
            return str(trouble.words)
        case DatabaseError() if _LACKING.search(str(error)) and (lacking := _lacking_tables()):
            return lacking
        case DatabaseError() | sqlite3.Error():
            return f"数据库{_STATES.get(str(error), f'不能读写：{error}')}"
        case _:
            return str(error)


_LACKING = re.compile(r"no such (?:table|column)|does not exist")


def _lacking_tables() -> str:
    """What to do where the database has not the tables of this program; nothing where that is not the trouble."""
    try:
        if not moving.is_begun("default"):
            return f"数据文件夹“{settings.DATA}”里还没有数据库：{checking.HOW_TO_BEGIN}。"
        if moving.unapplied("default"):
            return "数据库的表结构与程序不符：程序升级之后还没有升级数据；请停止网站，运行 xingke upgrade。"
    except DatabaseError:  # it does not answer at all
        return ""
    return ""


_STATES = {
    "database is locked": "正忙，别的程序一直在写；请稍后再试。",
    "database or disk is full": "写不下去：磁盘已满；请腾出空间后再试。",
    "attempt to write a readonly database": "是只读的；请检查数据文件夹的权限。",
}


def prepare_installation(say: Callable[[str], object] = console.print) -> None:
    """Bring tables, packs and front end up to date. Raises Refused where a newer version wrote the database."""
    upgrading.migrate()
    upgrading.bring_packs_up_to_date(now=timezone.now(), say=say)
    upgrading.collect_static()


def upgrade(_options: argparse.Namespace) -> int:
    """Bring everything up to date that an upgrade of the program needs: 0, or 1 where something is missing still."""
    with occupied(Path(settings.DATA), alone=True):
        if not moving.is_begun("default"):
            raise Refused(f"数据文件夹“{settings.DATA}”里还没有数据库，没有可升级的：{checking.HOW_TO_BEGIN}。")
        whole = upgrading.upgrade(now=timezone.now(), say=console.print)
    if not whole:
        console.print("升级没有做完：上面的规则包没有装载；改好后再运行 xingke upgrade。")
        return 1
    console.print("升级完成。下一步：xingke check，没有问题再启动网站。")
    return 0


def demo(options: argparse.Namespace) -> int:
    """Prepare the demonstration and serve it; whether it can be served is seen before minutes go into preparing."""
    console.print(f"数据文件夹：{settings.DATA}")
    with nullcontext() if options.no_serve else _served(options):
        prepare_installation()
        passwords = demonstration.prepare(now=timezone.now(), say=console.print, scale=options.scale)
        searching.catch_up()
        table = Table(title="演示账号（口令为本机生成；标注“虚构数据”的内容均非真实数据）")
        for column in ("账号", "口令", "身份"):
            table.add_column(column)
        for account in demonstration.ACCOUNTS:
            table.add_row(
                account.username,
                passwords.get(account.username, "（不在 demo-accounts.txt 里：用 xingke reset-password 重设）"),
                account.name,
            )
        console.print(table)
        return 0 if options.no_serve else _serve(options)


def begin(_options: argparse.Namespace) -> int:
    """Make an empty installation ready for use; prints the three administrators' first passwords, once."""
    prepare_installation()
    table = Table(title="三个管理员账号（口令只显示这一次，首次登录须更改）")
    for column in ("账号", "口令", "职责"):
        table.add_column(column)
    with transaction.atomic():  # passwords that could not be shown are passwords of nobody
        passwords = beginning.begin(now=timezone.now())
        for account in beginning.ADMINISTRATORS:
            table.add_row(account.username, passwords[account.username], account.name)
        console.print(table)
        sys.stdout.flush()
    console.print("下一步：xingke serve；系统管理员开立账号，安全管理员授予岗位角色，然后登记单位、导入台账。")
    return 0


def reset_password(options: argparse.Namespace) -> int:
    """Give an account another first password and print it, once."""
    password, is_shown = accounts.first_password(), False
    try:
        with transaction.atomic():
            accounts.reset_password(user=_account(options.username), password=password, by=None, now=timezone.now())
            console.print(f"账号“{options.username}”的新口令：{password}（只显示这一次，首次登录须更改）")
            sys.stdout.flush()
            is_shown = True
    except DatabaseError:
        if is_shown:
            print("上面的口令没有生效：没能存下来。", file=sys.stderr)
        raise
    return 0


def unlock(options: argparse.Namespace) -> int:
    """Let an account sign in again that failed too often."""
    accounts.unlock_account(user=_account(options.username), by=None, now=timezone.now())
    console.print(f"账号“{options.username}”已解锁，可以登录。")
    return 0


def key(options: argparse.Namespace) -> int:
    """Print the installation's own public key, and the line that somebody else adds to trusted.keys."""
    own = keys.public_key().hex()
    console.print(f"本安装的公钥：{own}")
    console.print("对方运行（或把下一行存成文件交给对方）：xingke trust 文件或公钥 名称")
    print(f"{own} {options.name or keys.own_name()}")
    return 0


def trust(options: argparse.Namespace) -> int:
    """Let the signatures of another installation count, or no longer; without a key, list those that do."""
    if options.remove:
        removed = reports.distrust(named=options.remove, now=timezone.now())
        console.print(f"不再承认“{removed.name or removed.key.hex()}”的签名。")
        return 0
    if options.key and not options.listed:
        found = keys.offered(options.key, options.name)
        added = reports.trust(key=found.key, name=found.name, now=timezone.now())
        console.print(f"已承认“{added.name}”的签名：{added.key.hex()}。请与对方当面或电话核对这 64 位。")
        return 0
    known, wrong = keys.read_trusted()
    console.print(f"本安装的公钥：{keys.public_key().hex()}")
    console.print(f"另外承认 {len(known)} 个公钥{'：' if known else '。'}")
    for each in known:
        console.print(f"  {each.key.hex()} {each.name or '（未写名称）'}")
    for line in wrong:
        console.print(f"  问题：{keys.TRUSTED} 第 {line.line} 行没有算数：{line.why}")
    return 1 if wrong else 0


def serve(options: argparse.Namespace) -> int:
    """Serve the site until told to stop; what dies is started again."""
    with _served(options):
        logs.apply()
        prepare_installation(say=_told)
        searching.catch_up()  # what an import or an upgrade left; a page itself only waits for little
        if not User.objects.exists():
            _told(f"还没有任何账号，谁也不能登录：{checking.HOW_TO_BEGIN}")
        return _serve(options)


@contextmanager
def _served(options: argparse.Namespace) -> Iterator[None]:
    """Be the one who serves this folder at this address. Raises Refused where either is taken."""
    with serving_alone(Path(settings.DATA)):
        serving.require_free(options.host, options.port)
        yield


def _told(what: str) -> None:
    """Say it to whoever started the site: a line of the log where lines are for machines."""
    if logs.wants_json():
        logging.getLogger("xingke.serve").info(what)
    else:
        console.print(what)
        sys.stdout.flush()


def _serve(options: argparse.Namespace) -> int:
    logs.apply()
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's; the children have their own
    _told(f"打开 http://{options.host}:{options.port} ，按 Ctrl+C 结束")
    workers = 1 if connection.vendor == "sqlite" else min(4, os.cpu_count() or 1)
    web = serving.web_child(host=options.host, port=options.port, workers=workers)
    sign = Path(settings.DATA) / SIGN_OF_LIFE
    with suppress(OSError):  # a full disk keeps nobody from serving
        sign.touch()
    try:
        return serving.Supervisor([web, serving.job_child()]).run()
    finally:
        sign.unlink(missing_ok=True)


def jobs(options: argparse.Namespace) -> int:
    """List the jobs, the newest first; or do what waits and end."""
    if options.run_once:
        while (done := working.do_next()) is not None:
            console.print(
                f"任务 {done.pk} {base_jobs.KINDS[done.kind].label}：{done.get_state_display()} {done.error}".rstrip()
            )
        return 0
    table = Table()
    for column in ("编号", "任务", "状态", "进度", "谁", "何时", "说明"):
        table.add_column(column)
    for job in Job.objects.select_related("asked_by").order_by("-pk")[: options.last]:
        table.add_row(
            str(job.pk),
            str(base_jobs.KINDS[job.kind].label),
            job.get_state_display(),
            f"{job.done}/{job.total}" if job.total and not job.is_over else "",
            job.asked_by.username,
            f"{timezone.localtime(job.asked_at):%Y-%m-%d %H:%M}",
            str(job.error) or ("" if job.is_over else job.said),
        )
    console.print(table)
    return 0


def load(options: argparse.Namespace) -> int:
    """Load a pack for everywhere or for one region; a local one may not be called like one of the program's."""
    own = upgrading.shipped().get(options.folder.resolve().name)
    if own is not None and own.resolve() != options.folder.resolve():
        raise Refused(f"“{own.name}”是程序自带规则包的名字，升级时会分不清哪些定义是本地的；请把文件夹改个名再装载。")
    region = place_called(options.region) if options.region else None
    loaded = registry_actions.load_pack(folder=options.folder, by=None, now=timezone.now(), region=region)
    where = f"（只对{region.name}及其下级）" if region is not None else ""
    console.print(f"{loaded.pack}{where}：新装载 {loaded.added} 条定义，{loaded.unchanged} 条未变")
    return 0


def bring_in(options: argparse.Namespace) -> int:
    """Import a file: 0 when every row is filed, 1 when some are not; each of those is listed with what would do.

    As JSON, what is refused is said there as well.
    """
    if options.left and options.left.suffix.lower() not in (".xlsx", ".csv"):
        raise Refused(f"--left 只能写成 .xlsx 或 .csv，不能写成“{options.left.name}”。")
    if not options.json:
        outcome = _bring_in(options)
        _print_outcome(options, outcome)
    else:
        try:
            outcome = _bring_in(options)
        except Exception as error:
            print(json.dumps({"error": _sentence(error)}, ensure_ascii=False))
            raise
        print(json.dumps(report(outcome), ensure_ascii=False))
    if options.left and outcome.left:
        _write_left(options.left, outcome, options.file.name)
    return 1 if outcome.counts["rejected"] or (options.json and outcome.counts["waiting"]) else 0


def _bring_in(options: argparse.Namespace) -> Outcome:
    data = options.file.read_bytes()
    form = sheet_form(options.kind)
    words = header_words(form)
    table = read_table(data, name=options.file.name, sheet=options.sheet, words=words)
    region = place_called(options.region).code if options.region else ""
    chosen = Options(
        region=region,
        new_organisations=options.new_organisations,
        confirmed=options.confirmed,
        given=given_pairs(options.given),
    )
    outcome = import_table(
        form=form,
        table=table,
        file_name=options.file.name,
        by=_account(options.username),
        now=timezone.now(),
        options=chosen,
        is_trial=options.dry_run,
    )
    table = outcome.table
    if outcome.batch is not None:
        kept().put(data)
    return outcome


def _print_outcome(options: argparse.Namespace, outcome: Outcome) -> None:
    table = outcome.table
    origin = f"工作表“{table.sheet_name}”" if table.sheet_name else f"{table.encoding} 编码"
    console.print(f"{options.file.name}：{origin}，{len(table.rows)} 行")
    for note in [*outcome.table.notes, *outcome.reader.remarks][:20]:
        console.print(f"{note}".rstrip("。") + "。")
    console.print("　".join(f"{_OUTCOMES[name]} {outcome.counts[name]}" for name in _OUTCOMES))
    if options.dry_run:
        console.print("只是核对，没有登记任何内容。")
    elif outcome.batch is None and outcome.earlier is not None and outcome.earlier.imported_at is not None:
        console.print(
            f"此文件已于 {timezone.localtime(outcome.earlier.imported_at):%Y-%m-%d %H:%M} 导入过，没有新的内容。"
        )
    for row, brief in zip(outcome.left, outcome.reader.briefs(outcome.left), strict=True):
        console.print(f"第 {row.number} 行 {brief.what}：{'；'.join(map(str, row.problems))}")
    for row in [each for each in outcome.checked.rows if each.notes][:20]:
        console.print(f"第 {row.number} 行：{'；'.join(map(str, row.notes))}。")
    if unused := outcome.checked.understood.unused:
        console.print(f"没有用到的列：{'、'.join(f'{letters(place)} {name}' for place, name in unused)}")
    if options.left and outcome.left:
        console.print(f"未导入的 {len(outcome.left)} 行另存为 {options.left}")


def given_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """What was said for the whole file: ``on=2025-03-05``. Raises Refused for what is no such pair, or said twice."""
    found: dict[str, str] = {}
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign or not key or key in found:
            raise Refused(say("“%(pair)s”应写成 项=内容，每项只写一次，如 on=2025-03-05。", pair=pair))
        found[key] = text
    return found


_OUTCOMES = {"new": "新增", "changed": "更正", "unchanged": "未变", "waiting": "待读", "rejected": "未导入"}


def _write_left(path: Path, outcome: Outcome, file_name: str) -> None:
    header = outcome.table.header
    if path.suffix.lower() == ".xlsx":
        now = timezone.localtime().replace(tzinfo=None, microsecond=0)
        files.write(
            path,
            write_workbook(
                name="未导入的行",
                columns=returned_columns(header),
                rows=returned_lines(header, outcome.left),
                made_at=now,
                pages=[how_to_mend(file_name)],
            ),
        )
        return
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(returned_header(header))
    writer.writerows(map(returned_cells, outcome.left))
    files.write(path, lines.getvalue().encode("utf-8-sig"))


def write(options: argparse.Namespace) -> int:
    """Write a document; prints what was frozen and what was left out."""
    written = reports.write_document(
        outline=options.outline,
        region=place_called(options.region),
        period=Period.parse(options.period),
        by=_account(options.username),
        now=timezone.now(),
    )
    document = written.document
    files.write(options.output, docx_of(document))
    if options.pdf:
        files.write(options.pdf, pdf_of(document))
    said = "新写成" if written.is_new else "与已有文稿完全相同，未重复生成"
    console.print(f"{document.title}：{said}，{document.figures.count()} 个数字，本次新固化 {written.frozen} 个")
    console.print(f"文稿编号 {document.key}，第 {document.edition} 版　→ {options.output}")
    if document.gaps:
        console.print(f"缺数未写 {len(document.gaps)} 处：")
        for gap in document.gaps:
            console.print(f"  {gap['section']}｜{gap['text']}　{'；'.join(str(told(why)) for why in gap['why'])}")
    return 0


def titles(options: argparse.Namespace) -> int:
    """Say what giving older certificates their last day changes, and which titles stand twice; with --apply give it."""
    by, now = _account(options.username), timezone.now()
    found = last_days.foreseen(by=by, now=now)
    console.print(f"没有有效期的证书：{found.certificates} 份")
    for old, new in found.changes:
        console.print(f"  {old.region.name} {old.period.label()} {old.indicator.label.zh}：{old.text} → {new.text}")
    for each in found.documents:
        changed = f"，其中数字改变 {len(each.otherwise)} 处：{'；'.join(each.otherwise[:5])}" if each.otherwise else ""
        console.print(
            f"  文稿《{each.document.title}》第 {each.document.edition} 版：{each.figures} 个数字依据有变{changed}"
        )
    for group in ledger_titles.duplicates():
        console.print(f"登记了两条：{title_words(group)}；请在网页“资质有效期”里并入一条")
    if not found.certificates:
        return 0
    if not options.apply:
        console.print("只是列出，没有改动；确认无误后加 --apply 补记。")
        return 0
    console.print(f"已补记 {ledger.give_last_days(by=by, now=now)} 份。")
    return 0


def rekey(options: argparse.Namespace) -> int:
    """Seal what is known of every person, and every account number, anew, under a key nobody has seen."""
    print(
        f"已更换 {people.change_keys(by=None, now=timezone.now())} 个人和收款账户的密钥；以前的备份仍用旧密钥，请按期清除。"
    )
    return 0


def retention(options: argparse.Namespace) -> int:
    """End what is over, or say how much would end."""
    now = timezone.now()
    if options.dry_run:
        told_of, said = retaining.would_end(now), "现在会清理的"
    else:
        told_of, said = retaining.end_what_is_over(now), "已清理"
    table = Table("代码", "什么", "多少天以后", said)
    for each in retaining.EXPIRIES:
        days = "—" if each.days is None else str(retaining.kept_days(each.code))
        table.add_row(each.code, str(each.what), days, str(told_of.get(each.code, 0)))
    console.print(table)
    return 0


def value(options: argparse.Namespace) -> int:
    """Say one value: 0, known or not; 2 where there is no such indicator, region or period."""
    region = place_called(options.region)
    asked, period = telling.indicator_called(options.code, region=region), telling.period_called(options.period)
    told_value = telling.told_value(asked, region, period, now=timezone.localtime())
    if options.json:
        print(json.dumps(told_value.as_json(), ensure_ascii=False))
    else:
        print(telling.in_one_line(told_value, asked, region, period))
    return 0


def workdays(options: argparse.Namespace) -> int:
    """Say a working day: 0; 1 where holidays of a year on the way are not known; 2 where there is no such day."""
    told_day = working_days.told_day(options.start, options.count)
    print(json.dumps(told_day.as_json(), ensure_ascii=False) if options.json else told_day.in_lines())
    return 1 if told_day.reached.guessed else 0


def backsolve(options: argparse.Namespace) -> int:
    """Say the targets behind a figure: 0 where there are any; 1 where none fits; 2 where it cannot be read."""
    found = backsolving.backsolved(options.value, options.completion)
    print(json.dumps(backsolving.as_json(found), ensure_ascii=False) if options.json else backsolving.in_lines(found))
    return 0 if found.found else 1


def verify(options: argparse.Namespace) -> int:
    """Verify a document: 0 when every figure holds, 1 when one does not."""
    with reading.from_a_copy_where_needed() as is_copy:
        if is_copy:
            print(_READ_ONLY, file=sys.stderr)
        report = verify_file(options.file.read_bytes())
        _print_report(report)
    return 0 if report.holds else 1


_READ_ONLY = "数据文件夹是只读的：读的是数据库的一份临时副本。"


def _print_report(report: Report) -> None:
    if report.document is not None:
        console.print(f"{report.document.title}　文稿编号 {report.document.key}")
    if report.verdict.rows:
        console.print(_table_of_figures(report))
    for finding in report.verdict.findings:
        console.print(f"{'提示' if finding.is_notice else '问题'}：{finding.sentence()} {finding.where()}".rstrip())
    for each in report.drifted:
        for change in each.changes:
            console.print(f"  #{each.slot} {each.label}：{_WHAT[change.what]} {change.title}（记录 {change.record}）")
    if report.signer:
        console.print(f"签名：{report.signer}")
    if not report.is_ledger_checked:
        console.print("未找到对应的固化文稿，没有与台账核对。")
    good = sum(row.holds for row in report.verdict.rows)
    console.print(f"{'核验通过' if report.holds else '核验未通过'}：{len(report.verdict.rows)} 个数字，{good} 个相符")
    if said := _VERDICTS[report.verdict.state]:
        console.print(said)


def _table_of_figures(report: Report) -> Table:
    """Every figure that is proved: what the proof says, what the text says."""
    table = Table("序号", "数字", "证明", "文中", "结果")
    for row in report.verdict.rows:
        table.add_row(str(row.slot), row.label, row.expected, row.found or "—", "相符" if row.holds else "不符")
    return table


_VERDICTS = {
    FigureState.WRITTEN: "文件与写成时一字不差。",
    FigureState.RESAVED: "文件由编辑软件重新保存过，文字和次序没有变。",
    FigureState.EARLIER: "证明是较早的格式，签的是数字和它们所在的句子。",
    FigureState.OTHER: "",
}
_WHAT = {"added": "新增记录", "removed": "减少记录", "changed": "更正记录"}


def check(_options: argparse.Namespace) -> int:
    """Check the installation and what it keeps: 0 when all is well, 1 when something is wrong."""
    problems = 0
    with reading.from_a_copy_where_needed() as is_copy:
        if is_copy:
            print(_READ_ONLY, file=sys.stderr)
        for finding in checking.findings():
            console.print(finding.said)
            for problem in finding.problems:
                console.print(f"  问题：{problem}")
            problems += len(finding.problems)
    console.print(f"检查发现 {problems} 个问题。" if problems else "检查完毕，没有发现问题。")
    return 1 if problems else 0


def archive(options: argparse.Namespace) -> int:
    """Hold a closed volume, or a .zip of one, against its manifest: 0 when all is as it was, 1 when anything is missing or changed."""
    target = Path(options.volume)
    if target.suffix == ".zip":
        number, signer, wrong = volumes.check_archive_file(target)
        console.print(f"案卷 {number}，由{signer}签名。")
    else:
        found = list(closed_volumes().filter(number=options.volume).select_related("region"))
        if not found:
            raise LookupError(f"没有档号为“{options.volume}”的案卷，或还没有封卷；也可以写下载的 .zip 文件")
        wrong = [fault for volume in found for fault in volumes.check_volume(volume)]
    for fault in wrong:
        console.print(f"  问题：{fault}")
    console.print(f"核对发现 {len(wrong)} 处不符。" if wrong else "核对完毕：目录、签名和每个文件都与封卷时一致。")
    return 1 if wrong else 0


def search_index(options: argparse.Namespace) -> int:
    """Bring the search index to the ledger's number, or make it anew."""
    if options.rebuild:
        searching.rebuild()
    else:
        searching.catch_up()
    console.print(f"搜索索引已更新到台账序号 {current_seq()}，共 {Entry.objects.count():,} 条。")
    return 0


def backup(options: argparse.Namespace) -> int:
    """Back up the database, the keys and the attachments; the site may be running."""
    made = backing_up.back_up(to=options.file, now=timezone.now())
    size = made.path.stat().st_size
    console.print(f"已备份到 {made.path}（{size:,} 字节，{len(made.manifest.members)} 个成员）")
    console.print(f"台账 {made.manifest.ledger or '（空）'}，序号 {made.manifest.counter}")
    console.print("备份含签名密钥和站点密钥，请像保管密钥一样保管它。")
    return 0


def move(options: argparse.Namespace) -> int:
    """Move everything to another, empty database."""
    wanted = moving.database_at(options.target)
    here = settings.DATABASES["default"]
    if all(str(wanted.get(name, "")) == str(here.get(name, "")) for name in ("ENGINE", "NAME", "HOST", "PORT")):
        raise Refused("目标数据库就是当前数据库，没有什么可迁移的。")
    with (
        occupied(Path(settings.DATA), alone=True),
        translation.override(settings.LANGUAGE_CODE),
        moving.other_database("target", wanted) as target,
    ):
        try:
            moving.require_empty(target)
            moving.migrate(target)
        except OperationalError as error:
            raise Refused(f"连接不上目标数据库：{error}") from error
        moved = moving.copy(source="default", target=target)
    table = Table(title="已迁移，复制前后逐表一致")
    for column in ("表", "行数", "摘要"):
        table.add_column(column)
    for each in moved:
        table.add_row(each.name, str(each.rows), each.digest[:16])
    console.print(table)
    console.print(f"共 {len(moved)} 张表、{sum(each.rows for each in moved):,} 行。原数据库没有改动。")
    said = (
        "去掉环境变量 XINGKE_DATABASE_URL"
        if options.target == "sqlite"
        else "把环境变量 XINGKE_DATABASE_URL 设为新库地址"
    )
    console.print(f"下一步：{said}，运行 xingke check，再启动网站。")
    return 0


# Whatever reads or writes the data folder as a whole; moving wants it alone.
SHARING = (
    demo,
    begin,
    reset_password,
    unlock,
    trust,
    serve,
    jobs,
    load,
    bring_in,
    write,
    titles,
    rekey,
    retention,
    value,
    archive,
    search_index,
    backup,
)


def _account(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise LookupError(f"没有名为“{username}”的有效账号；请核对账号名")
    return found
