"""What one request remembers: answers that cannot change while it is answered, asked many times by different rooms."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

T = TypeVar("T")
_memory: ContextVar[dict[str, Any] | None] = ContextVar("memory", default=None)  # values of any type, by key


def remembered(key: str, ask: Callable[[], T]) -> T:
    """The answer to ``ask``: asked once per request, and every time where no request is being answered."""
    memory = _memory.get()
    if memory is None:
        return ask()
    if key not in memory:
        memory[key] = ask()
    found: T = memory[key]
    return found


def forget(key: str) -> None:
    """Ask again from now on: for an action that changes the answer."""
    memory = _memory.get()
    if memory is not None:
        memory.pop(key, None)


def within_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give every request a memory of its own."""

    def answer(request: HttpRequest) -> HttpResponse:
        token = _memory.set({})
        try:
            return get_response(request)
        finally:
            _memory.reset(token)

    return answer
