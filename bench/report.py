"""How measurements are shown: a table on the terminal, and the same table in docs/performance.md."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.measuring import Line

HEADS = ("bench", "ours", "peer", "limit", "ours / peer", "goal", "holds")
BEGIN, END = "<!-- figures: written by python -m bench --record -->", "<!-- end of figures -->"


def amount(value: float | None, unit: str) -> str:
    """A measurement with three digits and its unit: ``12.3 ms``."""
    if value is None:
        return ""
    if unit == "queries":
        return f"{value:.0f} queries"
    if unit == "GB":
        return f"{value:.2f} GB"
    if value >= 1:
        return f"{value:.2f} s"
    return f"{value * 1000:.1f} ms" if value >= 0.001 else f"{value * 1_000_000:.0f} µs"


def cells(line: Line, *, judged: bool) -> tuple[str, ...]:
    """A line as the columns of HEADS. judged: whether goals mean anything at this size."""
    peer = f"{amount(line.peer, line.unit)} ({line.peer_name})" if line.peer is not None else ""
    limit = f"{amount(line.limit, line.unit)} ({line.limit_name})" if line.limit is not None else ""
    goal = f"≤ {line.ratio_goal:g} ×" if line.ratio_goal is not None else amount(line.goal, line.unit)
    if line.goal is not None and line.ratio_goal is None:
        goal = f"≤ {goal}"
    holds = {None: "", True: "yes", False: "NO"}[line.holds if judged else None]
    ratio = f"{line.ratio:.2f} ×" if line.ratio is not None else ""
    return (line.name, amount(line.ours, line.unit), peer, limit, ratio, goal, holds)


def show(console: Console, found: Mapping[str, Sequence[Line]], *, judged: bool) -> None:
    """Print everything as one table, remarks below."""
    table = Table(show_lines=False)
    for place, head in enumerate(HEADS):
        table.add_column(head, justify="left" if place in (0, 2, 3) else "right", overflow="fold")
    for bench, lines in found.items():
        table.add_section()
        table.add_row(f"[bold]{bench}[/bold]")
        for line in lines:
            table.add_row(*cells(line, judged=judged))
    console.print(table)
    for lines in found.values():
        for line in lines:
            if line.note:
                console.print(f"{line.name}: {line.note}", style="dim", highlight=False)


def record(path: Path, found: Mapping[str, Sequence[Line]], *, today: date) -> None:
    """Replace the figures in the page; the words around them stay. Raises ValueError if their place is not marked."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(f"{path} must hold {BEGIN!r} and {END!r} once each")
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    path.write_text(f"{before}{BEGIN}\n\n{_markdown(found, today)}\n{END}{after}", encoding="utf-8")


def _markdown(found: Mapping[str, Sequence[Line]], today: date) -> str:
    rows = [f"Measured on {today.isoformat()}.", ""]
    rows += [f"- {what}: {how}" for what, how in machine.description()]
    rows += ["", _row(HEADS), _row(["---"] * len(HEADS))]
    for bench, lines in found.items():
        rows.append(_row([f"**{bench}**", *[""] * (len(HEADS) - 1)]))
        rows += [_row(cells(line, judged=True)) for line in lines]
    notes = [f"- {line.name}: {line.note}" for lines in found.values() for line in lines if line.note]
    return "\n".join([*rows, "", *notes, ""])


def _row(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} |"
