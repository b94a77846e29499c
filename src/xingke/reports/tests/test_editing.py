"""Editing: every saved text is a new edition, nothing unproved is saved, nothing typed is lost."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import NOW, Cast, file, keep_records, load_outline, report, void
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.indicators.models import Figure
from xingke.ledger.models import RecognitionEvent
from xingke.press import tree
from xingke.reports import actions, queries
from xingke.reports.actions import Stale, Unsound
from xingke.reports.models import Document, WorkingText
from xingke.reports.queries import picking
from xingke.reports.queries.verifying import verify_file
from xingke.reports.rules import source
from xingke.reports.rules.source import Source

pytestmark = pytest.mark.db

SignedIn = Callable[[str], Client]


@pytest.fixture
def document(cast: Cast, tmp_path: Path) -> Document:
    """A brief of 2024: three applications, three certificates."""
    keep_records(cast.county, by=cast.statistician)
    for name in "甲乙丙":
        events = [("applied", "2024-05-01"), ("recognised", "2024-11-08")]
        file("recognition", name, events, firm=cast.firm, by=cast.statistician)
    report(cast.county, "2024", "全社会研发经费投入", "11.29", "亿元", by=cast.statistician)
    load_outline(tmp_path)
    written = actions.write_document(
        outline="short", region=cast.county, period=Period.year(2024), by=cast.officer, now=NOW
    )
    return written.document


def typed(*paragraphs: str, title: str = "青溪县2024年科技工作简报") -> Source:
    return source.typed(title, ["heading-1", *["paragraph"] * len(paragraphs)], ["一、企业", *paragraphs])


def save(document: Document, text: Source, cast: Cast, who: str = "officer") -> actions.Written:
    return actions.save_edition(follows=document, text=text, by=cast.users[who], now=NOW + timedelta(hours=1))


def void_one(cast: Cast) -> None:
    event = RecognitionEvent.objects.filter(event="recognised", seq_to__isnull=True).earliest("id")
    void("recognition", event.record, version=event.version, by=cast.director)


# ── saving ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_written_document_is_the_first_edition_and_keeps_what_it_was_typed_from(document: Document) -> None:
    assert (document.edition, document.follows) == (1, None)
    text = queries.source_of(document)
    assert text.blocks[0].text == "一、企业"
    assert text.blocks[1].text.startswith(
        "全县申报高新技术企业{high_tech_applications}，通过认定{high_tech_recognised}"
    )


def test_a_document_from_before_editions_can_be_edited_too(document: Document) -> None:
    text = queries.source_of(document)
    Document.objects.update(source={})

    assert queries.source_of(Document.objects.get()) == text


def test_saving_makes_the_next_edition_and_leaves_the_first_as_it_was(document: Document, cast: Cast) -> None:
    before = Document.objects.filter(pk=document.pk).values().get()

    written = save(document, typed("全县认定{high_tech_recognised}，新增一批。"), cast, "director")

    after = written.document
    assert (after.work, after.edition, after.follows) == (document.work, 2, document)
    assert [each.figure.text for each in after.figures.all()] == ["3家"]
    assert after.figures.get().figure == document.figures.get(label="高新技术企业认定数").figure  # frozen once
    assert written.frozen == 0
    assert Document.objects.filter(pk=document.pk).values().get() == before
    entry = AuditEntry.objects.get(action="document.edited")
    assert (entry.by, entry.target, entry.detail["edition"]) == (cast.director, str(after.key), 2)


def dated(text: Source, day: str) -> Source:
    return replace(text, dated_on=date.fromisoformat(day))


def test_the_date_is_a_field_of_the_edition(document: Document, cast: Cast) -> None:
    text = queries.source_of(document)

    edited = save(document, dated(text, "2025-01-06"), cast).document

    assert (edited.edition, queries.tree_of(edited).date) == (2, "2025年1月6日")
    assert queries.source_of(edited).dated_on == date(2025, 1, 6)
    assert verify_file(queries.docx_of(edited)).holds
    assert not save(edited, dated(text, "2025-01-06"), cast).is_new


@pytest.mark.parametrize(
    "day, why", [("2024-12-30", "早于2024年的最后一天"), ("2099-01-01", "最多写到今天之后的 31 天")]
)
def test_no_document_is_dated_before_what_it_tells_of_is_over(
    document: Document, cast: Cast, day: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        save(document, dated(queries.source_of(document), day), cast)


def test_the_editor_asks_for_the_date_and_keeps_it(document: Document, signed_in: SignedIn) -> None:
    browser, url = signed_in("officer"), f"/documents/{document.key}/edit/"
    written = queries.source_of(document)
    form = {
        "edition": "1",
        "title": written.title,
        "kind": ["heading-1", "paragraph"],
        "text": [block.text for block in written.blocks[:2]],
        "dated_on": "2025-01-06",
    }

    assert 'name="dated_on" type="date"' in browser.get(url).content.decode()
    assert "“去年”不是日期" in browser.post(url, form | {"do": "save", "dated_on": "去年"}).content.decode()
    assert "2025年1月6日" in browser.post(url, form | {"do": "preview"}).content.decode()
    browser.post(url, form | {"do": "save"})

    assert queries.tree_of(Document.objects.get(edition=2)).date == "2025年1月6日"


def test_the_edited_document_verifies_as_a_file(document: Document, cast: Cast) -> None:
    edited = save(document, typed("全县认定{high_tech_recognised}，研发投入{rnd_expenditure}。"), cast).document

    found = verify_file(queries.docx_of(edited))

    assert found.holds and found.is_ledger_checked and found.document == edited


def test_a_text_without_any_figure_can_be_saved_and_verified(document: Document, cast: Cast) -> None:
    edited = save(document, typed("全县企业认定工作有序推进。"), cast).document

    assert edited.figures.count() == 0
    assert verify_file(queries.docx_of(edited)).holds


def test_a_name_taken_from_a_record_keeps_its_record_through_every_edition(cast: Cast, document: Document) -> None:
    event = RecognitionEvent.objects.filter(event="recognised").earliest("id")
    mention = tree.Mention(text="甲120研究院", kind="recognition", record=str(event.record), version=1)
    named = tree.from_json(document.tree)
    blocks = (*named.blocks, tree.Paragraph(inlines=("新增", mention, "。")))
    Document.objects.update(tree=tree.to_json(replace(named, blocks=blocks)), source={})
    document.refresh_from_db()
    text = queries.source_of(document)
    assert text.blocks[-1].text == "新增{@甲120研究院}。"

    edited = save(document, replace(text, title="青溪县2024年科技工作简报（改）"), cast).document

    assert list(tree.mentions(queries.tree_of(edited))) == [mention]
    assert verify_file(queries.docx_of(edited)).holds
    with pytest.raises(Unsound, match="不是这份文稿里来自台账的名称"):
        save(edited, typed("新增{@乙120研究院}。"), cast)


def test_saving_the_same_from_the_same_evidence_saves_nothing(document: Document, cast: Cast) -> None:
    seq = current_seq()

    written = save(document, queries.source_of(document), cast)

    assert (written.document, written.is_new, current_seq()) == (document, False, seq)


def test_a_second_press_returns_what_the_first_one_saved(document: Document, cast: Cast) -> None:
    first = save(document, typed("认定{high_tech_recognised}。"), cast)
    second = save(document, typed("认定{high_tech_recognised}。"), cast)

    assert (second.document, second.is_new) == (first.document, False)
    assert Document.objects.count() == 2


def test_who_edits_an_edition_that_is_no_longer_the_newest_is_refused_with_the_newer_one(
    document: Document, cast: Cast
) -> None:
    newer = save(document, typed("认定{high_tech_recognised}。"), cast, "director").document

    with pytest.raises(Stale, match="director已把这份文稿存为第 2 版") as stale:
        save(document, typed("申报{high_tech_applications}。"), cast)
    assert stale.value.newest == newer
    assert Document.objects.count() == 2
    assert save(newer, typed("申报{high_tech_applications}。"), cast).document.edition == 3


def test_numbers_without_evidence_and_unknown_figures_are_all_named_and_nothing_is_frozen(
    document: Document, cast: Cast
) -> None:
    figures, seq = Figure.objects.count(), current_seq()

    with pytest.raises(Unsound) as refused:
        save(document, typed("认定{high_tech_recognised}，新增36项。", "合同{contract_registered_value}。"), cast)

    assert [each.text for each in refused.value.mistakes] == ["36项"]
    assert list(map(str, refused.value.unknown.values())) == ["“技术合同成交额”没有2024年的数据。"]
    assert (Figure.objects.count(), current_seq(), Document.objects.count()) == (figures, seq, 1)


def test_an_indicator_that_does_not_exist_is_named(document: Document, cast: Cast) -> None:
    with pytest.raises(Refused, match="没有代码为“wonder”的指标"):
        save(document, typed("奇迹{wonder}。"), cast)


def test_after_a_correction_the_same_text_is_saved_with_the_figures_of_today(document: Document, cast: Cast) -> None:
    void_one(cast)

    updated = save(document, queries.source_of(document), cast)

    assert updated.is_new and updated.document.figures.get(label="高新技术企业认定数").figure.text == "2家"
    changes = {each.label: (each.before, each.after) for each in queries.figures_compared(document, updated.document)}
    assert changes["高新技术企业认定数"] == ("3家", "2家")
    assert "全社会研发经费投入" not in changes


def test_writing_from_the_outline_again_follows_the_edited_text_and_loses_none_of_it(
    document: Document, cast: Cast
) -> None:
    edited = save(document, typed("认定{high_tech_recognised}。"), cast).document
    again = {"outline": "short", "region": cast.county, "period": Period.year(2024), "by": cast.officer, "now": NOW}
    void_one(cast)

    written = actions.write_document(**again)

    assert (written.is_new, written.document.edition, written.document.follows) == (True, 3, edited)
    assert [each.edition for each in queries.editions_of(document.work)] == [3, 2, 1]


def test_only_the_newest_edition_already_says_it(document: Document, cast: Cast) -> None:
    edited = save(document, typed("认定{high_tech_recognised}。"), cast).document
    again = {"outline": "short", "region": cast.county, "period": Period.year(2024), "by": cast.officer, "now": NOW}

    written = actions.write_document(**again)
    repeated = actions.write_document(**again)

    assert (written.is_new, written.document.follows, written.frozen) == (True, edited, 0)
    assert (repeated.is_new, repeated.document) == (False, written.document)


def test_nobody_edits_elsewhere(document: Document, cast: Cast) -> None:
    for who in ("neighbour", "superior", "reviewer", "enterprise", "stranger", "system"):
        with pytest.raises(Refused, match=r"document\.write"):
            save(document, typed("认定{high_tech_recognised}。"), cast, who)


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def form(document: Document, *paragraphs: str, do: str = "save", **more: str) -> dict[str, object]:
    return {
        "edition": str(document.edition),
        "title": document.title,
        "kind": ["heading-1", *["paragraph"] * len(paragraphs)],
        "text": ["一、企业", *paragraphs],
        "do": do,
        **more,
    }


def words(answer: object) -> str:
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text)


def typed_in(answer: object) -> list[str]:
    """The paragraphs in the fields of the page."""
    return re.findall(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.DOTALL)  # type: ignore[attr-defined]


def test_without_javascript_the_fields_hold_tokens_and_a_search_lists_what_can_be_copied(
    document: Document, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    address = f"/documents/{document.key}/edit/"

    page = browser.get(address)
    assert "{high_tech_recognised}" in typed_in(page)[0]
    found = browser.post(address, form(document, "还没写完", do="find", q="认定"))

    assert typed_in(found) == ["还没写完"]
    assert "高新技术企业认定数" in words(found) and "<code>{high_tech_recognised}</code>" in found.content.decode()


def test_two_characters_in_order_are_enough_to_find_an_indicator(document: Document, signed_in: SignedIn) -> None:
    answer = signed_in("officer").get(f"/documents/{document.key}/figures/?q=高企")

    options = re.findall(r'data-token="([^"]+)" data-text="([^"]*)"', answer.content.decode())
    assert ("{high_tech_enterprises}", "3家") in options
    assert "没有名称含“龙凤”的指标" in words(signed_in("officer").get(f"/documents/{document.key}/figures/?q=龙凤"))


@pytest.mark.parametrize(
    "query, first",
    [
        ("高企", "高新技术企业数"),
        ("科小", "科技型中小企业数"),
        ("技术合同交易额", "技术合同成交额"),
        ("高企认定通过", "高新技术企业认定通过率"),
        ("高新技术企业认定数", "高新技术企业认定数"),
    ],
)
def test_the_picker_knows_short_names(cast: Cast, query: str, first: str) -> None:
    found = picking.offers(query, cast.county, Period.year(2024))

    assert found[0].label == first


def test_the_picker_offers_the_share_of_the_whole_a_figure_is_part_of(document: Document, signed_in: SignedIn) -> None:
    answer = signed_in("officer").get(f"/documents/{document.key}/figures/?q=首次认定").content.decode()

    assert "{high_tech_new:share:high_tech_recognised}" in answer
    assert "高新技术企业首次认定数（占高新技术企业认定数比重）" in answer
    assert (
        "high_tech_recognised:share"
        not in signed_in("officer").get(f"/documents/{document.key}/figures/?q=high_tech_recognised").content.decode()
    )  # it is the whole itself


def test_every_number_without_evidence_is_named_however_it_is_written(
    document: Document, signed_in: SignedIn, cast: Cast
) -> None:
    told = (
        "全县第三十六家高新技术企业诞生，培训农民代表36位，落实奖补资金（2048）万元。新认定：（36）企业已授牌。"
        "覆盖六乡镇、九企业，研发投入翻倍，增速全省倒数第一。科普活动增至第99次。"
    )

    refused = signed_in("officer").post(f"/documents/{document.key}/edit/", form(document, told, do="save"))

    assert re.findall("数“([^”]+)”没有依据", words(refused)) == [
        "全县第三十六家",
        "36位",
        "2048",
        "36",
        "六乡镇",
        "九企业",
        "翻倍",
        "全省倒数第一",
        "第99次",
    ]
    assert typed_in(refused) == [told]
    assert Document.objects.count() == 1
    with pytest.raises(Unsound, match="数“六乡镇”没有依据"):
        save(document, typed(told), cast)


def test_what_every_paper_says_beside_its_figures_can_be_saved(document: Document, cast: Cast) -> None:
    closing = (
        "联系人：张三丰",
        "联系电话：0936-4421234",
        "附件：1.任务分解表 2.工作台账",
        "依据甘科计〔2024〕5号文件。",
    )

    edited = save(document, typed(*closing), cast).document

    assert [block.text for block in queries.source_of(edited).blocks[1:]] == list(closing)
    assert verify_file(queries.docx_of(edited)).holds


def test_a_number_without_evidence_is_refused_and_one_press_replaces_it(
    document: Document, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    address = f"/documents/{document.key}/edit/"

    refused = browser.post(address, form(document, "全县认定3家。"))
    assert "数“3家”没有依据" in words(refused) and typed_in(refused) == ["全县认定3家。"]
    (fix,) = [
        each for each in re.findall(r'value="(replace:[^"]+)"', refused.content.decode()) if "recognised}" in each
    ]
    replaced = browser.post(address, form(document, "全县认定3家。", do=fix))
    assert typed_in(replaced) == ["全县认定{high_tech_recognised}。"]
    saved = browser.post(address, form(document, "全县认定{high_tech_recognised}。"), follow=True)

    assert "已存为第 2 版" in words(saved)


def test_what_is_typed_is_kept_until_it_is_saved_or_given_up(
    document: Document, cast: Cast, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    address = f"/documents/{document.key}/edit/"

    assert browser.post(address, form(document, "写到一半", do="keep")).status_code == 204
    browser.logout()
    again = signed_in("officer").get(address)
    assert typed_in(again) == ["写到一半"] and "还没有保存的文字" in words(again)
    assert "写到一半" not in words(signed_in("director").get(address))
    given_up = signed_in("officer").post(address, form(document, do="discard"), follow=True)

    assert "写到一半" not in str(typed_in(given_up)) and not WorkingText.objects.exists()


def test_a_late_page_keeps_nothing_after_its_text_was_saved(
    document: Document, cast: Cast, signed_in: SignedIn
) -> None:
    save(document, typed("认定{high_tech_recognised}。"), cast)

    late = signed_in("officer").post(f"/documents/{document.key}/edit/", form(document, "写到一半", do="keep"))

    assert late.status_code == 409 and not WorkingText.objects.exists()


def test_two_browsers_lose_nothing(document: Document, cast: Cast, signed_in: SignedIn) -> None:
    address = f"/documents/{document.key}/edit/"
    save(document, typed("局长认定{high_tech_recognised}。"), cast, "director")

    refused = signed_in("officer").post(address, form(document, "科员申报{high_tech_applications}。"))

    assert refused.status_code == 409
    assert typed_in(refused) == ["科员申报{high_tech_applications}。"]
    assert "director已把这份文稿存为第 2 版" in words(refused) and "局长认定3家。" in words(refused)
    newest = queries.newest_edition(document.work)
    saved = signed_in("officer").post(address, form(newest, "科员申报{high_tech_applications}。"), follow=True)
    assert "已存为第 3 版" in words(saved)


def test_the_small_buttons_arrange_the_text_and_lose_none(document: Document, signed_in: SignedIn) -> None:
    browser = signed_in("officer")
    address = f"/documents/{document.key}/edit/"

    assert typed_in(browser.post(address, form(document, "甲", "乙", do="up:2"))) == ["乙", "甲"]
    assert typed_in(browser.post(address, form(document, "甲", "乙", do="remove:1"))) == ["乙"]
    assert typed_in(browser.post(address, form(document, "甲", do="add-paragraph:1"))) == ["甲", ""]
    for odd in ("up:99", "remove:x", "replace:1-0-1-{wonder", "nonsense", "up:" + "9" * 5000, "add-heading:999", ":"):
        assert typed_in(browser.post(address, form(document, "甲", do=odd))) == ["甲"], odd


def test_the_preview_shows_the_paper_with_the_figures_of_today(
    document: Document, cast: Cast, signed_in: SignedIn
) -> None:
    void_one(cast)
    figures = Figure.objects.count()

    page = signed_in("officer").post(
        f"/documents/{document.key}/edit/", form(document, "认定{high_tech_recognised}。", do="preview")
    )

    assert "认定 2家 。" in words(page)
    assert Figure.objects.count() == figures


def test_figures_are_brought_up_to_date_after_a_look_at_what_changes(
    document: Document, cast: Cast, signed_in: SignedIn
) -> None:
    browser = signed_in("officer")
    address = f"/documents/{document.key}/update/"
    assert "所有数字都与现在的台账相符" in words(browser.get(address))
    void_one(cast)
    actions.keep_working_text(follows=document, text=typed("写到一半"), by=cast.officer, now=NOW)

    assert "高新技术企业认定数 3家 2家" in words(browser.get(address))
    assert "存为第 2 版" in words(browser.post(address, follow=True))
    assert WorkingText.objects.filter(kept_by=cast.officer).exists()  # what is being typed is not lost by it
    newest = queries.newest_edition(document.work)
    compared = words(browser.get(f"/documents/{newest.key}/compare/"))
    assert "第 1 版与第 2 版" in compared and "高新技术企业认定数 3家 2家" in compared
    assert browser.get(f"/documents/{document.key}/compare/").status_code == 404  # the first has nothing before it


def test_figures_words_reach_the_page_as_data_and_not_as_script(document: Document, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(f"/documents/{document.key}/edit/").content.decode()

    found = re.search(r'<script id="figure-words" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.load(io.StringIO(found[1]))["{high_tech_recognised}"] == {"text": "3家", "label": "高新技术企业认定数"}


@pytest.mark.parametrize("do", ["save", "keep", "preview", "discard"])
def test_what_comes_without_a_title_overwrites_nothing(
    cast: Cast, document: Document, signed_in: SignedIn, do: str
) -> None:
    actions.keep_working_text(follows=document, text=typed("写到一半"), by=cast.officer, now=NOW)
    kept = WorkingText.objects.get().source

    answer = signed_in("officer").post(f"/documents/{document.key}/edit/", {"do": do, "edition": "1"})

    assert (answer.status_code, WorkingText.objects.get().source, Document.objects.count()) == (400, kept, 1)
    assert "页面不完整，请重新打开本页。" in answer.content.decode()
