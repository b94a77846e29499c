"""Reading a CSV, row by row, as spreadsheets write it: comma, semicolon, tab or stroke, any of the encodings they save in."""

import csv
import io
import re
from collections.abc import Iterator

from xingke.base.sayings import Saying, say
from xingke.press.cells import Note, Remark, is_secret, secrecy_mark, sentence, written_in_csv
from xingke.press.packages import Unreadable

RawRow = tuple[int, list[str], list[Note]]  # row number from 1, texts from column A on, what there is to say

_DELIMITERS = ",\t;|"
_QUOTED = re.compile(r'"[^"]*"')
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_FIELD_LIMIT = 1 << 17  # characters of one cell; a spreadsheet's own limit is 32,767
_MEMO = 50_000  # texts remembered, so that what repeats is judged once


def read_rows(data: bytes, encoding: str) -> Iterator[RawRow]:
    """The rows that hold anything, in order; a row's number counts records, blank ones too, as a spreadsheet does.

    Raises Unreadable naming the line where quotes do not pair, and for a marking of secrecy anywhere.
    """
    head = _head(data, encoding)
    declared = _SEP_LINE.fullmatch(head[0]) if head else None
    delimiter = declared[1] if declared else _delimiter(head)
    csv.field_size_limit(_FIELD_LIMIT)
    stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    memo: dict[str, tuple[str, Remark | None]] = {}
    number = 0
    try:
        for number, record in enumerate(reader, 1):
            if not any(record) or (declared and number == 1):
                continue
            notes: list[Note] = []
            row: list[str] = []
            for column, value in enumerate(record):
                known = memo.get(value) or _judged(value, memo)
                row.append(known[0])
                if known[1] is not None:
                    notes.append(Note(known[1], number, column, sentence(known[1], known[0])))
            if any(row):
                yield number, row, notes
    except csv.Error as error:
        line, reason = max(reader.line_num, 1), _reason(str(error))
        raise Unreadable(say("第 %(line)s 行不是正确的 CSV：%(reason)s", line=line, reason=reason)) from error


def _judged(value: str, memo: dict[str, tuple[str, Remark | None]]) -> tuple[str, Remark | None]:
    judged = written_in_csv(value)
    if "密" in value and (mark := secrecy_mark(value, is_at_head=False)):
        raise Unreadable(is_secret(mark))
    if len(memo) < _MEMO and len(value) < 200:
        memo[value] = judged
    return judged


def _head(data: bytes, encoding: str) -> list[str]:
    """The first lines, for finding the delimiter."""
    text = data[: 1 << 16].decode(encoding, errors="ignore").lstrip("\ufeff")
    return [line for line in text.splitlines()[:20] if line.strip()]


def _delimiter(head: list[str]) -> str:
    """Of comma, tab, semicolon and stroke the one that stands in most lines, of equals the more frequent; else a comma."""
    bare = [_QUOTED.sub("", line) for line in head]
    best = max(
        _DELIMITERS, key=lambda mark: (sum(mark in line for line in bare), sum(line.count(mark) for line in bare))
    )
    if any(best in line for line in bare):
        return best
    if head and "，" in head[0]:
        raise Unreadable(say("表头用全角逗号“，”分隔，无法分列；请改用半角逗号，或另存为 .xlsx 再试。"))
    return ","


def _reason(error: str) -> Saying:
    if "field limit" in error:
        return say("有一格超过 %(most)s 个字，可能是引号没有成对。", most=_FIELD_LIMIT)
    if "new-line" in error:
        return say("行内有单独的回车符，请用电子表格软件重新另存为 CSV。")
    return say("引号没有成对；含有引号的内容，引号要写两遍。")
