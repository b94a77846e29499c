"""Nothing a user reads is Chinese only: every Chinese text in the code is translated, or is said here to be no text of ours.

``make translations`` then sees that every text has its English. The command line and the demonstration speak Chinese.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import xingke
from tools.messages import KEYWORDS

SOURCE = Path(xingke.__file__).parent
CHINESE_ONLY = {
    "config": "the command line, read by the operator",
    "demo": "invented data",
    "base/gallery.py": "samples for whoever builds pages",
}
OF_THE_COMMAND_LINE = "checks.py"  # in every room: what ``xingke check`` says
DATA = {
    "casework/rules/answers.py": "",
    "archive/rules.py": "CATALOGUE",  # names of files in what is kept, which is Chinese whoever keeps it
    "archive/recording.py": "RECORD",
    "indicators/rules/backsolving.py": "COUNTED",
    "funds/forms.py": "amount_field",  # units, by their names
    # what files and texts are searched for
    "press/allowed.py": "ISSUER_MARK",
    "press/closing.py": "",
    "press/looks.py": "_ALONE _EDGE_STYLES",
    "press/cells.py": "_LEVEL _PERIOD _is_scaled",
    "press/filling.py": "DITTO",
    "press/headers.py": "_UNIT",
    "press/markup.py": "open_page",
    "press/numeral_exemptions.py": "",
    "press/numeral_signs.py": "",
    "press/numeral_words.py": "",
    "press/numerals.py": "",
    "intake/rules/holder_names.py": "",
    "intake/rows/marks.py": "ONCE_MORE",
    "intake/rows/holders.py": "_is_former",
    "intake/rows/places.py": "_PEOPLES",
    "intake/rows/unread.py": "_NO _HAPPENING",
    "intake/queries/naming.py": "_ENDINGS",
    "ledger/rules/reported.py": "APPROXIMATIONS",
    "letters/rules/papers.py": "day_words",
    "letters/rules/templates.py": "LetterTemplate",  # how a bureau is called where a pack does not say
    "intake/rules/days.py": "ENDLESS _CHINESE_DIGITS _chinese_number written_last_day",
    "intake/rules/lines.py": "EMPTY_MARKS EXAMPLE _TOTALS _FOOTERS _NUMBERED",
    "ledger/rules/written_figures.py": "",
    "base/quantities.py": "_TIMES",
    "base/pinyin.py": "",  # how signs are read
    "base/expressions/tokens.py": "CONNECTIVES",
    "intake/rules/headers.py": "",
    "intake/rows/cells.py": "_WORDS Amounts YES NO",
    "intake/sheets/whole_file.py": "for_whole_file",
    "ledger/kinds/matter.py": "_days",
    "ledger/kinds/record_kind.py": "MONEY",
    "ledger/kinds/event.py": "KIND",
    "ledger/kinds/service_log.py": "KIND",
    "ledger/words.py": "_BEFORE_UNIT _AFTER_UNIT day_word",
    "reports/rules/disclosure.py": "_TITLES _SURNAMES",
    "search/rules.py": "",
    # documents, and the figures in them, are Chinese whoever reads them
    "press/official.py": "",
    "press/pdf_writer.py": "",
    "indicators/queries/aspects.py": "_times _net _high since_words",
    "indicators/queries/drift.py": "_MARKS",
    "indicators/queries/valuation.py": "Valuation",
    "indicators/queries/values.py": "Rank Value",
    "indicators/rules/growth.py": "growth_text sum_word turns_word _AT_LEAST _FINER _LESS _MONEY _MORE",
    "indicators/wording.py": "AMONG",
    "registry/models.py": "Region",
    "registry/forms/people.py": "CorrectPersonForm",
    "reports/queries/naming.py": "Named _said",
    "reports/rules/headings.py": "_DIGITS _MARKS _chinese",
    "reports/saying.py": "Sayer",
    "reports/rules/source.py": "date_line",
    # filed with a record, or kept as a file's name, as one wrote it
    "accounts/counting.py": "PROGRAM",
    "accounts/rules.py": "kept_name",
    "intake/rows/figures.py": "",
    "intake/rows/filing.py": "HistoryFiler",
    "intake/sheets/blank.py": "MONEY",
    "intake/queries/relisting.py": "_invented _Writer",
    "intake/sheets/forms.py": "OWN_COLUMNS MARKS PERSON RECEIVER FormColumn",
    "intake/sheets/columns.py": "_Meant _refuse_unread_amounts",
    "intake/rows/stored.py": "_ANOTHER place_of",
    # says both languages itself
    "base/periods.py": "_chinese_label _QUARTERS",
    "press/fonts.py": "",
    "press/findings.py": "",
    "base/templatetags/xk.py": "",
}

# The first arguments of these are translated, or are a pattern: so many.
NO_TEXTS = {"compile": 1, "fullmatch": 1} | {name: len(arguments or (1,)) for name, arguments in KEYWORDS.items()}


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def untranslated(node: ast.AST) -> Iterator[ast.Constant]:
    """The Chinese texts below a node but for what is translated, has both languages, is a pattern, compared, or a docstring."""
    match node:
        case ast.Call() if called(node) in NO_TEXTS:
            for argument in [*node.args[NO_TEXTS[called(node)] :], *node.keywords]:
                yield from untranslated(argument)
        case ast.Call(func=ast.Name(id="Label")) | ast.Compare() | ast.Expr(value=ast.Constant()):
            return
        case ast.Constant(value=str(text)) if is_chinese(text):
            yield node
        case _:
            for child in ast.iter_child_nodes(node):
                yield from untranslated(child)


def name_of(node: ast.stmt) -> str:
    """What a top-level statement defines."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", node)
    return str(getattr(target, "id", getattr(target, "name", "")))


def untranslated_in(path: Path) -> dict[str, list[str]]:
    """The untranslated Chinese texts of a module, by the top-level name they stand in."""
    found: dict[str, list[str]] = {}
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if texts := [f"{each.lineno}: {each.value}" for each in untranslated(statement)]:
            found.setdefault(name_of(statement), []).extend(texts)
    return found


MODULES = {
    name: path
    for path in sorted(SOURCE.rglob("*.py"))
    if not {"tests", "migrations"} & {*path.parts}
    and (name := path.relative_to(SOURCE).as_posix())
    and path.name != OF_THE_COMMAND_LINE
    and not any(name == each or name.startswith(f"{each}/") for each in CHINESE_ONLY)
}


def test_every_chinese_text_in_the_code_is_translated_or_known_to_be_data() -> None:
    left = []
    for name, path in MODULES.items():
        allowed = DATA.get(name)
        for where, texts in untranslated_in(path).items():
            if allowed is None or (allowed and where not in allowed.split()):
                left += [f"{name} {where} line {text}" for text in texts]

    assert left == [], "say it with gettext, or with say() where Django is not known; what is data is listed in DATA"


@pytest.mark.parametrize("name", DATA)
def test_what_is_said_to_be_data_is_there(name: str) -> None:
    assert not set(DATA[name].split()) - set(untranslated_in(MODULES[name]))
    assert untranslated_in(MODULES[name])


TRANSLATED = re.compile(
    r"{% comment %}.*?{% endcomment %}|{#.*?#}|{% blocktranslate .*?{% endblocktranslate %}|{% blocktranslate %}.*?{% endblocktranslate %}"
    r"|{% translate .*?%}|_\((?P<mark>[\"']).*?(?P=mark)\)",
    re.DOTALL,
)


def test_every_chinese_text_in_the_templates_is_translated() -> None:
    """But for the name of the language itself, and the gallery's samples."""
    left = []
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        if path.name not in ("language_switch.html", "gallery.html"):
            lines = TRANSLATED.sub("", path.read_text(encoding="utf-8")).splitlines()
            left += [f"{path.relative_to(SOURCE)}: {line.strip()}" for line in lines if is_chinese(line)]

    assert left == []


def test_the_guard_finds_what_it_looks_for() -> None:
    code = """
"超出范围"
refuse(say("不行，%(why)s", why="没有理由"))
label = Label(zh="单位", en="organisation")
if "密" in text: refuse(f"第 {n} 行")
"""
    found = [each.value for statement in ast.parse(code).body for each in untranslated(statement)]

    assert found == ["没有理由", "第 ", " 行"]
