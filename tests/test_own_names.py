"""Whoever acts in their own name meets nothing of anybody else on any page, whatever a pack lets a person do."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.access import EVERYBODY, World, rows
from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.accounts.permissions import known_permissions
from xingke.registry import actions, queries
from xingke.search.actions import catch_up

pytestmark = pytest.mark.db

OF_NO_PLACE = {
    "account.manage",
    "grant.manage",
    "audit.read",
    "definition.read",
    "definition.load",
    "message.manage",
}
"""What belongs to no region: it shows the whole to whoever holds it, and no pack of ours gives it to a person."""

EMPTY_FORMS = {"ledger:record-new", "intake:import-form"}  # named by a kind of record, not by a record
FOR_THE_REGION = {"casework:call"}  # a call is for everybody of the region who may apply
OWN_CHOICES = {"registry:list-columns", "registry:list-export", "registry:view-save"}  # how they like to see a list


@pytest.fixture
def world(cast: Cast, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """One of everything in the county; and the commissioner has a role that may do whatever is asked for somewhere."""
    found = World(cast, tmp_path_factory.mktemp("outline"))
    permissions = sorted({each.value for each in known_permissions()} - OF_NO_PLACE)
    pack = tmp_path_factory.mktemp("pack")
    (pack / "roles.toml").write_text(
        '[[role]]\ncode = "anything"\nlabel = { zh = "甲", en = "a" }\npurpose = { zh = "甲", en = "a" }\n'
        f"permissions = {permissions}\nof_person = true\n".replace("'", '"'),
        "utf-8",
    )
    actions.load_pack(folder=pack, by=None, now=NOW)
    commissioner = found.cast.users["commissioner"]
    actions.give_role(user=commissioner, role="anything", region=cast.county, person=found.themselves, by=None, now=NOW)
    catch_up()
    return found


def strange(world: World) -> Mapping[str, str]:
    """What lies in the county and is not theirs: where one of these stands on a page, it shows too much."""
    return {
        "a firm": world.cast.firm.name,
        "a firm next door": world.cast.other_firm.name,
        "a record": str(world.record.record),
        "a draft": str(world.draft.record),
        "a document": world.document.title,
        "a person": str(world.person.key),
        "whom a list names": str(world.listed.key),
        "an officer": 'value="officer"',
    }


def test_no_page_shows_a_person_what_is_not_theirs_whatever_they_may_do(world: World) -> None:
    client = Client()
    user = User.objects.get(username="commissioner")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    hidden, wrong, opened = strange(world), [], 0

    for name, row in rows().items():
        if row.posts_only or row.is_public or row.may == EVERYBODY:
            continue
        arguments = dict(row.arguments(world))
        answer = client.get(reverse(name, kwargs=arguments) + (f"?{row.query}" if row.query else ""))
        if answer.status_code == 200:
            opened += 1
            if arguments and name not in EMPTY_FORMS | FOR_THE_REGION:
                wrong.append(f"{name} opens what is not theirs")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            said = body.decode("utf-8", "replace")
            wrong += [f"{name} names {what}" for what, text in hidden.items() if text in said]
        elif answer.status_code != 404:
            wrong.append(f"{name}: {answer.status_code}")

    assert wrong == []
    assert opened > 5  # the pages were there to be looked at, and empty
    assert queries.own_persons(user) == [world.themselves]


def test_a_posted_form_of_theirs_writes_nothing(world: World) -> None:
    client = Client()
    client.force_login(User.objects.get(username="commissioner"), backend="django.contrib.auth.backends.ModelBackend")
    wrong = []

    for name, row in rows().items():
        if (
            row.may == EVERYBODY
            or row.is_public
            or name in EMPTY_FORMS | OWN_CHOICES
            or not (arguments := dict(row.arguments(world)))
        ):
            continue
        status = client.post(reverse(name, kwargs=arguments), {"reason": "越权", "version": "1"}).status_code
        if status not in (404, 405):
            wrong.append(f"{name}: {status}")

    assert wrong == []
