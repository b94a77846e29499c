"""The closed list of permissions. Code asks for one of these, never for a role; roles are data (packs/*/roles.toml)."""

from enum import StrEnum


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
