"""Whether the installation can do what it is there for: read, write, and find room. Leaves nothing behind."""

import os
import shutil
import tempfile
import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from xingke.base.sayings import NOTHING, Saying, say
from xingke.base.troubles import Trouble, trouble_of
from xingke.base.waiting import impatient

LEAST_FREE = 64 * 2**20  # bytes: a database of a small county, a backup or an upload need more at once
_PIECE = b"\0" * 2**16


def trouble_here() -> Saying:
    """Why the installation does not serve, in one sentence; nothing where it does."""
    return disk_trouble(Path(settings.DATA)) or database_trouble()


def disk_trouble(folder: Path) -> Saying:
    """Whether a file can be written in a folder, and how much room is left."""
    try:
        if (free := shutil.disk_usage(folder).free) < LEAST_FREE:
            return say("磁盘快满了，只剩 %(free)s MB；请腾出空间。", free=free // 2**20)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_PIECE)
            file.flush()
    except OSError as error:
        found = trouble_of(error)
        return found.words if found else say("数据文件夹不能写：%(why)s", why=os.strerror(error.errno or 0))
    return NOTHING


def database_trouble() -> Saying:
    """Whether the database answers, and takes a row that is taken back at once. One that is busy writing is well."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with impatient(), transaction.atomic():
            Session.objects.create(session_key=f"probe{uuid.uuid4().hex[:27]}", expire_date=timezone.now())
            transaction.set_rollback(True)
    except DatabaseError as error:
        found = trouble_of(error) or Trouble.AWAY
        return NOTHING if found is Trouble.BUSY else found.words
    return NOTHING
