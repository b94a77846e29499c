"""What was indexed as an activity is found as an event."""

from django.db import migrations


def _renamed(apps, schema_editor, before, after):
    for name in ("Entry", "Progress"):
        rows = apps.get_model("search", name).objects.using(schema_editor.connection.alias)
        rows.filter(kind=before).update(kind=after)


def forward(apps, schema_editor):
    _renamed(apps, schema_editor, "activity", "event")


def backward(apps, schema_editor):
    _renamed(apps, schema_editor, "event", "activity")


class Migration(migrations.Migration):
    dependencies = [("search", "0002_finished_or_not")]

    operations = [migrations.RunPython(forward, backward)]
