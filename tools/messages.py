"""The texts of the interface: collected from code and templates, kept in .po files, compiled without msgfmt.

    python -m tools.messages extract    bring every .po file up to date (translations are kept) and compile it
    python -m tools.messages check      fail when a text is missing, untranslated, doubtful or has other placeholders
    python -m tools.messages compile    only compile

What only one desk says stands in the desk's own folder ``locale``, everything else in the house's; a text that others come
to say, too, moves with its translation. The msgids are the Chinese texts themselves. Texts that the code no longer has stay in the file as obsolete (``#~``).
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

from hatch_build import BuildStopped, compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/xingke"
LOCALE = PACKAGE / "locale"
TRANSLATED_INTO = ("en",)  # besides any language that has a folder already

# Which arguments of each function are texts; "c" marks the context.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "say": None,
}
HEADER = """\
# Translations of Xingke. The msgids are the Chinese texts; write the msgstr, then run `make messages`.
#"""
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}|(?<!%)%([sd])")
MACHINE_MADE = re.compile(
    r'^"(POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To): .*"\n',
    re.MULTILINE,
)


def main(arguments: list[str] | None = None) -> None:
    """Entry point of ``python -m tools.messages``; exits 1 with one line per finding when a check fails."""
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description="Collect, check, compile the texts.")
    parser.add_argument("command", choices=["extract", "check", "compile"])
    command = parser.parse_args(arguments).command
    try:
        if command == "check":
            findings = list(check())
            if findings:
                sys.exit("\n".join([*findings, f"{len(findings)} findings about translations"]))
            return
        if command == "extract":
            update()
        compile_catalogues(ROOT, say=print)
    except BuildStopped as stopped:
        sys.exit(str(stopped))


def update() -> None:
    """Rewrite every language's .po file from the sources, keeping what is translated."""
    for folder, language, collected in catalogues():
        path = po_file(folder, language)
        text = render(merged(folder, language, collected))
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(collected)} texts")


def check() -> Iterator[str]:
    """One line for every text that is not translated as it should be, and one for each file that is out of date."""
    for folder, language, collected in catalogues():
        catalogue = merged(folder, language, collected)
        for message in catalogue:
            if message.id:
                yield from (f"{place(message)}: {shown(message)} {fault}" for fault in faults(message))
        path = po_file(folder, language)
        if not path.is_file() or path.read_text(encoding="utf-8") != render(catalogue):
            yield f"{path.relative_to(ROOT)} is out of date: run `make messages`"


def faults(message: Message) -> Iterator[str]:
    """What is wrong with the translation of one text."""
    translations = [message.string] if isinstance(message.string, str) else [*(message.string or [""])]
    if not all(translations):
        yield "is not translated"
        return
    if message.fuzzy:
        yield "is marked fuzzy: look at it and remove the mark"
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    expected = {found for source in sources for found in placeholders(source)}
    used = [set(placeholders(translation)) for translation in translations]
    if strange := sorted(set().union(*used) - expected):
        yield f"is translated with {', '.join(strange)}, which it does not have"
    if lost := sorted(expected - used[-1]):  # the singular may say "one" where the plural says "%(count)s"
        yield f"has lost {', '.join(lost)} in its translation"


def placeholders(text: str) -> Iterator[str]:
    """The places that code fills in: ``%(name)s``, ``{name}`` and ``%s``."""
    for found in PLACEHOLDER.finditer(text):
        yield found.group()


def place(message: Message) -> str:
    """Where a text stands first."""
    return message.locations[0][0] if message.locations else "?"


def shown(message: Message) -> str:
    """A text as one line."""
    return repr(message.id if isinstance(message.id, str) else message.id[0])


def languages() -> list[str]:
    """Every language that is translated into, by folder name."""
    return sorted({*TRANSLATED_INTO, *(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po"))})


def po_file(folder: Path, language: str) -> Path:
    """Where a language's texts of a folder stand."""
    return folder / language / "LC_MESSAGES/django.po"


def catalogues() -> Iterator[tuple[Path, str, Catalog]]:
    """Every file there is to be: its folder, its language, and the texts of the sources that stand in it."""
    collected = collect()
    standing = {folder for folder in folders() if folder.is_dir()}  # a desk may have nothing of its own to say any more
    for folder in sorted({*collected, *standing}):
        for language in languages():
            yield folder, language, collected.get(folder) or Catalog(domain="django", charset="utf-8")


def merged(folder: Path, language: str, collected: Catalog) -> Catalog:
    """The texts of the sources with the translations of the file, or where it has none of another file. Raises
    BuildStopped if one does not parse."""
    catalogue = read(po_file(folder, language), language)
    catalogue.project, catalogue.version = "xingke", "1"
    catalogue.header_comment = HEADER
    catalogue.fuzzy = False
    catalogue.update(collected, no_fuzzy_matching=True)  # a guess would look like a translation
    for message in catalogue:
        if message.id and not message.string:
            others = (read(po_file(other, language), language) for other in folders() if other != folder)
            if known := next(filter(None, (translated(each, message) for each in others)), ""):
                message.string = known
    return catalogue


def translated(catalogue: Catalog, message: Message) -> Any:
    """How a text is translated in a catalogue, where it was its own before; "" where it is not."""
    key = message.id if isinstance(message.id, str) else message.id[0]
    known = catalogue.get(key, message.context) or catalogue.obsolete.get(key)
    return known.string if known is not None else ""  # a text, or a tuple where there is a plural


def folders() -> list[Path]:
    """The folders that texts are kept in: the house's, and those of desks."""
    return [LOCALE, *sorted(path / "locale" for path in PACKAGE.glob("desks/*") if path.is_dir())]


def read(path: Path, language: str) -> Catalog:
    """A .po file; an empty catalogue where there is none. Raises BuildStopped if it does not parse."""
    catalogue = Catalog(locale=language, domain="django")
    if path.is_file():
        try:
            with path.open("rb") as source:
                catalogue = read_po(source, locale=language, domain="django", abort_invalid=True)
        except PoFileError as broken:
            raise BuildStopped(
                f"{path.relative_to(ROOT)} line {broken.lineno} is not a valid .po file: {broken}"
            ) from None
    return catalogue


def render(catalogue: Catalog) -> str:
    """A .po file without dates, versions and line numbers, so that it changes only when a text does."""
    written = io.BytesIO()
    write_po(written, catalogue, width=0, sort_by_file=True, include_lineno=False)
    return MACHINE_MADE.sub("", written.getvalue().decode("utf-8"))


def collect() -> dict[Path, Catalog]:
    """Every text of the package's Python code and templates, with the files it stands in, by the folder it is kept in."""
    said: dict[tuple[str | tuple[str, ...], str | None], list[tuple[Path, str, int]]] = {}
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        for line, text, _comments, context in texts_of(path, name):
            said.setdefault((text, context), []).append((home(path), name, line))
    found: dict[Path, Catalog] = {LOCALE: Catalog(domain="django", charset="utf-8")}
    for (text, context), places in said.items():
        homes = {where for where, _name, _line in places}
        folder = homes.pop() if len(homes) == 1 else LOCALE
        catalogue = found.setdefault(folder, Catalog(domain="django", charset="utf-8"))
        catalogue.add(text, locations=[(name, line) for _where, name, line in places], context=context)
    return found


def home(path: Path) -> Path:
    """The folder for the texts of a source: its desk's own, else the house's."""
    room, *below = path.relative_to(PACKAGE).parts
    return PACKAGE / room / below[0] / "locale" if room == "desks" and len(below) > 1 else LOCALE


def sources() -> Iterable[Path]:
    """The package's files that may hold texts; tests and migrations show nothing to anybody."""
    found = (path for suffix in ("*.py", "*.html", "*.txt") for path in PACKAGE.rglob(suffix))
    return sorted(path for path in found if not {"tests", "migrations", "static", "packs"} & {*path.parts[:-1]})


def texts_of(path: Path, name: str) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Line, text (singular and plural, if both), comments and context of each text in one file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django turns the template's texts into calls and everything else into letters. The parentheses keep its
        # indentation from meaning anything to Python's tokenizer.
        source = f"({templatize(source, origin=name)}\n)"
    yield from extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


if __name__ == "__main__":
    main()
