"""Who may see the addresses of accounts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.access import EVERYBODY, Row, World
from xingke.accounts.actions import ask_for_job


def furnish(world: World) -> Mapping[str, Any]:
    """A job that waits for nobody yet."""
    later = timezone.now() + timedelta(hours=1)
    return {"job": ask_for_job(kind="import.prepare", payload={}, by=world.cast.statistician, now=later)}


ROWS = {
    "sign-in": Row(frozenset(), is_public=True),
    "sign-out": Row(EVERYBODY, posts_only=True),
    "password": Row(EVERYBODY),
    "job": Row(frozenset({"statistician"}), lambda world: {"pk": world.job.pk}),
    "job-stop": Row(frozenset({"statistician"}), lambda world: {"pk": world.job.pk}, posts_only=True),
    "language": Row(EVERYBODY, is_public=True, posts_only=True),
}
