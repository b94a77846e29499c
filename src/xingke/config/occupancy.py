"""Who is at work on a data folder: serving and every command that writes share it, restoring and moving want it alone. Knows no Django."""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xingke.base.refusals import Refused

LOCK = "serving.lock"
SITE = "site.lock"


@contextmanager
def occupied(data: Path, *, alone: bool) -> Iterator[None]:
    """Hold the folder's lock; it ends with the process, however that ends. Does nothing on Windows.

    Raises Refused if somebody else is at work there.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                f"网站正在使用数据文件夹“{data}”；请先停止服务（systemctl stop xingke），再运行此命令。"
                if alone
                else f"数据文件夹“{data}”正在恢复或迁移；请等它完成后再试。"
            ) from error
        yield


@contextmanager
def serving(data: Path) -> Iterator[None]:
    """Be the one that serves the folder; it ends with the process, however that ends. Does nothing on Windows.

    Raises Refused if somebody serves it already: two would do each job twice as often and know nothing of each other.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    data.mkdir(parents=True, exist_ok=True)
    with (data / SITE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(
                f"已有一个 xingke serve（或 xingke demo）在用数据文件夹“{data}”；请直接打开它的网址，"
                "或先停止它；要另开一个，请用 XINGKE_DATA 另指一个文件夹。"
            ) from error
        yield


def unusable(error: OSError) -> str:
    """What the system refused, in one sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "磁盘已满，没有写完；请腾出空间后再试。"
    return f"不能读写“{error.filename or ''}”：{error.strerror}；请检查这个文件或文件夹和它的权限。"
