"""A program that is killed between the parts of one act, and then does it whole: ``python -m tests.parts``.

Prints what stands in the ledger after each, as JSON.
"""

import json
import os
import signal
from datetime import date

import django

from tests.killing import forked, say


def main() -> None:
    """Prepare the installation, be killed between the record and what proves it, then do both."""
    from tests.writer import prepare

    django.setup()
    forked(prepare)
    child = os.fork()
    if not child:
        _enter(dies=True)
        os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it was not killed"
    forked(_look)
    forked(lambda: _enter(dies=False))
    forked(_look)


def _enter(*, dies: bool) -> None:
    """A record and the file that proves it, as the entry form files them."""
    from tests import cast
    from xingke.accounts.models import User
    from xingke.base.keys import derived_key
    from xingke.ledger import actions
    from xingke.registry.models import Region

    by, region = User.objects.get(username="officer"), Region.objects.get(code="990121")
    event = actions.NewEvent(event="granted", on=date(2024, 5, 6), region=region)
    history = actions.NewHistory(
        key=derived_key("甲"),
        fields={"form": "invention", "name": "甲", "number": "甲"},
        region=region,
        organisation=None,
        events=[event],
    )

    def file() -> None:
        actions.file_histories(kind="patent", histories=[history], by=by, now=cast.NOW, source="网页登记")
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    actions.enter(
        kind="patent",
        key=history.key,
        is_event=False,
        by=by,
        now=cast.NOW,
        file=file,
        files=[actions.NewFile("证书.pdf", b"%PDF-1.7")],
    )


def _look() -> None:
    from xingke.accounts.models import AuditEntry
    from xingke.accounts.queries import check_audit_chain, current_seq
    from xingke.ledger.models import Evidence, Patent, PatentEvent

    newest = AuditEntry.objects.latest("seq")
    found = {
        "rows": [model._default_manager.count() for model in (Patent, PatentEvent, Evidence)],
        "numbers": {each.seq_from for each in (*Patent.objects.all(), *PatentEvent.objects.all())}
        | {each.seq for each in Evidence.objects.all()},
        "newest": [newest.seq, newest.action, [part["action"] for part in newest.detail.get("parts", [])]],
        "counter": current_seq(),
        "broken_at": check_audit_chain().broken_at,
    }
    say(json.dumps(found | {"numbers": sorted(found["numbers"])}))


if __name__ == "__main__":
    main()
