"""Entering something by hand, with the files that prove it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.ledger import queries
from xingke.ledger.actions.evidence import NewFile, attach_stored, stored
from xingke.ledger.tables import TABLES


def enter(
    *,
    kind: str,
    key: UUID,
    files: Sequence[NewFile],
    by: User,
    now: datetime,
    file: Callable[[], object],
    is_event: bool,
) -> bool:
    """File a record, or an event of one that stands, and the files that prove it, as one act. Returns whether it was done:
    a form sent twice files one record.

    file: what files ``key``. Raises Refused as that does, as ``stored``, and for a key that is another record's.
    """
    known = TABLES[kind]
    kept = stored(files)
    code = f"{kind}.event-filed" if is_event else f"{kind}.filed"
    with act(by=by, now=now, code=code, kind=kind, target=str(key)) as done:
        done.lock()
        model = known.event if is_event else known.subject
        if model._default_manager.filter(record=key, version=1, entered_by=by).exists():
            done.nothing()
            return False
        if any(queries.stands(each, key) for each in (known.subject, known.event)):
            raise Refused(_("页面不完整，请重新打开本页。"))
        file()
        attach_stored(kind=kind, record=key, files=kept, by=by, now=now)
    return True
