"""Issuing letters: the step and the letter are one act, what one case refuses holds up no other, and what was issued stays."""

import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.models import CaseSequence
from xingke.letters import checks
from xingke.letters.actions import issue_letters, letter_as_it_would_be
from xingke.letters.models import CaseLetter
from xingke.letters.tests.writing import OPINION, load_flow, new_case, tell
from xingke.notices.models import Notice

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _flow(cast: Cast) -> None:
    load_flow()


def _words(letter: CaseLetter) -> str:
    with zipfile.ZipFile(io.BytesIO(letter.paper)) as package:
        return html.fromstring(package.read("word/document.xml")).text_content()


def test_a_letter_takes_its_step_and_says_what_the_case_knows(cast: Cast) -> None:
    case = new_case(cast)
    (letter,) = tell(cast, case).letters
    assert (letter.number, letter.to, letter.title) == (
        "样科检〔2026〕1号",
        cast.firm.name,
        "关于“一号传感器”检测结论的告知书",
    )
    assert (letter.step.step, letter.step.opinion, letter.step.taken_by) == ("told", OPINION, cast.officer)
    said = _words(letter)
    for part in (
        f"{cast.firm.name}：",
        case.number,
        "检测费1200元",
        "样品合格。",
        "可以批量生产。",
        "2026年3月16日前领取",
        letter.check_code,
    ):
        assert part in said
    assert "青溪县科学技术局" in said
    assert letter.digest == hashlib.sha256(letter.paper).hexdigest()


def test_letter_and_step_are_one_act(cast: Cast) -> None:
    case = new_case(cast)
    before = AuditEntry.objects.count()
    (letter,) = tell(cast, case).letters
    row = AuditEntry.objects.order_by("-seq")[0]
    assert AuditEntry.objects.count() == before + 1
    assert (row.action, row.seq, row.count) == ("letters.issued", letter.seq, 1)
    assert letter.step.seq_from == letter.seq


def test_a_step_by_a_letter_is_taken_by_nothing_else(cast: Cast) -> None:
    case = new_case(cast)
    with pytest.raises(Refused, match="随文书一起办"):
        take_step(case=case, wanted=StepWanted(step="told", opinion="x"), seen=1, by=cast.officer, now=NOW)
    assert case.steps.count() == 1


def test_of_several_cases_each_stands_or_falls_alone_and_no_number_is_left_out(cast: Cast) -> None:
    first, old, last = new_case(cast), new_case(cast, title="没有检测费", fee=""), new_case(cast, title="三号")
    done = tell(cast, first, old, last)
    assert [letter.number for letter in done.letters] == ["样科检〔2026〕1号", "样科检〔2026〕2号"]
    ((case, why),) = done.refused
    assert (case, str(why)) == (old, "“检测结论告知书”要写“检测费”，这件事还没有这一项。")
    assert old.steps.count() == 1


def test_where_every_case_is_refused_nothing_is_written(cast: Cast) -> None:
    case = new_case(cast)
    before = AuditEntry.objects.count()
    assert [str(why) for _case, why in tell(cast, case, opinion=" ").refused] == ["请写明意见或理由。"]
    assert (AuditEntry.objects.count(), CaseLetter.objects.count(), case.steps.count()) == (before, 0, 1)
    assert not CaseSequence.objects.filter(flow="letter:test_told").exists()


def test_pressed_twice_it_is_one_letter(cast: Cast) -> None:
    case = new_case(cast)
    assert tell(cast, case).letters == tell(cast, case).letters
    assert CaseLetter.objects.count() == 1


def test_looking_at_a_letter_before_it_is_issued_writes_nothing(cast: Cast) -> None:
    case = new_case(cast)
    looked = letter_as_it_would_be(case=case, seen=1, step="told", opinion=OPINION, by=cast.officer, now=NOW)
    assert (CaseLetter.objects.count(), case.steps.count()) == (0, 1)
    (letter,) = tell(cast, case).letters
    assert (looked.number, looked.check_code) == (letter.number, letter.check_code)  # the same words have the same code


def test_none_and_too_many_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="请先选定"):
        issue_letters(cases=[], step="told", by=cast.officer, now=NOW)
    case = new_case(cast)
    with pytest.raises(Refused, match="一次最多出具50份"):
        issue_letters(cases=[(case, 1)] * 51, step="told", by=cast.officer, now=NOW)


@pytest.mark.parametrize("name", ["director", "neighbour", "enterprise", "stranger"])
def test_whoever_may_not_take_the_step_issues_no_letter(cast: Cast, name: str) -> None:
    case = new_case(cast)
    ((_case, why),) = tell(cast, case, by=cast.users[name]).refused
    assert "不由您办" in str(why)
    assert CaseLetter.objects.count() == 0


def test_the_firm_is_told_finds_its_letter_and_takes_it_home(cast: Cast, signed_in: SignIn) -> None:
    case = new_case(cast)
    (letter,) = tell(cast, case).letters
    assert Notice.objects.filter(user=cast.enterprise, key=str(case.key)).exists()
    firm = signed_in("enterprise")
    page = firm.get(reverse("casework:case", args=[case.key])).content.decode()
    assert letter.number in page
    answer = firm.get(reverse("letters:letter-file", args=[letter.key]))
    assert answer.content == bytes(letter.paper)


# ── the pages ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_lists_what_waits_and_what_was_refused(cast: Cast, signed_in: SignIn) -> None:
    good, bad = new_case(cast), new_case(cast, title="没有检测费", fee="")
    url = reverse("letters:letter-issue", args=["product_test", "told"])
    officer = signed_in("officer")
    page = html.fromstring(officer.get(url).content)
    assert len(page.cssselect("tbody tr")) == 2
    sent = {"case": [str(good.key), str(bad.key)], f"seen-{good.key}": "1", f"seen-{bad.key}": "1", "opinion": OPINION}
    looked = html.fromstring(officer.post(url, {**sent, "look": "1"}).content)
    assert "样品合格。" in looked.cssselect(".paper")[0].text_content()
    assert CaseLetter.objects.count() == 0
    answer = html.fromstring(officer.post(url, sent).content)
    assert CaseLetter.objects.count() == 1
    assert "要写“检测费”" in answer.cssselect("tbody .field-error")[0].text_content()
    assert answer.cssselect("textarea")[0].text_content().strip() == OPINION  # nothing that was typed is lost


def test_pressed_twice_the_page_shows_the_letter_again(cast: Cast, signed_in: SignIn) -> None:
    case, officer = new_case(cast), signed_in("officer")
    url = reverse("letters:letter-issue", args=["product_test", "told"])
    sent = {"case": str(case.key), f"seen-{case.key}": "1", "opinion": OPINION}
    first, second = (officer.post(url, sent) for _press in "ab")
    assert first["Location"] == second["Location"] == reverse("letters:letter", args=[CaseLetter.objects.get().key])


def test_what_was_ticked_and_went_on_meanwhile_is_named(cast: Cast, signed_in: SignIn) -> None:
    waits, gone = new_case(cast), new_case(cast, title="二号传感器")
    take_step(case=gone, wanted=StepWanted(step="terminate", opinion="不测了"), seen=1, by=cast.director, now=NOW)
    url, officer = reverse("letters:letter-issue", args=["product_test", "told"]), signed_in("officer")
    sent = {"case": [str(waits.key), str(gone.key)], f"seen-{waits.key}": "1", f"seen-{gone.key}": "1"}
    page = officer.post(url, {**sent, "opinion": OPINION}, follow=True).content.decode()
    assert "已出具 1 份" in page
    assert "“二号传感器”：" in page
    assert CaseLetter.objects.get().case == waits


def test_a_paper_is_checked_by_number_and_code(cast: Cast, client: Client) -> None:
    (letter,) = tell(cast, new_case(cast)).letters
    url = reverse("letters:check")
    right = client.post(url, {"number": "样科检[2026]1号", "code": letter.check_code.lower()}).content.decode()
    assert "出具过这份文书" in right
    assert "样品合格。" in right
    for number, code in (
        ("样科检〔2026〕2号", letter.check_code),
        (letter.number, "0000-0000-0000"),
        (letter.number, "不是码"),
    ):
        wrong = client.post(url, {"number": number, "code": code}).content.decode()
        assert "对不上" in wrong
        assert "样品合格。" not in wrong


def test_the_check_finds_a_paper_that_was_changed(cast: Cast) -> None:
    (letter,) = tell(cast, new_case(cast)).letters
    assert [result.problems for result in checks.letters()] == [()]
    CaseLetter.objects.filter(pk=letter.pk).update(paper=b"other")
    (result,) = checks.letters()
    assert result.problems == (f"文书 {letter.number}：文件和出具时不同",)
