"""An account is that of the bureau which pays to it: so far each was that of the region in which its organisation lies."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def of_the_region_of_its_firm(apps, schema_editor):
    account, firm = apps.get_model("funds", "PayAccount"), apps.get_model("registry", "Organisation")
    region = firm.objects.using(schema_editor.connection.alias).filter(pk=OuterRef("organisation")).values("region")[:1]
    account.objects.using(schema_editor.connection.alias).update(region=Subquery(region))


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="payaccount", name="payaccount_one_counts"),
        migrations.RemoveConstraint(model_name="payaccount", name="payaccount_one_waits"),
        migrations.AddField(
            model_name="payaccount",
            name="region",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pay_accounts",
                to="registry.region",
            ),
        ),
        migrations.RunPython(of_the_region_of_its_firm, migrations.RunPython.noop),
    ]
