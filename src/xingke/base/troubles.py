"""What may befall any program while it reads and writes, told from the error: the database away or busy, the disk full."""

import errno
from collections.abc import Iterator
from enum import Enum
from traceback import walk_tb

from django.db import DatabaseError, InterfaceError, OperationalError

from xingke.base.sayings import Saying, say


class Trouble(Enum):
    """Something that is nobody's mistake and passes, or is mended outside the program: status of an answer, what to say."""

    AWAY = (503, say("数据库没有应答，请稍后再试。"))
    CLOSED = (503, say("数据库文件打不开；请系统管理员检查数据文件夹和它的权限。"))
    BUSY = (503, say("数据库正忙，别的程序一直在写；请稍后再试。"))
    READ_ONLY = (503, say("数据库现在只能读，不能写；请系统管理员检查数据文件夹的权限，或数据库是否为只读的备机。"))
    DISK_FULL = (507, say("服务器的磁盘已满，写不下去；请系统管理员腾出空间后再试。"))

    def __init__(self, status: int, words: Saying) -> None:
        self.status, self.words = status, words


# SQLSTATE by its beginning (PostgreSQL, appendix A); of SQLite the name of the result code.
_STATES = {
    "08": Trouble.AWAY,
    "57P": Trouble.AWAY,
    "53300": Trouble.AWAY,
    "53100": Trouble.DISK_FULL,
    "25006": Trouble.READ_ONLY,
    "40P01": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "SQLITE_FULL": Trouble.DISK_FULL,
    "SQLITE_BUSY": Trouble.BUSY,
    "SQLITE_LOCKED": Trouble.BUSY,
    "SQLITE_READONLY": Trouble.READ_ONLY,
    "SQLITE_CANTOPEN": Trouble.CLOSED,
    "SQLITE_IOERR_SHMSIZE": Trouble.DISK_FULL,
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


def trouble_of(error: BaseException | None) -> Trouble | None:
    """The trouble behind an error, or behind what caused it; None for everything else."""
    for each in _chain(error):
        if isinstance(each, OSError) and each.errno in _FULL:
            return Trouble.DISK_FULL
        if isinstance(each, DatabaseError | InterfaceError) and (found := _of_database(each)) is not None:
            return found
    return None


def is_lost_in_commit(error: BaseException | None) -> bool:
    """Whether the database went away while it was told to keep what was written: nobody knows then whether it did."""
    return trouble_of(error) is Trouble.AWAY and any(
        frame.f_code.co_name == "_commit" for each in _chain(error) for frame, _line in walk_tb(each.__traceback__)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _of_database(error: Exception) -> Trouble | None:
    """By the driver's own code; a failure of PostgreSQL's to connect has none."""
    driver = error.__cause__
    code = getattr(driver, "sqlstate", None) or getattr(driver, "sqlite_errorname", None) or ""
    for start, found in _STATES.items():
        if code.startswith(start):
            return found
    is_postgres = type(driver).__module__.partition(".")[0].startswith("psycopg")
    return Trouble.AWAY if is_postgres and not code and isinstance(error, OperationalError | InterfaceError) else None
