"""Somebody who files and confirms a record every second: ``python -m bench.writing SECONDS FIRST``.

Each record is a patent that was granted today, so that the list of the newest records names it and one more invention
is held. Prints a line for each as JSON: [number, before, after], before the first of its two acts, and after the second
was committed, in seconds of the clock that is never set.
"""

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xingke.config.settings")
PACE = 1.0  # seconds from one record to the next
PLACE = "990121"


def main(seconds: float, first: int) -> None:
    """Write until the time is over. first: the number the first record is called by."""
    import logging

    import django

    django.setup()
    logging.disable(logging.INFO)
    began = time.monotonic()
    number = first
    while (until := began + PACE * (number - first)) < began + seconds:
        time.sleep(max(0.0, until - time.monotonic()))
        before = time.monotonic()
        _write(number)
        print(json.dumps([number, before, time.monotonic()]), flush=True)
        number += 1


def _write(number: int) -> None:
    """An officer enters a patent and its grant, a director confirms them: two acts."""
    from django.utils import timezone

    from xingke.accounts.models import User
    from xingke.base.keys import new_key
    from xingke.ledger import actions as ledger
    from xingke.ledger.models import PatentEvent
    from xingke.registry.models import Organisation

    officer, director = (User.objects.get(username=name) for name in ("officer", "director"))
    firm = Organisation.objects.filter(region__code=PLACE).select_related("region").order_by("pk")[0]
    history = ledger.NewHistory(
        fields={"form": "invention", "name": f"测速第{number}号", "number": new_key().hex[:20]},
        region=firm.region,
        organisation=firm,
        events=[ledger.NewEvent(event="granted", on=timezone.localdate(), region=firm.region)],
        is_fictional=True,
    )
    ledger.file_histories(kind="patent", histories=[history], by=officer, now=timezone.now(), source="网页登记")
    event = PatentEvent.objects.get(subject=history.key)
    ledger.confirm_event(kind="patent", record=event.record, version=event.version, by=director, now=timezone.now())


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
