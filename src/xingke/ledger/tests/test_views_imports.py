"""Handing over a CSV: what is filed, what is left with its reasons, and files that are none."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast
from xingke.ledger.importing import COLUMNS, SIZE_LIMIT
from xingke.ledger.models import ImportBatch, Observation

SignIn = Callable[[str], Client]

HEAD = "figure,document,region,period,indicator,measure,value,unit,as_written\n"
GOOD = "T1#1,T1,青溪县,2024,地区生产总值,level,468.30,亿元,468.30亿元\n"
BAD = "T1#2,T1,青溪县,2024,地区生产总值,level,-1.5,担,-1.5担\n"


def _hand_over(browser: Client, content: bytes, name: str = "数.csv") -> object:
    return browser.post("/imports/", {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_filed_row_by_row_and_what_is_left_says_why(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")

    _hand_over(browser, (HEAD + GOOD + BAD).encode("gb18030"))

    batch = ImportBatch.objects.get()
    response = browser.get(f"/imports/{batch.pk}/")
    page = response.content.decode()
    assert "按 GB18030 读取" in page
    assert {item["label"]: item["value"] for item in response.context["counts"]} == {
        "新登记": 1, "有改动": 0, "未改动": 0, "待读": 0, "未导入": 1
    }  # fmt: skip
    assert [(row.number, row.problems) for row in response.context["rows"]] == [
        (3, ["unit 列为“担”：不是已知的计量单位，请改用规则包中的单位或补充该单位。"])
    ]
    assert Observation.objects.get().state == "draft"


def test_the_rows_left_are_exported_ready_to_be_mended(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    _hand_over(browser, (HEAD + GOOD + BAD).encode())

    response = browser.get(f"/imports/{ImportBatch.objects.get().pk}/?format=csv")

    header, line = response.content.decode("utf-8-sig").splitlines()
    assert header == HEAD.strip() + ",行号,问题和办法"
    assert line.startswith("T1#2,T1,青溪县,2024,地区生产总值,level,-1.5,担,'-1.5担,3,unit 列为“担”")


def test_the_same_file_again_files_nothing_and_says_so(cast: Cast, signed_in: SignIn) -> None:
    browser = signed_in("officer")
    _hand_over(browser, (HEAD + GOOD + BAD).encode())

    response = _hand_over(browser, (HEAD + GOOD + BAD).encode())

    page = response.content.decode()  # type: ignore[attr-defined]
    assert "没有新的内容。" in page and "以“数.csv”导入过" in page and "第 3 行：" in page
    assert ImportBatch.objects.count() == 1


WRONG = [
    ("nothing", b"", "请选择要导入的文件。"),
    ("blank", b"  \n", "文件是空的，没有可导入的内容。"),
    ("a workbook", b"PK\x03\x04", "文件名以“.csv”结尾，内容却是压缩包"),
    ("a column is missing", b"figure,document\n1,2\n", "缺少必需的列：region、period"),
    ("only a head", HEAD.encode(), "文件只有表头，没有数据行。"),
    ("too large", b"x" * (SIZE_LIMIT + 1), "文件超过 20 MB，请分成几个文件导入。"),
]


@pytest.mark.parametrize("story, content, sentence", WRONG)
def test_a_wrong_file_ends_in_one_sentence(
    cast: Cast, signed_in: SignIn, story: str, content: bytes, sentence: str
) -> None:
    browser = signed_in("officer")

    response = _hand_over(browser, content) if content else browser.post("/imports/", {})

    assert response.status_code == 200  # type: ignore[attr-defined]
    assert response.context["error"].startswith(sentence), story  # type: ignore[attr-defined]
    assert not ImportBatch.objects.exists() and not Observation.objects.exists()


def test_an_import_is_seen_by_who_made_it_only(cast: Cast, signed_in: SignIn) -> None:
    _hand_over(signed_in("officer"), (HEAD + GOOD).encode())
    batch = ImportBatch.objects.get()

    for name in ("neighbour", "stranger", "director", "enterprise"):
        assert signed_in(name).get(f"/imports/{batch.pk}/").status_code == 404
    for name in ("stranger", "director", "auditor"):
        assert signed_in(name).get("/imports/").status_code == 404
        assert signed_in(name).post("/imports/", {}).status_code == 404


def test_the_template_has_every_column_the_import_reads(cast: Cast, signed_in: SignIn) -> None:
    response = signed_in("officer").get("/imports/?format=csv")

    assert response.content.decode("utf-8-sig").strip() == ",".join(COLUMNS)
