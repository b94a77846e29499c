from django.db import migrations, models


class Migration(migrations.Migration):
    """Figures say by which rules of the engine they were made; those from before there was a number say 0. And what checking
    the figures of a text found is kept, so that it can be said without working it out again."""

    dependencies = [("indicators", "0002_aspects_with_another_indicator")]

    operations = [
        migrations.AddField(model_name="figure", name="rules", field=models.PositiveIntegerField(default=0)),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("text", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("rules", models.PositiveIntegerField()),
                ("found", models.JSONField()),
            ],
            options={"verbose_name": "核对（文稿与台账）"},
        ),
    ]
