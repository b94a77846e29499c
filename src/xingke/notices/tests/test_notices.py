"""Being told: once for each act, by nobody but those who act, and of nothing but that there is something."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.acts import act
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.notices import actions, queries
from xingke.notices.models import Notice

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]


def tell(*to: User, cast: Cast, key: str = "990121/2026-03-09", **changes: Any) -> int:
    asked = {"kind": "title-ending", "about": "recognition", "region": cast.county, "now": NOW, "by": None} | changes
    return actions.notify(to=to, key=key, **asked)


def test_a_notice_says_to_whom_of_what_kind_where_and_when_and_nothing_else(cast: Cast) -> None:
    tell(cast.officer, cast=cast, by=cast.director)

    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.about, notice.key) == (
        cast.officer,
        "title-ending",
        "recognition",
        "990121/2026-03-09",
    )
    assert (notice.region, notice.seq, notice.made_at, notice.made_by, notice.read_at) == (
        cast.county,
        current_seq(),
        NOW,
        cast.director,
        None,
    )


def test_telling_is_part_of_the_act_and_has_its_number(cast: Cast) -> None:
    with act(by=cast.officer, now=NOW, code="patent.filed", kind="patent", target="甲") as done:
        tell(cast.director, cast=cast, by=cast.officer)

    assert Notice.objects.get().seq == done.seq == AuditEntry.objects.latest("seq").seq
    (part,) = AuditEntry.objects.latest("seq").detail[AuditEntry.PARTS]
    assert (part["action"], part["count"]) == ("notice.given", 1)


def test_what_falls_tells_nobody(cast: Cast) -> None:
    def file_and_fail() -> None:
        with act(by=cast.officer, now=NOW, code="patent.filed"):
            tell(cast.director, cast=cast)
            raise Refused("no")

    with pytest.raises(Refused):
        file_and_fail()

    assert not Notice.objects.exists()


def test_in_one_act_nobody_is_told_of_one_thing_twice(cast: Cast) -> None:
    with act(by=cast.officer, now=NOW, code="patent.filed"):
        first = tell(cast.director, cast.director, cast.reviewer, cast=cast)
        again = tell(cast.director, cast=cast)
        other = tell(cast.director, cast=cast, key="990121/2026-03-10")

    assert (first, again, other) == (2, 0, 1)
    assert Notice.objects.filter(user=cast.director).count() == 2


def test_a_later_act_tells_again(cast: Cast) -> None:
    tell(cast.director, cast=cast)
    tell(cast.director, cast=cast)

    assert Notice.objects.filter(user=cast.director).count() == 2


def test_a_closed_account_is_told_nothing_and_nobody_at_all_takes_no_number(cast: Cast) -> None:
    accounts.set_account_active(user=cast.officer, active=False, by=cast.system, now=NOW)
    before = current_seq()

    assert (tell(cast.officer, cast=cast), tell(cast=cast)) == (0, 0)

    assert (Notice.objects.count(), current_seq()) == (0, before)


def test_a_kind_nobody_announced_is_a_mistake(cast: Cast) -> None:
    with pytest.raises(LookupError, match="no kind of notice 'title-endin'"):
        tell(cast.officer, cast=cast, kind="title-endin")


def test_telling_many_asks_as_much_as_telling_one(cast: Cast) -> None:
    def asked(*users: User) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            tell(*users, cast=cast)
        return len(caught)

    assert asked(cast.officer) == asked(*cast.users.values())


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reading_takes_no_number_and_is_said_once(cast: Cast) -> None:
    tell(cast.officer, cast=cast)
    notice, before = Notice.objects.get(), current_seq()

    first = actions.read_notices(notices=[notice], by=cast.officer, now=NOW)
    again = actions.read_notices(notices=[notice], by=cast.officer, now=NOW + timedelta(hours=1))

    assert (first, again, Notice.objects.get().read_at, current_seq()) == (1, 0, NOW, before)


def test_nobody_reads_for_somebody_else(cast: Cast) -> None:
    tell(cast.officer, cast=cast)

    assert actions.read_notices(notices=Notice.objects.all(), by=cast.director, now=NOW) == 0
    assert actions.read_all(upto=10**9, by=cast.director, now=NOW) == 0

    assert Notice.objects.get().read_at is None


def test_all_are_the_ones_the_page_showed_not_what_came_meanwhile(cast: Cast, signed_in: SignIn) -> None:
    tell(cast.officer, cast=cast)
    client = signed_in("officer")
    page = client.get(reverse("notices:notice-list")).content.decode()
    upto = re.search(r'name="upto" value="(\d+)"', page)
    assert upto is not None
    tell(cast.officer, cast=cast, key="990121/2026-03-10")

    answer = client.post(reverse("notices:notices-read"), {"upto": upto[1]})

    assert answer.status_code == 302
    assert [each.key for each in queries.notices_of(cast.officer, unread_only=True)] == ["990121/2026-03-10"]


@pytest.mark.parametrize("upto", ["", "-1", "x", "9" * 30, "²"])
def test_an_odd_number_reads_nothing_and_is_no_error(cast: Cast, signed_in: SignIn, upto: str) -> None:
    tell(cast.officer, cast=cast)

    assert signed_in("officer").post(reverse("notices:notices-read"), {"upto": upto}).status_code == 302

    assert queries.unread_count(cast.officer) == 1


# ── the page and the bell ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_bell_counts_what_was_not_read(cast: Cast, signed_in: SignIn) -> None:
    for day in range(3):
        tell(cast.officer, cast=cast, key=f"990121/2026-03-0{day + 1}")
    client = signed_in("officer")

    assert "3 条未读" in client.get("/").content.decode()
    client.post(reverse("notices:notice-open", args=[Notice.objects.earliest("pk").pk]))

    assert "2 条未读" in client.get("/").content.decode()
    assert "条未读" not in signed_in("director").get("/").content.decode()


def test_the_bell_stops_counting_at_two_digits(cast: Cast, signed_in: SignIn) -> None:
    with act(by=None, now=NOW, code="notices.reminded"):
        for number in range(101):
            tell(cast.officer, cast=cast, key=f"990121/{number}")

    assert "99+ 条未读" in signed_in("officer").get("/notices/").content.decode()


def test_the_bell_asks_once_by_an_index_and_only_where_it_is_drawn(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")
    client.get("/")

    def asked(**headers: str) -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            client.get("/", **headers)
        return [each["sql"] for each in caught if "notices_notice" in each["sql"]]

    (question,) = asked()
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + question)
        plan = str(cursor.fetchall())
    if connection.vendor == "sqlite":  # PostgreSQL reads a table of no rows from end to end
        assert "notice_unread" in plan
    assert Client().get("/").status_code == 200
    with CaptureQueriesContext(connection) as caught:
        Client().get("/guide/")
    assert not [each for each in caught if "notices_notice" in each["sql"]]


def test_unread_ones_stand_first_then_the_newest(cast: Cast) -> None:
    for name in ("a", "b", "c"):
        tell(cast.officer, cast=cast, key=name)
    actions.read_notices(notices=Notice.objects.filter(key="c"), by=cast.officer, now=NOW)

    assert [each.key for each in queries.notices_of(cast.officer)] == ["b", "a", "c"]


def test_the_list_asks_as_much_for_many_as_for_one(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("notices:notice-list")).status_code == 200
        return len(caught)

    tell(cast.officer, cast=cast, key="a")
    asked()
    one = asked()
    for number in range(40):
        tell(cast.officer, cast=cast, key=f"b{number}", region=cast.city if number % 2 else cast.sibling)

    assert asked() == one


def test_opening_one_marks_it_read_and_leads_to_what_it_is_about(cast: Cast, signed_in: SignIn) -> None:
    tell(cast.officer, cast=cast)

    answer = signed_in("officer").post(reverse("notices:notice-open", args=[Notice.objects.get().pk]))

    assert answer["Location"] == "/records/titles/?region=990121"
    assert queries.unread_count(cast.officer) == 0


def test_a_notice_grants_no_sight(cast: Cast, signed_in: SignIn) -> None:
    """Somebody whose role was taken back, or who was told by mistake, meets the refusal of the page itself."""
    tell(cast.stranger, cast=cast)
    client = signed_in("stranger")

    answer = client.post(reverse("notices:notice-open", args=[Notice.objects.get().pk]))

    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 404


def test_a_stranger_opens_nobodys_notice_and_sees_none(cast: Cast, signed_in: SignIn) -> None:
    tell(cast.officer, cast=cast)
    pk = Notice.objects.get().pk

    client = signed_in("stranger")
    assert client.post(reverse("notices:notice-open", args=[pk])).status_code == 404
    assert client.get(reverse("notices:notice-open", args=[pk])).status_code == 405
    assert "有资质快到期了" not in client.get(reverse("notices:notice-list")).content.decode()
    assert Notice.objects.get().read_at is None


def test_a_kind_whose_room_is_gone_is_shown_and_leads_nowhere(cast: Cast, signed_in: SignIn) -> None:
    tell(cast.officer, cast=cast)
    Notice.objects.update(kind="gone.kind")
    client = signed_in("officer")

    assert "gone.kind" in client.get(reverse("notices:notice-list")).content.decode()
    answer = client.post(reverse("notices:notice-open", args=[Notice.objects.get().pk]))
    assert answer["Location"] == reverse("notices:notice-list")
