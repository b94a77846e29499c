"""What a check of a text found has another name in the program; its table keeps its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_figures_pin_their_rules")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Check", "TextCheck"),
                migrations.AlterModelTable("textcheck", "indicators_check"),
            ]
        )
    ]
