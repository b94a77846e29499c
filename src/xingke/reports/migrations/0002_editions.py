import django.db.models.deletion
from django.db import migrations, models

import xingke.base.keys


class Migration(migrations.Migration):
    """Documents become editions of a work; which edition an older one is, the next migration works out."""

    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="document", name="reports_document_once"),
        migrations.AddField(
            model_name="document",
            name="work",
            field=models.UUIDField(default=xingke.base.keys.new_key, editable=False, null=True),
        ),
        migrations.AddField(model_name="document", name="edition", field=models.PositiveIntegerField(default=1)),
        migrations.AddField(
            model_name="document",
            name="follows",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reports.document"
            ),
        ),
        migrations.AddField(model_name="document", name="source", field=models.JSONField(default=dict)),
    ]
