"""Indexes that no question needs go; of a record's holder only the versions in force keep one."""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

KINDS = ("recognition", "patent", "project", "payment", "contract", "award", "appointment", "activity", "milestone")
MODELS = (*KINDS, *(f"{kind}event" for kind in KINDS), "observation")
COLUMNS = ("region", "zone", "organisation", "person", "entered_by", "confirmed_by")


def held(model):
    condition = models.Q(seq_to__isnull=True)
    return models.Index(fields=["organisation"], condition=condition, name=f"{model}_now_held")


class ExchangeIndexes(Operation):
    """All at once: altered one by one, SQLite would copy every table six times, and Django render it each time."""

    def state_forwards(self, app_label, state):
        for name in MODELS:
            model = state.models[app_label, name]
            for column in COLUMNS:
                field = model.fields[column].clone()
                field.db_index = False
                model.fields[column] = field
            model.options["indexes"] = [*model.options["indexes"], held(name)]
        state.reload_models({(app_label, name) for name in MODELS}, delay=True)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for name in MODELS:
            for index in _old(from_state.apps.get_model(app_label, name), schema_editor):
                schema_editor.execute(f"DROP INDEX {index.parts['name']}")
            schema_editor.add_index(to_state.apps.get_model(app_label, name), held(name))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for name in MODELS:
            schema_editor.remove_index(from_state.apps.get_model(app_label, name), held(name))
            for index in _old(to_state.apps.get_model(app_label, name), schema_editor):
                schema_editor.execute(index)

    def describe(self):
        return "Exchange the indexes of the versions"


def _old(model, schema_editor):
    """What made the indexes every reference had."""
    return [schema_editor._create_index_sql(model, fields=[model._meta.get_field(column)]) for column in COLUMNS]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_changes_proposed")]

    operations = [ExchangeIndexes()]
