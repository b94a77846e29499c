"""What the forms of several cases mark for lists, in words, as far as their reader reads it."""

from collections.abc import Collection, Sequence
from typing import Any

from xingke.accounts.models import User
from xingke.casework.models import Case, CaseFact
from xingke.casework.queries import definitions_of
from xingke.casework.queries.kept import facts_of
from xingke.casework.queries.lists import fields_read
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.forms import NUMBERS, FieldType, FormField
from xingke.casework.rules.shown_answers import in_words

Said = list[tuple[FormField, str]]


def facts_said(user: User, cases: Sequence[Case], only: Collection[str] | None = None) -> dict[int, Said]:
    """By the id of a case its fields with the words of what was answered last, in the order of its forms. only: of these fields alone.
    cases: loaded with their regions. One query, and four for words."""
    read: dict[int, dict[str, FormField]] = {}
    for case in cases:
        fields = fields_read(user, definitions_of(case), case.region)
        read[case.pk] = {each.name: each for each in fields if each.listed and (only is None or each.name in only)}
    names = {name for fields_ in read.values() for name in fields_}
    rows = [row for row in facts_of(list(read), list(names)) if row.name in read[row.case_id]]
    kept = {(row.case_id, row.name): _value(read[row.case_id][row.name], row) for row in rows}
    words = CaseWords(user, [(read[case][name], value) for (case, name), value in kept.items()])
    return {
        case: [
            (asked, str(in_words(asked, kept[case, name], words)))
            for name, asked in fields_.items()
            if (case, name) in kept
        ]
        for case, fields_ in read.items()
    }


def _value(asked: FormField, fact: CaseFact) -> Any:
    """A fact as answers keep it."""
    if asked.type is FieldType.DAY:
        return fact.day.isoformat() if fact.day else None
    if asked.type is FieldType.FLAG:
        return bool(fact.number)
    return fact.number if asked.type in NUMBERS else fact.text
