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

__all__ = ["Case", "CaseFact", "CaseFile", "CaseParty", "CaseSequence", "CaseStep", "Filed"]
