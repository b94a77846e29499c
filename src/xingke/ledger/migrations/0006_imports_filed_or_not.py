import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_staged_imports"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AlterField("importbatch", "prepared_at", models.DateTimeField()),
        migrations.AlterField(
            "importbatch",
            "prepared_by",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField("importbatch", "seq", models.BigIntegerField(null=True, unique=True)),
        migrations.AlterField("importbatch", "imported_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "importbatch",
            "imported_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            "importbatch",
            models.CheckConstraint(
                condition=Q(imported_at__isnull=True, imported_by__isnull=True, seq__isnull=True)
                | Q(imported_at__isnull=False, imported_by__isnull=False, seq__isnull=False),
                name="importbatch_imported_at_and_by",
            ),
        ),
        migrations.DeleteModel("ImportRow"),
    ]
