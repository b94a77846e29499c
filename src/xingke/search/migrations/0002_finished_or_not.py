from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether what an entry is of is finished. Nothing is filled in: the index is made anew by its next recipe.

    The column may be null so that SQLite adds it in place: making the table anew would drop the triggers of the search.
    """

    dependencies = [("search", "0001_index")]

    operations = [
        migrations.AddField(model_name="entry", name="is_finished", field=models.BooleanField(null=True)),
    ]
