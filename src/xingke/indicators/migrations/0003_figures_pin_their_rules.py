from django.db import migrations, models


class Migration(migrations.Migration):
    """Figures say by which rules of the engine they were made; those from before there was a number say 0."""

    dependencies = [("indicators", "0002_aspects_with_another_indicator")]

    operations = [
        migrations.AddField(model_name="figure", name="rules", field=models.PositiveIntegerField(default=0)),
    ]
