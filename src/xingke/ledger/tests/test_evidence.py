"""Evidence: files attached to a record, seen by its readers only, withdrawn with a reason, never deleted."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import NOW, Cast, file, report
from xingke.accounts.models import Attachment, AuditEntry
from xingke.accounts.queries import attachment_store, current_seq
from xingke.base.refusals import Refused
from xingke.base.returning import Returned
from xingke.ledger import actions
from xingke.ledger.models import Evidence, EvidenceWithdrawal, Patent, PatentEvent
from xingke.ledger.queries.evidence import evidence_counts

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("data_folder")]
SignIn = Callable[[str], Client]
PDF, PNG = b"%PDF-1.7\n1 0 obj", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def _patent(cast: Cast) -> UUID:
    return file("patent", "甲", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)


def _attach(cast: Cast, record: UUID, *files: tuple[str, bytes], kind: str = "patent", by: Any = None) -> int:
    handed = [actions.NewFile(name, data) for name, data in files or [("证书.pdf", PDF)]]
    return actions.attach_evidence(kind=kind, record=record, files=handed, by=by or cast.officer, now=NOW)


def _url(evidence: Evidence) -> str:
    name = quote(evidence.attachment.name)
    return f"/records/{evidence.kind}/{evidence.record}/attachments/{evidence.pk}/{name}"


def _upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_files_are_attached_with_one_audit_row_and_the_same_file_only_once(cast: Cast) -> None:
    key, before = _patent(cast), AuditEntry.objects.count()

    assert _attach(cast, key, ("证书.pdf", PDF), ("照片.png", PNG), ("又一份.pdf", PDF)) == 2
    assert _attach(cast, key) == 0

    assert Evidence.objects.count() == Attachment.objects.count() == 2
    entry = AuditEntry.objects.latest("seq")
    assert (AuditEntry.objects.count(), entry.action, entry.count) == (before + 1, "evidence.attached", 2)
    assert len(entry.detail["files"]) == 2 and "照片.png" in entry.detail["files"].values()
    assert evidence_counts([key]) == {key: 2}


def test_one_bad_file_and_none_is_attached(cast: Cast) -> None:
    key = _patent(cast)

    with pytest.raises(Refused, match="与文件名不符"):
        _attach(cast, key, ("证书.pdf", PDF), ("照片.png", PDF + b"x"))

    assert not Evidence.objects.exists() and not Attachment.objects.exists()


def test_who_may_not_write_there_attaches_nothing(cast: Cast) -> None:
    key = _patent(cast)

    for who in ("director", "neighbour", "stranger"):
        with pytest.raises(Refused, match=r"record\.enter"):
            _attach(cast, key, by=cast.users[who])
    with pytest.raises(Refused, match="没有这条记录"):
        _attach(cast, uuid4())


def test_a_withdrawn_file_stays_named_with_its_reason_and_is_not_handed_out(cast: Cast, signed_in: SignIn) -> None:
    key = _patent(cast)
    _attach(cast, key)
    evidence = Evidence.objects.get()
    withdraw = f"/records/patent/{key}/evidence/{evidence.pk}/withdraw/"

    assert "请写明撤下" in signed_in("director").post(withdraw, {"reason": " "}).content.decode()
    signed_in("director").post(withdraw, {"reason": "传错了文件"})

    page = signed_in("officer").get(f"/records/patent/{key}/").content.decode()
    assert "证书.pdf" in page and "传错了文件" in page and _url(evidence) not in page
    assert signed_in("officer").get(_url(evidence)).status_code == 404
    assert EvidenceWithdrawal.objects.get().withdrawn_by == cast.director
    assert evidence_counts([key]) == {}
    assert attachment_store().get(evidence.attachment.digest) == PDF


def test_a_refused_withdrawal_comes_back_with_the_reason_typed_and_its_question_open(
    cast: Cast, signed_in: SignIn
) -> None:
    key = _patent(cast)
    _attach(cast, key)
    evidence = Evidence.objects.get()

    page = signed_in("officer").post(
        f"/records/patent/{key}/evidence/{evidence.pk}/withdraw/", {"reason": "传错了文件"}
    )

    returned = page.context["returned"]
    assert (page.status_code, returned.field, returned.typed) == (200, f"withdraw-{evidence.pk}", "传错了文件")
    assert returned.why in page.content.decode()


def test_files_that_are_refused_come_back_with_their_caption(cast: Cast, signed_in: SignIn) -> None:
    page = signed_in("officer").post(f"/records/patent/{_patent(cast)}/evidence/", {"caption": "证书扫描件"})

    assert page.context["returned"] == Returned("id_files", "证书扫描件", "请选择要上传的文件。")
    assert 'value="证书扫描件"' in page.content.decode()


def test_what_proves_a_confirmed_record_is_withdrawn_by_a_second_account_only(cast: Cast, signed_in: SignIn) -> None:
    key = _patent(cast)
    _attach(cast, key, by=cast.statistician)
    evidence = Evidence.objects.get()
    withdraw = f"/records/patent/{key}/evidence/{evidence.pk}/withdraw/"

    for who, sentence in (("officer", "有权确认记录的人撤下"), ("statistician", "要由别人撤下")):
        assert withdraw not in signed_in(who).get(f"/records/patent/{key}/").content.decode()
        assert sentence in signed_in(who).post(withdraw, {"reason": "x"}, follow=True).content.decode()
    assert signed_in("neighbour").post(withdraw, {"reason": "x"}).status_code == 404
    assert withdraw in signed_in("director").get(f"/records/patent/{key}/").content.decode()
    signed_in("director").post(withdraw, {"reason": "与原件不符"})

    assert EvidenceWithdrawal.objects.get().withdrawn_by == cast.director
    assert signed_in("director").get(_url(evidence)).content == PDF
    assert signed_in("officer").get(_url(evidence)).status_code == 404


def test_who_enters_a_draft_takes_back_what_proves_it(cast: Cast) -> None:
    history = actions.NewHistory(
        fields={"form": "invention", "name": "甲", "number": "草"},
        region=cast.county,
        organisation=cast.firm,
        is_fictional=True,
        events=[actions.NewEvent(event="applied", on=date(2024, 1, 1), region=cast.county)],
    )
    actions.file_histories(kind="patent", histories=[history], by=cast.officer, now=NOW, source="test")
    _attach(cast, history.key)

    actions.withdraw_evidence(evidence=Evidence.objects.get(), reason="传错", by=cast.officer, now=NOW)

    assert EvidenceWithdrawal.objects.exists()


# ── Handed out ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_readers_of_the_record_get_the_file_and_strangers_learn_nothing(cast: Cast, signed_in: SignIn) -> None:
    key = _patent(cast)
    _attach(cast, key)
    url = _url(Evidence.objects.get())

    answer = signed_in("enterprise").get(url)
    assert (answer.status_code, answer.content) == (200, PDF)
    for who in ("neighbour", "stranger", "auditor"):
        assert signed_in(who).get(url).status_code == 404
    assert signed_in("officer").get(url.replace(quote("证书.pdf"), "x.pdf")).status_code == 404
    other = file("patent", "乙", [("granted", "2024-05-06")], firm=cast.firm, by=cast.statistician)
    assert signed_in("officer").get(url.replace(str(key), str(other))).status_code == 404


HEADERS = [
    ("证书.pdf", PDF, "application/pdf", "inline", "default-src 'none'; frame-ancestors 'none'"),
    ("照片.png", PNG, "image/png", "inline", "default-src 'none'; frame-ancestors 'none'; sandbox"),
]


@pytest.mark.parametrize("name, data, media_type, shown, policy", HEADERS)
def test_a_file_is_given_out_so_that_it_can_do_nothing(
    cast: Cast, signed_in: SignIn, name: str, data: bytes, media_type: str, shown: str, policy: str
) -> None:
    key = _patent(cast)
    _attach(cast, key, (name, data))

    answer = signed_in("officer").get(_url(Evidence.objects.get()))

    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"].startswith(shown)
    assert answer.headers["Content-Security-Policy"] == policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "no-store" in answer.headers["Cache-Control"]


def test_a_lost_file_is_said_and_breaks_nothing(cast: Cast, signed_in: SignIn) -> None:
    key = _patent(cast)
    _attach(cast, key, ("丢.pdf", PDF + b"lost"))
    evidence = Evidence.objects.get()
    digest = evidence.attachment.digest
    (attachment_store().root / digest[:2] / digest).unlink()

    assert "丢失或损坏" in signed_in("officer").get(_url(evidence), follow=True).content.decode()


# ── On the pages ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_come_along_with_a_new_record_a_correction_and_a_figure(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    typed = {
        "key": str(uuid4()),
        "events-TOTAL_FORMS": "1",
        "events-INITIAL_FORMS": "0",
        "form": "invention",
        "number": "201710601862.3",
        "name": "一种采集终端",
        "holder_search": cast.firm.name,
        "events-0-event": "applied",
        "events-0-happened_on": "2017-07-21",
        "files": [_upload("受理.pdf", PDF), _upload("照片.png", PNG)],
    }
    browser.post("/records/patent/new/", typed)
    event = PatentEvent.objects.get()
    change = {
        "version": "1",
        "event": "applied",
        "happened_on": "2017-07-20",
        "reason": "录错",
        "files": _upload("补.pdf", PDF + b"2"),
    }
    browser.post(f"/records/patent/{event.record}/correct/", change)
    figure = report(cast.county, "2024", "地区生产总值", "1", "亿元", by=cast.statistician)
    browser.post(f"/records/observation/{figure}/evidence/", {"files": _upload("公报.pdf", PDF), "caption": "第 3 页"})

    page = browser.get(f"/records/patent/{event.subject}/").content.decode()
    assert all(name in page for name in ("受理.pdf", "照片.png", "补.pdf"))
    assert "第 3 页" in browser.get(f"/records/observation/{figure}/").content.decode()
    row = browser.get("/records/").context["rows"][0]
    assert row["files"] == 3


def test_a_bad_file_keeps_a_new_record_from_being_filed(cast: Cast, signed_in: SignIn) -> None:
    typed = {
        "key": str(uuid4()),
        "events-TOTAL_FORMS": "1",
        "events-INITIAL_FORMS": "0",
        "form": "invention",
        "number": "201710601862.3",
        "name": "一种采集终端",
        "holder_search": cast.firm.name,
        "events-0-event": "applied",
        "events-0-happened_on": "2017-07-21",
        "files": [_upload("受理.pdf", PNG)],
    }
    seq = current_seq()

    answer = signed_in("officer").post("/records/patent/new/", typed)

    assert "内容是PNG 图片，与文件名不符" in answer.content.decode() and "一种采集终端" in answer.content.decode()
    assert not Patent.objects.exists() and current_seq() == seq


def test_a_refused_form_keeps_the_files_that_came_with_it(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    typed = {
        "key": str(uuid4()),
        "events-TOTAL_FORMS": "1",
        "events-INITIAL_FORMS": "0",
        "form": "invention",
        "number": "201710601862.3",
        "name": "",
        "events-0-event": "applied",
        "events-0-happened_on": "2017-07-21",
        "files": [_upload("受理.pdf", PDF), _upload("不是图片.png", PDF)],
    }

    refused = browser.post("/records/patent/new/", typed)
    waiting = refused.context["held"]
    mended = {**typed, "name": "一种采集终端", "files": [], "held": [file.slip for file in waiting]}

    assert [file.name for file in waiting] == ["受理.pdf"]  # what may not be kept does not wait either
    assert "已收到，不用再选" in refused.content.decode()
    assert "受理.pdf" in browser.post("/records/patent/new/", mended, follow=True).content.decode()


def test_a_slip_is_good_for_its_own_account_only(cast: Cast, signed_in: SignIn) -> None:
    typed = {
        "key": str(uuid4()),
        "events-TOTAL_FORMS": "1",
        "events-INITIAL_FORMS": "0",
        "files": _upload("受理.pdf", PDF),
    }
    slip = signed_in("officer").post("/records/patent/new/", typed).context["held"][0].slip
    complete = {
        **typed,
        "form": "invention",
        "number": "201710601862.3",
        "name": "一种采集终端",
        "holder_search": cast.firm.name,
        "events-0-event": "applied",
        "events-0-happened_on": "2017-07-21",
        "files": [],
        "held": slip,
        "region": cast.county.code,
    }

    answer = signed_in("statistician").post("/records/patent/new/", complete)

    assert "已经过期，请重新选择" in answer.content.decode()
    assert answer.context["held"] == [] and not Patent.objects.exists()


WRONG = [
    ("none", [], "请选择要上传的文件"),
    ("eleven", [_upload(f"{number}.pdf", PDF + bytes([number])) for number in range(11)], "一次最多上传 10 个"),
    ("too large", [_upload("大.pdf", PDF + bytes(20 * 2**20))], "超过 20 MB"),
]


@pytest.mark.parametrize("story, files, sentence", WRONG)
def test_what_cannot_be_uploaded_is_said(
    cast: Cast, signed_in: SignIn, story: str, files: list[SimpleUploadedFile], sentence: str
) -> None:
    key = _patent(cast)

    answer = signed_in("officer").post(f"/records/patent/{key}/evidence/", {"files": files}, follow=True)

    assert sentence in answer.content.decode() and not Evidence.objects.exists()


def test_a_records_page_gives_out_no_evidence_of_events_elsewhere(cast: Cast, signed_in: SignIn) -> None:
    key = _patent(cast)
    arrival = actions.NewEvent(event="received", on=date(2025, 1, 1), region=cast.sibling, organisation=cast.other_firm)
    event = actions.add_event(kind="patent", subject=key, event=arrival, by=cast.statistician, now=NOW, source="test")
    _attach(cast, event, ("合同.pdf", PDF), by=cast.neighbour)
    evidence = Evidence.objects.get()
    through_record = f"/records/patent/{key}/attachments/{evidence.pk}/{quote('合同.pdf')}"

    for who, status in (("officer", 404), ("statistician", 200)):
        browser = signed_in(who)
        assert browser.get(through_record).status_code == status
        assert ("合同.pdf" in browser.get(f"/records/patent/{key}/").content.decode()) == (status == 200)


def test_a_long_reason_with_null_characters_is_kept_as_far_as_it_goes(cast: Cast) -> None:
    _attach(cast, _patent(cast))

    actions.withdraw_evidence(evidence=Evidence.objects.get(), reason="错\0" + "误" * 600, by=cast.director, now=NOW)

    reason = EvidenceWithdrawal.objects.get().reason
    assert (len(reason), reason[:2]) == (500, "错误")
    assert AuditEntry.objects.latest("seq").reason == reason
