"""The pages of the archive, as those who keep it, sign for it and look for something use them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.cast import NOW, Cast
from xingke.archive import actions, queries
from xingke.archive.models import ArchiveHandOver, ArchiveItem, ArchiveVolume
from xingke.archive.queries.checking import check_archive_file
from xingke.archive.tests.filing import (
    PDF,
    answered_case,
    close,
    closed_volume,
    ended_case,
    file_into,
    load_flows,
    load_secret_flow,
    make_archivist,
    packed,
    published_document,
    service_of_person,
    to_file,
    volume,
)
from xingke.base.refusals import Refused
from xingke.base.tasks import DUTIES, Task
from xingke.casework.models import Case
from xingke.registry import actions as registry

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def flows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    load_flows()
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def said(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def row_of(case: Case) -> str:
    return f"case:{case.key}:{case.steps.count()}"


def tasks(cast: Cast, who: str) -> dict[str, int]:
    found: list[Task] = []
    for code in ("to-archive", "to-sign"):
        found += DUTIES[code].find(cast.users[who])
    return {each.label: each.value for each in found if each.value}


def test_from_the_workbench_to_the_receipt_on_pages_alone(cast: Cast, signed_in: SignIn) -> None:
    cases = [ended_case(cast), ended_case(cast)]
    make_archivist(cast)
    assert tasks(cast, "officer") == {"待归档的事项": 2}
    browser = signed_in("officer")
    assert "待归档的事项" in said(browser.get("/"))
    new = {"key": "01890000-0000-7000-8000-000000000001", "region": "990121", "title": "2026 年研发费用后补助"}
    browser.post(
        reverse("archive:volume-new"), {**new, "year": "2026", "category": "WS", "term": "D30", "fonds": "j012"}
    )
    into = ArchiveVolume.objects.get()
    assert into.number == "J012-WS·2026·D30-001"

    listed = said(browser.get(reverse("archive:case-list")))
    assert all(case.number in listed and row_of(case) in listed for case in cases)
    asked = said(browser.post(reverse("archive:file-into"), {"row": [row_of(case) for case in cases]}))
    assert "归档 2 件" in asked and into.number in asked
    sent = {"row": [row_of(case) for case in cases], "volume": str(into.key)}
    page = said(browser.post(reverse("archive:file-into"), sent, follow=True))
    assert "已归档 2 件" in page and "卷内目录" in page and cast.firm.name in page
    assert tasks(cast, "officer") == {}

    page = said(
        browser.post(
            reverse("archive:volume-close", args=[into.key]),
            {"seen": queries.stamp_of(queries.items_of(into))},
            follow=True,
        )
    )
    assert "已封卷" in page and "J012-WS·2026·D30-001-0002" in page and "撤出" not in page
    assert "都与封卷时一致" in said(browser.get(reverse("archive:volume", args=[into.key]), {"check": ""}))

    form = said(browser.post(reverse("archive:hand-over-new"), {"row": str(into.key)}))
    assert "移交 1 卷" in form
    key = "01890000-0000-7000-8000-000000000002"
    handed = {"row": str(into.key), "key": key, "to": "青溪县综合档案馆", "on": "2026-03-02"}
    page = said(browser.post(reverse("archive:hand-over-new"), handed, follow=True))
    assert "须由另一人清点签收" in page
    made = ArchiveHandOver.objects.get()
    url = reverse("archive:hand-over", args=[made.key])
    assert tasks(cast, "director") == {"待签收的移交清单": 1} and tasks(cast, "officer") == {}

    signing = reverse("archive:hand-over-receive", args=[made.key])
    wrong = said(signed_in("director").post(signing, {"count": "3", "on": "2026-03-02", "note": "缺一卷"}))
    assert "清单上是1卷，您点到3卷" in wrong and "缺一卷" in wrong  # what was typed stays
    page = said(signed_in("director").post(signing, {"count": "1", "on": "2026-03-02"}, follow=True))
    assert "已签收" in page
    for where in (
        reverse("archive:volume", args=[into.key]),
        reverse("archive:finding-list"),
        reverse("casework:case", args=[cases[0].key]),
    ):
        assert "已移交" in said(signed_in("officer").get(where)), where
    assert "J012-WS·2026·D30-001" in said(signed_in("director").get(url))


def test_what_could_not_be_filed_is_listed_with_its_reason_and_the_others_are_filed(
    cast: Cast, signed_in: SignIn
) -> None:
    good, late = ended_case(cast), ended_case(cast)
    late.steps.filter(number=2).update(on=date(2025, 12, 30))
    into = volume(cast)

    sent = {"row": [row_of(good), row_of(late)], "volume": str(into.key)}
    page = said(signed_in("officer").post(reverse("archive:file-into"), sent))

    assert "没有归档的" in page and "归入 2025 年度" in page and late.number in page
    assert [item.case for item in ArchiveItem.objects.all()] == [good]


def test_without_a_volume_nothing_is_filed_and_the_choice_stays(cast: Cast, signed_in: SignIn) -> None:
    case = ended_case(cast)
    browser, url = signed_in("officer"), reverse("archive:file-into")
    assert "没有打开着的案卷" in said(browser.post(url, {"row": row_of(case)}))
    volume(cast)

    page = said(browser.post(url, {"row": row_of(case), "volume": ""}))

    assert "请选一个案卷" in page and row_of(case) in page and not ArchiveItem.objects.exists()


@pytest.mark.parametrize("row", ["", "case", "case:x:1", "document:01890000-0000-7000-8000-000000000009", "x:y:z"])
def test_a_row_that_names_nothing_is_not_found(cast: Cast, signed_in: SignIn, row: str) -> None:
    assert signed_in("officer").post(reverse("archive:file-into"), {"row": row}).status_code == 404


def test_nothing_ticked_is_said(cast: Cast, signed_in: SignIn) -> None:
    into = volume(cast)
    answer = signed_in("officer").post(reverse("archive:file-into"), {"volume": str(into.key)})
    assert "请先选定要归档的" in said(answer)


# ── taking it away ──────────────────────────────────────────────────────────────────────────────────────────────────


def _changed(data: bytes, path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The same .zip with other members."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


PROOF = "0001/02-纳税申报表.pdf"


def test_a_volume_is_taken_away_with_its_catalogue_manifest_and_files(
    cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    closed = closed_volume(cast)

    data = packed(signed_in("officer"), closed)

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [
            "卷内目录.xlsx",
            "manifest.json",
            "signature.json",
            "0001/01-办理记录.html",
            PROOF,
        ]
        manifest, seal = archive.read("manifest.json"), json.loads(archive.read("signature.json"))
        assert archive.read(PROOF) == PDF
        with zipfile.ZipFile(io.BytesIO(archive.read("卷内目录.xlsx"))) as book:
            strings = b"".join(book.read(name) for name in book.namelist()).decode("utf-8", "replace")
    assert seal["digest"] == closed.digest == hashlib.sha256(manifest).hexdigest()
    for words in ("J012-WS·2026·D30-001-0001", "20260302", cast.firm.name, "责任者", "页数"):
        assert words in strings, words
    path = tmp_path / "卷.zip"
    path.write_bytes(data)
    number, signer, wrong = check_archive_file(path)
    assert (number, str(signer), wrong) == (closed.number, "本安装的密钥", [])


@pytest.mark.parametrize(
    "change, expected",
    [
        (lambda members: members.pop(PROOF), [f"缺少：{PROOF}"]),
        (lambda members: members.update({PROOF: b"%PDF other"}), [f"变了：{PROOF}"]),
        (lambda members: members.update({"0001/03-多的.txt": b"x"}), ["多出：0001/03-多的.txt"]),
        (
            lambda members: members.update({"manifest.json": members["manifest.json"].replace(b"J012", b"J013")}),
            ["清单的摘要不符", "清单的签名不成立"],
        ),
    ],
)
def test_what_was_changed_in_a_volume_that_was_taken_away_is_said_exactly(
    cast: Cast,
    signed_in: SignIn,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], object],
    expected: list[str],
) -> None:
    path = _changed(packed(signed_in("officer"), closed_volume(cast)), tmp_path / "卷.zip", change)

    _number, _signer, wrong = check_archive_file(path)

    assert len(wrong) == len(expected)
    assert all(str(found).startswith(start) for found, start in zip(wrong, expected, strict=True))


def test_another_key_over_another_manifest_is_told_by_whose_it_is_and_by_the_volume_that_stands_here(
    cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    forger = Ed25519PrivateKey.generate()

    def forge(members: dict[str, bytes]) -> None:
        data = members["manifest.json"].replace("后补助".encode(), "后补贴".encode())
        seal = {
            "digest": hashlib.sha256(data).hexdigest(),
            "public_key": forger.public_key().public_bytes_raw().hex(),
            "signature": forger.sign(data).hex(),
        }
        members.update({"manifest.json": data, "signature.json": json.dumps(seal).encode()})

    path = _changed(packed(signed_in("officer"), closed_volume(cast)), tmp_path / "卷.zip", forge)

    _number, signer, wrong = check_archive_file(path)

    assert [str(each) for each in wrong] == ["与本安装封卷时的清单不一致。"]
    assert "不在信任名单中" in str(signer)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip"])
def test_what_is_no_volume_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "别的.zip"
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"“别的\.zip”不是从本系统下载的案卷，或已损坏"):
        check_archive_file(path)


def test_an_open_volume_is_not_taken_away(cast: Cast, signed_in: SignIn) -> None:
    into = volume(cast)
    answer = signed_in("officer").get(reverse("archive:volume-zip", args=[into.key]), follow=True)
    assert "还没有封卷，不能整卷下载" in said(answer)


# ── who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_says_who_sees_it_is_in_nobody_elses_hands(cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    load_secret_flow(tmp_path)
    registry.give_role(user=cast.director, role="section_head", region=cast.county, by=None, now=NOW)
    case, into = answered_case(cast), volume(cast)
    (item,) = file_into(cast, into, to_file(case), by=cast.director).filed
    close(into, cast.director)
    kept = item.files.get()
    url = reverse("archive:item-file", args=[item.key, kept.pk, kept.name])

    assert "建议不予支持" in said(signed_in("director").get(url))
    assert signed_in("officer").get(url).status_code == 404
    page = said(signed_in("officer").get(reverse("archive:volume", args=[into.key])))
    assert "里面有您不能查看的内容" in page and "建议不予支持" not in page and "内部研究" not in page
    answer = signed_in("officer").get(reverse("archive:volume-zip", args=[into.key]), follow=True)
    assert "有您不能查看的内容，不能整卷下载" in said(answer)
    assert packed(signed_in("director"), into)[:2] == b"PK"


def test_a_kept_page_runs_nothing(cast: Cast, signed_in: SignIn) -> None:
    (item,) = file_into(cast, volume(cast), to_file(ended_case(cast))).filed
    kept = item.files.get(place=1)

    answer = signed_in("officer").get(reverse("archive:item-file", args=[item.key, kept.pk, kept.name]))

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "<script" not in said(answer)
    assert (
        signed_in("officer").get(reverse("archive:item-file", args=[item.key, kept.pk, "别的.html"])).status_code == 404
    )


@pytest.mark.parametrize("who", ["enterprise", "stranger", "neighbour"])
def test_a_firm_and_a_stranger_find_nothing_of_the_archive(cast: Cast, signed_in: SignIn, who: str) -> None:
    closed = closed_volume(cast)
    for url in (reverse("archive:volume", args=[closed.key]), reverse("archive:volume-zip", args=[closed.key])):
        assert signed_in(who).get(url).status_code == 404
    listed = signed_in(who).get(reverse("archive:finding-list"))
    assert listed.status_code == (200 if who == "neighbour" else 404)
    assert closed.number not in listed.content.decode()
    if who == "enterprise":
        case = Case.objects.get()
        assert "J012" not in said(signed_in(who).get(reverse("casework:case", args=[case.key])))


# ── the finding list ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def shelf(cast: Cast, tmp_path: Path) -> ArchiveVolume:
    """A closed volume with a firm's case, and an open one for good with a document and a person's case."""
    closed = closed_volume(cast)
    other = volume(cast, title="总结材料", term="Y")
    wanted = [actions.ToFile(document=published_document(cast, tmp_path)), to_file(service_of_person(cast, "何远山"))]
    assert len(file_into(cast, other, *wanted).filed) == 2
    return closed


FOUND = {
    "": (2, 3),
    "kind=volume": (2, 0),
    "kind=item": (0, 3),
    "q=D30-001": (1, 1),
    "q=明渠传感": (0, 1),
    "q=总结材料": (1, 0),
    "term=Y": (1, 2),
    "year=2026&state=open": (1, 2),
    "state=closed": (1, 1),
    "state=expired": (0, 0),
    "year=9999999": (0, 0),
    "term=nonsense": (0, 0),
    "kind=nonsense": (2, 3),
}


def test_volumes_and_what_lies_in_them_are_found_in_one_list(
    cast: Cast, signed_in: SignIn, shelf: ArchiveVolume
) -> None:
    found = {}
    for query in FOUND:
        rows = signed_in("officer").get(f"{reverse('archive:finding-list')}?{query}&sort=number").context["rows"]
        found[query] = (sum(row.item is None for row in rows), sum(row.item is not None for row in rows))

    assert found == FOUND


def test_the_file_of_the_list_is_what_is_shown_and_names_persons_to_who_sees_them(
    cast: Cast, signed_in: SignIn, shelf: ArchiveVolume
) -> None:
    url = reverse("archive:finding-list")
    text = signed_in("officer").get(url, {"format": "csv", "kind": "item"}).content.decode()

    assert text.count("\n") == 4 and "何远山" in text and "J012-WS·2026·D30-001-0001" in text


def test_volumes_whose_term_is_over_wait_for_appraisal_and_say_so(
    cast: Cast, signed_in: SignIn, shelf: ArchiveVolume
) -> None:
    ArchiveVolume.objects.filter(pk=shelf.pk).update(kept_until=date(2026, 1, 31))

    assert tasks(cast, "officer")["保管期满、待鉴定的案卷"] == 1
    answer = signed_in("officer").get(reverse("archive:finding-list"), {"kind": "volume", "state": "expired"})
    assert [row.volume for row in answer.context["rows"]] == [shelf]
    assert "系统不会自己销毁" in said(signed_in("officer").get(reverse("archive:volume", args=[shelf.key])))


@pytest.mark.parametrize("address", ["archive:volume", "archive:finding-list", "archive:case-list"])
def test_a_page_asks_no_more_for_many(cast: Cast, signed_in: SignIn, address: str) -> None:
    into = volume(cast)
    url = reverse(address, args=[into.key] if address == "archive:volume" else [])
    counts = []
    for number in range(3):
        case = service_of_person(cast, f"何远山{number}") if number == 0 else ended_case(cast)
        file_into(cast, into, to_file(case))
        ended_case(cast)
        signed_in("officer").get(url)
        with CaptureQueriesContext(connection) as asked:
            said(signed_in("officer").get(url))
        counts.append(len(asked))

    assert counts[2] <= counts[1]
