"""The user's guide says what the pages say: what stands in 【】 is on a page, in both languages, and so are the sentences it quotes."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from xingke.portal.guide import LANGUAGES, anchor, file

ROOT = Path(__file__).parents[1]
CHINESE, ENGLISH = (file(language).read_text(encoding="utf-8") for language in LANGUAGES)
FILLED = re.compile(r"%\(\w+\)s|%%|(?<![A-Za-z])N(?![A-Za-z])|“[^”]*”|[\d ]")  # what a page fills in


def _plain(text: str) -> str:
    return FILLED.sub("", text).rstrip("。.")


def _catalogue() -> dict[str, set[str]]:
    """What pages say in Chinese → what they say in English, with what is filled in left out."""
    with (ROOT / "src/xingke/locale/en/LC_MESSAGES/django.po").open("rb") as source:
        catalogue = read_po(source, locale="en")
    found: dict[str, set[str]] = {}
    for message in catalogue:
        for said, translated in zip(_forms(message.id), _forms(message.string), strict=True):
            found.setdefault(_plain(said), set()).add(_plain(translated))
    return found


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


SAID = _catalogue()


def _named(guide: str) -> list[str]:
    return re.findall(r"【([^】]+)】", guide)


def _quoted(guide: str) -> list[str]:
    """The first cells of the last table."""
    lines = [line for line in guide.rsplit("## ", 1)[1].splitlines() if line.startswith("|")]
    return [line.split("|")[1].strip() for line in lines[2:]]


def _headings(guide: str) -> list[str]:
    return [line.lstrip("# ") for line in guide.splitlines() if line.startswith("## ")]


@pytest.mark.parametrize("name", sorted({*_named(CHINESE), *_quoted(CHINESE)}))
def test_what_the_guide_names_and_quotes_is_on_a_page(name: str) -> None:
    assert _plain(name) in SAID


@pytest.mark.parametrize("heading", range(len(_headings(CHINESE))), ids=_headings(ENGLISH))
def test_both_guides_name_the_same_things_in_the_same_section(heading: int) -> None:
    chinese, english = (re.split(r"^## ", guide, flags=re.MULTILINE)[heading + 1] for guide in (CHINESE, ENGLISH))
    known = [SAID[_plain(each)] for each in _named(chinese)]
    said = [_plain(each) for each in _named(english)]

    assert [each for each in said if not any(each in names for names in known)] == []
    assert [names for names in known if names.isdisjoint(said)] == []


def test_both_guides_quote_the_same_sentences() -> None:
    pairs = zip(_quoted(CHINESE), _quoted(ENGLISH), strict=True)

    assert [english for chinese, english in pairs if _plain(english) not in SAID[_plain(chinese)]] == []


@pytest.mark.parametrize("guide", [CHINESE, ENGLISH], ids=LANGUAGES)
def test_links_within_the_guide_lead_somewhere(guide: str) -> None:
    anchors = {anchor(heading) for heading in _headings(guide)}

    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= anchors
