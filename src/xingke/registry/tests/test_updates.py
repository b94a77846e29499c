"""A pack of the program in an installation that has an earlier state of it, or definitions of its own."""

from pathlib import Path

import pytest

from tests.cast import NOW
from xingke.accounts.acts import taken_back
from xingke.registry.actions import load_pack, updates
from xingke.registry.models import Definition

pytestmark = [pytest.mark.db, pytest.mark.django_db]
TERM = '[[term]]\nlist = "{list}"\ncode = "{code}"\nversion = {version}\nlabel = {{ zh = "{label}", en = "One" }}\n'
SHIPPED = ("shipped", "national")


def pack(folder: Path, *terms: tuple[str, int, str]) -> Path:
    """A pack of terms: code, version and label."""
    folder.mkdir(exist_ok=True)
    body = "".join(
        TERM.format(list="colour", code=code, version=version, label=label) for code, version, label in terms
    )
    (folder / "vocabulary.toml").write_text(body, encoding="utf-8")
    return folder


def labels() -> dict[str, str]:
    """What the terms are called that are in force."""
    rows = Definition.objects.filter(key__startswith="colour:").order_by("version")
    return {row.key.partition(":")[2]: row.body["label"]["zh"] for row in rows}


def keys(entries: tuple[updates.Entry, ...]) -> list[tuple[str, int]]:
    """Code and version of some entries."""
    return [(each.value.key, each.value.version) for each in entries]


def test_what_is_new_is_missing_until_it_is_loaded_and_then_everything_is_in_force(tmp_path: Path) -> None:
    load_pack(folder=pack(tmp_path / "shipped", ("red", 1, "红")), by=None, now=NOW)
    folder = pack(tmp_path / "shipped", ("red", 1, "红"), ("red", 2, "大红"), ("blue", 1, "蓝"))

    assert keys(updates.standing(folder, shipped=SHIPPED).missing) == [("colour:red", 2), ("colour:blue", 1)]
    updates.update_pack(folder=folder, shipped=SHIPPED, now=NOW)

    assert updates.standing(folder, shipped=SHIPPED) == updates.PackStanding(total=3, missing=(), held=())
    assert labels() == {"red": "大红", "blue": "蓝"}


def test_a_local_definition_stays_in_force_and_the_programs_own_is_not_called_missing(tmp_path: Path) -> None:
    load_pack(folder=pack(tmp_path / "shipped", ("red", 1, "红")), by=None, now=NOW)
    load_pack(folder=pack(tmp_path / "local", ("red", 2, "本县红"), ("green", 1, "本县绿")), by=None, now=NOW)
    folder = pack(tmp_path / "shipped", ("red", 1, "红"), ("red", 3, "大红"), ("green", 1, "绿"), ("blue", 1, "蓝"))

    before = updates.update_pack(folder=folder, shipped=SHIPPED, now=NOW)

    assert keys(before.missing) == [("colour:blue", 1)]
    assert keys(before.held) == [("colour:red", 1), ("colour:red", 3), ("colour:green", 1)]
    assert labels() == {"red": "本县红", "green": "本县绿", "blue": "蓝"}
    assert updates.standing(folder, shipped=SHIPPED).missing == ()


def test_a_version_with_other_content_keeps_what_was_loaded_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    load_pack(folder=pack(tmp_path / "shipped", ("red", 1, "改过的红")), by=None, now=NOW)
    folder = pack(tmp_path / "shipped", ("red", 1, "红"), ("blue", 1, "蓝"))

    before = updates.update_pack(folder=folder, shipped=SHIPPED, now=NOW)

    assert (keys(before.missing), keys(before.held)) == ([("colour:blue", 1)], [("colour:red", 1)])
    assert labels() == {"red": "改过的红", "blue": "蓝"}


def test_definitions_are_not_loaded_in_what_is_taken_back(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="taken back"), taken_back():
        load_pack(folder=pack(tmp_path / "shipped", ("red", 1, "红")), by=None, now=NOW)
    assert labels() == {}
