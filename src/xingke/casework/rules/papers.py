"""A form on paper: blank, to be filled in by hand, or with what a step answered. From the same definition as its page. Pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from xingke.base.labels import Label
from xingke.base.sayings import Saying, say
from xingke.casework.rules.conditions import asked_words, expression_words, unit
from xingke.casework.rules.forms import NUMBERS, CaseForm, FieldType, FormField, FormPage
from xingke.casework.rules.shown_answers import AnswerWords, ShownAnswer, show
from xingke.press.tree import MASK, Aside, Block, DocumentTree, Heading, Paragraph, Table, TextLine

Choices = Callable[[FormField], Sequence[Label]]
"""The terms that a field may be answered with, in their order."""

Part = tuple[str, str | Sequence[Block]]
"""A field as it is printed: what it is called, and what stands in its cell, or else the blocks below its name."""

MOST_CHOICES = 12  # terms that are printed to be ticked; of a longer list a line is left
BLANK_ROWS, MOST_BLANK_ROWS = 4, 12  # of a table
LABELS = 0.38  # of the width
NOT_CENTRED = 5  # characters of a cell that documents set at its left
BLANK_LINES = 4  # of a long text
_LINE = "　"


def blank_paper(
    form: CaseForm,
    *,
    choices: Choices,
    words: AnswerWords,
    language: str,
    audiences: Collection[str],
    key: str,
    is_fictional: bool,
) -> DocumentTree:
    """A form to be filled in by hand, with what its reader may see of it. audiences: see ``show``; key: of the document."""
    named = asked_words(form.fields)

    def part(each: FormField) -> Part:
        label = _asked_label(each, named, language)
        if each.type is FieldType.TABLE:
            rows = min(max(each.rows[0], BLANK_ROWS), MOST_BLANK_ROWS)
            return label, [_table(each, language, [[_LINE] * len(each.columns)] * rows)]
        if each.type is FieldType.LONG_TEXT:
            return label, [TextLine(text=_LINE)] * BLANK_LINES
        return label, _blank(each, choices, words, language)

    def parts(page: FormPage) -> Iterator[Part]:
        return (part(each) for each in page.field if not each.seen_by or not set(audiences).isdisjoint(each.seen_by))

    pages = [(page, list(parts(page))) for page in form.pages]
    return _paper(form, pages, facts=(), language=language, key=key, is_fictional=is_fictional)


def filled_paper(
    form: CaseForm,
    values: Mapping[str, Any],
    *,
    facts: Sequence[tuple[str, str]],
    words: AnswerWords,
    language: str,
    audiences: Collection[str],
    key: str,
    is_fictional: bool,
) -> DocumentTree:
    """A form as a step answered it, as far as its reader sees it. values, audiences: see ``show``; facts: what stands above, as whose it is."""

    def part(each: ShownAnswer) -> Part:
        label, said = each.asked.label.in_language(language), str(each.words)
        if each.rows:
            return label, [_table(each.asked, language, [[_clean(str(cell)) for cell in row] for row in each.rows])]
        if each.asked.type is FieldType.LONG_TEXT and said:
            return label, [Paragraph(inlines=(_clean(line),)) for line in said.splitlines() if line.strip()]
        return label, said or str(say("未填"))

    pages = [
        (shown.page, [part(each) for each in shown.answers]) for shown in show(form, values, words, audiences=audiences)
    ]
    return _paper(form, pages, facts=facts, language=language, key=key, is_fictional=is_fictional)


def _paper(
    form: CaseForm,
    pages: Iterable[tuple[FormPage, Sequence[Part]]],
    *,
    facts: Sequence[tuple[str, str]],
    language: str,
    key: str,
    is_fictional: bool,
) -> DocumentTree:
    blocks: list[Block] = [_pairs(facts)] if facts else []
    for page, parts in pages:
        if len(form.pages) > 1 and parts:
            blocks.append(Heading(level=1, text=page.label.in_language(language)))
        for is_short, some in groupby(parts, key=lambda part: isinstance(part[1], str)):
            if is_short:
                blocks.append(_pairs([(label, str(said)) for label, said in some]))
            else:
                for label, said in some:
                    blocks += [
                        TextLine(text=f"{label}{say('：')}"),
                        *(each for each in said if not isinstance(each, str)),
                    ]
    version = str(say("表单第%(n)s版", n=form.version))
    blocks.append(Aside(text=f"{version}{say('；')}{form.source}" if form.source else version))
    return DocumentTree(
        id=key,
        title=form.label.in_language(language),
        issuer=str(say("填表人（签字、盖章）：＿＿＿＿＿＿")),
        date=str(say("＿＿＿＿年＿＿月＿＿日")),
        blocks=tuple(blocks),
        is_fictional=is_fictional,
        language="zh-CN" if language.startswith("zh") else "en",
        label_share=LABELS,
    )


def _pairs(rows: Sequence[tuple[str, str]]) -> Table:
    header = (str(say("栏目")), str(say("内容")))
    cells = ((label, _clean(" ".join(said.split("\n"))).ljust(NOT_CENTRED, _LINE)) for label, said in rows)
    return Table(header=header, rows=tuple(((label,), (said,)) for label, said in cells))


def _table(table: FormField, language: str, rows: Sequence[Sequence[str]]) -> Table:
    header = tuple(_with_unit(column, language) for column in table.columns)
    return Table(header=header, rows=tuple(tuple((cell,) for cell in row) for row in rows))


def _with_unit(column: FormField, language: str) -> str:
    label = column.label.in_language(language)
    return f"{label}（{unit(column).code}）" if column.type in NUMBERS else label


def _asked_label(each: FormField, named: Mapping[str, Label], language: str) -> str:
    """What a field is called, whether it must be answered, and when it is asked at all."""
    label = each.label.in_language(language) + ("＊" if each.required else "")
    condition = each.shown_when or each.required_when
    if not condition:
        return label
    rule = expression_words(condition, named)
    said: Saying = say("%(label)s（%(rule)s时填）", label=label, rule=rule)
    return str(said)


def _blank(each: FormField, choices: Choices, words: AnswerWords, language: str) -> str:
    """What is printed where an answer is to be written."""
    if each.computed:
        return str(say("（不用填，系统算出）"))
    match each.type:
        case FieldType.FLAG:
            return "　".join(f"□ {word}" for word in (say("是"), say("否")))
        case FieldType.TERM | FieldType.TERMS:
            offered = [term.in_language(language) for term in choices(each)]
            return "　".join(f"□ {word}" for word in offered) if len(offered) <= MOST_CHOICES else _LINE
        case FieldType.DAY:
            return str(say("　　　　年　　月　　日"))
        case FieldType.FILE:
            return str(say("□ 另附"))
        case _ if each.type in NUMBERS:
            word = words.unit(unit(each).code)
            return "　" * 8 + (word.in_language(language) if isinstance(word, Label) else word)
        case _:
            return _LINE * 12


def _clean(text: str) -> str:
    """Words without the one sign that means a figure in documents."""
    return text.replace(MASK, "")
