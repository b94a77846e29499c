"""Cases by the search: found by whoever sees the case and by nobody else, by what everybody sees of it and by nothing else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.accounts.models import User
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.models import Case, CaseFact, CaseParty, CaseStep
from xingke.casework.queries import cases_seen
from xingke.casework.queries.moved import cases_moved
from xingke.casework.tests.flowing import FOLDER
from xingke.casework.tests.sharing import apply, take
from xingke.registry import actions as registry
from xingke.registry.actions.people import enter_person
from xingke.search import actions, queries
from xingke.search.models import Entry
from xingke.search.rules import asked

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)


def paper(cast: Cast, title: str = "厂区用电线路老化") -> Case:
    first = StepWanted(step="registered", typed={"title": title})
    return open_case(new=NewCase(flow="paper", region=cast.county), first=first, by=cast.officer, now=NOW)


def found(user: User, text: str) -> list[str]:
    """The keys of the cases somebody finds."""
    actions.catch_up()
    if not queries.findable(user):
        return []
    return [key for _kind, key, _near in queries.listed(user, asked(text), "case").values_list("kind", "key", "near")]


@pytest.mark.parametrize("text", ["研发费用后补助", "明渠传感", "YFBZ-990121-2026-0001", "后补助 2026", "mqcg"])
def test_a_case_is_found_by_its_business_its_number_and_whose_it_is(cast: Cast, text: str) -> None:
    case = apply(cast)

    assert found(cast.officer, text) == [str(case.key)]


def test_a_case_is_found_by_its_title_and_called_otherwise_by_the_new_one(cast: Cast) -> None:
    case = paper(cast)
    assert found(cast.officer, "线路老化") == [str(case.key)]

    Case.objects.filter(pk=case.pk).update(title="厂区排水")  # as a form that is answered anew says it
    CaseFact.objects.filter(case=case, name="title").update(text="厂区排水")
    take(case, "proposed", cast.officer, typed={"sections": ["office"]})

    assert found(cast.officer, "排水") == [str(case.key)] and found(cast.officer, "线路老化") == []


WHO = [
    ("the officer of the bureau", "officer", True),
    ("its director", "director", True),
    ("the firm whose it is", "enterprise", True),
    ("the officer next door", "neighbour", False),
    ("the superior, before whom no business under way lies", "superior", False),
]


@pytest.mark.parametrize("story, who, expected", WHO, ids=[story for story, _who, _expected in WHO])
def test_who_finds_a_case_is_who_sees_it(cast: Cast, story: str, who: str, expected: bool) -> None:
    case = apply(cast)
    user = cast.users[who]

    assert cases_seen(user).filter(pk=case.pk).exists() is expected
    assert (found(user, "后补助") == [str(case.key)]) is expected


@pytest.mark.parametrize("who", ["officer", "neighbour", "enterprise", "superior", "statistician", "director"])
def test_everybody_finds_exactly_the_cases_they_see(cast: Cast, who: str) -> None:
    apply(cast)
    paper(cast, "后补助的账户有误")
    paper(cast, "后补助何时到账")
    user = cast.users[who]

    assert sorted(found(user, "后补助")) == sorted(str(key) for key in cases_seen(user).values_list("key", flat=True))


@pytest.mark.parametrize("who", ["stranger", "system", "security"])
def test_who_sees_no_case_anywhere_is_not_even_asked(cast: Cast, signed_in: SignIn, who: str) -> None:
    apply(cast)
    actions.catch_up()

    answer = signed_in(who).get("/search/", {"q": "后补助"})

    assert answer.status_code == 404 or "YFBZ" not in answer.content.decode()


def test_a_firm_that_has_a_part_finds_the_case_and_loses_it_with_the_part(cast: Cast) -> None:
    case = paper(cast, "邻厂噪声")
    assert found(cast.enterprise, "邻厂噪声") == []

    part = CaseParty.objects.create(case=case, role="complainant", organisation=cast.firm, seq_from=case.seq)
    assert found(cast.enterprise, "邻厂噪声") == [str(case.key)]

    CaseParty.objects.filter(pk=part.pk).update(seq_to=case.seq + 1)
    assert found(cast.enterprise, "邻厂噪声") == []


def test_who_acts_in_their_own_name_finds_their_own_cases_and_nothing_else(cast: Cast, signed_in: SignIn) -> None:
    person, other = (
        enter_person(name=name, region=cast.county, facts={}, by=cast.officer, now=NOW) for name in ("何远山", "陆知秋")
    )
    registry.give_role(
        user=cast.stranger, role="commissioner", region=cast.county, person=person, by=cast.security, now=NOW
    )
    mine = User.objects.get(pk=cast.stranger.pk)
    typed = {"title": "果树修剪培训", "topic": "farm_training", "served_on": "2026-03-01", "people": "30"}
    first = StepWanted(step="handed_in", typed=typed)
    own, _others = (
        open_case(
            new=NewCase(flow="service_log", region=cast.county, person=who), first=first, by=cast.officer, now=NOW
        )
        for who in (person, other)
    )

    assert found(mine, "果树修剪") == [str(own.key)] and len(found(cast.officer, "果树修剪")) == 2
    assert found(cast.officer, "何远山") == []  # who it is of, is said on the page to who may see persons
    assert queries.counts(mine, asked("明渠")) == {}


def test_what_a_step_or_field_keeps_to_some_is_not_indexed(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text('code = "local"\nlabel = { zh = "本地", en = "Local" }\n', encoding="utf-8")
    (tmp_path / "flows.toml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "forms.toml").write_text(FORMS, encoding="utf-8")
    registry.load_pack(folder=tmp_path, by=None, now=NOW)
    first = StepWanted(step="asked", typed={"open": "公开的话", "shy": "秘密的话", "mail": "联系的话"})
    case = open_case(new=NewCase(flow="whisper", region=cast.county), first=first, by=cast.officer, now=NOW)
    take(case, "judged", cast.director, typed={"verdict": "裁断的话"})

    assert found(cast.officer, "公开的话") == [str(case.key)]
    for text in ("秘密的话", "联系的话", "裁断的话"):
        assert found(cast.director, text) == []
    entry = Entry.objects.get(kind="case", key=str(case.key))
    assert all(word not in entry.text + entry.names for word in ("秘密", "联系", "裁断"))


def test_a_hit_leads_to_the_case_and_does_not_say_where_it_stands(cast: Cast, signed_in: SignIn) -> None:
    case = apply(cast)

    page = signed_in("officer").get("/search/", {"q": "后补助"}).content.decode()

    said = re.sub(r"</?mark>", "", page)
    assert f"/cases/{case.key}/" in said
    assert "YFBZ-990121-2026-0001 · 青溪县明渠传感科技有限公司 · 青溪县 · 2026年3月2日" in said
    assert "待审核" not in page


def test_made_anew_the_index_of_cases_is_the_same(cast: Cast) -> None:
    apply(cast)
    paper(cast)
    actions.catch_up()
    columns = ("key", "identifier", "path", "organisation", "on", "names", "text", "is_finished")
    before = set(Entry.objects.filter(kind="case").values_list(*columns))

    actions.rebuild()

    assert len(before) == 2 and set(Entry.objects.filter(kind="case").values_list(*columns)) == before


def test_a_firm_that_is_called_otherwise_takes_its_cases_along(cast: Cast) -> None:
    case = apply(cast)
    actions.catch_up()
    registry.correct_organisation(
        organisation=cast.firm,
        changes={"name": "青溪县新明科技有限公司"},
        seen=cast.firm.stamp,
        reason="更名",
        by=cast.officer,
        now=NOW,
    )

    assert found(cast.officer, "新明科技 后补助") == [str(case.key)]


def test_only_what_moved_between_two_numbers_is_named(cast: Cast) -> None:
    old, new = paper(cast, "甲"), paper(cast, "乙")
    opened = CaseStep.objects.get(case=old).seq_from
    take(old, "proposed", cast.officer, typed={"sections": ["office"]})
    last = CaseStep.objects.get(case=old, number=2).seq_from

    below = Case.objects.get(parent=old)

    assert set(cases_moved(0, last)) == {old.key, new.key, below.key}
    assert set(cases_moved(opened, last)) == {old.key, new.key, below.key}
    assert list(cases_moved(opened, last - 1)) == [new.key]
    assert list(cases_moved(last, last)) == []


FLOW = """
[[flow]]
code = "whisper"
label = { zh = "悄悄话", en = "Whisper" }
managed_by = "record.confirm"
about = "nobody"
counts = false
number = "QQ-{region}-{year}-{n:4}"

[[flow.step]]
code = "asked"
label = { zh = "提出", en = "Ask" }
by = ["record.enter"]
form = "whisper"
next = ["judged"]

[[flow.step]]
code = "judged"
label = { zh = "裁断", en = "Judge" }
by = ["record.confirm"]
form = "whisper_judged"
seen_by = ["record.confirm"]
ends = "done"
"""
FORMS = """
[[form]]
code = "whisper"
label = { zh = "悄悄话", en = "Whisper" }
field = [
    { name = "open", label = { zh = "公开", en = "Open" }, type = "text", length = 50, listed = true },
    { name = "shy", label = { zh = "秘密", en = "Shy" }, type = "text", length = 50, listed = true, seen_by = ["record.confirm"] },
    { name = "mail", label = { zh = "联系", en = "Mail" }, type = "text", length = 50 },
]

[[form]]
code = "whisper_judged"
label = { zh = "裁断", en = "Judge" }
field = [{ name = "verdict", label = { zh = "裁断", en = "Verdict" }, type = "text", length = 50, listed = true }]
"""
