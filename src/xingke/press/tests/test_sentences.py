"""The canonical text: what a proof signs of the words, from the tree and from the file alike."""

import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from xingke.press.docx_reader import read
from xingke.press.docx_writer import sealed_sentences, write
from xingke.press.sentences import Sentence, digest_of, of_paragraph, read_sentences, sentences_of
from xingke.press.tests.cast import SHORT, long_document, proof_of

STRANGER = Path(__file__).parents[4] / "docs/read_proof.py"


def test_a_tree_says_its_sentences_in_order_each_with_its_place() -> None:
    assert [(each.place, each.text) for each in sentences_of(SHORT)] == [
        ("p", "虚构数据"),
        ("p", "青溪县科学技术局"),
        ("p", "青科发〔2024〕12号"),
        ("p", "青溪县科学技术局2024年上半年工作总结"),
        ("p", "文中数字由台账生成，可逐一核验。"),
        ("p", "一、主要工作"),
        ("p", "（一）项目与“一企一策”"),
        ("p", "2024年上半年，全县申报省级科技项目36项，立项6项；"),
        ("s", "到位资金230万元，增长13.5%。"),
        ("s", "下一步，继续抓好“十四五”规划落实。"),
        ("p", "技术合同成交额4.15亿元，居全市第2位。"),
        *[
            (f"t1r{row}c{column}", text)
            for row, cells in enumerate(
                (("指标", "数值", "位次"), ("高新技术企业", "15家", "第3位"), ("发明专利", "31件", "—")), 1
            )
            for column, text in enumerate(cells, 1)
        ],
        ("p", "二、下一步打算"),
        ("p", "一是抓项目，二是抓企业。"),
        ("p", "青溪县科学技术局"),
        ("p", "2024年7月5日"),
    ]


def test_the_file_says_the_same_sentences_as_the_tree() -> None:
    for document in (SHORT, long_document()):
        reading = read(write(document, proof=proof_of(document)))

        assert [each.sentence for each in read_sentences(reading.paragraphs)] == list(sentences_of(document))


def test_blanks_at_the_ends_and_empty_sentences_say_nothing() -> None:
    assert list(of_paragraph(" 甲 乙。 　丙\n丁。 ")) == [Sentence("p", "甲 乙。"), Sentence("s", "丙\n丁。")]
    assert list(of_paragraph("  \u3000")) == []


def test_a_digest_is_of_the_words_alone() -> None:
    assert digest_of("2024年7月5日") == Sentence("p", "2024年7月5日").digest == Sentence("s", "2024年7月5日").digest
    assert digest_of("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"


def test_a_stranger_gets_the_same_list_with_the_standard_library_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(write(SHORT, proof=proof_of(SHORT)))

    said = subprocess.run([sys.executable, "-I", STRANGER, file], capture_output=True, text=True, check=True).stdout

    listed = re.findall(r"^(\S+) ([0-9a-f]{64}) ", said, re.MULTILINE)
    assert listed == [(each.place, each.digest) for each in sealed_sentences(SHORT)]
    assert said.splitlines()[-1] == "24 sentences, as the proof lists them"
    assert len(STRANGER.read_text(encoding="utf-8").splitlines()) <= 100


def test_a_stranger_sees_a_changed_word(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    with zipfile.ZipFile(BytesIO(write(SHORT, proof=proof_of(SHORT)))) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace("继续抓好".encode(), "继续抓实".encode()))

    done = subprocess.run([sys.executable, "-I", STRANGER, file], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "sentence 10 is not the one that was signed: 下一步，继续抓实“十四五”规划落实。" in done.stdout
