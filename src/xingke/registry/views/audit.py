"""The audit trail, for the auditor: who did what, when, to what, and whether the chain of digests holds."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from xingke.registry import lists, queries
from xingke.registry.listing import ListRequest, list_response


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    return list_response(request, lists.AUDIT, template="registry/audit.html", context=_chain)


def _chain(asked: ListRequest) -> dict[str, Any]:
    return {"chain": queries.audit_chain(check="check" in asked.request.GET)}
