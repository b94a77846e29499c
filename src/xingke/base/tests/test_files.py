"""Files that are whole or not at all."""

import os
from pathlib import Path

import pytest

from xingke.base import files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.write_text("old")

    with files.replacing(place) as part:
        part.write_text("new")
        assert place.read_text() == "old"

    assert (place.read_text(), names(tmp_path)) == ("new", ["kept"])


def test_what_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    place.write_text("old")

    def broken_off() -> None:
        with files.replacing(place) as part:
            part.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        broken_off()

    assert (place.read_text(), names(tmp_path)) == ("old", ["kept"])


def test_content_and_name_are_on_the_disk_before_anybody_relies_on_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    usual, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name.partition('.')[0]}")
        usual(descriptor)

    def replaced(part: Path, target: Path) -> Path:
        done.append("rename")
        return replace(part, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)

    files.write(tmp_path / "kept", b"new")

    assert done == ["sync kept", "rename", f"sync {tmp_path.name}"]


def test_permissions_are_narrow_from_the_first_byte(tmp_path: Path) -> None:
    with files.replacing(tmp_path / "kept", mode=0o400) as part:
        assert part.stat().st_mode & 0o777 == 0o600
        part.write_text("secret")

    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o400


def test_writing_over_a_file_keeps_its_permissions_and_links(tmp_path: Path) -> None:
    place, link = tmp_path / "kept", tmp_path / "link"
    place.write_text("old")
    place.chmod(0o640)
    link.symlink_to(place)

    files.write(link, b"new")

    assert (place.read_text(), place.stat().st_mode & 0o777, link.is_symlink()) == ("new", 0o640, True)


def test_what_is_no_file_is_written_into() -> None:
    files.write(Path(os.devnull), b"anything")

    assert Path(os.devnull).is_char_device()


def test_a_key_is_made_once(tmp_path: Path) -> None:
    place = tmp_path / "a.key"
    files.create(place, "first")

    with pytest.raises(FileExistsError):
        files.create(place, "second")

    assert (place.read_text(), place.stat().st_mode & 0o777, names(tmp_path)) == ("first", 0o600, ["a.key"])


def test_a_key_is_made_where_files_have_one_name_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_part: Path, _path: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    place = tmp_path / "a.key"
    files.create(place, "first")

    with pytest.raises(FileExistsError):
        files.create(place, "second")
    assert (place.read_text(), names(tmp_path)) == ("first", ["a.key"])
