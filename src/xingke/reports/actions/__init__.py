"""Every write of documents: written, edited, reviewed and published, handed up; and which keys count."""

from xingke.reports.actions.disclosing import take_step
from xingke.reports.actions.documents import (
    Stale,
    Unsound,
    Written,
    drop_working_text,
    keep_working_text,
    read_slots,
    said_mistake,
    save_edition,
    typed_blocks,
    write_document,
)
from xingke.reports.actions.handing_up import hand_up, may_hand_up, recall
from xingke.reports.actions.trusting import distrust, trust

__all__ = [
    "Stale",
    "Unsound",
    "Written",
    "distrust",
    "drop_working_text",
    "hand_up",
    "keep_working_text",
    "may_hand_up",
    "read_slots",
    "recall",
    "said_mistake",
    "save_edition",
    "take_step",
    "trust",
    "typed_blocks",
    "write_document",
]
