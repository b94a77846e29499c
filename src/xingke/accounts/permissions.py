"""Permissions. Code asks for one of these, never for a role; roles are data (packs/*/roles.toml).

A room above has an enumeration of its own and announces its members in ``PERMISSIONS``; a role may hold no others.
"""

from dataclasses import dataclass
from enum import StrEnum

from xingke.base.register import Register


class Permission(StrEnum):
    """What somebody may do; the comment says to what."""

    ACCOUNT_MANAGE = "account.manage"  # create and close accounts (system administrator)
    GRANT_MANAGE = "grant.manage"  # give and take back roles (security administrator)
    AUDIT_READ = "audit.read"  # read the audit trail (auditor)
    DEFINITION_READ = "definition.read"  # read indicator, outline and vocabulary definitions
    DEFINITION_LOAD = "definition.load"  # load packs
    ORGANISATION_READ = "organisation.read"  # the organisations of the region
    ORGANISATION_EDIT = "organisation.edit"
    PERSON_READ = "person.read"  # the persons of the region, what is sealed of them masked
    PERSON_EDIT = "person.edit"  # enter and correct persons, and open what is sealed
    RECORD_READ = "record.read"  # the ledger of the region, or of one's own organisation
    RECORD_ENTER = "record.enter"  # file and correct records
    RECORD_CONFIRM = "record.confirm"  # confirm and void records
    OBSERVATION_CHOOSE = "observation.choose"  # say which of two reported figures counts
    IMPORT_RUN = "import.run"
    INDICATOR_READ = "indicator.read"  # values of the region, its parent and its siblings
    DOCUMENT_READ = "document.read"
    DOCUMENT_WRITE = "document.write"  # write documents and freeze their figures
    DOCUMENT_VERIFY = "document.verify"  # hold a .docx against the ledger
    DOCUMENT_DISCLOSE = "document.disclose"  # review what others wrote before it becomes public (保密审查)
    DOCUMENT_PUBLISH = "document.publish"  # publish what passed review, and retract it


@dataclass(frozen=True, kw_only=True)
class Grantable:
    """A permission roles may hold. changes: what superiors only see once it is finished may be changed by it; who has none
    such is a superior in every lower region. is_work: it is the bureau's daily work: those who do it have colleagues.
    """

    permission: StrEnum
    changes: bool = False
    is_work: bool = False


PERMISSIONS: Register[Grantable] = Register("permission", lambda each: each.permission.value)
_WORK = {Permission.RECORD_ENTER, Permission.DOCUMENT_WRITE}
_CHANGING = _WORK | {Permission.RECORD_CONFIRM, Permission.DOCUMENT_DISCLOSE, Permission.DOCUMENT_PUBLISH}
PERMISSIONS.add(*(Grantable(permission=each, changes=each in _CHANGING, is_work=each in _WORK) for each in Permission))


def changing(room: type[StrEnum] | None = None) -> frozenset[str]:
    """The codes of those that change what superiors only see once it is finished; room: only of one enumeration."""
    return frozenset(each.permission.value for each in PERMISSIONS if each.changes and _is_of(each, room))


def working(room: type[StrEnum] | None = None) -> frozenset[str]:
    """The codes of those that are daily work; room: as ``changing``."""
    return frozenset(each.permission.value for each in PERMISSIONS if each.is_work and _is_of(each, room))


def _is_of(each: Grantable, room: type[StrEnum] | None) -> bool:
    return room is None or isinstance(each.permission, room)


def known_permissions() -> list[StrEnum]:
    """All of them, by code."""
    return sorted(each.permission for each in PERMISSIONS)
