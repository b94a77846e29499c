from itertools import groupby

from django.db import migrations

import xingke.base.keys


def number(apps, schema_editor):
    """What one outline said of one region and period, by the time it was written, are the editions of one work."""
    documents = apps.get_model("reports", "Document").objects.using(schema_editor.connection.alias)
    documents = documents.order_by("outline", "region_id", "period", "written_at")
    works = groupby(
        documents.only("pk", "outline", "region_id", "period"), lambda each: (each.outline, each.region_id, each.period)
    )
    for _work, editions in works:
        work, before = xingke.base.keys.new_key(), None
        for edition, document in enumerate(editions, 1):
            document.work, document.edition, document.follows = work, edition, before
            document.save(update_fields=["work", "edition", "follows"])
            before = document


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_editions")]

    operations = [migrations.RunPython(number, migrations.RunPython.noop)]
