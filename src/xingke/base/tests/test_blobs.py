"""Files kept by their digest: once, whole, and never another."""

from pathlib import Path

import pytest

from xingke.base.blobs import Damaged, Store


def test_what_was_put_comes_back_by_its_digest_and_is_kept_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "attachments")
    digest = store.put(b"evidence")
    assert store.put(b"evidence") == digest
    assert store.get(digest) == b"evidence"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [digest]


def test_a_file_that_was_changed_or_lost_is_noticed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(b"evidence")
    path = tmp_path / digest[:2] / digest
    path.chmod(0o640)
    path.write_bytes(b"evidencE")
    with pytest.raises(Damaged, match="other bytes"):
        store.get(digest)
    path.unlink()
    with pytest.raises(Damaged, match="is not in"):
        store.get(digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31])
def test_only_a_digest_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        Store(tmp_path).get(name)
