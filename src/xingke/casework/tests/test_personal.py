"""What forms ask that is personal: it is sealed and nowhere else, opened on record, left as it was, and erased for good."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.base.retaining import EXPIRIES
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.actions.personal import (
    PERSONAL,
    change_case_keys,
    count_personal,
    end_personal,
    erase_personal,
    keep_personal,
    open_personal,
)
from xingke.casework.models import Case, CaseDraft, CaseSealed
from xingke.casework.tests.flowing import FOLDER, faults
from xingke.registry import actions as registry
from xingke.registry import checks as register
from xingke.registry import sealing
from xingke.registry.endings import end_keys

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]
PHONE = "13809380000"


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    registry.load_pack(folder=FOLDER / "hidden", by=None, now=NOW)


def _asked(cast: Cast) -> Case:
    first = StepWanted(step="asked", typed={"money": "5", "phone": PHONE})
    new = NewCase(flow="hidden_sealed", region=cast.county, organisation=cast.firm)
    return open_case(new=new, first=first, by=cast.enterprise, now=NOW)


def _take(case: Case, step: str, by: Any, **wanted: Any) -> None:
    take_step(case=case, wanted=StepWanted(step=step, **wanted), seen=case.steps.count(), by=by, now=NOW)


def _page(client: Client, case: Case) -> str:
    return client.get(reverse("casework:case", args=[case.key])).content.decode()


def test_no_table_holds_it_in_the_clear(cast: Cast) -> None:
    """Every row of every table is looked at, not only those that somebody thought of."""
    case = _asked(cast)
    assert case.steps.get().answers == {"money": 5_000_000}
    for model in apps.get_models():
        assert PHONE not in json.dumps(list(model._default_manager.values()), default=str), model
    assert CaseSealed.objects.get().fields == ["phone"]


def test_the_page_says_that_it_is_sealed_and_opens_it_on_record(cast: Cast, signed_in: SignIn) -> None:
    case = _asked(cast)
    for name in ("officer", "enterprise"):
        assert PHONE not in _page(signed_in(name), case)
        assert "已封存" in _page(signed_in(name), case)
        answer = signed_in(name).post(reverse("casework:case-personal", args=[case.key]))
        assert PHONE in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
        entry = AuditEntry.objects.latest("seq")
        assert (entry.action, entry.target, entry.by) == ("case.personal-opened", str(case.key), cast.users[name])
        assert PHONE not in json.dumps(entry.detail)


@pytest.mark.parametrize("name", ["neighbour", "stranger", "superior", "auditor"])
def test_nobody_else_opens_it(cast: Cast, name: str) -> None:
    case = _asked(cast)
    with pytest.raises(Refused, match="只给经办这件事的人和申请人自己看"):
        open_personal(case=case, by=cast.users[name], now=NOW)


def test_whoever_answers_again_leaves_it_as_it_was(cast: Cast, signed_in: SignIn) -> None:
    case = _asked(cast)
    _take(case, "to_amend", cast.officer, opinion="金额有误")
    url = reverse("casework:step-take", args=[case.key, "amended"])
    page = signed_in("enterprise").get(url).content.decode()
    assert PHONE not in page
    assert "不改就留空" in page
    assert signed_in("enterprise").post(url, {"a-money": "6", "a-phone": "", "seen": "2"}).status_code == 302
    assert case.steps.get(number=3).answers == {"money": 6_000_000}
    assert open_personal(case=case, by=cast.officer, now=NOW) == {(1, "phone"): PHONE, (3, "phone"): PHONE}


def test_a_draft_keeps_all_but_what_is_personal(cast: Cast, signed_in: SignIn) -> None:
    url = reverse("casework:case-new", args=["hidden_sealed"])
    signed_in("enterprise").post(url, {"a-money": "7", "a-phone": PHONE, "draft": "1"})
    assert CaseDraft.objects.get().typed == {"money": "7"}
    form = html.fromstring(signed_in("enterprise").get(url).content.decode())
    assert [form.get_element_by_id(f"id_a-{name}").get("value") for name in ("money", "phone")] == ["7", ""]


def test_a_sealed_text_of_one_step_is_not_read_as_anothers(cast: Cast) -> None:
    case = _asked(cast)
    _take(case, "to_amend", cast.officer, opinion="金额有误")
    _take(case, "amended", cast.enterprise, typed={"money": "6", "phone": "13900000000"})
    first, second = CaseSealed.objects.order_by("step__number")
    CaseSealed.objects.filter(pk=second.pk).update(sealed=first.sealed)
    with pytest.raises(Refused, match="不是这一步的"):
        open_personal(case=case, by=cast.officer, now=NOW)


def test_a_new_key_opens_what_the_old_one_sealed(cast: Cast) -> None:
    case = _asked(cast)
    before = CaseSealed.objects.get().sealed
    assert change_case_keys(by=None, now=NOW) == 1
    assert CaseSealed.objects.get().sealed != before
    assert open_personal(case=case, by=cast.officer, now=NOW) == {(1, "phone"): PHONE}


def test_nothing_is_sealed_under_a_key_that_is_about_to_be_forgotten(cast: Cast) -> None:
    """Keys are read before the act; who changed them meanwhile has sealed everything anew."""
    case = _asked(cast)
    keys = sealing.keys_of(case.key)
    change_case_keys(by=None, now=NOW)
    with pytest.raises(Refused, match="密钥刚刚更换"):
        keep_personal(case.steps.get(), {"phone": PHONE}, keys)


def test_what_is_erased_opens_nowhere_any_more(cast: Cast, signed_in: SignIn) -> None:
    case = _asked(cast)
    sealed = CaseSealed.objects.get().sealed
    with pytest.raises(Refused, match="还没有办结"):
        erase_personal(case=case, reason="本人要求", by=cast.director, now=NOW)
    _take(case, "done", cast.officer)
    with pytest.raises(Refused, match="没有这个权限"):
        erase_personal(case=case, reason="本人要求", by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="请写明原因"):
        erase_personal(case=case, reason=" ", by=cast.director, now=NOW)
    assert [erase_personal(case=case, reason="本人要求", by=cast.director, now=NOW) for _press in "ab"] == [1, 0]
    with pytest.raises(Refused, match="密钥不在"):
        sealing.unseal(case.key, sealed)
    assert "已删除" in _page(signed_in("officer"), case)


def test_whoever_was_killed_before_the_key_was_gone_presses_again_or_waits_a_night(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = _asked(cast)
    _take(case, "done", cast.officer)
    with monkeypatch.context() as killed:
        killed.setattr(sealing, "destroy", lambda key: None)
        erase_personal(case=case, reason="本人要求", by=cast.director, now=NOW)
    told = f"{case.key} 的个人信息已删除，密钥还在 person-keys 里；夜里会自动清除，xingke retention 立即清除"
    assert told in [problem for found in register.persons() for problem in found.problems]
    later = timezone.now() + timedelta(hours=2)  # the age of a file is that of the real clock
    assert end_keys(timezone.now(), 10) == 0  # a key that was just made may be about to seal something
    assert (end_keys(later, 10), sealing.has_key(case.key), end_keys(later, 10)) == (1, False, 0)
    sealing.prepare(case.key)
    assert erase_personal(case=case, reason="本人要求", by=cast.director, now=NOW) == 0
    assert not sealing.has_key(case.key)


def test_it_ends_by_itself_a_while_after_the_case_did(cast: Cast, signed_in: SignIn) -> None:
    over, under_way = _asked(cast), _asked(cast)
    _take(over, "done", cast.officer)
    days = EXPIRIES[PERSONAL].days
    assert days is not None
    before, after = NOW + timedelta(days=days - 1), NOW + timedelta(days=days + 1)
    assert (count_personal(before), end_personal(before, 10)) == (0, 0)
    assert (count_personal(after), end_personal(after, 10), end_personal(after, 10)) == (1, 1, 0)
    assert (sealing.has_key(over.key), sealing.has_key(under_way.key)) == (False, True)
    row = CaseSealed.objects.get(step__case=over)
    assert (row.sealed, row.erased_at, row.erased_by) == ("", after, None)
    assert "已删除" in _page(signed_in("officer"), over)
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.action, entry.by, entry.count) == ("case.personal-ended", None, 1)


def test_a_case_that_was_reopened_keeps_it(cast: Cast) -> None:
    case = _asked(cast)
    _take(case, "done", cast.officer)
    _take(case, "reopen", cast.director, opinion="发现新情况")
    assert count_personal(NOW + timedelta(days=4000)) == 0


def test_nothing_of_a_flow_asks_about_it() -> None:
    forms = """
[[form]]
code = "f"
label = { zh = "f", en = "f" }
field = [{ name = "phone", label = { zh = "f", en = "f" }, type = "text", personal = true }]
"""
    flows = """
[[flow]]
code = "f"
label = { zh = "f", en = "f" }
managed_by = "case.manage"
[[flow.step]]
code = "a"
label = { zh = "a", en = "a" }
by = ["case.handle"]
form = "f"
next = ["b"]
[[flow.step]]
code = "b"
label = { zh = "b", en = "b" }
by = ["case.handle"]
when = 'phone = "1"'
through = "meeting"
form = "f"
ends = "done"
"""
    through, when = faults(flows, forms)
    assert "phone" in when
    assert "which is sealed by a step of its own" in through
