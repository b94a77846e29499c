from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.AlterField(model_name="figure", name="aspect", field=models.CharField(max_length=80)),
    ]
