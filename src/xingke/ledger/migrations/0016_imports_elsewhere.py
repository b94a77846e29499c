"""Imports have a room of their own: the ledger forgets their tables, which stay as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_events"), ("intake", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("ImportChunk"), migrations.DeleteModel("ImportBatch")]
        )
    ]
