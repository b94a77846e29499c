"""Handing up (报送): what was reviewed goes to the region above, and what is above sees nothing else."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast, file, keep_records, load_outline
from xingke.accounts.models import AuditEntry
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.registry import actions as registry
from xingke.registry.models import Region
from xingke.reports import queries
from xingke.reports.actions import handing_up, save_edition, write_document
from xingke.reports.actions.disclosing import take_step
from xingke.reports.models import Document, HandUp
from xingke.reports.rules import source

pytestmark = pytest.mark.db


@pytest.fixture
def draft(cast: Cast, tmp_path: Path, data_folder: Path) -> Document:
    """A document of the county that nobody has reviewed."""
    load_outline(tmp_path)
    keep_records(cast.county, by=cast.statistician)
    file("recognition", "甲", [("recognised", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    return write_document(
        outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW
    ).document


def step(document: Document, cast: Cast, *steps: str) -> None:
    by = {
        "asked": cast.officer,
        "passed": cast.reviewer,
        "published": cast.director,
        "refused": cast.director,
        "retracted": cast.director,
    }
    for each in steps:
        number = document.steps.count()
        doer = cast.reviewer if number == 1 else by[each]
        take_step(document=document, step=each, number=number, opinion="理由", by=doer, now=NOW)


def hand_up(document: Document, cast: Cast) -> HandUp:
    return handing_up.hand_up(document=document, number=document.hand_ups.count(), by=cast.director, now=NOW)


def recall(document: Document, cast: Cast, reason: str = "数字有误") -> HandUp:
    return handing_up.recall(
        document=document, number=document.hand_ups.count(), reason=reason, by=cast.director, now=NOW
    )


def edited(document: Document, cast: Cast, title: str = "改过的标题") -> Document:
    text = source.typed(title, ["paragraph"], ["高新技术企业{high_tech_enterprises}。"])
    return save_edition(follows=document, text=text, by=cast.officer, now=NOW).document


def browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.users[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def pages_of(document: Document) -> list[str]:
    return [
        *(reverse(f"reports:{name}", args=[document.key]) for name in ("document", "document-file", "document-pdf")),
        reverse("reports:figure", args=[document.figures.order_by("slot").first().figure_id]),
    ]


def seen(cast: Cast, who: str, document: Document) -> set[int]:
    client = browser(cast, who)
    return {client.get(page).status_code for page in pages_of(document)}


def test_a_reviewed_edition_is_handed_up_to_the_region_above(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")

    done = hand_up(draft, cast)

    entry = AuditEntry.objects.get(action="document.handed-up")
    assert (done.to, done.taken_by, done.taken_at) == (cast.city, cast.director, NOW)
    assert (entry.target, entry.by, entry.detail["to"]) == (str(draft.key), cast.director, "清源市")
    assert queries.is_handed_up(draft)


def test_pressing_twice_hands_up_once(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")

    first = handing_up.hand_up(document=draft, number=0, by=cast.director, now=NOW)
    second = handing_up.hand_up(document=draft, number=0, by=cast.director, now=NOW)

    assert first == second
    assert HandUp.objects.count() == 1


REFUSED: list[tuple[str, tuple[str, ...], str]] = [
    ("a draft", (), "保密审查通过后才能报送“清源市”。"),
    ("what is in review", ("asked",), "保密审查通过后才能报送“清源市”。"),
    ("what was sent back", ("asked", "passed", "refused"), "保密审查通过后才能报送“清源市”。"),
    (
        "what was taken from the public",
        ("asked", "passed", "published", "retracted"),
        "保密审查通过后才能报送“清源市”。",
    ),
]


@pytest.mark.parametrize("story, steps, why", REFUSED, ids=[story for story, *_ in REFUSED])
def test_what_was_not_reviewed_is_not_handed_up(
    draft: Document, cast: Cast, story: str, steps: tuple[str, ...], why: str
) -> None:
    step(draft, cast, *steps)

    with pytest.raises(Refused) as refused:
        hand_up(draft, cast)

    assert str(refused.value) == why
    assert not HandUp.objects.exists()


def test_what_is_handed_up_is_not_handed_up_again(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    hand_up(draft, cast)

    with pytest.raises(Refused, match="已经报送“清源市”"):
        hand_up(draft, cast)


def test_an_older_edition_is_not_handed_up_after_a_newer_one(draft: Document, cast: Cast) -> None:
    newer = edited(draft, cast)
    step(newer, cast, "asked", "passed")
    hand_up(newer, cast)

    with pytest.raises(Refused, match="请报送新的一版"):
        hand_up(draft, cast)


def test_where_there_is_nobody_above_nothing_is_handed_up(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    Region.objects.filter(pk=cast.county.pk).update(parent=None)
    draft.refresh_from_db()

    with pytest.raises(Refused, match="“青溪县”没有上级区划"):
        hand_up(Document.objects.get(pk=draft.pk), cast)


@pytest.mark.parametrize("who", ["officer", "reviewer", "neighbour", "superior", "statistician", "stranger"])
def test_only_the_director_hands_up(draft: Document, cast: Cast, who: str) -> None:
    step(draft, cast, "asked", "passed")

    with pytest.raises(Refused):
        handing_up.hand_up(document=draft, number=0, by=cast.users[who], now=NOW)
    status = browser(cast, who).post(reverse("reports:document-hand-up", args=[draft.key]), {"number": 0}).status_code

    assert (status, HandUp.objects.count()) == (404, 0)


def test_what_is_taken_back_needs_a_reason_and_is_gone_above(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    hand_up(draft, cast)
    with pytest.raises(Refused, match="请写明理由"):
        recall(draft, cast, " ")
    assert seen(cast, "superior", draft) == {200}

    recall(draft, cast)

    assert seen(cast, "superior", draft) == {404}
    assert list(AuditEntry.objects.filter(action="document.recalled").values_list("reason")) == [("数字有误",)]
    with pytest.raises(Refused, match="没有报送"):
        recall(draft, cast)
    hand_up(draft, cast)  # once more, when it is right after all
    assert seen(cast, "superior", draft) == {200}


def test_what_lies_above_is_not_sent_back_before_it_is_taken_back(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    hand_up(draft, cast)

    with pytest.raises(Refused, match="请先撤回报送"):
        step(draft, cast, "refused")

    recall(draft, cast)
    step(draft, cast, "refused")


def test_what_is_taken_from_the_public_is_taken_back_from_above(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed", "published")
    hand_up(draft, cast)

    step(draft, cast, "retracted")

    assert seen(cast, "superior", draft) == {404}
    assert [(each.act, each.reason) for each in queries.hand_ups_of(draft)] == [("handed_up", ""), ("recalled", "理由")]


STANDINGS: list[tuple[tuple[str, ...], bool, int]] = [
    ((), False, 404),
    (("asked",), False, 404),
    (("asked", "passed"), False, 404),
    (("asked", "refused"), False, 404),
    (("asked", "passed"), True, 200),
    (("asked", "passed", "published"), False, 200),
    (("asked", "passed", "published", "retracted"), False, 404),
]


@pytest.mark.parametrize("steps, is_up, status", STANDINGS)
@pytest.mark.parametrize("role", ["superior_reader", "director", "officer", "secrecy_reviewer", "statistician"])
def test_whoever_sits_above_sees_what_was_published_or_handed_up(
    draft: Document, cast: Cast, role: str, steps: tuple[str, ...], is_up: bool, status: int
) -> None:
    registry.give_role(user=cast.stranger, role=role, region=cast.city, by=None, now=NOW)
    step(draft, cast, *steps)
    if is_up:
        hand_up(draft, cast)

    client = browser(cast, "stranger")

    assert seen(cast, "stranger", draft) == {status}
    assert (draft.title in client.get("/documents/").content.decode()) == (status == 200)
    assert (draft.title in client.get("/documents/?format=csv").content.decode()) == (status == 200)
    assert (str(draft.key) in client.get("/search/?q=科技工作简报").content.decode()) == (status == 200)
    assert (draft.title in client.get("/").content.decode()) == (status == 200)
    for page in ("edit", "review", "update"):
        assert client.get(f"{pages_of(draft)[0]}{page}/").status_code == 404


def test_only_those_it_was_handed_up_to_see_it(draft: Document, cast: Cast) -> None:
    province = cast.city.parent
    registry.give_role(user=cast.stranger, role="superior_reader", region=province, by=None, now=NOW)
    step(draft, cast, "asked", "passed")
    hand_up(draft, cast)

    assert seen(cast, "superior", draft) == {200}
    assert seen(cast, "stranger", draft) == {404}
    assert seen(cast, "neighbour", draft) == {404}


def test_a_list_with_nothing_in_it_says_why(cast: Cast) -> None:
    client = browser(cast, "superior")

    assert "还没有报送的文稿" in client.get("/documents/").content.decode()
    assert "没有符合条件的内容" in client.get("/documents/?q=甲").content.decode()


def test_a_later_draft_stays_below_while_the_edition_handed_up_is_read_above(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    hand_up(draft, cast)
    later = edited(draft, cast, "还没有审查的标题")

    client = browser(cast, "superior")
    page = client.get(pages_of(draft)[0]).content.decode()
    listed = client.get("/documents/").content.decode()

    assert later.title not in page and "第 2 版" not in page and str(later.key) not in page
    assert draft.title in listed and later.title not in listed
    assert client.get(reverse("reports:document-compare", args=[later.key])).status_code == 404
    assert client.get(pages_of(later)[0]).status_code == 404


def test_the_newest_edition_handed_up_is_listed_with_its_county_and_day(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    hand_up(draft, cast)

    client = browser(cast, "superior")

    assert "2026-03-02 报送清源市" in client.get("/documents/").content.decode()
    home = client.get("/").content.decode()
    assert "下级报送和公布的文稿" in home
    assert "青溪县 · 2026年3月2日报送清源市" in " ".join(home.split())


def test_the_page_says_to_whom_and_when_and_offers_the_director_to_take_it_back(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")
    client = browser(cast, "director")
    offered = client.get(pages_of(draft)[0]).content.decode()

    client.post(reverse("reports:document-hand-up", args=[draft.key]), {"number": 0})
    page: Any = client.get(pages_of(draft)[0])

    assert "报送清源市</button>" in offered
    assert "“清源市”的人可以看到这一版。" in page.content.decode()
    assert reverse("reports:document-recall", args=[draft.key]) in page.content.decode()
    above = browser(cast, "superior").get(pages_of(draft)[0]).content.decode()
    assert "“清源市”的人可以看到这一版。" in above and reverse("reports:document-recall", args=[draft.key]) not in above


def test_a_number_that_was_not_seen_decides_nothing(draft: Document, cast: Cast) -> None:
    step(draft, cast, "asked", "passed")

    answer = browser(cast, "director").post(reverse("reports:document-hand-up", args=[draft.key]), {"number": "x"})

    assert "这份文稿的状态已经变了" in answer.content.decode()
    assert not HandUp.objects.exists()
