from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_titles_with_a_term")]

    operations = [
        migrations.AddField(
            model_name="contractevent",
            name="tech_amount",
            field=models.BigIntegerField(null=True, verbose_name="技术交易额"),
        ),
        migrations.AddConstraint(
            model_name="contractevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("tech_amount__isnull", True))
                | models.Q(("tech_amount__gte", 0))
                & (models.Q(("amount__isnull", True)) | models.Q(("tech_amount__lte", models.F("amount")))),
                name="contractevent_tech_amount",
            ),
        ),
    ]
