"""A form: what a step asks, as data. The same definition gives the page, the view to read, the columns of a sheet, the print.

How answers are kept, as JSON: texts as texts, days as ISO, amounts in 分, counts and percentages × 10⁻⁴, flags as true and false,
terms, organisations, persons and regions by their keys, files by their digests, tables as lists of rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pydantic import ConfigDict

from xingke.base.expressions import Type
from xingke.base.labels import Label
from xingke.base.sayings import Saying, say

STRICT = ConfigDict(extra="forbid")


class FieldType(StrEnum):
    """What a field asks for: it decides how it is shown, read, kept and said."""

    TEXT = "text"
    LONG_TEXT = "long text"
    DAY = "day"
    PERIOD = "period"
    AMOUNT = "amount"
    COUNT = "count"
    PERCENT = "percent"
    FLAG = "flag"
    TERM = "term"
    TERMS = "terms"
    ORGANISATION = "organisation"
    PERSON = "person"
    REGION = "region"
    FILE = "file"
    TABLE = "table"


PREFILLS: Mapping[str, Saying] = {
    **dict.fromkeys(("organisation.name", "organisation.credit_code"), say("单位名录")),
    "region.name": say("区划"),
    **dict.fromkeys(("case.title", "case.number"), say("本事项")),
}
"""What a form can be filled in with, and where that is known from: of whose case it is, and of the case."""

ANY_ROWS = (0, 200)  # of a table that says nothing else
NUMBERS = frozenset({FieldType.AMOUNT, FieldType.COUNT, FieldType.PERCENT})
KEYS = frozenset({FieldType.ORGANISATION, FieldType.PERSON, FieldType.REGION})
_EXPRESSED: Mapping[FieldType, Type] = {
    **dict.fromkeys((FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PERIOD, FieldType.TERM, *KEYS), Type.TEXT),
    **dict.fromkeys(NUMBERS, Type.NUMBER),
    FieldType.DAY: Type.DAY,
    FieldType.FLAG: Type.TRUTH,
    FieldType.TERMS: Type.TEXTS,
}
"""What a field is in an expression. Amounts are 元, percentages hundredths. Files are not asked about; of tables see ``sums``."""


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One thing that is asked.

    list: of terms. unit: of an amount ``元`` or ``万元``, of a count any word. required, required_when: whether it must be answered,
    always or on a condition. shown_when: without which it is neither asked nor kept. computed: an expression; nobody types it.
    least, most: of numbers in the unit, of days ISO or ``today``. length: of a text, at most. format: see ``FORMATS``. prefill: the
    name of what is known already; locked: it may not be written over. listed: kept apart too, typed and indexed. personal: never
    kept among the answers. once: the name of a set in which no two cases say the same. rows: of a table, least and most. columns: of a
    table. seen_by: who sees it; empty for all who see the step.
    """

    __pydantic_config__ = STRICT

    name: str
    label: Label
    type: FieldType
    hint: Label | None = None
    list: str = ""
    unit: str = ""
    required: bool = False
    required_when: str = ""
    shown_when: str = ""
    computed: str = ""
    least: str = ""
    most: str = ""
    length: int = 0
    format: str = ""
    prefill: str = ""
    locked: bool = False
    listed: bool = False
    personal: bool = False
    once: str = ""
    rows: tuple[int, int] = ANY_ROWS
    columns: "tuple[FormField, ...]" = ()
    seen_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """Some fields that belong together, with a heading."""

    __pydantic_config__ = STRICT

    label: Label
    field: tuple[FormField, ...]
    hint: Label | None = None


@dataclass(frozen=True, kw_only=True)
class FormCheck:
    """What must hold between fields; what is not known is no fault. fields: those it is shown at. warns: it does not refuse."""

    __pydantic_config__ = STRICT

    rule: str
    says: Label
    fields: tuple[str, ...] = ()
    warns: bool = False


@dataclass(frozen=True, kw_only=True)
class CaseForm:
    """What a step asks: pages of fields, or of a short one the fields themselves."""

    __pydantic_config__ = STRICT

    code: str
    label: Label
    version: int = 1
    page: tuple[FormPage, ...] = ()
    field: tuple[FormField, ...] = ()
    check: tuple[FormCheck, ...] = ()
    source: str = ""

    @property
    def key(self) -> str:
        return self.code

    @cached_property
    def pages(self) -> tuple[FormPage, ...]:
        """Its pages; of a short form one, which is called as the form is."""
        return self.page or (FormPage(label=self.label, field=self.field),)

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """All its fields, page by page."""
        return (*self.field, *(each for page in self.page for each in page.field))

    @cached_property
    def named(self) -> Mapping[str, FormField]:
        """Its fields by name."""
        return {each.name: each for each in self.fields}


def expression_types(fields: Iterable[FormField]) -> dict[str, Type]:
    """What expressions may name: fields, and of tables ``TABLE.rows`` and ``TABLE.COLUMN`` as the sum of a column of numbers."""
    types: dict[str, Type] = {}
    for each in fields:
        if each.type in _EXPRESSED:
            types[each.name] = _EXPRESSED[each.type]
        elif each.type is FieldType.TABLE:
            types[f"{each.name}.rows"] = Type.NUMBER
            types |= {f"{each.name}.{column.name}": Type.NUMBER for column in each.columns if column.type in NUMBERS}
    return types
