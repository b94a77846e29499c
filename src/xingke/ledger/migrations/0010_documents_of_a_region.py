from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_fewer_indexes")]

    operations = [
        migrations.RemoveConstraint(model_name="observation", name="observation_document_place_once"),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                fields=("region", "document", "place"),
                condition=models.Q(("seq_to__isnull", True)),
                name="observation_region_document_place_once",
            ),
        ),
    ]
