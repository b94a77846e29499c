from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_evidence")]

    operations = [
        migrations.AlterModelOptions(name="proposal", options={"ordering": ("-seq",), "verbose_name": "改动建议"}),
    ]
