import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Editions that are handed up to the region above, and those taken back. Nothing that stands was handed up."""

    dependencies = [
        ("registry", "0001_initial"),
        ("reports", "0004_disclosure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "act",
                    models.CharField(choices=[("handed_up", "报送"), ("recalled", "撤回报送")], max_length=12),
                ),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("digest", models.CharField(max_length=64)),
                ("seq", models.BigIntegerField()),
                ("taken_at", models.DateTimeField()),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_ups", to="reports.document"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.region"
                    ),
                ),
            ],
            options={
                "verbose_name": "报送",
                "ordering": ("document", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("document", "number"), name="reports_handup_number"),
                ],
            },
        ),
    ]
