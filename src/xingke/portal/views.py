"""The workbench, the component gallery and the error pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or was sent from elsewhere: say so instead of a bare 403."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
