"""Who is at work on a data folder: serving shares it, restoring and moving want it alone. Knows no Django."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xingke.base.refusals import Refused

LOCK = "serving.lock"


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
                else f"数据文件夹“{data}”正在恢复或迁移；请等它完成后再启动。"
            ) from error
        yield
