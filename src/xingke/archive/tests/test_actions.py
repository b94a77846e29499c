"""Opening, filing, closing and handing over: what stands afterwards, who may, and what is refused in which words."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cast import NOW, PACKS, Cast
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import attachment_store, current_seq
from xingke.archive import actions, queries
from xingke.archive.actions import ToFile, handing
from xingke.archive.actions.handing import NewHandOver
from xingke.archive.models import ArchiveItem, ArchiveVolume
from xingke.archive.queries.checking import check_volume
from xingke.archive.tests.filing import (
    PDF,
    TODAY,
    answered_case,
    application,
    close,
    closed_volume,
    ended_case,
    file_into,
    load_flows,
    load_secret_flow,
    make_archivist,
    published_document,
    service_of_person,
    to_file,
    volume,
)
from xingke.base.holding import referred
from xingke.base.refusals import Refused
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.models import CaseFile
from xingke.registry import actions as registry

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def flows(cast: Cast) -> None:
    load_flows()


def last_act() -> AuditEntry:
    return AuditEntry.objects.order_by("-seq").first()  # type: ignore[return-value]


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_volumes_of_one_kind_are_numbered_without_a_gap_and_others_by_themselves(cast: Cast) -> None:
    first, second = volume(cast), volume(cast)
    other = volume(cast, term="Y")

    assert [each.number for each in (first, second, other)] == [
        "J012-WS·2026·D30-001",
        "J012-WS·2026·D30-002",
        "J012-WS·2026·Y-001",
    ]
    assert (first.kept_until, other.kept_until) == (date(2056, 12, 31), None)
    assert queries.last_fonds(cast.county) == "J012"


def test_the_same_page_pressed_twice_opens_one(cast: Cast) -> None:
    first = volume(cast)

    again = volume(cast, key=first.key)

    assert again == first and ArchiveVolume.objects.count() == 1


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"fonds": "全宗"}, "全宗号“全宗”不对"),
        ({"term": "D5"}, "门类和保管期限请从列表里选"),
        ({"category": "XX"}, "门类和保管期限请从列表里选"),
        ({"year": 202}, "年度202不对"),
        ({"title": "  "}, "请填案卷题名"),
    ],
)
def test_a_volume_of_nothing_known_is_refused_and_nothing_is_written(
    cast: Cast, wrong: dict[str, Any], said: str
) -> None:
    before = current_seq()

    with pytest.raises(Refused, match=said):
        volume(cast, **wrong)

    assert (current_seq(), ArchiveVolume.objects.count()) == (before, 0)


def test_a_bureau_whose_archive_wants_other_numbers_has_its_own(cast: Cast, tmp_path: Path) -> None:
    own = (PACKS / "national" / "archive.toml").read_text("utf-8").replace("·{term}-{n:3}", "-{term}-{n:4}")
    (tmp_path / "archive.toml").write_text(own.replace("定期 30 年", "三十年"), "utf-8")
    (tmp_path / "pack.toml").write_text('code = "own"\nlabel = { zh = "本局", en = "Own" }\nsource = "样例"\n', "utf-8")
    before = volume(cast)

    registry.load_pack(folder=tmp_path, region=cast.county, by=None, now=NOW)

    assert (before.number, volume(cast).number) == ("J012-WS·2026·D30-001", "J012-WS·2026-D30-0002")
    assert [queries.term_word("D30", each) for each in (cast.county, cast.sibling)] == ["三十年", "定期 30 年"]


# ── filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_is_kept_as_a_page_with_its_steps_and_its_files(cast: Cast) -> None:
    case = ended_case(cast)
    assert [step.case for step in queries.cases_to_file(cast.officer)] == [case]

    (item,) = file_into(cast, volume(cast), to_file(case)).filed

    page, proof = item.files.all()
    said = attachment_store().get(page.digest).decode()
    assert [page.name, proof.name] == ["办理记录.html", "纳税申报表.pdf"]
    assert attachment_store().get(proof.digest) == PDF
    for words in (case.number, cast.firm.name, "申报", "终止", "企业已注销", "800万元", case.steps.last().digest):
        assert words in said, words
    assert (item.responsible, item.document_number, item.on, item.pages) == (cast.firm.name, case.number, TODAY, None)
    assert not item.is_restricted
    assert not queries.cases_to_file(cast.officer).exists()
    assert {page.digest, proof.digest} <= referred(), "nobody lets these files go"
    assert (last_act().action, last_act().count) == ("volume.filed", 1)


def test_of_many_those_that_cannot_be_filed_are_told_and_the_others_stand(cast: Cast) -> None:
    good, open_still = ended_case(cast), application(cast)
    last_year = ended_case(cast)
    last_year.steps.filter(number=2).update(on=date(2025, 12, 30))
    moved_on = ToFile(case=ended_case(cast), seen=1)
    into = volume(cast)

    done = file_into(cast, into, to_file(good), to_file(open_still), to_file(last_year), moved_on)

    assert [item.case for item in done.filed] == [good]
    assert [str(why) for _each, why in done.refused] == [
        "还没有办结，不能归档。",
        "它的日期是 2025-12-30，归入 2025 年度，不能归入 2026 年度的案卷。",
        "列出之后它又办了一步，请看过再归档。",
    ]
    assert last_act().detail["not_filed"] == 3


def test_what_lies_in_one_volume_lies_in_no_other(cast: Cast) -> None:
    case, first, second = ended_case(cast), volume(cast), volume(cast)
    file_into(cast, first, to_file(case))
    before = current_seq()

    ((_each, why),) = file_into(cast, second, to_file(case)).refused

    assert str(why) == "已经归入案卷 J012-WS·2026·D30-001。"
    assert current_seq() == before, "where nothing was filed, nothing is written"


def test_a_case_that_was_reopened_and_ended_anew_waits_again_and_both_stand(cast: Cast) -> None:
    case, into = ended_case(cast), volume(cast)
    file_into(cast, into, to_file(case))
    registry.give_role(user=cast.director, role="section_head", region=cast.county, by=None, now=NOW)
    for step in ("reopen", "terminate"):
        wanted = StepWanted(step=step, opinion="另有材料")
        take_step(case=case, wanted=wanted, seen=case.steps.count(), by=cast.director, now=NOW)

    (waiting,) = queries.cases_to_file(cast.officer)
    assert waiting.was_filed
    file_into(cast, into, to_file(case))

    assert [item.step.number for item in queries.items_of(into) if item.step] == [2, 4]


def test_a_published_document_is_kept_as_it_was_signed(cast: Cast, tmp_path: Path) -> None:
    document = published_document(cast, tmp_path)
    assert list(queries.documents_to_file(cast.officer)) == [document]

    (item,) = file_into(cast, volume(cast, title="文稿"), ToFile(document=document)).filed

    docx = item.files.first()
    assert docx is not None and docx.name == f"{document.title}.docx"
    assert attachment_store().get(docx.digest)[:2] == b"PK"
    assert not queries.documents_to_file(cast.officer).exists()


def test_a_draft_is_filed_by_nobody(cast: Cast, tmp_path: Path) -> None:
    document = published_document(cast, tmp_path)
    document.steps.filter(number=3).delete()

    ((_each, why),) = file_into(cast, volume(cast), ToFile(document=document)).refused

    assert str(why) == "没有公布或报送，或已经归档。"


@pytest.mark.parametrize("count, said", [(0, "请先选定要归档的"), (51, "一次最多归档50件，选定了51件")])
def test_none_and_too_many_are_refused_whole(cast: Cast, count: int, said: str) -> None:
    case = ended_case(cast)

    with pytest.raises(Refused, match=said):
        file_into(cast, volume(cast), *[to_file(case)] * count)


# ── what not everybody sees ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_says_who_sees_it_is_filed_and_opened_by_who_sees_all_of_it_alone(cast: Cast, tmp_path: Path) -> None:
    load_secret_flow(tmp_path)
    case, into = answered_case(cast), volume(cast)
    registry.give_role(user=cast.director, role="section_head", region=cast.county, by=None, now=NOW)

    ((_each, why),) = file_into(cast, into, to_file(case)).refused
    assert str(why) == "里面有您不能查看的步骤或内容，请由能看到全部的人归档。"

    (item,) = file_into(cast, into, to_file(case), by=cast.director).filed
    assert item.is_restricted
    assert queries.may_open(cast.director, item) and not queries.may_open(cast.officer, item)
    assert item in queries.items_seen(cast.officer), "that it is there, its catalogue says"


def test_a_person_is_named_by_the_register_and_never_in_what_is_kept(cast: Cast) -> None:
    case = service_of_person(cast, "何远山")

    (item,) = file_into(cast, volume(cast), to_file(case)).filed
    closed = close(item.volume, cast.officer)

    said = attachment_store().get(item.files.get().digest).decode()
    assert "柳湾蔬菜合作社" in said and "12人次" in said
    assert "何远山" not in said + closed.manifest + item.title + item.responsible


# ── an open volume ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_catalogue_says_may_be_put_right_until_the_volume_is_closed(cast: Cast) -> None:
    into = volume(cast)
    (item,) = file_into(cast, into, to_file(ended_case(cast))).filed
    said = {"title": "某公司申报材料", "responsible": "某公司", "document_number": "1号", "pages": 12, "note": ""}

    actions.describe_item(item=item, by=cast.officer, now=NOW, **said)
    assert (item.title, item.pages) == ("某公司申报材料", 12)

    close(into, cast.officer)
    with pytest.raises(Refused, match="已经封卷，不能再改"):
        actions.describe_item(item=item, by=cast.officer, now=NOW, **{**said, "pages": 13})


def test_what_is_taken_out_waits_again_and_says_why(cast: Cast) -> None:
    case, into = ended_case(cast), volume(cast)
    (item,) = file_into(cast, into, to_file(case)).filed

    with pytest.raises(Refused, match="请写明撤出的原因"):
        actions.take_out(item=item, reason=" ", by=cast.officer, now=NOW)
    actions.take_out(item=item, reason="归错了卷", by=cast.officer, now=NOW)

    assert queries.items_of(into) == []
    assert queries.cases_to_file(cast.officer).count() == 1
    assert last_act().reason == "归错了卷"
    with pytest.raises(Refused, match="已经从案卷里撤出"):
        actions.take_out(item=item, reason="再撤", by=cast.officer, now=NOW)


# ── closing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_volume_has_numbers_a_signed_manifest_and_nothing_more_goes_in(cast: Cast) -> None:
    into = volume(cast)
    file_into(cast, into, to_file(ended_case(cast)), to_file(ended_case(cast)))

    closed = close(into, cast.officer)

    assert [item.number for item in queries.items_of(closed)] == [
        "J012-WS·2026·D30-001-0001",
        "J012-WS·2026·D30-001-0002",
    ]
    assert check_volume(closed) == []
    assert last_act().detail["digest"] == closed.digest, "the trail holds what was closed"
    with pytest.raises(Refused, match="已经封卷，不能再改"):
        file_into(cast, closed, to_file(ended_case(cast)))
    assert close(closed, cast.officer) == closed


def test_an_empty_volume_and_one_that_changed_meanwhile_are_not_closed(cast: Cast) -> None:
    into = volume(cast)
    with pytest.raises(Refused, match="案卷里还没有文件"):
        actions.close_volume(volume=into, seen="", by=cast.officer, now=NOW)
    file_into(cast, into, to_file(ended_case(cast)))

    with pytest.raises(Refused, match="卷内文件有变动，请看过再封卷"):
        actions.close_volume(volume=into, seen="", by=cast.officer, now=NOW)

    into.refresh_from_db()
    assert into.is_open and into.manifest == ""


def test_a_volume_in_which_one_thing_took_the_place_of_another_is_looked_at_again(cast: Cast) -> None:
    into = volume(cast)
    item = file_into(cast, into, to_file(ended_case(cast))).filed[0]
    seen = queries.stamp_of(queries.items_of(into))
    actions.take_out(item=item, reason="归错了", by=cast.officer, now=NOW)
    other = file_into(cast, into, to_file(ended_case(cast))).filed[0]  # as many as before
    with pytest.raises(Refused, match="卷内文件有变动"):
        actions.close_volume(volume=into, seen=seen, by=cast.officer, now=NOW)
    seen = queries.stamp_of(queries.items_of(into))
    said = {"title": "另一个题名", "responsible": "", "document_number": "", "pages": None, "note": ""}
    actions.describe_item(item=other, by=cast.officer, now=NOW, **said)
    with pytest.raises(Refused, match="卷内文件有变动"):
        actions.close_volume(volume=into, seen=seen, by=cast.officer, now=NOW)


def _lose(closed: ArchiveVolume) -> str:
    file = CaseFile.objects.get()
    attachment_store()._path(file.attachment.digest).unlink()
    return "缺少：0001/02-纳税申报表.pdf"


def _change(closed: ArchiveVolume) -> str:
    path = attachment_store()._path(CaseFile.objects.get().attachment.digest)
    path.chmod(0o600)
    path.write_bytes(PDF + b"%")
    return "变了：0001/02-纳税申报表.pdf"


def _retitle(closed: ArchiveVolume) -> str:
    ArchiveItem.objects.update(title="另一个题名")
    return "库里的卷内目录与封卷时的清单不一致。"


def _forge(closed: ArchiveVolume) -> str:
    manifest = closed.manifest.replace("2026 年研发费用后补助", "2026 年研发费用後补助")
    ArchiveVolume.objects.update(manifest=manifest, title="2026 年研发费用後补助")
    return "清单的摘要不符：清单被改过。"


@pytest.mark.parametrize("harm", [_lose, _change, _retitle, _forge])
def test_what_is_missing_or_changed_is_said_exactly(cast: Cast, harm: Callable[[ArchiveVolume], str]) -> None:
    closed = closed_volume(cast)
    said = harm(closed)
    closed.refresh_from_db()

    found = [str(each) for each in check_volume(closed)]

    assert found and found[0].startswith(said)


# ── handing over ────────────────────────────────────────────────────────────────────────────────────────────────────


def hand(cast: Cast, *volumes: ArchiveVolume, **given: Any) -> Any:
    new = NewHandOver(**{"volumes": volumes, "to": "青溪县综合档案馆", "on": TODAY, **given})
    return handing.hand_over(new=new, by=cast.officer, now=NOW)


def test_one_hands_over_and_another_signs_and_the_volume_says_so(cast: Cast) -> None:
    archivist, closed = make_archivist(cast), closed_volume(cast)

    made = hand(cast, closed)
    closed.refresh_from_db()
    assert (made.number, closed.state) == ("YJ-990121-2026-001", "handed")
    assert list(queries.hand_overs_to_sign(archivist)) == [made]

    handing.receive(hand_over=made, count=1, on=TODAY, note="完好", by=archivist, now=NOW)
    closed.refresh_from_db()
    assert closed.state == "received" and queries.hand_over_of(closed) == made
    assert check_volume(closed) == [], "handing over changes nothing of what was closed"
    assert (last_act().action, last_act().count) == ("archive.received", 1)


def test_whoever_handed_over_does_not_sign(cast: Cast) -> None:
    make_archivist(cast, "officer")
    made = hand(cast, closed_volume(cast))

    with pytest.raises(Refused, match="移交的人不能自己签收"):
        handing.receive(hand_over=made, count=1, on=TODAY, note="", by=cast.officer, now=NOW)

    assert list(queries.hand_overs_to_sign(cast.officer)) == []
    made.received_at, made.received_by, made.received_on = NOW, cast.officer, TODAY
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_a_count_that_is_another_and_a_day_before_are_refused(cast: Cast) -> None:
    archivist, made = make_archivist(cast), hand(cast, closed_volume(cast))

    with pytest.raises(Refused, match="清单上是1卷，您点到2卷"):
        handing.receive(hand_over=made, count=2, on=TODAY, note="", by=archivist, now=NOW)
    with pytest.raises(Refused, match="签收日期早于移交日期"):
        handing.receive(hand_over=made, count=1, on=TODAY - timedelta(days=1), note="", by=archivist, now=NOW)


def test_what_is_declined_may_be_handed_over_anew(cast: Cast) -> None:
    archivist, closed = make_archivist(cast), closed_volume(cast)
    made = hand(cast, closed)

    handing.decline(hand_over=made, reason="缺卷皮", by=archivist, now=NOW)
    closed.refresh_from_db()
    assert closed.state == "closed" and queries.hand_over_of(closed) is None
    with pytest.raises(Refused, match="已经签收或退回"):
        handing.receive(hand_over=made, count=1, on=TODAY, note="", by=archivist, now=NOW)

    assert hand(cast, closed).number == "YJ-990121-2026-002"


def test_open_volumes_and_those_on_another_list_are_not_handed_over(cast: Cast) -> None:
    closed, still_open = closed_volume(cast), volume(cast)
    with pytest.raises(Refused, match="J012-WS·2026·D30-002 在卷，不能移交"):
        hand(cast, closed, still_open)
    hand(cast, closed)

    with pytest.raises(Refused, match="移交中，待签收，不能移交"):
        hand(cast, closed)


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["stranger", "enterprise", "neighbour", "superior", "director", "reviewer"])
def test_nobody_else_keeps_the_archive_of_the_county(cast: Cast, who: str) -> None:
    by, into, closed = cast.users[who], volume(cast), closed_volume(cast, title="另一卷")
    case, item = ended_case(cast), ArchiveItem.objects.get()
    made = hand(cast, closed)
    before = current_seq()
    tries: list[Callable[[], object]] = [
        lambda: volume(cast, by=by),
        lambda: file_into(cast, into, to_file(case), by=by),
        lambda: actions.take_out(item=item, reason="x", by=by, now=NOW),
        lambda: actions.close_volume(volume=into, seen="", by=by, now=NOW),
        lambda: handing.hand_over(new=NewHandOver(volumes=[closed], to="x", on=TODAY), by=by, now=NOW),
        lambda: handing.receive(hand_over=made, count=1, on=TODAY, note="", by=by, now=NOW),
        lambda: handing.decline(hand_over=made, reason="x", by=by, now=NOW),
    ]
    for each in tries:
        with pytest.raises(Refused, match="您的岗位没有"):
            each()
    assert current_seq() == before


@pytest.mark.parametrize("who", ["stranger", "enterprise", "neighbour", "superior"])
def test_nobody_else_finds_anything_of_it(cast: Cast, who: str) -> None:
    hand(cast, closed_volume(cast))
    by = cast.users[who]

    assert not queries.volumes_seen(by).exists() and not queries.items_seen(by).exists()
    assert not queries.hand_overs_seen(by).exists() and not queries.documents_to_file(by).exists()
    assert not queries.cases_to_file(by).exists()


# ── when a term is over ─────────────────────────────────────────────────────────────────────────────────────────────


def test_what_outlived_its_term_is_listed_and_nothing_is_deleted(cast: Cast) -> None:
    closed = closed_volume(cast)
    ArchiveVolume.objects.update(kept_until=date(2026, 1, 31))

    found = queries.volumes_seen(cast.officer).filter(queries.outlived(TODAY))

    assert list(found) == [closed]
    assert not queries.volumes_seen(cast.officer).filter(queries.outlived(date(2026, 1, 31))).exists(), (
        "to the last day"
    )
