from itertools import islice

from django.db import migrations

from xingke.base.pinyin import sort_key

BATCH = 500


def fill(apps, schema_editor):
    """Write what the names that stand are sorted by."""
    for name, is_person in (("Organisation", False), ("Person", True)):
        model = apps.get_model("registry", name)
        rows = model.objects.using(schema_editor.connection.alias)
        named = rows.exclude(name="").only("pk", "name").iterator(chunk_size=BATCH)
        while part := list(islice(named, BATCH)):
            for row in part:
                row.name_key = sort_key(row.name, is_person=is_person)
            rows.bulk_update(part, ["name_key"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_lists")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
