"""The tables of cases, and of what several cases share."""

from xingke.casework.models.cases import (
    Case,
    CaseDraft,
    CaseFact,
    CaseFile,
    CaseParty,
    CaseSequence,
    CaseStep,
    Filed,
)

__all__ = ["Case", "CaseDraft", "CaseFact", "CaseFile", "CaseParty", "CaseSequence", "CaseStep", "Filed"]
