"""The palette: everybody is offered what is theirs and nothing else, called by words or initials, and finds what the search finds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from tests.cast import NOW, Cast, file
from xingke.casework.tests.flowing import FOLDER
from xingke.registry import actions as registry
from xingke.search import actions, queries
from xingke.search.rules import BEGINS, HOLDS, SPELLED, SPELLED_WITHIN, nearness

SignIn = Callable[[str], Client]
HTMX = {"HX-Request": "true"}

NEAR = [
    ("as it begins", "台账", "台", BEGINS),
    ("within", "登记单位", "单位", HOLDS),
    ("its initials", "登记单位", "djdw", SPELLED),
    ("some of them", "登记单位", "dw", SPELLED_WITHIN),
    ("two words, the farther of which counts", "登记单位", "登 dw", SPELLED_WITHIN),
    ("capital letters, of full width", "登记单位", "ＤＪ", SPELLED),
    ("nothing typed", "登记单位", "", BEGINS),
    ("another", "登记单位", "人员", None),
    ("a word of two that is found nowhere", "登记单位", "登记 zz", None),
]


@pytest.mark.parametrize("story, label, text, expected", NEAR, ids=[each[0] for each in NEAR])
def test_what_is_called_so_is_near(story: str, label: str, text: str, expected: int | None) -> None:
    assert nearness(label, text) == expected


def shown(client: Client, text: str = "") -> list[tuple[str, str]]:
    """The options: what each is called and where it leads."""
    answer = client.get("/search/palette/", {"q": text}, headers=HTMX)
    assert answer.status_code == 200
    return [
        (" ".join(each.xpath(".//*[contains(@class, 'suggestion-title')]")[0].text_content().split()), each.get("href"))
        for each in html.fromstring(answer.content.decode()).xpath("//*[@role='option']")
    ]


pages = pytest.mark.db
WHO = [
    "officer",
    "director",
    "reviewer",
    "superior",
    "statistician",
    "system",
    "security",
    "auditor",
    "enterprise",
    "stranger",
]


@pages
@pytest.mark.parametrize("who", WHO)
def test_everything_somebody_is_offered_opens(cast: Cast, signed_in: SignIn, who: str) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)
    client = signed_in(who)

    offered = shown(client)

    assert len(set(offered)) == len(offered) >= 4
    assert [url for _label, url in offered if client.get(url).status_code != 200] == []


@pages
def test_the_menu_and_the_palette_lead_to_the_same_pages(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")
    menu = html.fromstring(client.get("/").content.decode()).xpath("//nav[contains(@class, 'menu-wide')]//a/@href")

    assert set(menu) <= {url for _label, url in shown(client)} and menu


@pages
def test_what_somebody_may_not_do_is_not_offered(cast: Cast, signed_in: SignIn) -> None:
    entering = reverse("ledger:record-new", args=["patent"])

    assert entering in [url for _label, url in shown(signed_in("officer"))]
    assert entering not in [url for _label, url in shown(signed_in("auditor"))]
    assert reverse("registry:account-new") not in [url for _label, url in shown(signed_in("officer"))]
    assert reverse("registry:account-new") in [url for _label, url in shown(signed_in("system"))]


@pages
def test_a_firm_may_begin_its_flows_and_an_officer_theirs(cast: Cast, signed_in: SignIn) -> None:
    registry.load_pack(folder=FOLDER, by=None, now=NOW)

    assert ("发起：研发费用后补助", reverse("casework:case-new", args=["rnd_subsidy"])) in shown(
        signed_in("enterprise"), "后补助"
    )
    assert reverse("casework:case-new", args=["rnd_subsidy"]) not in [
        url for _, url in shown(signed_in("officer"), "后补助")
    ]


@pages
@pytest.mark.parametrize("text", ["djzl", "登记专利", "专利 登记", "登jzl"])
def test_an_act_is_found_by_initials_and_by_words(cast: Cast, signed_in: SignIn, text: str) -> None:
    found = shown(signed_in("officer"), text)

    expected = ("登记专利", reverse("ledger:record-new", args=["patent"]))
    assert (expected in found) is (text != "登jzl")


@pages
def test_a_firm_is_found_by_its_initials_and_all_of_it_by_the_page(cast: Cast, signed_in: SignIn) -> None:
    actions.catch_up()

    found = shown(signed_in("officer"), "mqcg")

    assert found[0] == (cast.firm.name, f"/organisations/{cast.firm.key}/")
    assert found[-1] == ("搜索“mqcg”", "/search/?q=mqcg")


@pages
@pytest.mark.parametrize("who, expected", [("officer", 1), ("neighbour", 0), ("stranger", 0), ("system", 0)])
def test_nobody_finds_what_they_may_not_see(cast: Cast, signed_in: SignIn, who: str, expected: int) -> None:
    file("patent", "一种锂电池采集终端", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    actions.catch_up()

    found = [label for label, _url in shown(signed_in(who), "锂电池") if label.startswith("一种")]

    assert len(found) == expected


@pages
@pytest.mark.parametrize("text", ["'", '"*', "（）", "%_", "a" * 500, "<script>", "的"])
def test_nothing_that_can_be_typed_is_an_error(cast: Cast, signed_in: SignIn, text: str) -> None:
    page = signed_in("officer").get("/search/palette/", {"q": text}, headers=HTMX)

    assert page.status_code == 200 and "<script>" not in page.content.decode()


@pages
def test_one_letter_asks_the_index_nothing(cast: Cast, signed_in: SignIn) -> None:
    client = signed_in("officer")
    shown(client, "d")

    with CaptureQueriesContext(connection) as captured:
        shown(client, "d")

    assert [each["sql"] for each in captured if "search_" in each["sql"]] == []
    assert len(captured) <= 8


@pages
def test_the_answer_is_a_listbox_that_says_what_was_asked(cast: Cast, signed_in: SignIn) -> None:
    answer: Any = signed_in("officer").get("/search/palette/", {"q": " 台账 "}, headers=HTMX)
    page = html.fromstring(answer.content.decode())

    (listbox,) = page.xpath("//*[@role='listbox']")
    assert listbox.get("data-asked") == "台账"
    for group in listbox.xpath(".//*[@role='group']"):
        assert page.xpath(f"//*[@id='{group.get('aria-labelledby')}']")[0].text_content()
    assert all(each.get("aria-selected") == "false" for each in listbox.xpath(".//*[@role='option']"))


@pages
def test_every_page_holds_it_closed_and_the_button_is_a_link_to_the_search(cast: Cast, signed_in: SignIn) -> None:
    page = html.fromstring(signed_in("officer").get("/organisations/").content.decode())

    (dialog,) = page.xpath("//dialog[@id='palette']")
    assert "open" not in dialog.attrib
    assert dialog.xpath(".//input")[0].get("hx-get") == "/search/palette/"
    assert page.xpath("//a[@data-palette-open]/@href") == ["/search/"]


def test_who_is_not_signed_in_has_none(client: Client, db: None) -> None:
    assert client.get("/search/palette/", headers=HTMX).status_code == 302
    assert 'id="palette"' not in client.get("/sign-in/").content.decode()


@pages
def test_whoever_may_find_nothing_is_asked_for_no_search(cast: Cast, signed_in: SignIn) -> None:
    assert not queries.may_find(cast.stranger)
    page = html.fromstring(signed_in("stranger").get("/").content.decode())

    assert page.xpath("//dialog[@id='palette']//form[@data-no-search]")
