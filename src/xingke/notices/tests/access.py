"""Who may see the addresses of notices."""

from collections.abc import Mapping
from typing import Any

from tests.access import EVERYBODY, Row, World
from tests.cast import NOW
from xingke.notices.actions import feeds, notify
from xingke.notices.models import Notice, Outgoing


def furnish(world: World) -> Mapping[str, Any]:
    """A notice of the officer's, their feed, and a message to them that was given up."""
    cast = world.cast
    notify(
        to=[cast.officer],
        kind="title-ending",
        about="recognition",
        key="990121/2026-03-09",
        region=cast.county,
        now=NOW,
        by=None,
    )
    message = Outgoing.objects.create(
        channel="mail",
        user=cast.officer,
        upto=1,
        counts={"title-ending": 1},
        state=Outgoing.State.GIVEN_UP,
        made_at=NOW,
        next_at=NOW,
        ended_at=NOW,
    )
    return {"notice": Notice.objects.get(), "message": message, "feed": feeds.open_feed(by=cast.officer, now=NOW)}


SYSTEM = frozenset({"system"})

ROWS = {
    "notice-list": Row(EVERYBODY),
    "notice-open": Row(frozenset({"officer"}), lambda world: {"pk": world.notice.pk}, posts_only=True),
    "notices-read": Row(EVERYBODY, posts_only=True),
    "choices": Row(EVERYBODY),
    "message-list": Row(SYSTEM),
    "message-again": Row(SYSTEM, lambda world: {"pk": world.message.pk}, posts_only=True),
    "message-rules": Row(SYSTEM),
    "calendar": Row(EVERYBODY),
    "feed-open": Row(EVERYBODY, posts_only=True),
    "feed-end": Row(EVERYBODY, posts_only=True),
    "feed": Row(EVERYBODY, lambda world: {"token": world.feed}, is_public=True, is_page=False),
}
