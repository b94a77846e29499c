"""Pages for everybody: no sign-in, no cookie but the language one chose, and caches may keep them for a minute."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
MAX_AGE = 60  # seconds: what is retracted must not linger


def for_everybody(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page that strangers may see; what they get may be cached, what somebody who is signed in gets may not."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", f"public, max-age={MAX_AGE}")
        return response

    return login_not_required(answer)
