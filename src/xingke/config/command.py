"""The ``xingke`` command: begin, demonstrate, serve, upgrade, do jobs, import, write, verify, check, back up, restore, move."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Handler = Callable[[argparse.Namespace], int]


INTERRUPTED = 130  # what a shell says of a command that Ctrl+C ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (2: the arguments or the input were wrong, in one sentence)."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        print("\n已中断；做到一半的没有保存。再运行一次同样的命令，会接着做完。", file=sys.stderr)
        return INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xingke.config.settings")
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["django"]:  # Django's own commands keep their own arguments
        from django.core.management import execute_from_command_line

        execute_from_command_line(["xingke django", *given[1:]])
        return _after_migrating() if given[1:2] == ["migrate"] else 0
    for each in given:
        try:
            each.encode()
        except UnicodeEncodeError:
            print(f"参数 {os.fsencode(each)!r} 不是 UTF-8 编码的文字；请先把文件改名。", file=sys.stderr)
            return 2
    options = _parser().parse_args(given)
    if options.command == "restore":  # before Django looks at the data folder
        from xingke.config import restoring

        return restoring.run(options)
    import django

    gc.disable()  # while a thousand modules come in, of which none ever goes: a seventh of the time
    try:
        django.setup()
        gc.freeze()
    except OSError as error:
        from xingke.config.occupancy import unusable

        print(f"数据文件夹不能使用（XINGKE_DATA）：{unusable(error)}", file=sys.stderr)
        return 2
    except ValueError as error:  # an environment variable of the settings
        print(error, file=sys.stderr)
        return 2
    finally:
        gc.enable()
    from xingke.config import commands

    handler: Handler = getattr(commands, options.command)
    return commands.run(handler, options)


def _after_migrating() -> int:
    """What the packs have new belongs to migrating; only where that brought all tables up to date."""
    from django.utils import timezone

    from xingke.config import moving, upgrading

    if moving.unapplied("default"):  # only looked at, or asked for one room or another state
        return 0
    return 0 if upgrading.bring_packs_up_to_date(now=timezone.now(), say=print) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xingke", description="兴科：科技局的台账、指标与文稿")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")

    demo = commands.add_parser("demo", help="准备演示数据并启动（http://127.0.0.1:8000）")
    demo.add_argument("--no-serve", action="store_true", help="只准备，不启动")
    demo.add_argument("--scale", type=float, default=1.0, help="虚构台账的规模，1 为真实县规模")

    begin = commands.add_parser("begin", help="建立正式使用的安装：区划、规则包和三个管理员账号（一次）")
    begin.set_defaults(command="begin")

    reset = commands.add_parser("reset-password", help="给一个账号新的口令，只显示一次，首次登录须更改（留审计记录）")
    reset.set_defaults(command="reset_password")
    reset.add_argument("username", metavar="账号")

    unlock = commands.add_parser("unlock", help="解除一个账号因密码错误次数过多的锁定（留审计记录）")
    unlock.add_argument("username", metavar="账号")

    key = commands.add_parser("key", help="打印本安装的公钥，交给要核验本单位文稿的其他安装")
    key.add_argument("--name", default="", help="对方名单里用的名称；默认按授权的区划或访问的域名")

    trust = commands.add_parser("trust", help="承认另一个安装的签名：加入、列出或去掉它的公钥（留审计记录）")
    trust.add_argument("key", nargs="?", default="", metavar="公钥", help="64 位十六进制，或对方 xingke key 输出的文件")
    trust.add_argument("name", nargs="?", default="", metavar="名称", help="这是谁的公钥；文件里写有名称时可省略")
    trust.add_argument("--list", action="store_true", dest="listed", help="列出承认的公钥")
    trust.add_argument("--remove", default="", metavar="名称", help="不再承认：写名称，或公钥的前几位（至少 8 位）")

    serve = commands.add_parser("serve", help="启动网站，看护各进程，直到收到停止信号")
    for each in (demo, serve):
        each.add_argument("--host", default="127.0.0.1", help="监听地址，默认 127.0.0.1（只供本机和反向代理访问）")
        each.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="端口，默认取 PORT 或 8000"
        )

    commands.add_parser("upgrade", help="升级程序之后：升级表结构，装载自带规则包里新的定义，更新搜索索引和前端文件")

    jobs = commands.add_parser("jobs", help="列出后台任务；或把等待的任务做完（供测试和定时任务用）")
    jobs.add_argument("--run-once", action="store_true", help="做完等待的任务就结束")
    jobs.add_argument("--last", type=int, default=20, help="列出最近几个，默认 20")

    load = commands.add_parser("load", help="装载规则包文件夹")
    load.add_argument("folder", type=Path)
    load.add_argument("--region", default="", help="只为一个区划及其下级装载（名称或六位代码）；默认对所有区划有效")

    bring = commands.add_parser("import", help="导入台账记录或上报数（.xlsx，或 UTF-8、GB18030 的 CSV）")
    bring.set_defaults(command="bring_in")
    bring.add_argument("file", type=Path)
    bring.add_argument(
        "--kind", default="observation", help="哪种表格，如 patent、high_tech_list；默认 observation（上报数）"
    )
    bring.add_argument("--sheet", default="", help="工作簿中哪一张工作表；默认表头认得最多的一张")
    bring.add_argument("--region", default="", help="没有写明区划的行按哪个区划登记（名称或六位代码）")
    bring.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="项=内容",
        help="整份文件都一样的内容，可写多次，如 --given on=2025-03-05 --given level=省级",
    )
    bring.add_argument("--new-organisations", action="store_true", help="登记文件中的新单位")
    bring.add_argument("--confirmed", action="store_true", help="登记为已确认（须有确认权限）；否则登记为草稿")
    bring.add_argument("--dry-run", action="store_true", help="只核对，不登记")
    bring.add_argument(
        "--json", action="store_true", help="结果写成一个 JSON 对象（标准输出别无他物）：逐行列出读作什么"
    )
    bring.add_argument("--left", type=Path, help="未导入的行另存为 .xlsx（有问题的格标出）或 .csv")

    write = commands.add_parser("write", help="按提纲写出文稿（.docx）")
    write.add_argument("--region", required=True, help="区划名称或六位代码")
    write.add_argument("--period", required=True, help="期间，如 2024、2024-H1、2024-01..2024-10")
    write.add_argument("--outline", required=True, help="提纲，如 half-year、annual")
    write.add_argument("-o", "--output", type=Path, required=True, help="写到哪个文件")
    write.add_argument("--pdf", type=Path, help="同一文稿再写一份 PDF/A，写到哪个文件")

    commands.add_parser("rekey", help="给每个人的个人信息、每个收款账号换一把密钥，重新加密；中断了再运行一次即可")
    titles = commands.add_parser("titles", help="没有有效期的旧证书、登记了两条的资质：列出补记有效期会改变什么")
    titles.add_argument("--apply", action="store_true", help="补记有效期（一次，留审计记录）；不写则只列出")

    for each in (bring, write, titles):
        each.add_argument("--as", dest="username", default="operator", help="以哪个账号的身份，默认 operator")

    workdays = commands.add_parser("workdays", help="推算工作日：起算日不计，第 N 个工作日是哪天，跳过了哪些天")
    workdays.add_argument("start", metavar="起算日", help="如 2026-09-18、20260918、2026年9月18日")
    workdays.add_argument("count", metavar="+N", help="工作日数，如 +5；+0 是当天或下一个工作日，-3 往前推")
    workdays.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    backsolve = commands.add_parser("backsolve", help="由完成数和完成率倒推目标：610件 完成 67.78%% → 900件")
    backsolve.add_argument("value", metavar="完成数", help="如 610件、5.63亿元，照原文写")
    backsolve.add_argument("completion", metavar="完成率", help="如 67.78%%")
    backsolve.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
    value = commands.add_parser("value", help="读一个指标的数（只计已确认的记录）；不知道的说明原因")
    value.add_argument("code", metavar="指标", help="指标代码，如 high_tech_enterprises，或它的名称")
    value.add_argument("--region", required=True, help="区划名称、六位代码或全路径（清源市青溪县）")
    value.add_argument("--period", required=True, help="时期，如 2024、2024-H1、2024-01..2024-08、2024年1-8月")
    value.add_argument(
        "--json", action="store_true", help="输出一个 JSON 对象；value 是精确的十进制文本，除不尽的取 28 位"
    )

    verify = commands.add_parser("verify", help="核验文稿中的每个数字")
    verify.add_argument("file", type=Path)

    retention = commands.add_parser(
        "retention", help="清理到期的：草稿、没有登记的导入、没有记录引用的文件、登录日志等（平时每夜自动）"
    )
    retention.add_argument("--dry-run", action="store_true", help="只列出会清理多少，什么都不动")
    commands.add_parser("check", help="检查数据文件夹、表结构、数据库、规则包、审计链、台账列文件和已固化的数字")

    archive = commands.add_parser("archive", help="核对案卷：清单、签名和每个文件是否还与封卷时一致")
    archive.add_argument("act", choices=["check"], metavar="check", help="check：核对，缺了、变了哪个文件逐一列出")
    archive.add_argument("volume", metavar="案卷", help="档号，或下载的案卷文件（.zip）")

    index = commands.add_parser("search-index", help="把搜索索引更新到台账的最新序号")
    index.set_defaults(command="search_index")
    index.add_argument("--rebuild", action="store_true", help="删除索引，全部重建")

    backup = commands.add_parser("backup", help="备份（网站运行时也可以）：数据库、密钥和附件")
    backup.add_argument("file", type=Path, help="写到哪个文件（.zip），或哪个已有的文件夹")

    restore = commands.add_parser("restore", help="把备份恢复到空的数据文件夹（先停止网站）")
    restore.add_argument("file", type=Path)
    restore.add_argument("--replace", action="store_true", help="把数据文件夹里原有的内容移到一旁")

    move = commands.add_parser("move", help="把全部数据迁移到另一个空数据库（先停止网站）")
    move.add_argument("target", help="postgres://用户@主机:端口/库名；或 sqlite，即数据文件夹中的 SQLite")
    return parser


def _exit(code: Any) -> None:  # sys.exit takes anything
    sys.exit(code)


if __name__ == "__main__":
    _exit(main())
