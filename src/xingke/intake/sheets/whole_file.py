"""Values for the whole file: what a published list says once, above its table or in its announcement.

They become columns at the end of the table, the same in every row, and are read, shown and kept like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.intake.rules.days import written_day
from xingke.intake.rules.headers import plain
from xingke.intake.sheets.columns import roles_in
from xingke.intake.sheets.forms import FormColumn, SheetForm

DAY = "on"  # the day of the event a list is about

UNKNOWN = say("不能给整份文件填“%(key)s”；这种表格可填：%(known)s。")
HAS_DAY = say("文件里已有“%(header)s”列，日期以文件为准；请不要再给整份文件填日期。")
TWICE = say("“%(name)s”给整份文件填了两次，请只填一次。")
NO_DAY = say("给整份文件填的“%(text)s”不是日期，请写成 2024-03-05。")
OWN_WINS = say("文件里已有“%(header)s”列，按文件中的内容读入；给整份文件填的“%(text)s”没有用到")


@dataclass(frozen=True)
class WholeFile:
    """The columns that are added. notes: what was said for the whole file and not used."""

    header: tuple[str, ...]
    cells: tuple[str, ...]
    notes: Sequence[Saying]


def may_be_given(form: SheetForm) -> dict[str, FormColumn]:
    """What may be said for the whole file: by the word that says it, the column it becomes."""
    found = {each.role: each for each in form.column if not each.measure}
    return {DAY: form.main, **found} if form.main else found


def for_whole_file(form: SheetForm, header: Sequence[str], given: Mapping[str, str]) -> WholeFile:
    """The columns that what was given adds to a table, by role or by what a column may be called. The file's own wins.

    Raises Refused for what the form does not know, for a day the file says itself, and for what is no day.
    """
    known, own = may_be_given(form), roles_in(form, header)
    called = {plain(name): column for column in known.values() for name in column.headers}
    columns: dict[str, tuple[FormColumn, str]] = {}
    notes: list[Saying] = []
    for key, written in given.items():
        column, text = known.get(key) or called.get(plain(key)), written.strip()
        if column is None:
            raise Refused(UNKNOWN.filled(key=key, known=tuple(known)))
        if not text:
            continue
        if column.event:
            _refuse_no_day(text)
        if column.role not in own:
            if column.role in columns:
                raise Refused(TWICE.filled(name=column.headers[0]))
            columns[column.role] = (column, text)
        elif column.event:
            raise Refused(HAS_DAY.filled(header=own[column.role]))
        else:
            notes.append(OWN_WINS.filled(header=own[column.role], text=text))
    names = tuple(f"{column.headers[0]}（整份文件）" for column, _text in columns.values())
    return WholeFile(names, tuple(text for _column, text in columns.values()), notes)


def _refuse_no_day(text: str) -> None:
    try:
        written_day(text)
    except ValueError:
        raise Refused(NO_DAY.filled(text=text)) from None
