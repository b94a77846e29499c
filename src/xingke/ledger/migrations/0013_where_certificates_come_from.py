from itertools import groupby

from django.db import migrations

CERTIFIES = ("recognised", "re_recognised")
BATCH = 2_000


def origins(apps, schema_editor):
    """Say of every certificate in force whether an application is held: among confirmed events, of drafts among all."""
    events = apps.get_model("ledger", "RecognitionEvent").objects.using(schema_editor.connection.alias)
    rows = events.filter(seq_to__isnull=True).exclude(state="void").order_by("subject", "step")
    found = {"applied": [], "announced": []}
    wanted = rows.values_list("subject", "pk", "event", "state").iterator()
    for _subject, history in groupby(wanted, key=lambda row: row[0]):
        is_asked = {"confirmed": False, "draft": False}  # as confirmed events see it, and as drafts do
        for _key, pk, event, state in history:
            seen = ("confirmed", "draft") if state == "confirmed" else ("draft",)
            if event in CERTIFIES:
                found["applied" if is_asked[state] else "announced"].append(pk)
            if event == "applied" or event in CERTIFIES:
                is_asked |= dict.fromkeys(seen, event == "applied")
    for origin, keys in found.items():
        for start in range(0, len(keys), BATCH):
            events.filter(pk__in=keys[start : start + BATCH]).update(origin=origin)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_technology_part_of_contracts")]

    operations = [migrations.RunPython(origins, migrations.RunPython.noop, elidable=True)]
