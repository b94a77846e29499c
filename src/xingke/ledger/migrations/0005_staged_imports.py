import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CHUNK = 500


def keep_rows_in_chunks(apps, schema_editor):
    """Rows that were left by earlier imports, by batch and outcome; their cells by the names they had."""
    batches, rows, chunks = (
        apps.get_model("ledger", name).objects.using(schema_editor.connection.alias)
        for name in ("ImportBatch", "ImportRow", "ImportChunk")
    )
    for batch in batches.all():
        batch.form, batch.state = batch.kind, "filed"
        batch.prepared_at, batch.prepared_by_id = batch.imported_at, batch.imported_by_id
        batch.checked_seq = batch.seq - 1
        left = list(rows.filter(batch=batch).order_by("number"))
        batch.header = sorted({name for row in left for name in row.raw})  # PostgreSQL kept them in no order
        batch.save()
        place = 0
        for outcome in ("rejected", "waiting"):
            alike = [row for row in left if row.status == outcome]
            for start in range(0, len(alike), CHUNK):
                part = alike[start : start + CHUNK]
                values = [
                    [
                        row.number,
                        [row.raw.get(name, "") for name in batch.header],
                        [["", "", said, {}] for said in row.problems],
                    ]
                    for row in part
                ]
                chunks.create(batch=batch, outcome=outcome, place=place, size=len(part), rows=values)
                place += 1


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_jobs"),
        ("ledger", "0004_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(name="importbatch", options={"ordering": ("-pk",), "verbose_name": "导入批次"}),
        migrations.AddField("importbatch", "form", models.CharField(max_length=40, default=""), preserve_default=False),
        migrations.AddField(
            "importbatch",
            "state",
            models.CharField(
                choices=[("prepared", "待登记"), ("filed", "已登记"), ("cancelled", "已取消")],
                default="prepared",
                max_length=9,
            ),
        ),
        migrations.AddField(
            "importbatch", "sheet_name", models.CharField(blank=True, max_length=64, default=""), preserve_default=False
        ),
        migrations.AddField("importbatch", "options", models.JSONField(default=dict)),
        migrations.AddField("importbatch", "header", models.JSONField(default=list)),
        migrations.AddField("importbatch", "damage", models.JSONField(default=dict)),
        migrations.AddField("importbatch", "notes", models.JSONField(default=list)),
        migrations.AddField("importbatch", "ready", models.PositiveIntegerField(default=0)),
        migrations.AddField("importbatch", "checked_seq", models.BigIntegerField(default=0)),
        migrations.AddField("importbatch", "prepared_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "importbatch",
            "prepared_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            "importbatch",
            "check_job",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.job"
            ),
        ),
        migrations.AddField(
            "importbatch",
            "file_job",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="accounts.job"
            ),
        ),
        migrations.CreateModel(
            name="ImportChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=9)),
                ("place", models.PositiveIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("rows", models.JSONField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="ledger.importbatch"
                    ),
                ),
            ],
            options={"verbose_name": "导入行", "ordering": ("batch", "place")},
        ),
        migrations.AddConstraint(
            "importchunk", models.UniqueConstraint(fields=("batch", "place"), name="importchunk_once")
        ),
        # The way back loses which rows were left: they can be read again from the file.
        migrations.RunPython(keep_rows_in_chunks, migrations.RunPython.noop),
    ]
