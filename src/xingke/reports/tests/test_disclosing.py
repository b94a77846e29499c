"""Disclosure: who takes which step, what a reviewer is shown, and what strangers get afterwards."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from tests.cast import NOW, Cast, file, keep_records, load_outline
from xingke.accounts import counting
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.notices.models import Notice
from xingke.registry.actions import give_role
from xingke.reports import actions, queries
from xingke.reports.actions import disclosing
from xingke.reports.models import DisclosureStep, Document
from xingke.reports.rules import disclosure, source

pytestmark = pytest.mark.db

SignedIn = Callable[[str], Client]


@pytest.fixture
def document(cast: Cast, tmp_path: Path) -> Document:
    """A brief of 2024 that the officer wrote."""
    keep_records(cast.county, by=cast.statistician)
    file(
        "recognition",
        "甲",
        [("applied", "2024-05-01"), ("recognised", "2024-11-08")],
        firm=cast.firm,
        by=cast.statistician,
    )
    load_outline(tmp_path)
    return actions.write_document(
        outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW
    ).document


def take(
    document: Document, step: str, who: str, cast: Cast, *, number: int | None = None, opinion: str = ""
) -> DisclosureStep:
    return disclosing.take_step(
        document=document,
        step=step,
        number=document.steps.count() if number is None else number,
        opinion=opinion,
        by=cast.users[who],
        now=NOW,
    )


def told() -> set[tuple[str, str]]:
    """Who was told, and of what."""
    return set(Notice.objects.values_list("user__username", "kind"))


def test_each_step_tells_whoever_has_the_next_one_to_take(document: Document, cast: Cast) -> None:
    give_role(
        user=cast.stranger, role="secrecy_reviewer", region=cast.city, by=None, now=NOW
    )  # a superior only looks on
    take(document, "asked", "officer", cast)
    assert told() == {("reviewer", "document-to-review")}

    take(document, "passed", "reviewer", cast)
    assert told() == {("reviewer", "document-to-review"), ("director", "document-to-publish")}

    take(document, "published", "director", cast)
    assert len(told()) == 2


def test_who_wrote_is_told_that_it_came_back_and_nobody_of_what_they_did_themselves(
    document: Document, cast: Cast, signed_in: SignedIn
) -> None:
    give_role(user=cast.officer, role="secrecy_reviewer", region=cast.county, by=None, now=NOW)
    take(document, "asked", "officer", cast)
    take(document, "refused", "reviewer", cast, opinion="请补依据")

    assert told() == {("reviewer", "document-to-review"), ("officer", "document-sent-back")}
    notice = Notice.objects.get(kind="document-sent-back")
    assert notice.seq == document.steps.latest("number").seq == current_seq()
    assert document.title not in str(vars(notice)) and "请补依据" not in str(vars(notice))
    answer = signed_in("officer").post(f"/notices/{notice.pk}/open/")
    assert answer["Location"] == f"/documents/{document.key}/"


def test_a_second_press_of_a_step_tells_nobody_again(document: Document, cast: Cast) -> None:
    for _press in range(2):
        take(document, "asked", "officer", cast, number=0)

    assert Notice.objects.count() == 1


def publish(document: Document, cast: Cast) -> None:
    for step, who in (("asked", "officer"), ("passed", "reviewer"), ("published", "director")):
        take(document, step, who, cast)


def edited(
    document: Document, cast: Cast, who: str = "officer", words: str = "改写为认定{high_tech_recognised}。"
) -> Document:
    text = source.typed(document.title, ["paragraph"], [words])
    return actions.save_edition(follows=document, text=text, by=cast.users[who], now=NOW).document


def words(answer: object) -> str:
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


# ── the way ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_asked_passed_published_and_each_step_is_in_the_trail(document: Document, cast: Cast) -> None:
    publish(document, cast)

    assert [each.step for each in document.steps.all()] == ["asked", "passed", "published"]
    assert len({each.digest for each in document.steps.all()}) == 1
    trail = AuditEntry.objects.filter(action__startswith="document.", target=str(document.key)).order_by("seq")
    assert [(each.action, each.by_name) for each in trail] == [
        ("document.written", "officer"),
        ("document.asked", "officer"),
        ("document.passed", "reviewer"),
        ("document.published", "director"),
    ]
    assert queries.public_edition(document.work) == document


REFUSED = [
    ("passing what nobody asked for", (), "passed", "reviewer", "状态已经变了"),
    ("publishing what was not reviewed", ("asked",), "published", "director", "状态已经变了"),
    ("an officer does not review", ("asked",), "passed", "officer", r"document\.disclose"),
    ("a director does not review", ("asked",), "passed", "director", r"document\.disclose"),
    ("a reviewer does not publish", ("asked", "passed"), "published", "reviewer", r"document\.publish"),
    ("an officer does not publish", ("asked", "passed"), "published", "officer", r"document\.publish"),
    ("a neighbour asks for nothing", (), "asked", "neighbour", r"document\.write"),
    ("a stranger retracts nothing", ("asked", "passed", "published"), "retracted", "stranger", r"document\.publish"),
    ("sending back needs a reason", ("asked",), "refused", "reviewer", "请写明理由"),
    ("retracting needs a reason", ("asked", "passed", "published"), "retracted", "director", "请写明理由"),
]
WHO = {"asked": "officer", "passed": "reviewer", "published": "director"}


@pytest.mark.parametrize("story, before, step, who, sentence", REFUSED)
def test_a_step_that_may_not_be_taken_is_refused_and_changes_nothing(
    story: str, before: tuple[str, ...], step: str, who: str, sentence: str, document: Document, cast: Cast
) -> None:
    for each in before:
        take(document, each, WHO[each], cast)
    seq = current_seq()

    with pytest.raises(Refused, match=sentence):
        take(document, step, who, cast)

    assert (document.steps.count(), current_seq()) == (len(before), seq)


BACK = [
    (("asked",), "reviewer", "refused", 1, "   ", "opinion"),
    (("asked", "passed"), "director", "refused", 2, "   ", "opinion"),
    (("asked", "passed"), "director", "published", 0, "请尽快", "opinion"),  # another step was taken meanwhile
    (("asked", "passed", "published"), "director", "retracted", 3, "   ", "retract-opinion"),
]


@pytest.mark.parametrize(("before", "who", "step", "number", "typed", "field"), BACK)
def test_a_refused_step_comes_back_where_it_was_taken_with_the_words_typed(
    document: Document,
    cast: Cast,
    signed_in: SignedIn,
    before: tuple[str, ...],
    who: str,
    step: str,
    number: int,
    typed: str,
    field: str,
) -> None:
    for each in before:
        take(document, each, WHO[each], cast)

    page = signed_in(who).post(
        f"/documents/{document.key}/step/", {"step": step, "number": str(number), "opinion": typed}
    )

    returned = page.context["returned"]
    assert (page.status_code, returned.field, returned.typed) == (200, field, typed)
    assert f'href="#{field}"' in page.content.decode()
    assert document.steps.count() == len(before)


@pytest.mark.parametrize("part", ["wrote", "asked"])
def test_whoever_wrote_or_asked_does_not_publish_it(document: Document, cast: Cast, part: str) -> None:
    later = edited(document, cast, "director") if part == "wrote" else document
    take(later, "asked", "director" if part == "asked" else "officer", cast)
    take(later, "passed", "reviewer", cast)
    seq = current_seq()

    with pytest.raises(Refused, match="请另一位有公布权限的人公布"):
        take(later, "published", "director", cast)

    assert (later.steps.count(), current_seq()) == (2, seq)
    assert (
        take(later, "refused", "director", cast, opinion="请改").step == "refused"
    )  # sending it back is no publishing


def test_in_a_small_bureau_the_reviewer_publishes_what_the_director_wrote(document: Document, cast: Cast) -> None:
    give_role(user=cast.reviewer, role="director", region=cast.county, by=None, now=NOW)
    later = edited(document, cast, "director")
    take(later, "asked", "officer", cast)
    take(later, "passed", "reviewer", cast)

    assert take(later, "published", "reviewer", cast).step == "published"


def test_the_page_tells_the_author_who_publishes_it(
    document: Document, cast: Cast, signed_in: Callable[[str], Client]
) -> None:
    later = edited(document, cast, "director")
    take(later, "asked", "officer", cast)
    take(later, "passed", "reviewer", cast)

    page = signed_in("director").get(f"/documents/{later.key}/review/")

    assert "published" not in page.context["standing"].may and "refused" in page.context["standing"].may
    assert "请另一位有公布权限的人公布" in words(page)
    assert 'value="refused"' in page.content.decode() and 'value="published"' not in page.content.decode()
    signed_in("director").post(f"/documents/{later.key}/step/", {"step": "published", "number": "2"})
    assert later.steps.count() == 2


def test_whoever_wrote_any_edition_or_asked_does_not_pass_it(document: Document, cast: Cast) -> None:
    give_role(user=cast.officer, role="secrecy_reviewer", region=cast.county, by=None, now=NOW)
    later = edited(document, cast, "director")
    take(later, "asked", "director", cast)

    with pytest.raises(Refused, match="须由别人审查"):
        take(later, "passed", "officer", cast)  # wrote the edition before
    assert take(later, "passed", "reviewer", cast).step == "passed"


def test_sent_back_with_a_reason_it_waits_for_its_author(document: Document, cast: Cast, signed_in: SignedIn) -> None:
    take(document, "asked", "officer", cast)
    assert "待我审查的文稿" in words(signed_in("reviewer").get("/"))
    take(document, "refused", "reviewer", cast, opinion="请删去第二段。")

    assert list(queries.sent_back_to(cast.officer)) == [document]
    page = words(signed_in("officer").get(f"/documents/{document.key}/"))
    assert "被退回" in page and "请删去第二段。" in page
    assert "被退回的文稿" in words(signed_in("officer").get("/"))
    edited(document, cast)
    assert not queries.sent_back_to(cast.officer).exists()


def test_a_second_press_takes_no_second_step_and_an_old_page_decides_nothing(document: Document, cast: Cast) -> None:
    first = take(document, "asked", "officer", cast, number=0)
    seq = current_seq()

    assert take(document, "asked", "officer", cast, number=0) == first
    assert current_seq() == seq
    with pytest.raises(Refused, match="状态已经变了"):
        take(document, "passed", "reviewer", cast, number=0)


def test_only_the_newest_edition_is_submitted(document: Document, cast: Cast) -> None:
    edited(document, cast)

    with pytest.raises(Refused, match="不是最新的一版"):
        take(document, "asked", "officer", cast)


def test_publishing_replaces_the_public_edition_and_an_older_one_cannot_come_back(
    document: Document, cast: Cast
) -> None:
    take(document, "asked", "officer", cast)
    take(document, "passed", "reviewer", cast)
    later = edited(document, cast)
    publish(later, cast)
    with pytest.raises(Refused, match="已经公布了更新的第 2 版"):
        take(document, "published", "director", cast)
    latest = edited(later, cast, words="再改为申报{high_tech_applications}。")

    publish(latest, cast)

    assert queries.public_edition(document.work) == latest
    assert [each.step for each in later.steps.all()][-1] == "superseded"
    take(latest, "retracted", "director", cast, opinion="有误")
    with pytest.raises(Refused, match="已经公布了更新的第 3 版"):
        take(document, "published", "director", cast)


def test_what_was_tampered_with_after_the_review_is_not_published(document: Document, cast: Cast) -> None:
    take(document, "asked", "officer", cast)
    take(document, "passed", "reviewer", cast)
    Document.objects.filter(pk=document.pk).update(tree=document.tree.replace("企业", "公司"))
    document.refresh_from_db()

    with pytest.raises(Refused, match="与审查时的内容不一致"):
        take(document, "published", "director", cast)


@pytest.mark.django_db(transaction=True)
def test_publishing_that_breaks_off_leaves_nothing_half_done(
    document: Document, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(document, cast)
    later = edited(document, cast)
    take(later, "asked", "officer", cast)
    take(later, "passed", "reviewer", cast)
    seq = current_seq()

    def broken(**_row: object) -> None:
        raise RuntimeError("the machine stops before the trail is written")

    monkeypatch.setattr(counting, "record", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        take(later, "published", "director", cast)

    assert queries.public_edition(document.work) == document
    assert (current_seq(), DisclosureStep.objects.filter(step="superseded").count()) == (seq, 0)


# ── what a reviewer is shown ────────────────────────────────────────────────────────────────────────────────────────


def test_the_review_page_points_at_marks_firms_and_persons(document: Document, cast: Cast, signed_in: SignedIn) -> None:
    firm = cast.firm.name
    later = edited(document, cast, words=f"{firm}获奖，张明华同志出席，属内部资料。认定{{high_tech_recognised}}。")
    take(later, "asked", "officer", cast)

    page = words(signed_in("reviewer").get(f"/documents/{later.key}/review/"))

    assert f"单位 {firm}" in page
    assert "人员 张明华同志" in page
    assert "提示词 内部资料" in page
    assert "审查通过" in page and "改了什么" in page


PERSONS = [
    ("会上，张明华同志发言", ["张明华同志"]),
    ("研究员工作站和院士工作站", []),
    ("由县科技局局长带队", []),
    ("邀请王芳教授、李强博士授课", ["王芳教授", "李强博士"]),
]


@pytest.mark.parametrize("text, expected", PERSONS)
def test_what_reads_like_a_person(text: str, expected: list[str]) -> None:
    assert [each.text for each in disclosure.persons([text])] == expected


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_way_in_the_browser(document: Document, cast: Cast, signed_in: SignedIn) -> None:
    step = f"/documents/{document.key}/step/"
    assert "提交保密审查" in words(signed_in("officer").get(f"/documents/{document.key}/"))
    assert "审查中" in words(signed_in("officer").post(step, {"step": "asked", "number": "0"}, follow=True))
    passed = {"step": "passed", "number": "1", "opinion": "可以公开。"}
    assert "审查已通过" in words(signed_in("reviewer").post(step, passed, follow=True))
    assert "去公布" in words(signed_in("director").get(f"/documents/{document.key}/"))
    assert "已公布" in words(signed_in("director").post(step, {"step": "published", "number": "2"}, follow=True))

    public = Client().get(f"/public/documents/{document.work}/")
    assert "虚构数据 · 演示" in words(public) and "通过认定 1家" in words(public)
    chip = re.search(r'href="(/public/figures/[^"]+)"', public.content.decode())
    assert chip is not None
    figure = Client().get(chip[1])
    assert "记录本身不公开" in words(figure)
    assert Client().get(f"/public/documents/{document.work}/file.docx").content[:2] == b"PK"


NEVER = [
    ("passed", "officer"),
    ("published", "superior"),
    ("asked", "superior"),
    ("superseded", "director"),
    ("", "officer"),
]


@pytest.mark.parametrize("step, who", NEVER)
def test_a_step_somebody_may_never_take_is_not_there(
    step: str, who: str, document: Document, signed_in: SignedIn
) -> None:
    answer = signed_in(who).post(f"/documents/{document.key}/step/", {"step": step, "number": "0"})

    assert answer.status_code == 404 and not document.steps.exists()


def test_a_retracted_document_says_when_and_why_and_nothing_else(
    document: Document, cast: Cast, signed_in: SignedIn
) -> None:
    publish(document, cast)
    figure = document.figures.first()
    assert figure is not None
    assert Client().get(f"/public/figures/{figure.figure_id}/").status_code == 200

    take(document, "retracted", "director", cast, opinion="数据需要复核。")

    page = Client().get(f"/public/documents/{document.work}/")
    assert page.status_code == 410
    assert "该文件已撤回" in words(page) and "数据需要复核。" in words(page) and "2026年3月2日" in words(page)
    assert "通过认定" not in words(page) and "director" not in words(page)
    for address in (
        f"documents/{document.work}/file.docx",
        f"documents/{document.work}/file.pdf",
        f"figures/{figure.figure_id}/",
    ):
        assert Client().get(f"/public/{address}").status_code == 404
    assert document.title not in words(Client().get("/"))
    assert "已撤回" in words(signed_in("officer").get(f"/documents/{document.key}/"))
