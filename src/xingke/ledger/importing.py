"""Importing a table (.xlsx, CSV) of any kind of record: read in a child process, staged, looked at, filed as one act.

Every row ends in one of five ways: new, changed (later versions), unchanged, waiting (there is no place for it yet) or
rejected with what was found and what would do. Importing the same file twice writes nothing.

What a row says is read again from its cells whenever it is needed: nothing half understood is kept. Rows are read and
held against the ledger outside any transaction; filing then only succeeds while the counter still stands where it stood.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, Value
from django.utils.translation import gettext_noop

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.accounts.queries import current_seq, sessions_between
from xingke.base.press.cells import Note, Remark, letters
from xingke.base.press.headers import Words
from xingke.base.press.sheets import Sheet, read_sheet
from xingke.base.press.sniffing import FileKind
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, kept, say, told
from xingke.ledger import grouping, kinds, rules
from xingke.ledger.bulk import uncollected
from xingke.ledger.incoming import (
    CHANGED,
    FILED,
    OUTCOMES,
    REJECTED,
    UNCHANGED,
    WAITING,
    Filing,
    Options,
    Problem,
    Reader,
    Row,
    counted,
    refuse_repeats,
)
from xingke.ledger.incoming_figures import FigureReader
from xingke.ledger.incoming_named import NamedReader
from xingke.ledger.models import ImportBatch, ImportChunk
from xingke.ledger.sheets import OBSERVATION, SheetForm, Understood, understand
from xingke.ledger.whole_file import for_whole_file
from xingke.registry import queries as registry
from xingke.registry.models import Region

SIZE_LIMIT = 20 * 2**20
CHUNK = 500  # rows in one value of the stage
TRIES = 3  # how often an act is held against a moving ledger before it keeps everybody else waiting

Step = Callable[[int, int, str], None]  # done, total, message: see base.jobs.Work.step
READING, CHECKING, STAGING, FILING = (
    gettext_noop("正在读取文件。"),
    gettext_noop("正在逐行核对。"),
    gettext_noop("正在保存核对结果。"),
    gettext_noop("正在登记。"),
)


def _silent(_done: int, _total: int, _said: str) -> None:
    """Nobody wants to know how far it is."""


# ── reading a file ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Table:
    """A file as read.

    numbers: each row's number in the file. encoding: UTF-8, GB18030 or UTF-16; XLSX or XLS for a workbook. damage: by row
    number, the cells whose value was lost before it came here, as (place, sentence). notes: what else there is to say.
    kind: what the file is, whatever it is called. header_row: the row that was taken for the header. above: the texts
    over it. groups: lines between the rows that name what those below belong to, as (row number, text), in order; totals:
    those that add up the rows above. behind: the texts of the lines under the rows. file_name: see ``read_table``.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    encoding: str
    digest: str
    sheet_name: str = ""
    damage: Mapping[int, Sequence[tuple[int, Saying]]] = field(default_factory=dict)
    notes: Sequence[Saying] = ()
    kind: FileKind = FileKind.CSV
    header_row: int = 1
    above: Sequence[str] = ()
    groups: Sequence[tuple[int, str]] = ()
    totals: Sequence[tuple[int, str]] = ()
    behind: Sequence[str] = ()
    file_name: str = ""

    @property
    def where(self) -> Saying:
        """Which row, and of a workbook which sheet, was taken for the header."""
        if self.sheet_name:
            return _HEADER_OF_SHEET.filled(name=self.sheet_name, row=self.header_row)
        return _HEADER.filled(row=self.header_row)


_HEADER, _HEADER_OF_SHEET = say("以第 %(row)s 行为表头"), say("以工作表“%(name)s”第 %(row)s 行为表头")
SAYING_WHERE = frozenset({_HEADER.text, _HEADER_OF_SHEET.text})  # of the notes of a table, the one that says so


def header_words(form: SheetForm) -> tuple[str, ...]:
    """What the headers of a form's columns may be called: by them the sheet and the header of a file are found."""
    return tuple(name for column in form.column for name in column.headers)


def read_table(data: bytes, *, name: str = "", sheet: str = "", words: Sequence[str] = ()) -> Table:
    """Read a table, in a child process: of a workbook the sheet of that name, else the one with most of the words.

    name: the file's, if known. words: see ``header_words``. Raises Refused for what is no table, is dangerous, marked
    as secret, empty or too large.
    """
    if len(data) > SIZE_LIMIT:
        raise Refused(say("文件超过 20 MB，请分成几个文件导入。"))
    if not data.strip():
        raise Refused(say("文件是空的，没有可导入的内容。"))
    read = read_sheet(data, name=name, sheet=sheet, words=words)
    notes = [say("%(cell)s %(note)s", cell=note.cell, note=note.text) for note in read.notes if not note.is_damaging]
    kept: list[tuple[int, Sequence[str]]] = []
    groups: list[tuple[int, str]] = []
    totals: list[tuple[int, str]] = []
    behind: list[str] = []
    for number, cells in zip(read.numbers, read.rows, strict=True):
        if why := rules.is_no_record(cells, read.header):
            notes.append(_NO_RECORD[why].filled(number=number))
            totals += [(number, next(filter(None, cells), ""))] if why == "total" else []
            behind += [text for text in cells if text] if why == "footer" else []
        elif (line := rules.group_line(cells, read.header)) and line in read.above:
            notes.append(_NO_RECORD["header"].filled(number=number))
        elif line:
            groups.append((number, line))
        else:
            kept.append((number, cells))
    if not kept:
        if words and not Words.of(words).count(read.header):
            shown = " ".join(filter(None, read.header))[:30]
            raise Refused(
                say("文件不是表格：里面只有“%(text)s”，没有认得的列名；请选择 .xlsx 或 CSV 表格。", text=shown)
            )
        raise Refused(say("文件只有表头，没有数据行。"))
    return Table(
        header=read.header,
        rows=[cells for _number, cells in kept],
        numbers=[number for number, _cells in kept],
        encoding=read.encoding or read.kind.upper(),
        digest=hashlib.sha256(data).hexdigest(),
        sheet_name=read.sheet_name,
        damage=_damage(read),
        notes=notes,
        kind=read.kind,
        header_row=read.header_row,
        above=read.above,
        groups=groups,
        totals=totals,
        behind=behind,
        file_name=name,
    )


_NO_RECORD = {
    "total": say("第 %(number)s 行是合计，没有作为数据读入"),
    "footer": say("第 %(number)s 行是表尾的说明，没有作为数据读入"),
    "header": say("第 %(number)s 行重复了表头，没有作为数据读入"),
    "example": say("第 %(number)s 行是模板里的示例，没有作为数据读入"),
}


def with_groups(form: SheetForm, table: Table, options: Options) -> Table:
    """A table whose rows say themselves what the lines above them say: their place, or their holder.

    A row that says no place below one of another place than the usual one is not filed there: its place was left out.
    """
    usual = registry.regions_by_code([options.region]).get(options.region) if options.region else None
    whole = grouping.Whole(table.sheet_name if _is_place(table.sheet_name) else "", _elsewhere(_around(table), usual))
    totals = [(number, _elsewhere([text], usual)) for number, text in table.totals]
    found = grouping.belonging(
        form, table.header, table.rows, table.numbers, table.groups, totals=totals, whole=whole, is_place=_is_place
    )
    damage = {number: list(each) for number, each in table.damage.items()}
    for number, place, above in found.unplaced:
        if usual is None or not (
            above.endswith(usual.name) or usual.name.startswith(above) or above.startswith(usual.code)
        ):
            damage.setdefault(number, []).append((place, _UNPLACED.filled(above=above[:40])))
    return replace(
        table,
        header=found.header,
        rows=found.rows,
        numbers=found.numbers,
        damage=damage,
        notes=[table.where, *table.notes, *found.notes],
    )


_UNPLACED = say("区划空着，而上面的行写的是“%(above)s”；请补上这一行的区划。")


_ENDINGS = ("", *"省市县区州旗镇乡", "地区", "自治县", "自治州", "街道")


def _is_place(text: str) -> bool:
    """Whether a region is called so, in full or without the word for its level."""
    names = [text + ending for ending in _ENDINGS]
    return bool(text) and Region.objects.filter(valid_to__isnull=True, name__in=names).exists()


def _around(table: Table) -> list[str]:
    """What may say of which place a whole table is, the nearest first: its sheet, what is over and under it, its file."""
    return [table.sheet_name, *reversed(table.above), *table.behind, table.file_name.rpartition(".")[0]]


def _elsewhere(texts: Sequence[str], usual: Region | None) -> str:
    """The region the first telling text names, where that is neither the usual place of its rows nor around it.

    Of several within the usual place none is meant.
    """
    if usual is None:
        return ""
    for text in texts:
        standing = Region.objects.filter(valid_to__isnull=True)
        named = standing.annotate(text=Value(text[:200], CharField())).filter(text__contains=F("name"))
        found = [each for each in named if len(each.name) > _SHORTEST]
        if any(each == usual for each in found):
            return ""
        below = [each for each in found if _lies_in(each, usual)]
        if len(below) == 1 and len(found) == 1 + sum(_lies_in(below[0], each) for each in found if each != below[0]):
            return below[0].name
        if below:
            return ""
        if others := [each for each in found if not _lies_in(usual, each)]:
            return max((each.name for each in others), key=len)
    return ""


_SHORTEST = 2  # characters of a region's name that may stand by chance in a text: 城区


def _lies_in(region: Region, other: Region) -> bool:
    first, behind = other.range
    return first <= region.path < behind


def _damage(sheet: Sheet) -> dict[int, list[tuple[int, Saying]]]:
    found: dict[int, list[tuple[int, Saying]]] = {}
    for number, notes in sheet.damage.items():
        found[number] = [(_place(note), say("%(cell)s %(note)s。", cell=note.cell, note=note.text)) for note in notes]
    return found


def _place(note: Note) -> int:
    return -1 - note.column if note.remark is Remark.SHIFTED else note.column


def with_whole_file(form: SheetForm, table: Table, options: Options) -> tuple[Table, Options]:
    """A table with what was said for the whole file as columns at its end, and the options with what stands above it."""
    added = for_whole_file(form, table.header, options.given)
    if added.header:
        rows = [(*row, *added.cells) for row in table.rows]
        table = replace(table, header=(*table.header, *added.header), rows=rows)
    table = replace(table, notes=[*table.notes, *added.notes])
    return table, replace(options, above=(*table.above, *table.behind))


# ── reading rows, and holding them against the ledger ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Checked:
    """Rows with what would become of them, as of a number of the counter, and who reads them."""

    rows: Sequence[Row]
    seq: int
    reader: Reader
    understood: Understood

    @property
    def counts(self) -> dict[str, int]:
        return counted(self.rows)

    @property
    def ready(self) -> list[Row]:
        """The rows that filing would write."""
        return [row for row in self.rows if row.outcome in FILED]


def sheet_form(code: str) -> SheetForm:
    """A form of spreadsheet by its code. Raises Refused for one that is not loaded."""
    found = registry.catalogue("sheet").get(kinds.current(code))
    if found is None:
        known = tuple(sorted(registry.catalogue("sheet")))
        raise Refused(say("没有名为“%(code)s”的表格；可用：%(known)s。", code=code, known=known))
    form: SheetForm = found.value
    return form


def reader_of(
    form: SheetForm, header: Sequence[str], *, by: User, options: Options, source: str = ""
) -> tuple[Reader, Understood]:
    """Who reads the rows below a header. source: the file's name. Raises Refused where the header will not do."""
    understood = understand(form, header, registry.units(), options.above)
    made = FigureReader if form.kind == OBSERVATION else NamedReader
    return made(form, understood, by=by, options=options, source=source), understood


def check(
    rows: Sequence[Row],
    reader: Reader,
    understood: Understood,
    damage: Mapping[int, Sequence[tuple[int, Saying]]],
    step: Step = _silent,
) -> Checked:
    """Read every row completely and hold what holds against the ledger. Writes nothing."""
    seq = current_seq()
    whole = [row for row in rows if not _refuse_damaged(row, understood, damage.get(row.number, ()))]
    reader.read(whole, lambda done: step(done, len(rows), CHECKING))
    refuse_repeats(rows, reader, understood)
    reader.compare([row for row in rows if not row.problems])
    for row in rows:
        if row.problems and row.outcome != WAITING:
            row.outcome = REJECTED
    return Checked(rows, seq, reader, understood)


def _refuse_damaged(row: Row, understood: Understood, damage: Sequence[tuple[int, Saying]]) -> bool:
    """A cell whose value was lost in the spreadsheet is never used, whatever could be made of it."""
    if damage:
        used = {taken.place for taken in understood.taken.values()}
        for place, sentence in damage:
            if place < 0:  # the whole row is shifted
                row.problems.append(Problem.of(letters(-1 - place), "", sentence))
            elif place in used:
                row.problems.append(Problem.of(understood.header[place], row.cells[place], sentence))
    return bool(row.problems)


# ── the stage ───────────────────────────────────────────────────────────────────────────────────────────────────────


@uncollected()
def prepare(
    *,
    form: SheetForm,
    table: Table,
    file_name: str,
    by: User,
    now: datetime,
    options: Options,
    step: Step = _silent,
    job: int | None = None,
) -> ImportBatch:
    """Check a table and keep what would become of its rows, for somebody to look at. Files nothing.

    job: the number of the job that does it.
    """
    registry.require(by, Permission.IMPORT_RUN)
    table, options = with_whole_file(form, with_groups(form, table, options), options)
    checked = _check_table(form, table, file_name=file_name, by=by, options=options, step=step)
    step(len(table.rows), len(table.rows), STAGING)
    with transaction.atomic():
        batch = _batch(form, table, checked, file_name=file_name, by=by, now=now, options=options)
        batch.check_job_id = job
        _stage(batch, checked)
    return batch


def _check_table(
    form: SheetForm, table: Table, *, file_name: str, by: User, options: Options, step: Step = _silent
) -> Checked:
    try:
        reader, understood = reader_of(form, table.header, by=by, options=options, source=file_name)
    except Refused as refusal:
        raise Refused(say("%(why)s（%(where)s）", why=refusal.saying, where=table.where)) from None
    rows = [Row(number, cells) for number, cells in zip(table.numbers, table.rows, strict=True)]
    return check(rows, reader, understood, table.damage, step)


def _batch(
    form: SheetForm, table: Table, checked: Checked, *, file_name: str, by: User, now: datetime, options: Options
) -> ImportBatch:
    return ImportBatch(
        kind=form.kind,
        form=form.code,
        file_name=file_name[:200],
        digest=table.digest,
        encoding=table.encoding,
        sheet_name=table.sheet_name[:64],
        options=options.stored(),
        header=list(table.header),
        damage={
            str(number): [(place, kept(sentence)) for place, sentence in each] for number, each in table.damage.items()
        },
        notes=list(map(kept, [*table.notes, *checked.reader.remarks])),
        counts=checked.counts,
        ready=len(checked.ready),
        checked_seq=checked.seq,
        prepared_at=now,
        prepared_by=by,
    )


def _stage(batch: ImportBatch, checked: Checked) -> None:
    """Keep the rows of a batch, those of one outcome together, in place of any kept before."""
    batch.counts, batch.ready, batch.checked_seq = checked.counts, len(checked.ready), checked.seq
    batch.save()
    batch.chunks.all().delete()
    chunks: list[ImportChunk] = []
    for outcome in OUTCOMES:
        alike = [row for row in checked.rows if row.outcome == outcome]
        for start in range(0, len(alike), CHUNK):
            part = alike[start : start + CHUNK]
            rows = [[row.number, row.cells, row.problems] for row in part]
            chunks.append(ImportChunk(batch=batch, outcome=outcome, place=len(chunks), size=len(part), rows=rows))
    ImportChunk.objects.bulk_create(chunks, batch_size=20)


def staged(batch: ImportBatch, *outcomes: str) -> Iterator[Row]:
    """The rows kept of a batch, all or those of some outcomes."""
    chunks = batch.chunks.filter(outcome__in=outcomes) if outcomes else batch.chunks.all()
    for chunk in chunks.order_by("place").iterator():
        yield from rows_of(chunk)


def rows_of(chunk: ImportChunk) -> list[Row]:
    """The rows of one chunk as they were kept."""
    return [
        Row(number, cells, chunk.outcome, [Problem(*problem) for problem in problems])
        for number, cells, problems in chunk.rows
    ]


def options_of(batch: ImportBatch) -> Options:
    """What was chosen when the file was handed over."""
    return Options(**batch.options)


# ── filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Moved(Exception):
    """Somebody wrote to the ledger since the rows were held against it."""


@uncollected()
def file(*, batch: ImportBatch, by: User, now: datetime, step: Step = _silent) -> ImportBatch:
    """File what a batch would write, as one act; a batch that is filed already stays as it is.

    Raises Refused where the ledger has changed so that some rows would come out otherwise than was shown; the batch
    then shows how they would come out now.
    """
    if batch.state == ImportBatch.State.FILED:
        return batch
    form = sheet_form(batch.form)
    damage = {int(number): [(place, told(text)) for place, text in each] for number, each in batch.damage.items()}
    for attempt in range(TRIES):
        by = _still_allowed(by)
        rows = sorted(
            staged(batch, *FILED, UNCHANGED), key=lambda row: row.number
        )  # which record is whose shows among all
        shown = [row.outcome for row in rows]
        reader, understood = reader_of(form, batch.header, by=by, options=options_of(batch), source=batch.file_name)
        fresh = [Row(row.number, row.cells) for row in rows]
        checked = check(fresh, reader, understood, damage, step)
        asked = [(row, before) for row, before in zip(fresh, shown, strict=True) if before in FILED]
        otherwise = sum(row.outcome != before for row, before in asked)
        corrected = sum(row.outcome == CHANGED and reader.since(row) > batch.checked_seq for row, _before in asked)
        if otherwise or corrected:
            _stage_again(batch, reader, understood, damage)
            raise Refused((_OTHERWISE if otherwise else _CORRECTED).filled(count=otherwise or corrected))
        checked = replace(checked, rows=[row for row, _before in asked])
        step(0, batch.ready, FILING)
        try:
            with transaction.atomic():
                return _file(batch, checked, by=by, now=now)
        except _Moved:
            if attempt == TRIES - 1:
                raise Refused(say("台账正在不断变动，没有登记；请稍后再试。")) from None
    raise AssertionError("the loop returns or raises")


_CORRECTED = say("%(count)d 行要改动的记录在您查看之后刚刚被他人更正；已重新核对，请看过再登记。")
_OTHERWISE = say("台账在您查看之后有了变动，%(count)d 行的结果与预览不同；已重新核对，请看过再登记。")


def _still_allowed(by: User) -> User:
    """The account as it is now; what it may do changes the counter too. Raises Refused if it may import no more."""
    by = User.objects.get(pk=by.pk)
    registry.require(by, Permission.IMPORT_RUN)
    return by


def _stage_again(
    batch: ImportBatch,
    reader: Reader,
    understood: Understood,
    damage: Mapping[int, Sequence[tuple[int, Saying]]],
    step: Step = _silent,
) -> bool:
    """Check all rows of a batch anew and keep what came of it, if it still waits. Returns whether it does."""
    rows = sorted((Row(row.number, row.cells) for row in staged(batch)), key=lambda row: row.number)
    checked = check(rows, reader, understood, damage, step)
    with transaction.atomic():
        waits = ImportBatch.objects.select_for_update().filter(pk=batch.pk, state=ImportBatch.State.PREPARED).exists()
        if waits:
            _stage(batch, checked)
    return waits


def _file(batch: ImportBatch, checked: Checked, *, by: User, now: datetime) -> ImportBatch:
    """The act itself, inside its transaction. Raises _Moved if the rows were held against an older ledger."""
    if batch.pk is not None:
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if batch.state == ImportBatch.State.FILED:
            return batch
        if batch.state == ImportBatch.State.CANCELLED:
            raise Refused(say("这次导入已经取消，没有登记；需要时请重新交来文件。"))
    ready = checked.ready
    with act(by=by, now=now, code=f"{batch.kind}.imported", kind="import", target=batch.file_name) as done:
        if done.seq - 1 - checked.seq != sessions_between(checked.seq, done.seq):
            raise _Moved
        written = checked.reader.file(ready, Filing(done=done, source=batch.file_name))
        batch.seq, batch.imported_at, batch.imported_by, batch.state = done.seq, now, by, ImportBatch.State.FILED
        batch.save()
        done.says(count=written, counts=batch.counts, digest=batch.digest, encoding=batch.encoding)
    return batch


@uncollected()
def recheck(*, batch: ImportBatch, options: Options, by: User, step: Step = _silent) -> ImportBatch:
    """Check the rows of a batch again with other choices, and keep what would become of them now. Files nothing.

    Raises Refused for one that is filed or given up.
    """
    by = _still_allowed(by)
    damage = {int(number): [(place, told(text)) for place, text in each] for number, each in batch.damage.items()}
    reader, understood = reader_of(sheet_form(batch.form), batch.header, by=by, options=options, source=batch.file_name)
    batch.options = options.stored()
    if not _stage_again(batch, reader, understood, damage, step):
        raise Refused(say("这次导入已经登记或取消，没有重新核对。"))
    return batch


@transaction.atomic
def cancel(*, batch: ImportBatch) -> ImportBatch:
    """Give up a batch that waits; its rows are not kept. Raises Refused for one that is filed."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == ImportBatch.State.FILED:
        raise Refused(say("这次导入已经登记，不能取消；不对的记录请逐条更正或作废。"))
    batch.state = ImportBatch.State.CANCELLED
    batch.save(update_fields=["state"])
    batch.chunks.all().delete()
    return batch


# ── all at once ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Outcome:
    """What an import did or would do: rows by outcome, the rows that are not filed, and the batch (None: nothing new)."""

    checked: Checked
    left: Sequence[Row]
    table: Table
    batch: ImportBatch | None
    earlier: ImportBatch | None

    @property
    def counts(self) -> Mapping[str, int]:
        return self.checked.counts

    @property
    def reader(self) -> Reader:
        return self.checked.reader


@uncollected()
def import_table(
    *,
    form: SheetForm,
    table: Table,
    file_name: str,
    by: User,
    now: datetime,
    options: Options | None = None,
    is_trial: bool = False,
) -> Outcome:
    """Check a table and file it at once: what the command line and the demonstration do.

    is_trial: only say what would happen.
    """
    options = options or Options()
    table, options = with_whole_file(form, with_groups(form, table, options), options)
    for attempt in range(TRIES):
        by = _still_allowed(by)
        checked = _check_table(form, table, file_name=file_name, by=by, options=options)
        left = [row for row in checked.rows if row.problems]
        earlier = ImportBatch.objects.filter(digest=table.digest, state=ImportBatch.State.FILED).first()
        outcome = Outcome(checked, left, table, None, earlier)
        if is_trial or (not checked.ready and (earlier is not None or not left)):
            return outcome
        try:
            with transaction.atomic():
                batch = _batch(form, table, checked, file_name=file_name, by=by, now=now, options=options)
                batch = _file(batch, checked, by=by, now=now)
                _stage(batch, checked)
                return Outcome(checked, left, table, batch, earlier)
        except _Moved:
            if attempt == TRIES - 1:
                raise Refused(say("台账正在不断变动，没有登记；请稍后再试。")) from None
    raise AssertionError("the loop returns or raises")
