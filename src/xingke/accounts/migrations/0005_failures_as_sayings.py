"""Why a job failed is kept so that it can be said in any language; what was kept as a text stays one."""

from django.db import migrations, models


def keep_texts(apps, schema_editor):
    jobs = apps.get_model("accounts", "Job").objects.using(schema_editor.connection.alias)
    for job in jobs.exclude(error="").only("error"):
        job.failure = job.error
        job.save(update_fields=["failure"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_attachments")]

    operations = [
        migrations.AddField("Job", "failure", models.JSONField(blank=True, default=str)),
        migrations.RunPython(keep_texts, migrations.RunPython.noop),
        migrations.RemoveField("Job", "error"),
    ]
