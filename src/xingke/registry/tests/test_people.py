"""Persons: known again by a mark, read by nobody without their key, forgotten when it is destroyed."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.registry import checks, rules, sealing
from xingke.registry.actions import people as actions
from xingke.registry.models import Employment, Person
from xingke.registry.queries import people

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
CARD, OTHER_CARD = "11010519491231002X", "440524188001010014"  # the examples of GB 11643
FACTS = {"phone": "13812345678", "email": "zhang@example.com", "identity": CARD}


def entered(cast: Cast, name: str = "张三", **facts: str) -> Person:
    return actions.enter_person(name=name, region=cast.county, facts=facts or FACTS, by=cast.officer, now=NOW)


def stored(table: str) -> str:
    """Everything a table holds, as anybody reads it who has the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return str(cursor.fetchall())


# ── what is sealed ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("written", [CARD, "110105 19491231 002x", OTHER_CARD, "E12345678", "H01234567"])
def test_a_number_of_identity_is_kept_one_way(written: str) -> None:
    assert rules.identity_number(written) == "".join(written.split()).upper()


@pytest.mark.parametrize(
    "written, why",
    [("110105194912310021", "校验位不对"), ("1101051949123100", ""), ("身份证", "应为 18 位"), ("1234", "应为 18 位")],
)
def test_a_number_that_cannot_be_is_refused(written: str, why: str) -> None:
    if not why:
        assert rules.identity_number(written) == written  # a passport may have many digits
        return
    with pytest.raises(Refused, match=why):
        rules.identity_number(written)


def test_neither_the_database_nor_the_trail_says_what_is_sealed(cast: Cast) -> None:
    person = entered(cast)

    assert people.facts_of(person) == FACTS
    kept = stored("registry_person") + stored("accounts_auditentry")
    assert [text for text in FACTS.values() if text in kept] == []
    key = Path(settings.DATA) / sealing.FOLDER / person.key.hex[-2:] / f"{person.key}.key"
    assert key.stat().st_mode & 0o077 == 0


def test_what_was_sealed_for_one_opens_for_no_other(cast: Cast) -> None:
    one, other = entered(cast), entered(cast, "李四", phone="13900000000")
    path = Path(settings.DATA) / sealing.FOLDER
    (path / other.key.hex[-2:] / f"{other.key}.key").write_bytes(
        (path / one.key.hex[-2:] / f"{one.key}.key").read_bytes()
    )

    with pytest.raises(Refused, match="加密保存的内容（个人信息或账号）打不开"):
        sealing.unseal(other.key, one.sealed)


@pytest.mark.parametrize(
    "facts, said",
    [
        ({"phone": "13812345678"}, {"phone": "138****5678"}),
        ({"identity": CARD}, {"identity": "110*************2X"}),
        ({"phone": "1234567"}, {"phone": "*******"}),
        ({"address": "青溪县人民路一号"}, {"address": "青溪县人民路**"}),
    ],
)
def test_readers_are_told_enough_to_know_it_again(facts: dict[str, str], said: dict[str, str]) -> None:
    assert people.masked(facts) == said


# ── one person is one person ────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_number_is_known_again_however_it_is_spaced(cast: Cast) -> None:
    entered(cast)

    with pytest.raises(Refused, match="已登记为“张三”"):
        entered(cast, "张三丰", identity="110105 19491231 002x")
    assert not people.people_listed(cast.officer, search=CARD).exists()  # no number in an address


def test_a_neighbour_is_not_told_whose_number_it_is(cast: Cast) -> None:
    entered(cast)

    with pytest.raises(Refused) as refused:
        actions.enter_person(name="张三", region=cast.sibling, facts=FACTS, by=cast.neighbour, now=NOW)

    assert "张三" not in str(refused.value) and "已在别的区划登记" in str(refused.value)


def test_two_entries_become_one_and_the_other_key_is_destroyed(cast: Cast, signed_in: SignIn) -> None:
    kept, other = (
        entered(cast, phone="13812345678"),
        entered(cast, "张三（重复）", email="zhang@example.com", phone="1"),
    )
    actions.employ(
        person=other, employer="云岭理工大学", organisation=None, post="教授", since=None, by=cast.officer, now=NOW
    )

    page = signed_in("officer").post(f"/people/{kept.key}/merge/", {"other": str(other.key), "reason": "同一人"})

    assert page["Location"] == f"/people/{kept.key}/"
    kept.refresh_from_db()
    assert people.facts_of(kept) == {"phone": "13812345678", "email": "zhang@example.com"}
    assert people.person_for(cast.officer, other.key) == kept  # old links lead to the one
    assert people.people_listed(cast.officer).count() == 1
    assert [job.employer for job in people.employments_of(kept)] == ["云岭理工大学"]
    with pytest.raises(Refused, match="打不开"):
        sealing.unseal(other.key, other.sealed)


def test_two_with_different_numbers_are_two(cast: Cast) -> None:
    one, other = entered(cast), entered(cast, "张三", identity=OTHER_CARD)

    with pytest.raises(Refused, match="身份证件号码不同"):
        actions.merge_people(kept=one, other=other, reason="像", by=cast.officer, now=NOW)


def test_what_somebody_else_corrected_meanwhile_is_not_lost(cast: Cast) -> None:
    seen, other = entered(cast), entered(cast, "李四", phone="13900000000")
    fresh = Person.objects.get(pk=seen.pk)
    actions.correct_person(person=fresh, name="张三", facts={"phone": "1"}, reason="换号", by=cast.officer, now=NOW)

    with pytest.raises(Refused, match="刚刚被他人更正"):
        actions.correct_person(
            person=seen, name="张三", facts={"email": "a@b.cn"}, reason="补", by=cast.officer, now=NOW
        )
    with pytest.raises(Refused, match="刚刚被他人更正"):
        actions.merge_people(kept=other, other=seen, reason="像", by=cast.officer, now=NOW)
    assert people.facts_of(Person.objects.get(pk=seen.pk))["phone"] == "1"


# ── forgetting, and new keys ────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_erased_is_gone_but_for_a_key_that_says_nothing(cast: Cast, signed_in: SignIn) -> None:
    person = entered(cast)
    sealed = person.sealed

    signed_in("officer").post(f"/people/{person.key}/erase/", {"reason": "本人要求"})

    row = Person.objects.get(pk=person.pk)
    assert (row.name, row.sealed, row.identity, row.erased_at is not None) == ("", "", "", True)
    assert signed_in("officer").get(f"/people/{person.key}/").status_code == 404
    with pytest.raises(Refused, match="打不开"):
        sealing.unseal(person.key, sealed)


def test_nothing_of_an_entry_that_was_merged_outlives_the_person(cast: Cast) -> None:
    kept, other = entered(cast), entered(cast, "张三丰", phone="13900000000")
    actions.employ(
        person=other, employer=cast.firm.name, organisation=cast.firm, post="", since=None, by=cast.officer, now=NOW
    )
    kept = actions.merge_people(kept=kept, other=other, reason="同一人", by=cast.officer, now=NOW)

    actions.erase_person(person=kept, reason="本人要求", by=cast.officer, now=NOW)

    left = stored("registry_person") + stored("registry_employment")
    assert "张三" not in left and cast.firm.name not in left
    assert set(Person.objects.values_list("organisation", flat=True)) == {None}


def test_keys_are_changed_and_a_change_that_was_stopped_is_done_again(cast: Cast) -> None:
    person = entered(cast)
    path = Path(settings.DATA) / sealing.FOLDER / person.key.hex[-2:] / f"{person.key}.key"
    before = path.read_text().split()
    sealing.begin_change(person.key)  # and here the power went

    assert people.facts_of(person) == FACTS
    assert actions.change_keys(by=None, now=NOW) == 1

    after = path.read_text().split()
    assert len(after) == 1 and after != before
    person.refresh_from_db()
    assert people.facts_of(person) == FACTS


# ── in the browser ──────────────────────────────────────────────────────────────────────────────────────────────────


def typed(**changed: str) -> dict[str, str]:
    return {"key": str(uuid4()), "name": "张三", "region": "990121", **FACTS, "address": "", **changed}


def test_a_person_is_entered_once_shown_masked_and_opened_on_record(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    form = typed()
    first, second = browser.post("/people/new/", form), browser.post("/people/new/", form)  # a double click

    assert first["Location"] == second["Location"]
    assert Person.objects.exclude(name="").count() == 1
    page = browser.get(first["Location"]).content.decode()
    assert "138****5678" in page and "13812345678" not in page
    opened = browser.post(first["Location"])
    assert "13812345678" in opened.content.decode() and opened["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(action="person.opened", by=cast.officer).count() == 1
    assert signed_in("director").post(first["Location"]).status_code == 404  # who reads may not open


def test_a_list_without_anybody_says_what_it_is_for_and_where_to_begin(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in("officer").get("/people/").content.decode()

    assert "还没有登记人员" in page and 'href="/people/new/"' in page
    assert "/people/new/" not in signed_in("director").get("/people/").content.decode()  # who may only read


def test_a_correction_leaves_what_is_left_empty(cast: Cast, signed_in: SignIn) -> None:
    person = entered(cast)
    form = {"name": "张三", "phone": "13911112222", "email": "无", "address": "", "identity": "", "reason": "换号"}

    signed_in("officer").post(f"/people/{person.key}/correct/", form)

    person.refresh_from_db()
    assert people.facts_of(person) == {"phone": "13911112222", "identity": CARD}


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"identity": "110105194912310021"}, "校验位不对"),
        ({"email": "zhang"}, "电子邮箱"),
        ({"name": ""}, "姓名"),
        ({"region": "990122"}, "区划"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(cast: Cast, signed_in: SignIn, changed: dict[str, str], said: str) -> None:
    page = signed_in("officer").post("/people/new/", typed(**changed)).content.decode()

    assert re.search(rf"field-error.*{said}|{said}", page)
    assert not Person.objects.exclude(name="").exists()


def test_posts_follow_one_another(cast: Cast, signed_in: SignIn) -> None:
    person, browser = entered(cast), signed_in("officer")
    own = f"/people/{person.key}/"

    browser.post(f"{own}employ/", {"employer": cast.firm.name, "post": "工程师", "since": "2020-01-01"})
    browser.post(f"{own}employ/", {"employer": "云岭理工大学", "post": "教授", "since": "2024-03-01"})
    refused = browser.post(f"{own}employ/", {"employer": "别处", "since": "2023-01-01"}).content.decode()

    jobs = Employment.objects.filter(person=person).order_by("since")
    assert [(job.employer, job.organisation, job.until) for job in jobs] == [
        (cast.firm.name, cast.firm, date(2024, 2, 29)),
        ("云岭理工大学", None, None),
    ]
    assert "晚于现任职的开始日期" in refused
    page = browser.get(own).content.decode()
    assert "云岭理工大学" in page and "至今" in page
    assert [row[0].name for row in browser.get("/people/?q=理工").context["rows"]] == ["张三"]
    assert "云岭理工大学" in b"".join(browser.get("/people/?format=csv")).decode("utf-8-sig")  # type: ignore[arg-type]


# ── what `xingke check` says ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A data folder without the keys of other tests."""
    monkeypatch.setattr(settings, "DATA", tmp_path)


def problems() -> list[str]:
    return [problem for found in checks.persons() for problem in found.problems]


def test_a_check_opens_every_person_and_finds_nothing_wrong(own_folder: None, cast: Cast) -> None:
    assert list(checks.persons()) == []  # nobody is there
    entered(cast)
    entered(cast, "李四", phone="13900000000")

    (found,) = checks.persons()

    assert (found.said, found.problems) == ("人员的个人信息：2 人，0 处不对", ())


def test_a_check_names_who_cannot_be_opened_or_was_changed_behind_the_program(own_folder: None, cast: Cast) -> None:
    lost, changed = entered(cast), entered(cast, "李四", identity=OTHER_CARD)
    sealing.destroy(lost.key)
    Person.objects.filter(pk=changed.pk).update(identity=sealing.mark("E12345678"))

    told = problems()

    assert len(told) == 2 and str(lost.key) in told[0] and "密钥不在" in told[0]
    assert str(changed.key) in told[1] and "标记与加密保存的号码不符" in told[1]


def test_a_check_finds_the_key_that_a_stopped_erasure_left(
    own_folder: None, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = entered(cast)
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "destroy", lambda key: None)  # the program stopped between the act and the key
        actions.erase_person(person=person, reason="本人要求", by=cast.officer, now=NOW)

    (told,) = problems()

    assert str(person.key) in told and "密钥还在" in told
    sealing.prepare(uuid4())
    assert any("不是任何人的" in each for each in problems())
