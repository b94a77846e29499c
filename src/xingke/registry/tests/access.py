"""Who may see the addresses of registry."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.access import EVERYBODY, NEXT_DOOR, READERS, Row, World
from tests.cast import NOW, PASSWORD
from xingke.accounts.actions import create_account
from xingke.registry.actions import give_role
from xingke.registry.actions.people import enter_person
from xingke.registry.actions.saved_views import save_view


def furnish(world: World) -> Mapping[str, Any]:
    """A grant, to be taken back; somebody; somebody else who has an account in their own name; and a view of a list that the
    officer keeps for themselves."""
    cast = world.cast
    commissioner = create_account(username="commissioner", name="commissioner", password=PASSWORD, by=None, now=NOW)
    themselves = enter_person(name="Li", region=cast.county, facts={}, by=cast.officer, now=NOW)
    give_role(user=commissioner, role="commissioner", region=cast.county, person=themselves, by=None, now=NOW)
    world.cast = replace(cast, users={**cast.users, "commissioner": commissioner})
    facts = {"phone": "13812345678"}
    person = enter_person(name="Zhang", region=cast.county, facts=facts, by=cast.officer, now=NOW)
    view = save_view(list_code="organisations", name="Mine", query="?q=x", shared_with=None, by=cast.officer)
    return {"grant": cast.officer.grants.get(), "person": person, "themselves": themselves, "saved_view": view}


PEOPLE, OFFICER = frozenset({"officer", "director", "statistician"}), frozenset({"officer"})


def _person(world: World) -> Mapping[str, Any]:
    return {"key": world.person.key}


ROWS = {
    "account-list": Row(frozenset({"system"})),
    "account-new": Row(frozenset({"system"})),
    "account-switch": Row(frozenset({"system"}), lambda world: {"username": "stranger"}, posts_only=True),
    "account-reset": Row(frozenset({"system"}), lambda world: {"username": "stranger"}),
    "account-unlock": Row(frozenset({"security"}), lambda world: {"username": "stranger"}, posts_only=True),
    "grant-list": Row(frozenset({"security"})),
    "grant-give": Row(frozenset({"security"})),
    "grant-revoke": Row(frozenset({"security"}), lambda world: {"pk": world.grant.pk}, posts_only=True),
    "list-columns": Row(READERS | NEXT_DOOR, lambda world: {"code": "organisations"}, posts_only=True),
    "list-export": Row(READERS | NEXT_DOOR, lambda world: {"code": "organisations"}, posts_only=True),
    "view-save": Row(READERS | NEXT_DOOR, lambda world: {"code": "organisations"}, posts_only=True),
    "view-rename": Row(OFFICER, lambda world: {"pk": world.saved_view.pk}, posts_only=True),
    "view-delete": Row(OFFICER, lambda world: {"pk": world.saved_view.pk}, posts_only=True),
    "audit": Row(frozenset({"auditor"})),
    "organisation-list": Row(READERS | NEXT_DOOR),
    "organisation-new": Row(frozenset({"officer"}) | NEXT_DOOR),
    "organisation-correct": Row(frozenset({"officer"}), lambda world: {"key": world.cast.firm.key}),
    "organisation-matches": Row(READERS | NEXT_DOOR, query="for=holder&holder=Qing", is_page=False),
    "organisation": Row(READERS, lambda world: {"key": world.cast.firm.key}),
    "person-list": Row(PEOPLE | NEXT_DOOR),
    "person-new": Row(OFFICER | NEXT_DOOR),
    "region-matches": Row(EVERYBODY, query="for=region&region=Qing", is_page=False),
    "person-matches": Row(PEOPLE | NEXT_DOOR, query="for=person&person=Zh", is_page=False),
    "person": Row(PEOPLE, _person),
    "person-correct": Row(OFFICER, _person),
    "person-employ": Row(OFFICER, _person),
    "person-merge": Row(OFFICER, _person),
    "person-erase": Row(OFFICER, _person),
}
