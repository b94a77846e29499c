"""Declared lists: pages by key, order, files that are what is shown, what is kept, and who finds it."""

import csv
import functools
import io
import operator
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import UniqueConstraint
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from python_calamine import CalamineWorkbook

from tests.cast import NOW, Cast, file
from xingke.accounts.permissions import Permission
from xingke.base.keys import derived_key
from xingke.base.pinyin import sort_key
from xingke.base.refusals import Refused
from xingke.ledger.models import ContractEvent, PatentEvent
from xingke.registry import actions
from xingke.registry import queries as registry
from xingke.registry.actions import people
from xingke.registry.actions import saved_views as views
from xingke.registry.filtering import PAGE_SIZE
from xingke.registry.listing import (
    LISTS,
    DeclaredList,
    EmptyList,
    ListColumn,
    SectionFilter,
    answering,
    ask,
    check_list,
    paging,
)
from xingke.registry.models import Grant, Organisation, Person, SavedView
from xingke.registry.queries.saved_views import kept_of

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
HEADS = "//thead//th[not(contains(@class, 'pick'))]"


def enter(cast: Cast, *names: str, founded: date | None = None) -> None:
    new = [
        actions.NewOrganisation(
            key=derived_key("listed", number, name),
            name=name,
            region=cast.county,
            founded_on=founded + timedelta(days=number % 3) if founded else None,
            is_fictional=True,
        )
        for number, name in enumerate(names)
    ]
    actions.enter_organisations(organisations=new, by=cast.officer, now=NOW, source="test")


def page(response: Any) -> Any:
    return html.fromstring(response.content.decode())


def shown(response: Any) -> list[str]:
    return [row.of.name for row in response.context["rows"]]


def step(response: Any, which: str) -> str:
    """The address behind the way to another page; "" where there is none."""
    found = page(response).xpath(f"//a[contains(@id, '-page-{which}')]/@href")
    return str(found[0]) if found else ""


def walked(browser: Client, address: str, which: str = "after") -> list[list[str]]:
    """The names of every page from an address on, as one goes from page to page."""
    pages = []
    while address:
        response = browser.get(address)
        pages.append(shown(response))
        way = step(response, which)
        address = f"/organisations/{way}" if way else ""
    return pages


# ── every list that is declared ─────────────────────────────────────────────────────────────────────────────────────

EVERY = pytest.mark.parametrize("listed", tuple(LISTS), ids=lambda listed: listed.code)


@EVERY
def test_a_declaration_has_nothing_wrong_and_leads_to_its_own_page(listed: DeclaredList) -> None:
    assert list(check_list(listed)) == []
    assert reverse(listed.url_name)


@EVERY
def test_what_is_said_to_have_an_index_has_one_and_is_never_empty(cast: Cast, listed: DeclaredList) -> None:
    """Else a list of any size would be sorted by reading all of it, and a row without a value would be on no page."""
    reader = next(user for user in cast.users.values() if registry.has(user, listed.permission))
    request = RequestFactory().get("/")
    request.user = reader
    asked = ask(listed, request)
    found = listed.rows(asked)

    for rows in found.values() if isinstance(found, dict) else [found]:
        for column in listed.columns:
            if column.is_indexed:
                field = paging._field(rows, column.sort)
                model = field.model._meta
                indexes = [*model.indexes, *(each for each in model.constraints if isinstance(each, UniqueConstraint))]
                named = {name for index in indexes for name in index.fields}
                assert field.primary_key or field.db_index or field.unique or field.name in named, column.code
                assert not field.null, column.code


# ── pages and order ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_are_sorted_by_their_pinyin_which_is_kept_beside_them(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, "重庆装备", "长沙仪器", "安吉材料", "厦门光电")

    names = shown(signed_in("officer").get("/organisations/"))
    assert names == ["安吉材料", "长沙仪器", "重庆装备", cast.firm.name, "厦门光电"]
    assert shown(signed_in("officer").get("/organisations/?sort=-name")) == names[::-1]
    for row in Organisation.objects.all():
        assert row.name_key == sort_key(row.name)


def test_a_corrected_name_is_sorted_anew(cast: Cast) -> None:
    firm = Organisation.objects.get(pk=cast.firm.pk)

    actions.correct_organisation(
        organisation=firm, changes={"name": "安吉"}, seen=firm.stamp, reason="更名", by=cast.officer, now=NOW
    )

    assert Organisation.objects.get(pk=firm.pk).name_key == sort_key("安吉")


def test_whoever_is_forgotten_or_merged_leaves_no_key_of_their_name(cast: Cast) -> None:
    kept, other, gone = (
        people.enter_person(name=name, region=cast.county, facts={}, by=cast.officer, now=NOW)
        for name in ("单一", "单二", "单三")
    )
    assert Person.objects.get(pk=kept.pk).name_key.startswith("shan4")

    people.merge_people(kept=kept, other=other, reason="同一人", by=cast.officer, now=NOW)
    people.erase_person(person=gone, reason="本人要求", by=cast.officer, now=NOW)

    assert set(Person.objects.exclude(pk=kept.pk).values_list("name", "name_key")) == {("", "")}


def test_one_gets_to_every_row_once_forwards_and_back_though_many_sort_alike(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, *["同名企业"] * 60, *(f"企业{number}" for number in range(70)))
    browser, everything = signed_in("officer"), Organisation.objects.filter(region=cast.county).count()

    pages = walked(browser, "/organisations/")
    assert [len(each) for each in pages] == [PAGE_SIZE, PAGE_SIZE, everything - 2 * PAGE_SIZE]
    assert functools.reduce(operator.iadd, pages, []) == [
        row.name for row in Organisation.objects.filter(region=cast.county).order_by("name_key", "pk")
    ]

    last = step(browser.get("/organisations/" + step(browser.get("/organisations/"), "after")), "after")
    back = walked(browser, "/organisations/" + last, "before")
    assert back[::-1] == pages


def test_what_goes_meanwhile_makes_nobody_be_passed_over_or_seen_twice(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, *(f"企业{number:03}" for number in range(120)))
    browser = signed_in("officer")
    first = browser.get("/organisations/?q=企业")
    way = step(first, "after")
    names = shown(first)

    Organisation.objects.filter(name__in=[*names[:10], names[-1]]).delete()  # the last one is what the way begins after
    enter(cast, "企业000之前")

    second = shown(browser.get("/organisations/" + way))
    assert second == [f"企业{number:03}" for number in range(50, 100)]
    assert not {*second} & {*names}


def test_the_first_page_is_whole_though_one_comes_back_to_less_of_it(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, *(f"企业{number:03}" for number in range(120)))
    browser = signed_in("officer")
    second = browser.get("/organisations/" + step(browser.get("/organisations/?q=企业"), "after"))
    Organisation.objects.filter(name__in=[f"企业{number:03}" for number in range(30)]).delete()

    assert shown(browser.get("/organisations/" + step(second, "before"))) == [f"企业{n:03}" for n in range(30, 80)]


def test_an_address_with_a_number_still_works_and_one_that_says_nonsense_shows_the_first_page(
    cast: Cast, signed_in: SignIn
) -> None:
    enter(cast, *(f"企业{number:03}" for number in range(120)))
    browser = signed_in("officer")

    assert shown(browser.get("/organisations/?q=企业&page=2")) == [f"企业{number:03}" for number in range(50, 100)]
    first = shown(browser.get("/organisations/?q=企业"))
    for odd in (
        "after=x",
        "after=W10",
        "before=WyJhIixbXV0",
        "after=" + "A" * 3000,
        "page=0",
        "page=-1",
        "after=bnVsbA",
    ):
        assert shown(browser.get(f"/organisations/?q=企业&{odd}")) == first, odd


def test_of_several_kinds_those_of_one_day_and_number_are_each_seen_once(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables number their rows each by itself: the kind tells them apart."""
    monkeypatch.setattr(paging, "PAGE_SIZE", 3)
    for number in range(4):
        for kind in ("recognition", "patent"):
            event = "recognised" if kind == "recognition" else "granted"
            file(kind, f"{kind}{number}", [(event, "2024-05-06")], firm=cast.firm, by=cast.statistician)
    browser = signed_in("officer")

    address, keys = "/records/", []
    while address:
        response = browser.get(address)
        keys += [row["key"] for row in response.context["rows"]]
        way = step(response, "after")
        address = f"/records/{way}" if way else ""
    assert len(keys) == len(set(keys)) == 8

    back = browser.get("/records/?page=3")
    assert [row["key"] for row in back.context["rows"]] == keys[6:]
    before = browser.get("/records/" + step(back, "before"))
    assert [row["key"] for row in before.context["rows"]] == keys[3:6]


def test_a_page_far_on_is_entered_by_the_index_and_not_counted_to(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, *(f"企业{number:03}" for number in range(120)))
    browser = signed_in("officer")
    way = step(browser.get("/organisations/"), "after")

    with CaptureQueriesContext(connection) as captured:
        browser.get("/organisations/" + way)

    (asked,) = [each["sql"] for each in captured if "name_key" in each["sql"] and "LIMIT" in each["sql"]]
    assert "OFFSET" not in asked and re.search(r'"name_key" >= ', asked)


# ── by a column without an index ────────────────────────────────────────────────────────────────────────────────────


def test_a_column_without_an_index_sorts_a_small_list_what_has_none_last(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, *(f"企业{number}" for number in range(6)), founded=date(2020, 1, 1))
    browser = signed_in("officer")

    up = [row.of.founded_on for row in browser.get("/organisations/?sort=founded").context["rows"]]
    down = [row.of.founded_on for row in browser.get("/organisations/?sort=-founded").context["rows"]]

    days = [date(2020, 1, 1)] * 2 + [date(2020, 1, 2)] * 2 + [date(2020, 1, 3)] * 2
    assert (up, down) == ([*days, None], [*days[::-1], None])  # the firm of the cast has no day


def test_beyond_what_is_sorted_its_head_is_grey_and_says_why(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(cast, *(f"企业{number}" for number in range(6)), founded=date(2020, 1, 1))
    monkeypatch.setattr(answering, "SORTED", 5)
    browser = signed_in("officer")

    answer = browser.get("/organisations/?sort=-founded")
    heads = page(answer)
    (grey,) = heads.xpath("//th//span[@title]")
    assert "成立日期" in grey.text_content() and "超过 5 条" in grey.get("title")
    assert heads.xpath("//th//a[@id='organisations-by-name']") and not heads.xpath(
        "//a[@id='organisations-by-founded']"
    )
    assert shown(answer) == shown(browser.get("/organisations/"))  # as usual
    narrowed = page(browser.get("/organisations/?q=企业1"))
    assert narrowed.xpath("//a[@id='organisations-by-founded']")


# ── the file is what is shown ───────────────────────────────────────────────────────────────────────────────────────


def test_the_file_has_the_columns_the_order_and_the_rows_that_are_shown(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, *(f"企业{number:02}" for number in range(60)), founded=date(2020, 1, 1))
    browser = signed_in("officer")
    views.choose_columns(list_code="organisations", columns=["founded", "kind", "name"], by=cast.officer)

    answer = browser.get("/organisations/?q=企业&sort=-name")
    heads = [each.text_content().strip() for each in page(answer).xpath(HEADS)]
    exported = next(iter(page(answer).xpath("//a[contains(@href, 'format=csv')]/@href")))
    rows = list(csv.reader(io.StringIO(browser.get(f"/organisations/{exported}").content.decode("utf-8-sig"))))

    assert heads == ["成立日期", "类别", "单位"]
    assert rows[0] == ["成立日期", "类别", "名称", "统一社会信用代码", "虚构"]
    assert [row[2] for row in rows[1:]] == [f"企业{number:02}" for number in range(59, -1, -1)]
    assert [row[2] for row in rows[1 : PAGE_SIZE + 1]] == shown(answer)


def test_columns_somebody_chose_are_theirs_alone_and_can_be_given_up(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    chosen = {"column": ["kind", "name"], "query": "?q=明渠"}

    back = browser.post("/lists/organisations/columns/", chosen)
    assert back.headers["Location"] == "/organisations/?q=%E6%98%8E%E6%B8%A0"
    heads = page(browser.get("/organisations/")).xpath(HEADS)
    assert [each.text_content().strip() for each in heads] == ["类别", "单位"]
    assert len(page(signed_in("director").get("/organisations/")).xpath(HEADS)) > 2

    signed_in("officer").post("/lists/organisations/columns/", {"usual": "1"})
    assert len(page(browser.get("/organisations/")).xpath(HEADS)) > 2


def test_sums_are_exact_and_of_all_rows_without_void_ones(cast: Cast, signed_in: SignIn) -> None:
    for number in range(PAGE_SIZE + 1):
        file("contract", f"合同{number}", [("signed", "2025-05-01")], firm=cast.firm, by=cast.statistician)
    ContractEvent.objects.update(amount=9_007_199_254_740_993)  # one more than a double can hold
    ContractEvent.objects.filter(pk=ContractEvent.objects.latest("pk").pk).update(state="void")

    said = page(signed_in("officer").get("/records/?kind=contract&event=signed")).xpath(
        "//*[@class='data-table-totals']"
    )
    total = 9_007_199_254_740_993 * PAGE_SIZE
    assert f"{total // 10**6:,}.{total % 10**6:06}".rstrip("0") in said[0].text_content()
    layers = page(signed_in("officer").get("/records/?kind=contract"))
    assert not layers.xpath("//*[@class='data-table-totals']")  # signed and registered are layers of one price


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_chosen_on_the_list_is_there_when_one_comes_back_until_it_is_taken_back(
    cast: Cast, signed_in: SignIn
) -> None:
    browser, here = signed_in("officer"), "http://testserver/organisations/"
    browser.get("/organisations/?q=x&sort=-name&page=2", headers={"referer": here})

    back = browser.get("/organisations/")
    assert (back.status_code, back.headers["Location"]) == (302, "/organisations/?q=x&sort=-name")
    assert browser.get("/people/").status_code == 200  # another list has its own
    assert browser.get("/organisations/?clear=1").headers["Location"] == "/organisations/"
    assert browser.get("/organisations/").status_code == 200


def test_a_link_from_elsewhere_is_asked_once_and_a_file_never_kept(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    browser.get("/organisations/?q=x", headers={"referer": "http://testserver/"})
    browser.get("/organisations/?q=x&format=csv", headers={"referer": "http://testserver/organisations/"})

    assert browser.get("/organisations/").status_code == 200


def test_what_is_chosen_stands_as_chips_that_take_it_back(cast: Cast, signed_in: SignIn) -> None:
    answer = page(signed_in("officer").get("/records/?kind=patent&on_from=2024-01-01&mine=1&on_to=gestern"))

    chips = {each.text_content().strip(): each.get("href") for each in answer.xpath("//a[@class='list-chip']")}
    assert len(chips) == 3
    by_kind = next(url for words, url in chips.items() if "专利" in words)
    assert "kind" not in by_kind and "on_from=2024-01-01" in by_kind and "mine=1" in by_kind


def test_days_and_ones_own_narrow_the_list(cast: Cast, signed_in: SignIn) -> None:
    for name, day, by in (("甲", "2024-05-06", cast.statistician), ("乙", "2024-06-07", cast.checker)):
        file("patent", name, [("granted", day)], firm=cast.firm, by=by)
    browser = signed_in("statistician")

    def found(asked: str) -> list[str]:
        return [row["day"] for row in browser.get(f"/records/?{asked}").context["rows"]]

    assert found("on_from=2024-06-07") == ["2024-06-07"]
    assert found("on_to=2024-06-06") == ["2024-05-06"]
    assert found("on_from=2024-05-06&on_to=2024-05-06") == ["2024-05-06"]
    assert found("mine=1") == ["2024-05-06"]


def test_what_is_of_ones_own_section_is_kept_and_all_of_it_for_who_works_in_every_one(cast: Cast) -> None:
    """No list of ours has sections yet but that of grants, whose rows are told apart by them here."""
    for section, region in (("rural", cast.county), ("results", cast.county), ("rural", cast.sibling)):
        actions.give_role(user=cast.checker, role="officer", region=region, section=section, by=cast.security, now=NOW)
    actions.give_role(
        user=cast.stranger, role="officer", region=cast.county, section="rural", by=cast.security, now=NOW
    )
    of_sections = DeclaredList(
        code="grants",
        title="Grants",
        url_name="registry:grant-list",
        permission=Permission.ORGANISATION_READ,
        rows=lambda asked: Grant.objects.filter(user=cast.checker),
        columns=(ListColumn(code="pk", label="", sort="pk", is_indexed=True, cell=lambda row: row.pk),),
        order="pk",
        filters=(SectionFilter(label="我科室的"),),
        empty=lambda asked: EmptyList(title=""),
    )

    def found(who: str, query: str) -> set[tuple[str, str]]:
        request = RequestFactory().get(f"/{query}")
        request.user = cast.users[who]
        asked = ask(of_sections, request)
        rows = of_sections.rows(asked).filter(asked.narrow, role="officer")
        return set(rows.values_list("section", "region__name"))

    everything = {("rural", "青溪县"), ("results", "青溪县"), ("rural", "云渡县")}
    assert found("stranger", "") == everything
    assert found("stranger", "?section=1") == {("rural", "青溪县")}
    assert found("officer", "?section=1") == {("rural", "青溪县"), ("results", "青溪县")}


# ── the ticked rows ──────────────────────────────────────────────────────────────────────────────────────────────────


def xlsx_rows(content: bytes) -> list[list[str]]:
    """The rows of the first sheet of a workbook, as texts."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [[str(each) for each in row] for row in book.get_sheet_by_index(0).to_python()]


@EVERY
def test_every_list_gives_its_ticked_rows_as_a_file(cast: Cast, signed_in: SignIn, listed: DeclaredList) -> None:
    reader = next(name for name, user in cast.users.items() if registry.has(user, listed.permission))
    answer = signed_in(reader).post(f"/lists/{listed.code}/export/", {"row": ["1", "x", "patent:y"], "list-query": ""})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_file_of_ticked_rows_has_those_alone_and_none_that_are_not_shown(cast: Cast, signed_in: SignIn) -> None:
    enter(cast, "安吉材料", "长沙仪器", "厦门光电")
    browser = signed_in("officer")
    answer = browser.get("/organisations/?sort=-name&columns=kind,name")
    ticks = {each.get("aria-label"): each.get("value") for each in page(answer).xpath("//tbody//input[@name='row']")}
    hidden = page(answer).xpath("//input[@name='list-query']/@value")[0]
    other = str(Organisation.objects.get(name=cast.other_firm.name).pk)

    wanted = [key for name, key in ticks.items() if "长沙" in name or "安吉" in name]
    sent = {"row": [*wanted, other], "list-query": hidden}
    told = xlsx_rows(browser.post("/lists/organisations/export/", sent).content)

    assert told[0][:2] == ["类别", "名称"]
    assert [row[1] for row in told[1:]] == ["长沙仪器", "安吉材料"]
    assert (
        browser.post("/lists/organisations/export/", {"list-query": "?q=x"}).headers["Location"]
        == "/organisations/?q=x"
    )


def test_ticked_records_of_several_kinds_come_as_one_file(cast: Cast, signed_in: SignIn) -> None:
    for kind, event in (("patent", "granted"), ("recognition", "recognised")):
        file(kind, f"{kind}1", [(event, "2024-05-06")], firm=cast.firm, by=cast.statistician)
    browser = signed_in("officer")
    ticks = page(browser.get("/records/")).xpath("//tbody//input[@name='row']/@value")
    told = xlsx_rows(browser.post("/lists/records/export/", {"row": ticks[:1], "list-query": ""}).content)
    assert len(ticks) == 2 and len(told) == 2


# ── saved views ─────────────────────────────────────────────────────────────────────────────────────────────────────


def saved(cast: Cast, name: str = "明渠", *, shared: bool = False, who: str = "officer") -> SavedView:
    by = cast.users[who]
    return views.save_view(
        list_code="organisations", name=name, query="?q=明渠", shared_with=cast.county if shared else None, by=by
    )


def chips(response: Any) -> list[str]:
    return [each.text_content().strip() for each in page(response).xpath("//a[contains(@class, 'view-chip')]")]


def test_a_view_stands_above_its_list_and_is_marked_where_it_is_looked_at(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    browser.post("/lists/organisations/views/", {"name": " 明渠 ", "query": "?q=明渠&columns=name,kind"})

    answer = browser.get("/organisations/?q=明渠")
    (chip,) = page(answer).xpath("//a[contains(@class, 'view-chip')]")
    assert (chip.text_content().strip(), chip.get("aria-current")) == ("明渠", "true")
    through = browser.get("/organisations/" + chip.get("href"))
    assert shown(through) == [cast.firm.name] and len(page(through).xpath(HEADS)) == 2
    assert chips(browser.get("/records/")) == []  # of another list


def test_a_shared_view_is_seen_in_its_bureau_and_nowhere_else(cast: Cast, signed_in: SignIn) -> None:
    saved(cast, "共用", shared=True)
    saved(cast, "自己的")

    assert chips(signed_in("officer").get("/organisations/")) == ["共用（共用）", "自己的"]
    assert chips(signed_in("director").get("/organisations/")) == ["共用（共用）"]
    for who in ("neighbour", "enterprise", "superior", "statistician"):
        assert chips(signed_in(who).get("/organisations/")) == [], who


def test_only_ones_own_bureau_can_be_shared_with(cast: Cast) -> None:
    for who, region in (("officer", cast.sibling), ("officer", cast.city), ("enterprise", cast.county)):
        with pytest.raises(Refused):
            views.save_view(list_code="organisations", name="x", query="", shared_with=region, by=cast.users[who])
    assert not SavedView.objects.exists()


def test_anothers_view_does_not_exist(cast: Cast, signed_in: SignIn) -> None:
    view = saved(cast, shared=True)

    for who in ("director", "neighbour", "stranger", "enterprise"):
        browser = signed_in(who)
        assert browser.post(f"/lists/views/{view.pk}/delete/").status_code == 404, who
        assert browser.post(f"/lists/views/{view.pk}/rename/", {"name": "我的"}).status_code == 404, who
    assert SavedView.objects.get().name == "明渠"


def test_a_list_somebody_may_not_see_keeps_nothing_for_them(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")

    for code in ("audit", "nothing"):
        assert browser.post(f"/lists/{code}/views/", {"name": "x"}).status_code == 404
        assert browser.post(f"/lists/{code}/columns/", {"column": "seq"}).status_code == 404
    assert signed_in("stranger").post("/lists/organisations/views/", {"name": "x"}).status_code == 404
    assert not SavedView.objects.exists()


def test_one_is_renamed_shared_and_deleted_and_leaves_no_trail(cast: Cast, signed_in: SignIn) -> None:
    view, browser = saved(cast), signed_in("officer")
    other = saved(cast, "另一个")

    browser.post(f"/lists/views/{view.pk}/rename/", {"name": "改名", "region": cast.county.code})
    view.refresh_from_db()
    assert (view.name, view.region) == ("改名", cast.county)
    refused = browser.post(f"/lists/views/{view.pk}/rename/", {"name": "另一个"})
    assert "已有一个叫“另一个”的视图" in str(next(iter(get_messages(refused.wsgi_request))))
    browser.post(f"/lists/views/{view.pk}/delete/")
    assert [*SavedView.objects.all()] == [other]


def test_a_shared_view_is_found_while_its_owner_works_in_the_bureau(cast: Cast, signed_in: SignIn) -> None:
    """Nobody else can change it or take it away: it would stand there for good."""
    saved(cast, "共用", shared=True)
    actions.take_role_back(grant=Grant.objects.get(user=cast.officer), by=cast.security, now=NOW)
    assert chips(signed_in("director").get("/organisations/")) == []


def test_a_shared_view_of_an_account_that_was_closed_is_gone(cast: Cast, signed_in: SignIn) -> None:
    saved(cast, "共用", shared=True)
    assert chips(signed_in("director").get("/organisations/")) == ["共用（共用）"]
    type(cast.officer).objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert chips(signed_in("director").get("/organisations/")) == []


def test_a_view_keeps_what_is_chosen_and_nothing_that_does_something(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    query = "?q=明渠&sort=-name&columns=name,kind&format=xlsx&after=x&before=y&page=3&clear=1&next=/audit/"
    browser.post("/lists/organisations/views/", {"name": "x", "query": query})
    kept = SavedView.objects.get()
    assert parse_qsl(kept.query[1:]) == [("q", "明渠"), ("sort", "-name"), ("columns", "name,kind")]

    SavedView.objects.update(query="?q=明渠&format=xlsx&clear=1")  # as one was kept before
    (chip,) = page(browser.get("/organisations/?q=明渠")).xpath("//a[contains(@class, 'view-chip')]")
    assert parse_qsl(chip.get("href")[1:]) == [("q", "明渠")]


def test_the_way_back_never_leads_to_another_page(cast: Cast, signed_in: SignIn) -> None:
    for query in ("https://example.com", "//example.com", "/audit/", "javascript:x"):
        answer = signed_in("officer").post("/lists/organisations/views/", {"name": "x", "query": query})
        assert answer.headers["Location"] == "/organisations/"


def test_views_without_a_name_or_beyond_what_is_kept_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 1)
    saved(cast)
    for name in ("", "  ", "长" * 41, "第二个"):
        with pytest.raises(Refused):
            saved(cast, name)
    saved(cast)  # the same again is the same
    assert [each.name for each in kept_of(cast.officer, "organisations").views] == ["明渠"]


# ── what a page costs ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_costs_the_same_queries_for_few_rows_and_for_many(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    enter(cast, "企业一", "企业二")
    browser.get("/organisations/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/organisations/")
    enter(cast, *(f"企业{number}" for number in range(PAGE_SIZE)))
    for number in range(5):
        saved(cast, f"视图{number}")

    browser.get("/organisations/")  # what is kept of counts is asked for anew after something was entered
    with CaptureQueriesContext(connection) as many:
        assert len(browser.get("/organisations/").context["rows"]) == PAGE_SIZE
    assert len(many) == len(few)


def test_reading_a_list_writes_nothing(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    browser.get("/records/")
    with CaptureQueriesContext(connection) as captured:
        browser.get("/records/?kind=patent")

    assert not [each["sql"] for each in captured if re.match("INSERT|UPDATE|DELETE", each["sql"])]
    assert not PatentEvent.objects.exists()
