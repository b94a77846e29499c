from collections import defaultdict

from django.db import migrations

ARRIVALS = {"RecognitionEvent": ("Recognition", "moved_in"), "PatentEvent": ("Patent", "received")}
SIZE = {"province": 10_000, "city": 100, "county": 1}


def forget_givers(apps, schema_editor):
    """Take the giving organisation from events of taking over, and from what happened there since.

    They were filed under whoever had had the thing before, in another region. Who received it is not known, so nobody
    is named: 未写明, until somebody says. The thing itself keeps its first holder.
    """
    for model, (_subject, arrival) in ARRIVALS.items():
        events = apps.get_model("ledger", model).objects.using(schema_editor.connection.alias)
        places = defaultdict(set)
        for subject, region in events.filter(event=arrival).values_list("subject", "region_id").distinct():
            places[subject].add(region)
        subjects = list(places)
        for start in range(0, len(subjects), 500):
            rows = events.filter(subject__in=subjects[start : start + 500], organisation__isnull=False)
            wrong = [
                row.pk
                for row in rows.select_related("region", "organisation__region")
                if row.region_id in places[row.subject] and not _holds(row.region, row.organisation.region)
            ]
            for first in range(0, len(wrong), 500):
                events.filter(pk__in=wrong[first : first + 500]).update(organisation=None)


def name_givers(apps, schema_editor):
    """The way back: such an event stands under the thing's first holder again."""
    for model, (subject, arrival) in ARRIVALS.items():
        events = apps.get_model("ledger", model).objects.using(schema_editor.connection.alias)
        titles = apps.get_model("ledger", subject).objects.using(schema_editor.connection.alias)
        holders = titles.filter(seq_to__isnull=True)
        subjects = list(events.filter(event=arrival).values_list("subject", flat=True).distinct())
        for start in range(0, len(subjects), 500):
            part = subjects[start : start + 500]
            whose = dict(holders.filter(record__in=part).values_list("record", "organisation_id"))
            for key in part:
                events.filter(subject=key, organisation__isnull=True).update(organisation_id=whose.get(key))


def _holds(place, other):
    """Whether a region holds another; see ``registry.rules.path_range``."""
    if place.level == "nation":
        return other.path < 990_000
    return place.path <= other.path < place.path + SIZE[place.level]


class Migration(migrations.Migration):
    """An event of taking over is the receiver's; see ``forget_givers``."""

    dependencies = [("ledger", "0013_where_certificates_come_from")]

    operations = [migrations.RunPython(forget_givers, name_givers)]
