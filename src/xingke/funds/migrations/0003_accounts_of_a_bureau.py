"""Every account has its bureau, and each bureau one that counts for an organisation."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funds", "0002_accounts_of_a_bureau")]

    operations = [
        migrations.AlterField(
            model_name="payaccount",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pay_accounts", to="registry.region"
            ),
        ),
        migrations.AddConstraint(
            model_name="payaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("seq_from__isnull", False), ("seq_to__isnull", True)),
                fields=("organisation", "region"),
                name="payaccount_one_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="payaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", True), ("declined_at__isnull", True)),
                fields=("organisation", "region"),
                name="payaccount_one_waits",
            ),
        ),
    ]
