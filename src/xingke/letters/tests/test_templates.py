"""A letter as data: what its words may name, and what is refused when its pack is loaded."""

from datetime import date

import pytest

from xingke.base.definitions import Catalogue, DefinitionEntry, parse
from xingke.base.labels import Label
from xingke.base.refusals import Refused
from xingke.casework.rules.flow_checks import fields_asked
from xingke.casework.tests.flowing import catalogue
from xingke.letters.rules.papers import code_of, code_typed, number_typed, paper_of, said_by
from xingke.letters.rules.templates import LetterTemplate, LetterText, letters_hold
from xingke.letters.tests.writing import FOLDER
from xingke.press import docx_writer, tree

FLOWS, FORMS = ((FOLDER / f"{name}.toml").read_text(encoding="utf-8") for name in ("flows", "forms"))
GOOD = {
    "code": "told",
    "label": {"zh": "告知书", "en": "Notice"},
    "flow": "product_test",
    "steps": ["told"],
    "number": "样科检〔{year}〕{n:1}号",
    "title": "告知书",
    "text": ["{opinion}"],
}


def _faults(*letters: dict[str, object]) -> list[str]:
    found: Catalogue = catalogue(FLOWS, FORMS)
    found.entries["letter"] = [
        DefinitionEntry("letter", parse("letter", body), body, "letters.toml") for body in letters
    ]
    return [f"{issue.place}: {issue.text}" for issue in letters_hold(found)]


def test_a_letter_that_names_what_is_known_at_its_step_holds() -> None:
    named = (
        "{number}{check_code}{bureau}{region}{flow}{case_number}{title}{organisation}{credit_code}{opened}{step}{day}"
    )
    assert _faults({**GOOD, "text": [named, "{opinion}{due}{asked.fee}{asked.found}"]}) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ["{phone}"]}, "{phone} is no place; known: number, check_code, bureau"),
        ({"text": ["{asked.colour}"]}, "{asked.colour}: no form of this flow asks that"),
        ({"text": ["{asked.passed}"]}, "{asked.passed}: the form does not mark it listed"),
        ({"text": ["{asked.remark}"]}, "{asked.remark}: the form does not mark it listed"),
        ({"text": ["{opinion"]}, "'{opinion' has a brace that opens or closes nothing"),
        ({"text": []}, "has no title or no text"),
        ({"number": "样科检{n:1}号"}, "expected words with one {year} and one {n:1}"),
        ({"number": "样科检〔{year}〕{month}号"}, "expected words with one {year} and one {n:1}"),
        ({"issuer": "{bureau}"}, "issuer is '{bureau}'; it may name {region}, nothing else"),
        ({"steps": ["opened"]}, "step 'opened' does not say through = \"letter\""),
        ({"steps": ["opened"]}, "step 'opened' asks a form or assigns somebody"),
        ({"steps": ["opened"]}, "names {opinion}, and step 'opened' does not say reason = true"),
        ({"steps": ["closed"], "text": ["{due}"]}, "names {due}, and nothing is due after step 'closed'"),
        ({"steps": ["sung"]}, "steps names no step of 'product_test': 'sung'"),
        ({"steps": []}, "steps names none"),
        ({"flow": "product_taste"}, "flow 'product_taste' is not known"),
        ({"code": "Told"}, "code must be small letters, digits and _, at most 32"),
    ],
)
def test_a_letter_that_could_not_be_written_is_refused_at_load(change: dict[str, object], said: str) -> None:
    assert any(said in fault for fault in _faults({**GOOD, **change}))


def test_a_letter_to_an_organisation_needs_cases_of_organisations() -> None:
    found = catalogue(FLOWS.replace("managed_by", 'about = "person"\nmanaged_by', 1), FORMS)
    for to, wrong in (("{organisation}", 1), ("", 0)):
        body = {**GOOD, "to": to}
        found.entries["letter"] = [DefinitionEntry("letter", parse("letter", body), body, "letters.toml")]
        assert sum("is not an organisation's" in issue.text for issue in letters_hold(found)) == wrong


def test_two_letters_of_one_step_and_a_step_without_a_letter_are_refused() -> None:
    assert any("is taken by the letter 'told' already" in each for each in _faults(GOOD, {**GOOD, "code": "other"}))
    assert _faults() == [
        "[[flow]] product_test step told: is taken by a letter, and no [[letter]] names it among its steps"
    ]


def test_a_field_that_not_everybody_sees_stands_in_no_letter() -> None:
    seen = FORMS.replace('name = "remark"', 'name = "remark", listed = true')
    found = catalogue(FLOWS, seen)
    body = {**GOOD, "text": ["{asked.remark}"]}
    found.entries["letter"] = [DefinitionEntry("letter", parse("letter", body), body, "letters.toml")]
    assert [issue.text for issue in letters_hold(found)] == [
        "{asked.remark}: not everybody may see it, and whoever gets the letter reads it"
    ]


def test_what_nobody_said_is_named_and_a_text_of_lines_becomes_paragraphs() -> None:
    letter = LetterTemplate(
        code="a",
        label=Label("告知书", "Notice"),
        flow="f",
        steps=("a",),
        number="{year}{n:1}",
        title="{title}",
        text=("{opinion}", "{asked.fee}"),
    )
    flows, forms = catalogue(FLOWS, FORMS).values("flow"), catalogue(FLOWS, FORMS).values("form")
    asked = fields_asked(flows[0], {form.code: form for form in forms})
    known = {"title": "甲", "organisation": "样例公司", "opinion": "一。\n\n 二。"}
    with pytest.raises(Refused, match="“告知书”要写“检测费”，这件事还没有这一项"):
        letter.filled(known, asked)
    assert letter.filled({**known, "asked.fee": "5元"}, asked) == LetterText("甲", "样例公司", ("一。", "二。", "5元"))


def test_what_is_filled_in_is_never_read_as_a_place() -> None:
    letter = LetterTemplate(
        code="a", label=Label("甲", "A"), flow="f", steps=("a",), number="", title="甲", to="", text=("{opinion}",)
    )
    assert letter.filled({"opinion": "{organisation}"}, {}).paragraphs == ("{organisation}",)


def test_a_code_is_read_as_people_write_it_down() -> None:
    code = code_of(bytes(range(32)))
    assert len(code) == 14
    assert code_typed(code.lower().replace("-", " ")) == code_typed(code.replace("-", "")) == code
    assert code_typed("O1L0-0000-0000") == "0110-0000-0000"
    assert [code_typed(text) for text in ("", "1234", code + "0", "U" * 12, "校验码校验码校验码校验码")] == [""] * 5
    assert number_typed(" 样科检[2026] 1号") == number_typed("样科检〔2026〕1号")


def test_every_word_of_a_letter_is_in_its_code() -> None:
    text = LetterText("告知书", "样例公司", ("一。", "二。"))
    said = said_by(text, number="1号", bureau="甲局", day=date(2026, 3, 2))
    others = [
        said_by(LetterText("告知书", "样例公司", ("一。二。",)), number="1号", bureau="甲局", day=date(2026, 3, 2)),
        said_by(text, number="2号", bureau="甲局", day=date(2026, 3, 2)),
        said_by(text, number="1号", bureau="乙局", day=date(2026, 3, 2)),
        said_by(text, number="1号", bureau="甲局", day=date(2026, 3, 3)),
    ]
    assert said not in others


def test_a_letter_is_written_to_somebody_at_the_left_edge_and_kept_as_it_is() -> None:
    text = LetterText("告知书", "样例公司", ("一。",))
    paper = paper_of(
        text,
        key="k",
        number="1号",
        bureau="甲局",
        day=date(2026, 3, 2),
        check_code="A-B",
        where="样例网址",
        is_fictional=True,
    )
    assert tree.from_json(tree.to_json(paper)) == paper
    assert [type(block).__name__ for block in paper.blocks] == ["TextLine", "TextLine", "Paragraph", "Aside"]
    assert docx_writer.write(paper, proof=None) == docx_writer.write(paper, proof=None)
