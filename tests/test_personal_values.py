"""What is sealed of persons and accounts stands nowhere else: in no table, no answer, no trail, no index, no log, no plain digest.

A guard: whoever adds a table, a notice or an answer that repeats such a value meets it here. It does everything that touches
one, and then reads the whole database and everything that was logged.
"""

import base64
import hashlib
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast
from xingke.base.keys import new_key
from xingke.casework.tests.flowing import FOLDER
from xingke.funds.actions import accounts as pay_accounts
from xingke.funds.actions.accounts import NewAccount
from xingke.registry import actions as registry
from xingke.registry.actions import people
from xingke.search.actions import rebuild

pytestmark = pytest.mark.db

VALUES = {
    "phone": "13812345678",
    "email": "zhang.san.7391@example.com",
    "identity": "11010519491231002X",
    "address": "青溪县人民路七三九一号",
    "account": "6222021001117391",
}


def _stored() -> Iterator[tuple[str, str]]:
    """Every row of every table, as anybody reads it who has the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                yield table, "\x1f".join(map(str, row))


def _forms(value: str) -> dict[str, str]:
    """A value and what anybody makes of it who tries: its plain digests, its bytes in other letters."""
    data = value.encode()
    digests = {name: hashlib.new(name, data).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")}
    plain = {"itself": value, "base64": base64.b64encode(data).decode(), "hex": data.hex()}
    return {**plain, **digests}


def _found(texts: list[tuple[str, str]]) -> list[str]:
    wanted = {f"{name} ({how})": said for name, value in VALUES.items() for how, said in _forms(value).items()}
    return sorted({f"{name} in {where}" for where, text in texts for name, said in wanted.items() if said in text})


def test_personal_values_stand_nowhere_but_sealed(cast: Cast, signed_in: Any, caplog: pytest.LogCaptureFixture) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    facts = {name: value for name, value in VALUES.items() if name != "account"}
    officer: Client = signed_in("officer")
    with caplog.at_level(logging.DEBUG):
        sent = {"key": str(new_key()), "name": "张三", "region": "990121", **facts}
        officer.post(reverse("registry:person-new"), sent)
        person = registry.Person.objects.get(name="张三")
        people.correct_person(
            person=person, name="张三", facts={"phone": VALUES["phone"]}, reason="核对", by=cast.officer, now=NOW
        )
        shown = officer.post(reverse("registry:person", args=[person.key]))
        known = {"organisation": cast.firm, "region": cast.county, "name": cast.firm.name, "bank": "农商行"}
        new = NewAccount(number=VALUES["account"], **known)
        entered = pay_accounts.enter_account(new=new, by=cast.officer, now=NOW)
        pay_accounts.confirm_account(account=entered, by=cast.director, now=NOW)
        pay_accounts.open_account(account=entered, by=cast.director, now=NOW)
        officer.get(reverse("registry:person-list"), {"q": "张三"})
        officer.get(reverse("registry:person-list"), {"q": VALUES["phone"]})
        case = {"a-base": "800", "a-which": f"张三 {VALUES['identity']}", "a-paid_elsewhere": "true"}
        signed_in("enterprise").post(reverse("casework:case-new", args=["rnd_subsidy"]), case)
        people.change_keys(by=None, now=NOW)
        rebuild()
    assert VALUES["phone"] in shown.content.decode()  # it was opened: there is something to be found

    assert _found([*_stored(), ("the log", caplog.text)]) == []


def test_this_guard_finds_what_it_looks_for() -> None:
    texts = [("a", f"…{VALUES['phone']}…"), ("b", hashlib.sha256(VALUES["identity"].encode()).hexdigest())]
    assert _found(texts) == ["identity (sha256) in b", "phone (itself) in a"]
