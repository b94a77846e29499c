"""The tables of cases, and of what several cases share."""

from xingke.casework.models.cases import (
    Case,
    CaseFact,
    CaseFile,
    CaseParty,
    CaseSequence,
    CaseStep,
    Filed,
)
from xingke.casework.models.common import (
    AgendaItem,
    AgendaPaper,
    AgendaWithdrawal,
    CaseCall,
    CaseNotice,
    Decision,
    Meeting,
    MeetingDuty,
    MeetingPerson,
    NoticeReceipt,
    Objection,
    Publicity,
    PublicityItem,
)

__all__ = [
    "AgendaItem",
    "AgendaPaper",
    "AgendaWithdrawal",
    "Case",
    "CaseCall",
    "CaseFact",
    "CaseFile",
    "CaseNotice",
    "CaseParty",
    "CaseSequence",
    "CaseStep",
    "Decision",
    "Filed",
    "Meeting",
    "MeetingDuty",
    "MeetingPerson",
    "NoticeReceipt",
    "Objection",
    "Publicity",
    "PublicityItem",
]
