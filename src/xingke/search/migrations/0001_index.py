from django.db import migrations, models

# The text index follows the table by itself. Whoever alters Entry on SQLite makes the triggers anew:
# Django rebuilds the table there and takes them along with the old one.
SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5(names, text, content='search_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_words(rowid, names, text) VALUES (new.id, new.names, new.text);
    END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_words(search_words, rowid, names, text) VALUES ('delete', old.id, old.names, old.text);
    END""",
)
POSTGRESQL = (
    """ALTER TABLE search_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', names), 'A') || to_tsvector('simple', "text")
    ) STORED""",
    "CREATE INDEX search_entry_words ON search_entry USING gin (words)",
)


def add_text_index(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_text_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    initial = True
    on_empty = (add_text_index,)

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=64)),
                ("identifier", models.CharField(blank=True, max_length=200)),
                ("path", models.IntegerField(null=True)),
                ("organisation", models.BigIntegerField(null=True)),
                ("on", models.DateField(null=True)),
                ("names", models.TextField()),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "搜索条目",
                "constraints": (models.UniqueConstraint(fields=("kind", "key"), name="search_entry_once"),),
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("kind", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("recipe", models.PositiveIntegerField()),
            ],
            options={"verbose_name": "搜索进度"},
        ),
        migrations.RunPython(add_text_index, drop_text_index),
    ]
