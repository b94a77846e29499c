"""Entering and correcting organisations by hand: twice is once, and what stood before stays in the trail."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.registry import actions
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _new(**other: str) -> dict[str, str]:
    return {
        "key": str(new_key()),
        "name": "青溪县  新芽农业有限公司",
        "kind": "enterprise",
        "region": "990121",
        "zone": "",
        "credit_code": "",
        "industry": "",
        "founded_on": "",
        **other,
    }


def test_a_second_click_finds_the_first_ones_organisation(cast: Cast, signed_in: SignIn) -> None:
    browser, posted = signed_in("officer"), _new()
    pages = [browser.post("/organisations/new/", posted) for _click in range(2)]

    entered = Organisation.objects.get(name="青溪县 新芽农业有限公司")  # spaces a hand doubled are one
    assert {page.headers["Location"] for page in pages} == {f"/organisations/{entered.key}/"}
    assert entered.is_fictional  # its county is


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"credit_code": "91990121MATH3BJ1"}, "不是统一社会信用代码"),
        ({"credit_code": "91990121MATH3BJIO0"}, "不含 I、O、S、V、Z"),
        ({"region": "990122"}, "选择"),
        ({"founded_on": "2999-01-01"}, "还没有到"),
        ({"name": ""}, "请填写这一项"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    cast: Cast, signed_in: SignIn, wrong: dict[str, str], sentence: str
) -> None:
    before = Organisation.objects.count()
    page = signed_in("officer").post("/organisations/new/", _new(**wrong))

    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert Organisation.objects.count() == before


WRONG = "91990121MATH3BJ10X"


def test_a_code_with_another_check_digit_is_asked_about_before_anything_is_saved(cast: Cast, signed_in: SignIn) -> None:
    browser, new = signed_in("officer"), _new(credit_code=WRONG)

    asked = browser.post("/organisations/new/", new).context["form"]
    unreasoned = browser.post("/organisations/new/", new | {"code_sure": "on"}).context["form"]

    assert asked.errors == {
        "credit_code": [
            f"“{WRONG}”的校验位不符，多半是抄错了一位，请对照营业执照核对；证上就是这样的，请勾选“这个代码确认无误”并写明依据。"
        ]
    }
    assert unreasoned.errors == {"code_reason": ["请写明依据。"]}
    assert not Organisation.objects.filter(credit_code=WRONG).exists()


def test_a_code_declared_right_is_kept_with_the_reason_and_stays_remarked(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")

    browser.post("/organisations/new/", _new(credit_code=WRONG, code_sure="on", code_reason="执照原件如此"))

    entered = Organisation.objects.get(credit_code=WRONG)
    assert AuditEntry.objects.filter(action="organisations.entered").latest("seq").detail == {
        "name": entered.name,
        "source": entered.name,
        "code_reason": "执照原件如此",
    }
    assert "校验位不符" in browser.get(f"/organisations/{entered.key}/").content.decode()
    assert "校验位不符" not in browser.get(f"/organisations/{cast.firm.key}/").content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "青溪县明渠传感科技有限公司",
        " 青溪县明渠传感科技 有限公司",
        "青溪县明渠传感科技有限公司 ",
        "（青溪县）明渠传感科技有限公司",
        "青溪县(明渠)传感科技有限公司",
    ],
)
def test_a_name_that_stands_already_is_asked_about_before_anything_is_saved(
    cast: Cast, signed_in: SignIn, name: str
) -> None:
    page = signed_in("officer").post("/organisations/new/", _new(name=name))

    assert page.context["form"].errors == {
        "name": ["已有同名单位：“青溪县明渠传感科技有限公司”（信用代码 未填，青溪县）。是同一家吗？"]
    }
    assert f'href="/organisations/{cast.firm.key}/"' in page.content.decode()
    assert Organisation.objects.count() == 2


def test_another_firm_of_the_same_name_is_entered_once_it_is_said_to_be_another(cast: Cast, signed_in: SignIn) -> None:
    posted = _new(name=cast.firm.name, another="on")
    pages = [signed_in("officer").post("/organisations/new/", posted) for _click in range(2)]

    entered = Organisation.objects.exclude(pk=cast.firm.pk).get(name=cast.firm.name)
    assert {page.headers["Location"] for page in pages} == {f"/organisations/{entered.key}/"}
    assert AuditEntry.objects.filter(action="organisations.entered").latest("seq").detail == {
        "name": entered.name,
        "source": entered.name,
        "namesake": f"青溪县明渠传感科技有限公司（{cast.firm.key}）",
    }


def test_of_the_neighbours_organisations_nothing_is_told(cast: Cast, signed_in: SignIn) -> None:
    Organisation.objects.filter(pk=cast.other_firm.pk).update(credit_code="91990121MATH3BJ10M")

    entered = signed_in("officer").post("/organisations/new/", _new(name=cast.other_firm.name))
    refused = signed_in("officer").post("/organisations/new/", _new(credit_code="91990121MATH3BJ10M"))

    assert entered.status_code == 302
    assert refused.context["form"].errors == {
        "credit_code": [
            (
                "统一社会信用代码 91990121MATH3BJ10M 已登记在您看不到的区划的一家单位名下，请核对；"
                "确实是同一家的，请上级科技局更正区划。"
            )
        ]
    }


def test_a_correction_asks_about_the_code_and_the_name_it_changes_and_about_nothing_else(
    cast: Cast, signed_in: SignIn
) -> None:
    browser, url = signed_in("officer"), f"/organisations/{cast.firm.key}/correct/"
    browser.post("/organisations/new/", _new(name="青溪县新芽农业有限公司"))
    form = browser.get(url).context["form"]
    posted = {name: form[name].value() or "" for name in form.fields} | {"reason": "补充"}

    asked = browser.post(url, posted | {"name": "青溪县新芽农业有限公司", "credit_code": WRONG}).context["form"]
    sure = {"credit_code": WRONG, "code_sure": "on", "code_reason": "执照原件如此"}
    corrected = browser.post(url, posted | sure)

    assert list(asked.errors) == ["credit_code", "name"]
    assert corrected.status_code == 302
    assert AuditEntry.objects.get(action="organisation.corrected").detail == {
        "credit_code": ["", WRONG],
        "code_reason": "执照原件如此",
    }


def _correct(cast: Cast, **other: Any) -> Organisation:
    seen = other.pop("seen", cast.firm.stamp)
    reason = other.pop("reason", "变更登记通知书")
    return actions.correct_organisation(
        organisation=cast.firm, changes=other, seen=seen, reason=reason, by=cast.officer, now=NOW
    )


def test_a_correction_says_what_stood_before(cast: Cast) -> None:
    before = cast.firm.name
    row = _correct(cast, name="青溪县明渠智能有限公司")

    assert row.name == "青溪县明渠智能有限公司"
    entry = AuditEntry.objects.get(action="organisation.corrected")
    assert entry.detail == {"name": [before, "青溪县明渠智能有限公司"]}
    assert entry.reason == "变更登记通知书"


def test_of_two_who_correct_the_same_the_second_is_told(cast: Cast) -> None:
    seen = cast.firm.stamp
    _correct(cast, industry="C3911")
    with pytest.raises(Refused, match="刚刚被他人更正"):
        _correct(cast, industry="C4014", seen=seen)


def test_a_credit_code_belongs_to_one(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.other_firm.pk).update(credit_code="91990121MATH3BJ10M")
    with pytest.raises(Refused, match="已登记在您看不到的区划的一家单位名下"):
        _correct(cast, credit_code="91990121MATH3BJ10M")


def test_nobody_moves_an_organisation_into_a_county_not_their_own(cast: Cast) -> None:
    with pytest.raises(Refused):
        _correct(cast, region=cast.sibling)


def test_the_page_corrects_what_was_changed_and_refuses_what_was_not(cast: Cast, signed_in: SignIn) -> None:
    browser, url = signed_in("officer"), f"/organisations/{cast.firm.key}/correct/"
    form = browser.get(url).context["form"]
    posted = {name: form[name].value() or "" for name in form.fields}

    assert "没有改动任何内容" in browser.post(url, posted | {"reason": "补充"}).content.decode()
    assert browser.post(url, posted | {"industry": "C3911", "reason": "补充"}).status_code == 302
    cast.firm.refresh_from_db()
    assert cast.firm.industry == "C3911"
