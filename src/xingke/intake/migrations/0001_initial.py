"""The tables of imports, which were the ledger's: only the picture of them moves, no table and no row does."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0005_failures_as_sayings"),
        ("ledger", "0015_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ImportBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=16)),
                        ("form", models.CharField(max_length=40)),
                        (
                            "state",
                            models.CharField(
                                choices=[("prepared", "待登记"), ("filed", "已登记"), ("cancelled", "已取消")],
                                default="prepared",
                                max_length=9,
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        ("digest", models.CharField(db_index=True, max_length=64)),
                        ("encoding", models.CharField(max_length=16)),
                        ("sheet_name", models.CharField(blank=True, max_length=64)),
                        ("options", models.JSONField(default=dict)),
                        ("header", models.JSONField(default=list)),
                        ("damage", models.JSONField(default=dict)),
                        ("notes", models.JSONField(default=list)),
                        ("counts", models.JSONField()),
                        ("ready", models.PositiveIntegerField(default=0)),
                        ("checked_seq", models.BigIntegerField(default=0)),
                        ("prepared_at", models.DateTimeField()),
                        ("seq", models.BigIntegerField(null=True, unique=True)),
                        ("imported_at", models.DateTimeField(null=True)),
                        (
                            "check_job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.job",
                            ),
                        ),
                        (
                            "file_job",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.job",
                            ),
                        ),
                        (
                            "imported_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "prepared_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "导入批次",
                        "db_table": "ledger_importbatch",
                        "ordering": ("-pk",),
                    },
                ),
                migrations.CreateModel(
                    name="ImportChunk",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("outcome", models.CharField(max_length=9)),
                        ("place", models.PositiveIntegerField()),
                        ("size", models.PositiveIntegerField()),
                        ("rows", models.JSONField()),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="chunks",
                                to="intake.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "导入行",
                        "db_table": "ledger_importchunk",
                        "ordering": ("batch", "place"),
                    },
                ),
                migrations.AddConstraint(
                    model_name="importbatch",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("imported_at__isnull", True), ("imported_by__isnull", True), ("seq__isnull", True)
                            ),
                            models.Q(
                                ("imported_at__isnull", False), ("imported_by__isnull", False), ("seq__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="importbatch_imported_at_and_by",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="importchunk",
                    constraint=models.UniqueConstraint(fields=("batch", "place"), name="importchunk_once"),
                ),
            ]
        )
    ]
