"""Every write of an import: a file handed over, its rows staged, what was looked at filed as one act."""

from xingke.intake.actions.filing import Outcome, file_batch, import_table
from xingke.intake.actions.handing_over import ask_to_file, ask_to_recheck, give_up, hand_over, kept, let_go
from xingke.intake.actions.staging import cancel_batch, stage_again, stage_table
from xingke.intake.actions.undoing import ask_to_undo, undo_batch

__all__ = [
    "Outcome",
    "ask_to_file",
    "ask_to_recheck",
    "ask_to_undo",
    "cancel_batch",
    "file_batch",
    "give_up",
    "hand_over",
    "import_table",
    "kept",
    "let_go",
    "stage_again",
    "stage_table",
    "undo_batch",
]
