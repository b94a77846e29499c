"""Passwords: whose they are, and what a password somebody else chose is good for."""

import re

import pytest
from django.contrib.auth.forms import AuthenticationForm
from django.core import validators
from django.forms import fields, formsets
from django.forms import models as model_fields
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise

from tests.cast import NOW, PASSWORD, Cast
from xingke.accounts import actions
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused

OWN = "a-password-of-my-own-7"


def test_a_first_password_opens_nothing_but_the_page_that_changes_it(client: Client, cast: Cast) -> None:
    actions.reset_password(user=cast.officer, password="told-on-the-phone-1", by=cast.system, now=NOW)
    client.post("/sign-in/", {"username": "officer", "password": "told-on-the-phone-1"})

    assert client.get("/records/").headers["Location"] == "/password/"
    changed = client.post("/password/", {"old": "told-on-the-phone-1", "new": OWN, "again": OWN})
    assert changed.status_code == 302
    assert client.get("/records/").status_code == 200
    trail = AuditEntry.objects.filter(action__startswith="password.").order_by("seq")
    assert [(entry.action, entry.by, entry.target) for entry in trail] == [
        ("password.reset", cast.system, "officer"),
        ("password.changed", cast.officer, "officer"),
    ]


def test_changing_it_ends_every_other_session(client: Client, cast: Cast) -> None:
    other = Client()
    for each in (client, other):
        each.post("/sign-in/", {"username": "officer", "password": PASSWORD})

    client.post("/password/", {"old": PASSWORD, "new": OWN, "again": OWN})

    assert client.get("/records/").status_code == 200
    assert other.get("/records/").headers["Location"].startswith("/sign-in/")


def test_guessing_the_old_one_ends_the_session_at_the_fifth_time(client: Client, cast: Cast) -> None:
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    wrong = {"old": "not-the-old-one", "new": OWN, "again": OWN}

    answers = [client.post("/password/", wrong).status_code for _attempt in range(5)]

    assert answers == [200, 200, 200, 200, 429]
    assert client.get("/records/").headers["Location"].startswith("/sign-in/")
    assert client.post("/sign-in/", {"username": "officer", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        ("not-the-old-one", OWN, "原密码不正确"),
        (PASSWORD, PASSWORD, "与原密码相同"),
        (PASSWORD, "short", "10"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(cast: Cast, old: str, new: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        actions.change_password(user=cast.officer, old=old, new=new, now=NOW)
    cast.officer.refresh_from_db()
    assert cast.officer.check_password(PASSWORD)


def test_nobody_resets_their_own(cast: Cast) -> None:
    with pytest.raises(Refused, match="不能重置自己的密码"):
        actions.reset_password(user=cast.system, password=OWN, by=cast.system, now=NOW)


@pytest.mark.parametrize(
    ("new", "sentences"),
    [
        ("1", ["密码太短，至少要有 10 位。", "这个密码太常见，容易被猜到。", "密码不能全是数字。"]),
        ("20250305001", ["密码不能全是数字。"]),
        ("officer-2026", ["密码与账号或姓名太相似。"]),
        ("password", ["密码太短，至少要有 10 位。", "这个密码太常见，容易被猜到。"]),
    ],
)
def test_a_weak_password_is_told_at_its_field_one_sentence_each(
    client: Client, cast: Cast, new: str, sentences: list[str]
) -> None:
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})

    answer = client.post("/password/", {"old": PASSWORD, "new": new, "again": new})

    assert answer.context["form"].errors == {"new": sentences}


def test_the_same_is_said_in_english_on_an_english_page(client: Client, cast: Cast) -> None:
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    client.post("/language/", {"language": "en"})

    answer = client.post("/password/", {"old": PASSWORD, "new": "12", "again": "12"})

    assert [sentence.isascii() for sentence in answer.context["form"].errors["new"]] == [True, True, True]


def _words_of_django() -> dict[str, str]:
    """Every sentence Django's fields, form sets, validators and sign-in can put on a page, by where it stands."""
    found: dict[str, str] = {}
    for module in (fields, model_fields):
        for name, known in vars(module).items():
            for code, said in getattr(known, "default_error_messages", {}).items():
                found[f"{name}.{code}"] = str(said)
    for code, said in formsets.BaseFormSet.default_error_messages.items():
        found[f"BaseFormSet.{code}"] = str(said)
    for name, known in vars(validators).items():
        if isinstance(known, type) and isinstance(getattr(known, "message", None), (str, Promise)):
            found[f"{name}.message"] = str(known.message)
    for code, said in AuthenticationForm.error_messages.items():
        found[f"AuthenticationForm.{code}"] = str(said)
    return found


def test_no_sentence_of_a_form_is_left_in_english_on_a_chinese_page() -> None:
    with translation.override("zh-hans"):
        said = {place: re.sub(r"%\(\w+\)\w|%\w|\{\w+\}", "", text) for place, text in _words_of_django().items()}

    names = r"URL|IP|IPv4|IPv6|CIDR|SVG|UUID|JSON|ID|ASCII|unicode|slug|Unicode|Email"
    english = {place: text for place, text in said.items() if re.search(r"[A-Za-z]{3,}", re.sub(names, "", text))}

    assert english == {}
