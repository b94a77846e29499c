"""What may be kept as an attachment: judged by its bytes, its size and its name."""

import pytest

from tests.cast import NOW, Cast
from xingke.accounts import actions, queries, rules
from xingke.accounts.models import Attachment
from xingke.base.blobs import Damaged
from xingke.base.refusals import Refused
from xingke.press.tests import books

pytestmark = pytest.mark.usefixtures("data_folder")
PDF = b"%PDF-1.7\n1 0 obj"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"

KEPT = [
    ("批复.pdf", PDF, "application/pdf"),
    ("证书.PNG", PNG, "image/png"),
    ("照片.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    ("名单.xlsx", books.book(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("红头.ofd", books.packed({"OFD.xml": "<x/>"}), "application/ofd"),
    ("商业秘密保护培训.pdf", PDF, "application/pdf"),
    ("机密机械有限公司营业执照.pdf", PDF, "application/pdf"),
]


@pytest.mark.parametrize("name, data, media_type", KEPT)
def test_what_is_kept(name: str, data: bytes, media_type: str) -> None:
    assert rules.accepted(name, data) == rules.Accepted(name, media_type)


REFUSED = [
    ("a web page called a PDF", "批复.pdf", b"<html><script>1</script></html>", "内容是网页（HTML），与文件名不符"),
    ("a picture called a document", "批复.docx", PNG, "内容是PNG 图片"),
    ("an archive", "材料.zip", books.packed({"a.txt": "x"}), "不能作为佐证"),
    ("a program", "看图.exe", b"MZ\x90", "不能作为佐证"),
    ("no suffix at all", "批复", PDF, "不能作为佐证"),
    ("nothing", "空.pdf", b"", "是空文件"),
    ("macros", "名单.xlsm", books.packed({**books.parts(), "xl/vbaProject.bin": b"x"}), "不能作为佐证"),
    (
        "macros in disguise",
        "说明.docx",
        books.packed({"word/document.xml": "<w/>", "word/vbaProject.bin": b"x"}),
        "带有宏",
    ),
    ("too much", "大.pdf", PDF + bytes(20 * 2**20), "超过 20 MB"),
    ("a marking in brackets", "通知（机密）.pdf", PDF, "标有密级（“（机密）”）"),
    ("a marking with its star", "机密★1年 通知.pdf", PDF, "标有密级"),
    ("a marking before a dash", "秘密-通知.pdf", PDF, "标有密级"),
    ("a marking in square ones", "【绝密】通知.pdf", PDF, "标有密级"),
]


@pytest.mark.parametrize("story, name, data, sentence", REFUSED)
def test_what_is_not(story: str, name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        rules.accepted(name, data)


NAMES = [
    ("C:\\材料\\批复.pdf", "批复.pdf"),
    ("../../etc/批复.pdf", "批复.pdf"),
    ("批\u202e复\r\n.pdf", "批复.pdf"),
    ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ("", "未命名"),
]


@pytest.mark.parametrize("name, kept", NAMES)
def test_a_name_is_kept_without_its_path_and_without_tricks(name: str, kept: str) -> None:
    assert rules.kept_name(name) == kept


def test_bytes_come_back_as_they_were_and_are_missed_when_they_are_gone(cast: Cast) -> None:
    kept = actions.keep_attachment(file=actions.store_file(name="批复.pdf", data=PDF), by=cast.officer, now=NOW)

    assert queries.attachment_bytes(kept) == PDF
    assert (kept.size, kept.uploaded_by, kept.name) == (len(PDF), cast.officer, "批复.pdf")
    assert queries.damaged_attachments() == (1, [])
    Attachment.objects.create(
        digest="0" * 64, name="丢.pdf", media_type="application/pdf", size=1, uploaded_at=NOW, uploaded_by=cast.officer
    )
    assert queries.damaged_attachments() == (2, ["丢.pdf（0000000000000000）"])
    with pytest.raises(Damaged):
        queries.attachment_bytes(Attachment.objects.get(name="丢.pdf"))
