"""Finding: what is found, by whom, and how the index keeps up. Runs on both databases."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, file, keep_records, load_outline, report
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import current_seq
from xingke.base import searching
from xingke.base.keys import new_key
from xingke.base.periods import Period
from xingke.ledger import actions as ledger
from xingke.ledger.models import Observation, Patent, Recognition
from xingke.registry import actions as registry
from xingke.registry.models import Organisation
from xingke.registry.queries import organisations_changed
from xingke.reports.actions import write_document
from xingke.search import actions, checks, queries
from xingke.search.models import Entry, Progress
from xingke.search.rules import asked

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def filled(cast: Cast) -> Cast:
    """A title, patents in two counties and a reported figure, indexed."""
    by = cast.statistician
    file("recognition", "传感高企", [("recognised", "2024-11-08")], firm=cast.firm, by=by, number="GR202462000123")
    file("patent", "一种锂电池采集终端", [("granted", "2024-05-06")], firm=cast.firm, by=by, number="202310012345X")
    file("patent", "一种电池外壳", [("granted", "2024-05-06")], firm=cast.other_firm, by=by, number="202310099999X")
    report(cast.county, "2024", "地区生产总值", "468.30", "亿元", by=by)
    actions.catch_up()
    return cast


def titles(user: User, text: str) -> list[str]:
    return [found.hit.title for found in queries.best(user, asked(text), each=5)]


# ── what is found ───────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = [
    ("two characters inside a word", "电池", ["一种锂电池采集终端（发明专利）"]),
    ("across two words", "种锂", ["一种锂电池采集终端（发明专利）"]),
    (
        "a name that no dictionary knows",
        "明渠",
        ["青溪县明渠传感科技有限公司", "高新技术企业（国家级）", "一种锂电池采集终端（发明专利）"],
    ),
    ("a firm and a kind of record", "明渠 专利", ["一种锂电池采集终端（发明专利）"]),
    ("the beginning of a number", "GR2024", ["高新技术企业（国家级）"]),
    ("a patent number as it is printed", "ZL 2023 1 0012345.X", ["一种锂电池采集终端（发明专利）"]),
    ("a reported figure", "地区生产总值 2024", ["地区生产总值：468.30亿元"]),
    ("an indicator by its code", "high_tech_pass_rate", ["高新技术企业认定通过率", "高新技术企业认定数（无申报记录）"]),
    ("nothing of the kind", "潜水艇", []),
]


@pytest.mark.parametrize("story, text, expected", WORDS)
def test_an_officer_finds(filled: Cast, story: str, text: str, expected: list[str]) -> None:
    assert titles(filled.officer, text) == expected


SHORT = [
    (
        "an indicator, records and who holds one",
        "高企",
        ["高新技术企业认定数", "高新技术企业（国家级）", "青溪县明渠传感科技有限公司"],
    ),
    ("a name of nobody's", "技术合同交易额", ["技术合同成交额"]),
    ("a patent with its country", "CN202310012345.X", ["一种锂电池采集终端（发明专利）"]),
    ("a firm with its former name", "青溪县明渠传感科技有限公司（原青溪电子厂）", ["青溪县明渠传感科技有限公司"]),
]


@pytest.mark.parametrize("story, text, expected", SHORT)
def test_what_people_say_is_found(
    filled: Cast, signed_in: Callable[[str], Client], story: str, text: str, expected: list[str]
) -> None:
    page = signed_in("officer").get("/search/", {"q": text}).content.decode()

    said = re.sub(r"</?mark>", "", page)
    assert [title for title in expected if title not in said] == []


def test_the_number_asked_for_is_told_apart_from_what_merely_begins_so(filled: Cast) -> None:
    file(
        "recognition",
        "乙",
        [("recognised", "2024-11-09")],
        firm=filled.firm,
        by=filled.statistician,
        number="GR2024620001239",
    )
    actions.catch_up()

    found = queries.best(filled.officer, asked("gr202462000123"), each=5)
    assert [(each.near, each.hit.line.split(" · ")[0]) for each in found] == [
        (queries.NUMBER, "GR202462000123"),
        (queries.NAME, "GR2024620001239"),
    ]


def test_names_come_before_texts(filled: Cast) -> None:
    """The firm's name stands in the text of every record of it; a record so named comes first all the same."""
    file("patent", "明渠自动清淤装置", [("granted", "2020-05-06")], firm=filled.other_firm, by=filled.statistician)
    actions.catch_up()

    found = [
        each.hit.title for each in queries.best(filled.superior, asked("明渠"), each=5) if each.kind.code == "patent"
    ]
    assert found == ["明渠自动清淤装置（发明专利）", "一种锂电池采集终端（发明专利）"]


def test_a_document_is_found_by_a_sentence_and_shows_it(filled: Cast, tmp_path: Path) -> None:
    load_outline(tmp_path)
    keep_records(filled.county, by=filled.statistician)
    file(
        "recognition",
        "GR9",
        [("applied", "2024-03-01"), ("recognised", "2024-11-08")],
        firm=filled.firm,
        by=filled.statistician,
    )
    write_document(outline="short", region=filled.county, period=Period.year(2024), by=filled.officer, now=NOW)
    actions.catch_up()

    (found,) = [
        each for each in queries.best(filled.officer, asked("通过认定"), each=5) if each.kind.code == "document"
    ]
    assert found.hit.title == "青溪县2024年科技工作简报"
    assert "通过认定" in found.hit.passage


ODD = [
    '"',
    "'",
    "*",
    "a*",
    "(",
    "AND",
    "OR NOT",
    "a AND b",
    "NEAR(a b)",
    "names:x",
    "^a",
    "-a",
    "a:*",
    "!",
    "&|",
    "<->",
    "\\",
    "%",
    "'; drop",
    "{}",
    "0x1f",
    "1e5",
    "3D打印",
    "C++",
    "a_b",
    "😀",
    "𠮷野",
    "é",
    "ß",
    "\x00",
    "--",
    ":",
    "a" * 400,
    "电" * 400,
]


def test_nothing_that_can_be_typed_is_an_error(filled: Cast) -> None:
    for text in ODD:
        question = asked(text)
        assert set(queries.counts(filled.officer, question) if question else ()) <= {"indicator"}, (
            text
        )  # whose words may begin so


def test_whatever_stands_in_a_name_can_be_found_by_it(filled: Cast) -> None:
    words = ["0x1f", "1e5", "3D打印", "C2C", "𠮷野", "青科〔2025〕12号", "3.5", "a1b2"]
    for word in words:
        file("patent", f"甲{word}装置", [("granted", "2024-05-06")], firm=filled.firm, by=filled.statistician)
    actions.catch_up()

    assert [titles(filled.officer, f"甲{word}") for word in words] == [[f"甲{word}装置（发明专利）"] for word in words]


# ── who finds it ────────────────────────────────────────────────────────────────────────────────────────────────────

SEEN = [("officer", 1), ("director", 1), ("neighbour", 1), ("superior", 2), ("statistician", 2), ("enterprise", 1)]


@pytest.mark.parametrize("who, expected", SEEN)
def test_counts_and_hits_hold_only_what_somebody_may_read(filled: Cast, who: str, expected: int) -> None:
    user, question = filled.users[who], asked("电池")

    assert queries.counts(user, question) == {"patent": expected}
    assert len(queries.best(user, question, each=9)) == expected == queries.listed(user, question, "patent").count()


def test_next_door_finds_its_own_patent_only(filled: Cast) -> None:
    assert titles(filled.neighbour, "电池") == ["一种电池外壳（发明专利）"]
    assert titles(filled.neighbour, "明渠") == titles(filled.neighbour, "202310012345X") == []


def test_a_firm_finds_its_own_and_no_other_firm(filled: Cast) -> None:
    assert titles(filled.enterprise, "明渠")[0] == "青溪县明渠传感科技有限公司"
    assert titles(filled.enterprise, "远帆") == titles(filled.enterprise, "地区生产总值") == []


@pytest.mark.parametrize("who", ["stranger", "system", "security", "auditor"])
def test_who_may_read_nothing_has_no_search(filled: Cast, signed_in: Callable[[str], Client], who: str) -> None:
    with pytest.raises(Http404):
        queries.counts(filled.users[who], asked("电池"))
    assert signed_in(who).get("/search/?q=电池").status_code == 404
    assert b"data-search" not in signed_in(who).get("/").content


# ── keeping up ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_corrected_is_found_as_it_is_now(filled: Cast) -> None:
    patent = Patent.objects.get(name="一种锂电池采集终端")
    ledger.correct_subject(
        kind="patent",
        record=patent.record,
        version=1,
        changes={"name": "一种氢燃料堆"},
        reason="更正",
        by=filled.statistician,
        now=NOW,
    )

    assert titles(filled.officer, "锂电") == ["一种氢燃料堆（发明专利）"]  # still under the old word, shown as it is
    assert actions.catch_up()
    assert titles(filled.officer, "锂电") == []
    assert titles(filled.officer, "燃料") == ["一种氢燃料堆（发明专利）"]


def test_a_firm_is_found_by_the_titles_it_holds(filled: Cast) -> None:
    assert titles(filled.officer, "青溪 高新技术企业")[0] == "青溪县明渠传感科技有限公司"

    file(
        "recognition",
        "众创",
        [("recognised", "2024-11-08")],
        firm=filled.firm,
        by=filled.statistician,
        title="maker_space",
    )
    actions.catch_up()

    found = queries.best(filled.officer, asked("众创空间"), each=5)
    assert [each.hit.title for each in found if each.kind.code == "organisation"] == ["青溪县明渠传感科技有限公司"]


def test_a_void_figure_is_not_found(filled: Cast) -> None:
    figure = Observation.objects.get()
    ledger.void_observation(record=figure.record, version=1, reason="误", by=filled.statistician, now=NOW)
    actions.catch_up()

    assert titles(filled.officer, "地区生产总值 2024") == []


def test_an_event_changes_nothing_in_the_index_but_how_far_it_is(filled: Cast) -> None:
    before = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    ledger.add_event(
        kind="recognition",
        subject=Recognition.objects.get().record,
        source="登记",
        by=filled.officer,
        now=NOW,
        event=ledger.NewEvent(event="expired", on=date(2025, 1, 2), region=filled.county),
    )

    assert not queries.is_up_to_date()
    assert actions.catch_up(limit=0)
    assert queries.is_up_to_date()
    assert list(Entry.objects.order_by("pk").values_list("pk", flat=True)) == before


def test_who_waits_for_a_page_does_not_wait_for_a_large_batch_but_finds_the_newest(filled: Cast) -> None:
    for number in range(3):
        file("patent", f"批量{number}", [("granted", "2024-05-06")], firm=filled.firm, by=filled.statistician)

    assert not actions.catch_up(limit=2)
    assert sorted(titles(filled.officer, "批量")) == ["批量1（发明专利）", "批量2（发明专利）"]
    assert actions.count_left(most=99) == 3
    assert actions.catch_up(limit=3)
    assert len(titles(filled.officer, "批量")) == 3


def enter(cast: Cast, *names: str, source: str = "名单.xlsx") -> None:
    new = [registry.NewOrganisation(key=new_key(), name=name, region=cast.county) for name in names]
    registry.enter_organisations(organisations=new, by=cast.officer, now=NOW, source=source)


def test_a_firm_registered_by_hand_is_found_whatever_lies_before_it(filled: Cast) -> None:
    for number in range(9):
        file("patent", f"批量{number}", [("granted", "2024-05-06")], firm=filled.firm, by=filled.statistician)
    enter(filled, *(f"第{number}批单位" for number in range(9)))
    enter(filled, "栖云电子有限公司", source="栖云电子有限公司")

    assert not actions.catch_up(limit=4)
    assert titles(filled.officer, "栖云") == ["栖云电子有限公司"]


def test_a_firm_is_found_though_titles_of_many_others_came_after_it(filled: Cast) -> None:
    enter(filled, *(f"第{number}批单位" for number in range(9)))
    actions.catch_up()
    enter(filled, "栖云电子有限公司", source="栖云电子有限公司")
    for firm in Organisation.objects.filter(name__endswith="批单位"):
        file("recognition", firm.name, [("recognised", "2024-11-08")], firm=firm, by=filled.statistician)

    assert not actions.catch_up(limit=4)
    assert titles(filled.officer, "栖云") == ["栖云电子有限公司"]


def test_registering_firms_touches_no_other_firm_and_no_record(filled: Cast) -> None:
    def touched() -> dict[str, set[str]]:
        return {each.code: set(each.changed(seq, current_seq())) for each in searching.searchables()}

    seq = current_seq()
    enter(filled, "栖云电子有限公司", source="栖云电子有限公司")
    one = {code: len(keys) for code, keys in touched().items() if keys}
    enter(filled, "乙有限公司", "丙有限公司")
    three = {code: len(keys) for code, keys in touched().items() if keys}

    assert (one, three) == ({"organisation": 1}, {"organisation": 3})


def test_firms_whose_audit_row_names_them_only_are_found_by_name(filled: Cast) -> None:
    """As it was filed before: the job child finds even a batch of which only the file is known."""
    seq = current_seq()
    enter(filled, "栖云电子有限公司", source="栖云电子有限公司")
    AuditEntry.objects.filter(seq=current_seq()).update(target="栖云电子有限公司", detail={})
    by_name = organisations_changed(seq, current_seq()).values_list("name", flat=True)
    assert list(by_name) == ["栖云电子有限公司"]

    AuditEntry.objects.filter(seq=current_seq()).update(target="名单.xlsx")
    assert organisations_changed(seq, current_seq()).count() == 3
    assert actions.catch_up()
    assert titles(filled.officer, "栖云") == ["栖云电子有限公司"]


def test_the_page_says_how_much_is_not_indexed_yet(
    filled: Cast, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xingke.search.views.SOON", 4)
    for number in range(9):
        file("patent", f"批量{number}", [("granted", "2024-05-06")], firm=filled.firm, by=filled.statistician)

    page = signed_in("officer").get("/search/", {"q": "批量"}).content.decode()

    assert "还有 9 条较早登记的内容正在编入索引" in page
    assert "<mark>批量</mark>8" in page


def test_made_anew_the_index_is_the_same(filled: Cast) -> None:
    columns = ("kind", "key", "identifier", "path", "organisation", "on", "names", "text")
    before = set(Entry.objects.values_list(*columns))

    actions.rebuild()

    assert set(Entry.objects.values_list(*columns)) == before
    assert titles(filled.officer, "电池") == ["一种锂电池采集终端（发明专利）"]


def test_text_cut_by_an_older_recipe_is_cut_again(filled: Cast) -> None:
    Entry.objects.filter(kind="patent").delete()
    Progress.objects.filter(kind="patent").update(recipe=0)

    actions.catch_up()

    assert titles(filled.officer, "电池") == ["一种锂电池采集终端（发明专利）"]


def test_the_check_finds_what_the_index_says_wrongly_or_lacks(filled: Cast) -> None:
    assert [result.problems for result in checks.index()] == [()]

    Entry.objects.filter(kind="patent").update(path=None)
    Entry.objects.filter(kind="organisation")[0].delete()

    ((said, problems),) = [(result.said, result.problems) for result in checks.index()]
    assert said.endswith("2 类不符")
    assert [each.partition("，")[0] for each in problems] == ["单位：1 条与搜索索引不符", "专利：2 条与搜索索引不符"]


def test_deleting_an_entry_takes_its_words_along(filled: Cast) -> None:
    Entry.objects.all().delete()

    assert queries.counts(filled.officer, asked("电池")) == {}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_words(search_words, rank) VALUES ('integrity-check', 1)")


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_catches_up_counts_and_marks(filled: Cast, signed_in: Callable[[str], Client]) -> None:
    file("patent", "一种固态电池", [("granted", "2024-05-07")], firm=filled.firm, by=filled.statistician)
    page = signed_in("officer").get("/search/", {"q": "电池"}).content.decode()

    assert "一种固态<mark>电池</mark>（发明专利）" in page
    assert "一种电池外壳" not in page and "<mark>电池</mark>外壳" not in page
    assert queries.is_up_to_date()


def test_a_kind_without_any_hit_says_none(filled: Cast, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("officer").get("/search/?q=潜水艇&kind=patent").status_code == 200


def test_one_kind_is_paged(filled: Cast, signed_in: Callable[[str], Client]) -> None:
    for number in range(60):
        file("patent", f"成批{number}", [("granted", "2024-05-06")], firm=filled.firm, by=filled.statistician)
    client = signed_in("officer")

    assert "全部 60 条" in client.get("/search/", {"q": "成批"}).content.decode()
    page = client.get("/search/", {"q": "成批", "kind": "patent", "page": "2"}).content.decode()
    assert page.count('class="hit"') == 10
    assert "第 2 / 2 页" in page


def test_suggestions_are_a_fragment_of_the_same_address(filled: Cast, signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("officer").get("/search/", {"q": "明渠"}, headers={"HX-Request": "true"})

    assert "HX-Request" in answer.headers["Vary"]
    assert answer.content.decode().strip().startswith('<a class="suggestion"')
    assert answer.content.decode().count('role="option"') == 3


def test_nothing_typed_and_nothing_found_both_say_what_to_do(filled: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("officer")

    assert "可以这样找" in client.get("/search/").content.decode()
    assert "没有找到" in client.get("/search/", {"q": "潜水艇"}).content.decode()


def test_more_hits_cost_no_more_queries(filled: Cast, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("officer")

    def asked_for(text: str) -> int:
        client.get("/search/", {"q": text})  # catches up
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/", {"q": text})
        return len(captured)

    few = asked_for("电池")
    for number in range(30):
        file("patent", f"电池{number}", [("granted", "2024-05-06")], firm=filled.firm, by=filled.statistician)
    assert asked_for("电池") == few
    assert few <= 16
