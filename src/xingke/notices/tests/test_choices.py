"""How somebody wants to be told, and what the system administrator says of messages."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.noticing import NOTICE_KINDS
from xingke.base.refusals import Refused
from xingke.notices.actions import choices
from xingke.notices.actions.choices import RulesWanted
from xingke.notices.models import MessageRules, Muted, NoticeAddress
from xingke.notices.queries import messages

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]
HOOK = "https://hook.example.cn/send?key=geheim"


def choose(cast: Cast, address: str = "a@example.cn", muted: tuple[tuple[str, str], ...] = ()) -> None:
    choices.choose_channels(address=address, muted=muted, by=cast.officer, now=NOW)


def set_rules(cast: Cast, **wanted: Any) -> MessageRules:
    return choices.set_message_rules(wanted=RulesWanted(**wanted), by=cast.system, now=NOW)


# ── one's own ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_and_what_is_not_wanted_are_kept_and_the_trail_says_neither(cast: Cast) -> None:
    choose(cast, muted=(("title-ending", "mail"), ("no.kind", "mail")))

    assert messages.address_of(cast.officer) == "a@example.cn"
    assert messages.muted_by(cast.officer) == {("title-ending", "mail")}
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.by, entry.detail) == ("notices.chosen", cast.officer, {})


def test_saying_the_same_again_takes_no_number(cast: Cast) -> None:
    choose(cast)
    before = current_seq()

    choose(cast)

    assert current_seq() == before


def test_an_address_is_changed_and_taken_away(cast: Cast) -> None:
    choose(cast)
    choose(cast, "b@example.cn")
    assert messages.address_of(cast.officer) == "b@example.cn"

    choose(cast, "")

    assert not NoticeAddress.objects.exists()


@pytest.mark.parametrize("address", ["a", "a@", "a@example.cn\nBcc: b@example.cn", "a@example.cn, b@example.cn", "甲"])
def test_what_is_no_address_is_refused_and_nothing_kept(cast: Cast, address: str) -> None:
    with pytest.raises(Refused, match="不是一个邮箱地址"):
        choose(cast, address, muted=(("title-ending", "mail"),))

    assert not NoticeAddress.objects.exists() and not Muted.objects.exists()


def test_the_page_offers_only_channels_that_are_set_up(cast: Cast, signed_in: SignIn, settings: Any) -> None:
    page = signed_in("officer").get(reverse("notices:choices")).content.decode()
    assert "提醒只在网页上" in page and 'name="address"' not in page

    settings.MAIL = True
    page = signed_in("officer").get(reverse("notices:choices")).content.decode()
    assert 'name="address"' in page and 'name="title-ending/mail"' in page and "webhook" not in page


def test_an_empty_box_is_a_kind_that_is_not_wanted(cast: Cast, signed_in: SignIn, settings: Any) -> None:
    settings.MAIL = True
    Muted.objects.create(user=cast.officer, kind="title-ending", channel="webhook")  # a channel that is not open now

    signed_in("officer").post(reverse("notices:choices"), {"address": "a@example.cn", "title-ending/mail": "on"})

    others = {(each.code, "mail") for each in NOTICE_KINDS if each.leaves and each.code != "title-ending"}
    assert ("document-to-review", "mail") in others
    assert messages.muted_by(cast.officer) == {*others, ("title-ending", "webhook")}


def test_a_wrong_address_comes_back_with_its_sentence(cast: Cast, signed_in: SignIn, settings: Any) -> None:
    settings.MAIL = True

    answer = signed_in("officer").post(reverse("notices:choices"), {"address": "a@"})

    assert answer.status_code == 200 and "不是一个邮箱地址" in answer.content.decode()


# ── the system administrator's ──────────────────────────────────────────────────────────────────────────────────────


def test_the_trail_says_the_host_of_the_webhook_and_not_its_secret(cast: Cast) -> None:
    rules = set_rules(cast, webhook=HOOK, quiet_from=time(19), quiet_off_days=True, keep_read_days=90)

    assert (rules.webhook, rules.webhook_since, rules.changed_by) == (HOOK, NOW, cast.system)
    entry = AuditEntry.objects.latest("seq")
    assert entry.detail == {"host": "hook.example.cn", "quiet": "19:00–08:00", "off_days": True, "keep_days": 90}
    assert "geheim" not in str(vars(entry))


@pytest.mark.parametrize("who", ["officer", "director", "security", "auditor", "stranger"])
def test_nobody_else_says_where_messages_go(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match=r"message\.manage"):
        choices.set_message_rules(wanted=RulesWanted(webhook=HOOK), by=cast.users[who], now=NOW)

    assert not MessageRules.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "2130706433", "0"])
def test_a_number_that_leads_into_the_house_is_refused_at_once(cast: Cast, host: str) -> None:
    with pytest.raises(Refused, match="内部或保留"):
        set_rules(cast, webhook=f"https://{host}/")


@pytest.mark.parametrize("days", [0, 29, 3651])
def test_how_long_what_was_read_stays_has_bounds(cast: Cast, days: int) -> None:
    with pytest.raises(Refused, match="30 到 3650 天"):
        set_rules(cast, keep_read_days=days)


def test_the_page_shows_the_rules_and_takes_others(cast: Cast, signed_in: SignIn) -> None:
    client, url = signed_in("system"), reverse("notices:message-rules")
    assert 'value="20:00"' in client.get(url).content.decode()
    sent = {"webhook": HOOK, "quiet_from": "21:00", "quiet_to": "07:30", "keep_read_days": "60"}

    assert client.post(url, sent).status_code == 302

    rules = messages.rules_in_force()
    assert (rules.quiet_from, rules.quiet_to, rules.quiet_off_days, rules.keep_read_days) == (
        time(21),
        time(7, 30),
        False,
        60,
    )
    answer = client.post(url, {**sent, "webhook": "http://hook.example.cn/"})
    assert answer.status_code == 200 and "请填 https:// 开头的网址" in answer.content.decode()
