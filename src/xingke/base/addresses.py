"""Addresses of pages, worked out once each: a page names a hundred, and Django goes through all its patterns for every one."""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.urls import get_script_prefix, reverse

_NOBODY = UUID(int=0)


def page_address(name: str) -> str:
    """The address of a page that takes nothing, by the name of its pattern. Raises NoReverseMatch."""
    return _address(get_script_prefix(), settings.ROOT_URLCONF, name)


def key_address(name: str, *before: str, key: UUID) -> str:
    """The address of a page that takes a key after whatever stands before it. Raises NoReverseMatch."""
    pattern = _address(get_script_prefix(), settings.ROOT_URLCONF, name, *before, _NOBODY)
    return pattern.replace(str(_NOBODY), str(key))


@lru_cache(maxsize=512)
def _address(_prefix: str, _patterns: str, name: str, *arguments: str | UUID) -> str:
    return reverse(name, args=arguments)
