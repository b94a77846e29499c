"""Links for outsiders: one step, one party, once; what is told once is kept nowhere, and every link that opens nothing says why."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import serializers
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts import actions as accounts
from xingke.accounts.models import AuditEntry
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.casework import checks as case_checks
from xingke.casework import queries
from xingke.casework.actions import AnswersRefused, StepWanted, take_step
from xingke.casework.models import Case, CaseStep
from xingke.casework.queries.seen import case_seen, outsider_seen
from xingke.casework.rules.flows import CaseEnd, Flow, FlowStep, RecordTemplate
from xingke.letters.actions import links
from xingke.letters.actions.links import LinkMade, drop_old_links, revoke_link, use_link
from xingke.letters.models import OutsideLink
from xingke.letters.queries.links import link_opened, outsider_of
from xingke.letters.rules.links import MOST_TRIES, PAUSE, LinkEnd, link_choices, not_by_link
from xingke.letters.tests.writing import load_flow, new_case, new_link
from xingke.notices.models import Notice

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]
LATER = NOW + timedelta(hours=1)
ANSWERS = {"passed": "true", "found": "12"}
SENT = {"a-passed": "true", "a-found": "12", "seen": "1"}


@pytest.fixture(autouse=True)
def _flow(cast: Cast) -> None:
    load_flow()


@pytest.fixture
def case(cast: Cast) -> Case:
    return new_case(cast)


@pytest.fixture
def made(cast: Cast, case: Case) -> LinkMade:
    return new_link(cast, case)


def _use(
    made: LinkMade, *, word: str = "", now: datetime = LATER, address: str | None = None, **given: Any
) -> CaseStep:
    wanted = StepWanted(**{"step": "tested", "typed": ANSWERS, **given})
    return use_link(link=made.link, word=word or made.word, wanted=wanted, seen=1, now=now, address=address)


def _wrong(made: LinkMade) -> str:
    return "000000" if made.word != "000000" else "000001"


# ── taking the step ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_step_says_who_took_it_and_not_the_officer(cast: Cast, case: Case, made: LinkMade) -> None:
    row = _use(made)
    assert (row.step, row.taken_by, row.outsider, row.vouched_by) == ("tested", None, "样例检测中心", cast.officer)
    assert (row.link, row.answers["found"], row.on) == (made.link.key, 120000, timezone.localtime(LATER).date())
    trail = AuditEntry.objects.order_by("-seq")[0]
    assert (trail.action, trail.by, trail.detail["link"]) == ("link.used", None, str(made.link.key))
    assert [result.problems for check in case_checks.CHECKS for result in check.find()] == [()]
    assert Notice.objects.filter(user=cast.officer, key=str(case.key)).exists()


def test_the_page_of_the_case_names_the_outsider(cast: Cast, case: Case, made: LinkMade, signed_in: SignIn) -> None:
    _use(made)
    page = signed_in("officer").get(reverse("casework:case", args=[case.key])).content.decode()
    assert f"样例检测中心（凭外部链接，{cast.officer.name}发出）" in page


def test_a_link_is_good_for_its_step_alone(case: Case, made: LinkMade) -> None:
    for step in ("looked_at", "told", "withdraw", "correct", "terminate", "transfer"):
        with pytest.raises(Refused):
            take_step(
                case=case, wanted=StepWanted(step=step, opinion="x"), seen=1, by=outsider_of(made.link), now=LATER
            )
    assert case.steps.count() == 1


def test_a_link_is_used_once(made: LinkMade, case: Case) -> None:
    _use(made)
    with pytest.raises(Refused, match="这个链接已经用过"):
        _use(made, now=LATER + timedelta(minutes=1))
    assert case.steps.count() == 2


def test_a_form_that_is_wrong_loses_neither_the_link_nor_a_try(case: Case, made: LinkMade) -> None:
    with pytest.raises(AnswersRefused):
        _use(made, typed={"passed": "true"})
    made.link.refresh_from_db()
    assert (made.link.ended, made.link.tries, case.steps.count()) == ("", 0, 1)
    assert _use(made).step == "tested"


def test_whoever_made_the_link_counts_as_having_taken_the_step(cast: Cast, case: Case, made: LinkMade) -> None:
    _use(made)
    with pytest.raises(Refused, match="须由没有经手前面步骤的人办"):
        take_step(case=case, wanted=StepWanted(step="looked_at"), seen=2, by=cast.officer, now=LATER)


def test_an_outsider_sees_what_their_party_sees(cast: Cast, case: Case, made: LinkMade) -> None:
    read = queries.case_read(case, now=LATER)
    assert "remark" not in outsider_seen(read, outsider_of(made.link)).answers
    assert case_seen(cast.officer, read).answers["remark"] == "老客户"


# ── what is told once ───────────────────────────────────────────────────────────────────────────────────────────────


def test_neither_token_nor_word_is_kept_anywhere(made: LinkMade) -> None:
    models: list[type[Model]] = [OutsideLink, AuditEntry, CaseStep, Notice]
    kept = serializers.serialize("json", [row for model in models for row in model._default_manager.all()])
    assert made.token not in kept
    assert f'"{made.word}"' not in kept
    assert len(made.token) == 43


def test_of_five_wrong_words_the_fifth_closes_the_link_also_for_the_right_one(case: Case, made: LinkMade) -> None:
    for number in range(1, MOST_TRIES):
        with pytest.raises(Refused, match=f"验证码不对，还可以试{MOST_TRIES - number}次.*转给您的"):
            _use(made, word=_wrong(made), now=LATER + number * PAUSE)
    for word in (_wrong(made), made.word):
        with pytest.raises(Refused, match="连续输错，这个链接已经关闭"):
            _use(made, word=word, now=LATER + timedelta(minutes=1))
    made.link.refresh_from_db()
    assert (made.link.ended, case.steps.count()) == (LinkEnd.TRIES, 1)
    assert AuditEntry.objects.filter(action="link.closed").count() == 1


def test_tries_in_a_row_are_slowed_down_and_the_right_word_forgives_those_before(made: LinkMade) -> None:
    with pytest.raises(Refused, match="验证码不对"):
        _use(made, word=_wrong(made))
    with pytest.raises(Refused, match="试得太快了"):
        _use(made)
    assert _use(made, now=LATER + PAUSE + timedelta(seconds=1)).step == "tested"


def test_one_address_tries_no_more_than_some_words_whatever_links_it_has(
    cast: Cast, made: LinkMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_FROM", 3)
    here, there = "198.51.100.7", "203.0.113.9"
    for number in range(3):
        other = new_link(cast, new_case(cast, f"第{number}件"))
        with pytest.raises(Refused, match="验证码不对"):
            _use(other, word=_wrong(other), address=here)
    for minutes, word in enumerate((_wrong(made), made.word), start=1):  # not even the right one is looked at
        with pytest.raises(Refused, match="请一刻钟以后再试"):
            _use(made, word=word, address=here, now=LATER + timedelta(minutes=minutes))
    made.link.refresh_from_db()
    assert (made.link.tries, made.link.ended) == (0, "")  # and whose link it is still has every try
    assert _use(made, address=there, now=LATER + timedelta(minutes=5)).step == "tested"
    assert _use(other, address=here, now=LATER + timedelta(minutes=16)).step == "tested"


@pytest.mark.usefixtures("at_that_time")
def test_an_address_is_that_of_the_connection_whatever_a_header_says(
    cast: Cast, client: Client, made: LinkMade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_FROM", 1)
    url = reverse("letters:outside", args=[made.token])
    said = []
    for number in range(2):
        OutsideLink.objects.update(tried_at=LATER - PAUSE)
        sent = {**SENT, "word": _wrong(made)}
        said.append(_said(client.post(url, sent, headers={"x-forwarded-for": f"198.51.100.{number}"})))
    assert "还可以试4次" in said[0]
    assert "请一刻钟以后再试" in said[1]


# ── making one ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["director", "neighbour", "enterprise", "stranger"])
def test_only_whoever_handles_cases_there_makes_a_link(cast: Cast, case: Case, name: str) -> None:
    with pytest.raises(Refused):
        new_link(cast, case, by=cast.users[name])
    assert OutsideLink.objects.count() == 0


def test_a_second_link_for_the_same_step_ends_the_first(cast: Cast, case: Case, made: LinkMade) -> None:
    again = new_link(cast, case)
    with pytest.raises(Refused, match="已经由科技部门收回"):
        _use(made)
    assert _use(again).link == again.link.key


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"step": "photographed"}, "要交文件“照片”，外部链接不收文件"),
        ({"step": "told"}, "没有要由这一方办的这一步"),
        ({"step": "sung"}, "没有要由这一方办的这一步"),
        ({"days": 0}, "最多30天有效"),
        ({"days": 31}, "最多30天有效"),
    ],
)
def test_what_cannot_be_done_by_a_link_is_said_before_one_is_made(
    cast: Cast, case: Case, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        new_link(cast, case, **given)


def test_what_was_handed_in_before_is_not_wiped_out_by_a_link(cast: Cast, case: Case) -> None:
    sheet = accounts.store_file(name="记录.pdf", data=b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    by_officer = StepWanted(step="tested", typed={**ANSWERS, "sheet": [sheet.digest]}, files=[sheet])
    take_step(case=case, wanted=by_officer, seen=1, by=cast.officer, now=NOW)
    take_step(case=case, wanted=StepWanted(step="looked_at"), seen=2, by=cast.director, now=NOW)
    with pytest.raises(Refused, match="先前填的“原始记录”外部链接带不过去"):
        new_link(cast, case)


def test_steps_that_file_a_record_are_for_accounts() -> None:
    word = Label("步", "Step")
    files = (RecordTemplate(kind="project", event="approved"),)
    first = FlowStep(code="a", label=word, next=("b",))
    filing = FlowStep(code="b", label=word, by=("party:tester", "case.handle"), files=files, ends=CaseEnd.DONE)
    flow = Flow(code="f", label=word, managed_by="case.manage", step=(first, filing))
    (choice,) = link_choices(flow, first)
    assert (choice.step, choice.role) == (filing, "tester")
    assert "须由有账号的人办" in str(not_by_link(choice.step, None))


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def at_that_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def _said(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


@pytest.mark.usefixtures("at_that_time")
def test_looking_changes_nothing_and_sending_takes_the_step(client: Client, case: Case, made: LinkMade) -> None:
    url = reverse("letters:outside", args=[made.token])
    before = AuditEntry.objects.count()
    for _scanner in range(3):
        answer = client.get(url)
        assert answer.status_code == 200
    assert "一号传感器" in _said(answer)
    assert "老客户" not in _said(answer)
    assert AuditEntry.objects.count() == before
    for _scanner in range(MOST_TRIES + 1):  # some press the button, too
        wrong = client.post(url, {**SENT, "word": ""})
        assert "请填六位数字的验证码" in _said(wrong)
    assert html.fromstring(wrong.content).get_element_by_id("id_a-found").value == "12"  # what was typed is there
    assert OutsideLink.objects.get().tries == 0
    assert "已经收到" in _said(client.post(url, {**SENT, "word": made.word}))
    assert case.steps.count() == 2
    assert "已经用过" in _said(client.get(url))


@pytest.mark.usefixtures("at_that_time")
def test_an_answer_is_kept_by_nobody_and_tells_its_address_to_nobody(client: Client, made: LinkMade) -> None:
    answer = client.get(reverse("letters:outside", args=[made.token]))
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "strict-origin")


@pytest.mark.usefixtures("at_that_time")
def test_every_link_that_opens_nothing_says_why(client: Client, cast: Cast, case: Case, made: LinkMade) -> None:
    url = reverse("letters:outside", args=[made.token])

    def opened(status: int) -> str:
        answer = client.get(url)
        assert answer.status_code == status
        assert "一号传感器" not in _said(answer)  # nothing of the case is there any more
        return _said(answer)

    OutsideLink.objects.update(until=NOW)
    assert "已经过期" in opened(410)
    OutsideLink.objects.update(until=LATER + timedelta(days=1))
    take_step(case=case, wanted=StepWanted(step="terminate", opinion="不测了"), seen=1, by=cast.director, now=NOW)
    assert "已经往下办了" in opened(410)
    revoke_link(link=made.link, by=cast.officer, now=LATER)
    assert "已经由科技部门收回" in opened(410)
    assert "没有这个链接" in _said(client.get(reverse("letters:outside", args=["x" * 43])))
    assert client.get(reverse("letters:outside", args=["x"])).status_code == 404


@pytest.mark.usefixtures("at_that_time")
def test_the_officer_is_told_address_and_word_once_and_takes_a_link_back(
    cast: Cast, case: Case, client: Client, signed_in: SignIn
) -> None:
    officer = signed_in("officer")
    sent = {"what": "tested:tester", "name": "样例检测中心", "days": "7"}
    answer = officer.post(reverse("letters:link-new", args=[case.key]), sent)
    assert answer["Cache-Control"] == "no-store"
    address, word = (each.text_content() for each in html.fromstring(answer.content).cssselect("code"))
    link = link_opened(address.rstrip("/").rpartition("/")[2])
    assert link is not None
    assert link.word == links.word_digest(str(link.key), word)
    page = officer.get(reverse("casework:case", args=[case.key])).content.decode()
    assert "样例检测中心" in page
    assert address not in page
    officer.post(reverse("letters:link-revoke", args=[link.key]))
    link.refresh_from_db()
    assert (link.ended, link.ended_by) == (LinkEnd.REVOKED, cast.officer)


# ── what ends ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ended_links_go_after_their_time_and_the_step_still_says_who(case: Case, made: LinkMade) -> None:
    row = _use(made)
    assert drop_old_links(LATER + timedelta(days=89), 10) == 0
    assert drop_old_links(LATER + timedelta(days=91), 10) == 1
    assert not OutsideLink.objects.exists()
    row.refresh_from_db()
    assert (row.outsider, row.link) == ("样例检测中心", made.link.key)


def test_a_link_nobody_used_goes_after_its_time_too(made: LinkMade) -> None:
    assert drop_old_links(made.link.until + timedelta(days=91), 10) == 1
