"""What one request or command remembers: answers that cannot change meanwhile, asked many times by different rooms."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

T = TypeVar("T")
_memory: ContextVar[dict[str, Any] | None] = ContextVar("memory", default=None)  # values of any type, by key


def remembered(key: str, ask: Callable[[], T]) -> T:
    """The answer to ``ask``: asked once per request or command, and every time outside of both."""
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


@contextmanager
def memory() -> Iterator[None]:
    """Remember while the block runs."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """Know nothing inside of what was remembered before, and forget at the end what was remembered inside."""
    token = _memory.set(None if _memory.get() is None else {})
    try:
        yield
    finally:
        _memory.reset(token)


def within_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give every request a memory of its own."""

    def answer(request: HttpRequest) -> HttpResponse:
        with memory():
            return get_response(request)

    return answer
