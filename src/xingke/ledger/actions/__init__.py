"""Every write to the ledger. Each is an act (see ``accounts.acts``): one number, versions and one audit row, or nothing at all.

The counter is held before anything is checked, so that what was checked still stands when it is written.
"""

from xingke.ledger.actions.confirming import (
    ConfirmationPlan,
    Left,
    as_if_confirmed,
    confirm_event,
    confirm_events,
    plan_confirmation,
)
from xingke.ledger.actions.corrections import correct_event, correct_subject, void_event
from xingke.ledger.actions.entering import enter
from xingke.ledger.actions.evidence import NewFile, attach_evidence, withdraw_evidence
from xingke.ledger.actions.filing import NewEvent, NewHistory, add_event, add_events, file_histories
from xingke.ledger.actions.keeping import declare_kinds, declare_record_keeping
from xingke.ledger.actions.observations import (
    choose_observation,
    confirm_observation,
    correct_observation,
    void_observation,
)
from xingke.ledger.actions.proposals import accept_proposal, decline_proposal, propose_correction, propose_void
from xingke.ledger.actions.titles import give_last_days, merge_titles
from xingke.ledger.actions.undoing import judge_undoing, undo_act
from xingke.ledger.actions.versions import BATCH, write_next_version, write_next_versions

__all__ = [
    "BATCH",
    "ConfirmationPlan",
    "Left",
    "NewEvent",
    "NewFile",
    "NewHistory",
    "accept_proposal",
    "add_event",
    "add_events",
    "as_if_confirmed",
    "attach_evidence",
    "choose_observation",
    "confirm_event",
    "confirm_events",
    "confirm_observation",
    "correct_event",
    "correct_observation",
    "correct_subject",
    "declare_kinds",
    "declare_record_keeping",
    "decline_proposal",
    "enter",
    "file_histories",
    "give_last_days",
    "judge_undoing",
    "merge_titles",
    "plan_confirmation",
    "propose_correction",
    "propose_void",
    "undo_act",
    "void_event",
    "void_observation",
    "withdraw_evidence",
    "write_next_version",
    "write_next_versions",
]
