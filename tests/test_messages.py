"""Where translations stand: what one desk says in its own folder, what several say in the house's."""

from pathlib import Path

import pytest

from tools import messages


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with one room and one desk."""
    package = tmp_path / "xingke"
    for room in ("ledger", "desks/fieldwork"):
        (package / room).mkdir(parents=True)
    (package / "ledger/views.py").write_text('_("确认")\n', "utf-8")
    (package / "desks/fieldwork/views.py").write_text('_("确认")\n_("下乡服务")\n', "utf-8")
    for name, value in (("ROOT", tmp_path), ("PACKAGE", package), ("LOCALE", package / "locale")):
        monkeypatch.setattr(messages, name, value)
    messages.update()
    return package


def said(folder: Path) -> dict[str, str]:
    """The texts of a folder with what they are translated as."""
    catalogue = messages.read(messages.po_file(folder, "en"), "en")
    return {str(each.id): str(each.string) for each in catalogue if each.id}


def test_what_one_desk_says_stands_with_it_and_what_others_say_too_in_the_house(house: Path) -> None:
    assert said(house / "desks/fieldwork/locale") == {"下乡服务": ""}
    assert said(house / "locale") == {"确认": ""}
    assert [line.partition(": ")[2] for line in messages.check()] == [
        "'下乡服务' is not translated",
        "'确认' is not translated",
    ]


def test_a_text_that_others_come_to_say_moves_with_its_translation(house: Path) -> None:
    own = messages.po_file(house / "desks/fieldwork/locale", "en")
    own.write_text(
        own.read_text("utf-8").replace('msgid "下乡服务"\nmsgstr ""', 'msgid "下乡服务"\nmsgstr "field work"'), "utf-8"
    )
    (house / "ledger/words.py").write_text('_("下乡服务")\n', "utf-8")

    messages.update()

    assert said(house / "locale") == {"确认": "", "下乡服务": "field work"}
    assert said(house / "desks/fieldwork/locale") == {}
