"""Keys that count: one's own, and those of others by name; a line that is no key is named and harms nothing."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.cast import Cast
from xingke.accounts.models import AuditEntry
from xingke.base.refusals import Refused
from xingke.reports import keys
from xingke.reports.actions import distrust, trust

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
CITY = Ed25519PrivateKey.from_private_bytes(b"c" * 32).public_key().public_bytes_raw()
COUNTY = Ed25519PrivateKey.from_private_bytes(b"d" * 32).public_key().public_bytes_raw()
HEX, OTHER = CITY.hex(), COUNTY.hex()
ZERO = "0" * 64


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "trusted.keys"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_own_key_is_made_once_and_is_its_owners_alone(data_folder: Path) -> None:
    made = keys.signing_key()

    assert keys.signing_key() == made and len(made) == 32
    assert (data_folder / "signing.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_folder.iterdir()] == ["signing.key"]
    assert keys.trusted_keys() == (keys.public_key(),)
    assert keys.key_names() == {keys.public_key(): ""}


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "ab" * 31], ids=["empty", "short", "no digits", "cut"])
def test_an_own_key_that_is_damaged_is_said_and_not_replaced(data_folder: Path, content: str) -> None:
    (data_folder / "signing.key").write_text(content)

    with pytest.raises(Refused, match=r"签名密钥文件 .*signing\.key 已损坏"):
        keys.trusted_keys()

    assert (data_folder / "signing.key").read_text() == content


def test_two_that_make_the_own_key_at_once_use_the_same(data_folder: Path) -> None:
    first = keys.signing_key()
    with patch.object(Path, "exists", return_value=False):  # as the second one saw it
        assert keys.signing_key() == first


@pytest.mark.parametrize(
    "text, expected",
    [
        (f"{HEX} 清源市科技局\n", [(CITY, "清源市科技局")]),
        (f"\ufeff# 2026 年与市局核对\r\n\r\n  {HEX.upper()}\t清源市  科技局  \r\n", [(CITY, "清源市 科技局")]),
        (f"{HEX}\n{OTHER}\n", [(CITY, ""), (COUNTY, "")]),
        (f"{HEX} {OTHER}", [(CITY, ""), (COUNTY, "")]),
        (f"{HEX} 甲\n{HEX} 乙\n", [(CITY, "甲")]),
        ("", []),
    ],
    ids=["named", "mark, remark and blanks", "of old", "of old in one line", "twice", "empty"],
)
def test_a_line_is_a_key_and_its_name(data_folder: Path, text: str, expected: list[tuple[bytes, str]]) -> None:
    written(data_folder, text)

    found, wrong = keys.read_trusted()

    assert [(each.key, each.name) for each in found] == expected
    assert wrong == []


@pytest.mark.parametrize(
    "line, why",
    [
        ("清源市科技局", "“清源市科技局”不是公钥"),
        (f"清源市科技局 {HEX}", "“清源市科技局”不是公钥"),
        (HEX[:63], f"“{HEX[:20]}…”不是公钥"),
        (f"0x{HEX}", f"“0x{HEX[:18]}…”不是公钥"),
        (f"{HEX}#甲", "不是公钥"),
        (f"{HEX} {'长' * 61}", "不超过 60 个字"),
        (f"{ZERO} 甲", "低阶点"),
        ("0" * 62 + "80 甲", "低阶点"),
        ("\x00\x01", "不是公钥"),
    ],
)
def test_a_line_that_is_no_key_is_named_and_the_others_count(data_folder: Path, line: str, why: str) -> None:
    written(data_folder, f"# 名单\n{line}\n{OTHER} 乙县\n")

    found, wrong = keys.read_trusted()

    assert [(each.key, each.name) for each in found] == [(COUNTY, "乙县")]
    assert [each.line for each in wrong] == [2] and why in str(wrong[0].why)
    assert keys.trusted_keys() == (keys.public_key(), COUNTY)


def test_a_file_in_another_encoding_or_that_cannot_be_read_stops_nothing(data_folder: Path) -> None:
    path = written(data_folder, f"{HEX} 清源市科技局\n".encode("gb18030"))
    assert keys.trusted_keys() == (keys.public_key(), CITY)

    path.unlink()
    path.mkdir()
    assert keys.trusted_keys() == (keys.public_key(),)


def test_who_signed_is_said_by_name(data_folder: Path) -> None:
    written(data_folder, f"{HEX} 清源市科技局\n")

    assert str(keys.signer(HEX)) == "“清源市科技局”的密钥"
    assert str(keys.signer(keys.public_key().hex())) == "本安装的密钥"
    assert str(keys.signer(OTHER)) == f"公钥 {OTHER[:16]}…，不在信任名单中"


@pytest.mark.usefixtures("db")
def test_a_key_is_added_and_taken_away_by_name_and_the_trail_says_so(data_folder: Path) -> None:
    written(data_folder, "# 与对方电话核对过\n坏行\n")

    trust(key=CITY, name=" 清源市 科技局 ", now=NOW)
    assert (data_folder / "trusted.keys").read_text() == f"# 与对方电话核对过\n坏行\n{HEX} 清源市 科技局\n"
    assert keys.key_names()[CITY] == "清源市 科技局"

    distrust(named="清源市 科技局", now=NOW)
    assert (data_folder / "trusted.keys").read_text() == "# 与对方电话核对过\n坏行\n"

    trail = AuditEntry.objects.filter(target_kind="key").order_by("seq")
    assert [(each.action, each.target, each.detail, each.by_name) for each in trail] == [
        ("key.trusted", "清源市 科技局", {"key": HEX}, "系统"),
        ("key.distrusted", "清源市 科技局", {"key": HEX}, "系统"),
    ]


@pytest.mark.usefixtures("db")
def test_a_key_of_old_gets_its_name_and_its_neighbour_stays(data_folder: Path) -> None:
    written(data_folder, f"{HEX} {OTHER}\n")

    trust(key=CITY, name="市局", now=NOW)
    assert (data_folder / "trusted.keys").read_text() == f"{OTHER}\n{HEX} 市局\n"

    distrust(named=OTHER[:8], now=NOW)
    assert (data_folder / "trusted.keys").read_text() == f"{HEX} 市局\n"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "key, name, why",
    [
        (CITY, "另名", "已在名单中，名称是“市局”"),
        (COUNTY, "市局", "已有叫“市局”的公钥"),
        (COUNTY, "  ", "请写一个单位或安装的名称"),
        (COUNTY, "# 甲", "不能用"),
    ],
)
def test_what_would_make_the_list_ambiguous_is_refused(data_folder: Path, key: bytes, name: str, why: str) -> None:
    trust(key=CITY, name="市局", now=NOW)

    with pytest.raises(Refused, match=why):
        trust(key=key, name=name, now=NOW)
    with pytest.raises(Refused, match="本安装自己的公钥"):
        trust(key=keys.public_key(), name="自己", now=NOW)
    with pytest.raises(Refused, match="没有叫“市”的公钥"):
        distrust(named="市", now=NOW)

    assert (data_folder / "trusted.keys").read_text() == f"{HEX} 市局\n"


@pytest.mark.parametrize(
    "content, why",
    [
        (f"{HEX} 市局\n{OTHER} 县局\n".encode(), "文件里有 2 个公钥"),
        (b"", "文件里有 0 个公钥"),
        (b"PK\x03\x04", "这是文稿，不是公钥"),
        ("你好\n".encode(), "文件第 1 行：“你好”不是公钥"),
    ],
)
def test_a_file_that_does_not_hold_one_key_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "key.txt").write_bytes(content)

    with pytest.raises(Refused, match=why):
        keys.offered(str(tmp_path / "key.txt"), "市局")
    with pytest.raises(Refused, match="既不是 64 位十六进制的公钥，也不是文件"):
        keys.offered(str(tmp_path / "none.txt"), "市局")


def test_an_installation_is_called_by_the_one_region_it_works_for(cast: Cast) -> None:
    from xingke.registry.models import Grant

    Grant.objects.exclude(region=cast.county).delete()

    assert keys.own_name() == "青溪县"
