"""What an import did or would do, row by row, as one object for programs: exact, in codes and base units."""

from typing import Any

from xingke.intake.actions import Outcome
from xingke.intake.rows.incoming import Row, Statement
from xingke.intake.rows.statements import as_json


def report(outcome: Outcome) -> dict[str, Any]:
    """The file as it was read, and every row in its order with what it says and what becomes of it."""
    rows = sorted(outcome.checked.rows, key=lambda row: row.number)
    statements = outcome.reader.statements(rows)
    return {
        "file": _file(outcome),
        "rows": [_row(row, statement) for row, statement in zip(rows, statements, strict=True)],
    }


def _file(outcome: Outcome) -> dict[str, Any]:
    table, understood = outcome.table, outcome.checked.understood
    return {
        "sheet": table.sheet_name,
        "header_row": table.header_row,
        "encoding": table.encoding,
        "columns": understood.columns,
        "unused": [header for _place, header in understood.unused],
        "notes": [str(note) for note in (*table.notes, *outcome.reader.remarks)],
    }


def _row(row: Row, statement: Statement) -> dict[str, Any]:
    return {
        "row": row.number,
        "outcome": row.outcome,
        **as_json(statement),
        "problems": [str(problem) for problem in row.problems],
        "notes": [str(note) for note in row.notes],
    }
