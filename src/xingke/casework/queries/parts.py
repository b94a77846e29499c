"""Whose accounts have a part in a case."""

from django.db.models import Q

from xingke.accounts.models import User
from xingke.casework.queries import CaseRead
from xingke.registry.models import Grant


def accounts_of(read: CaseRead) -> list[User]:
    """The accounts of whose case it is. One query; none where it is nobody's."""
    case = read.case
    if case.organisation_id is None and case.person_id is None:
        return []
    whose = Q(organisation=case.organisation_id) if case.organisation_id else Q(person=case.person_id)
    grants = Grant.objects.filter(whose, revoked_at__isnull=True, user__is_active=True).select_related("user")
    return list({grant.user_id: grant.user for grant in grants}.values())
