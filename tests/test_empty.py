"""A bureau on its first day: every list page opens on an empty database, and says what belongs there."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.cast import Cast

pytestmark = pytest.mark.db

SignIn = Callable[[str], Client]


def _addresses(resolver: URLResolver, before: tuple[str, ...] = ()) -> list[str]:
    """The names of all addresses that name nothing in particular."""
    found: list[str] = []
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            found += _addresses(each, (*before, each.namespace) if each.namespace else before)
        elif isinstance(each, URLPattern) and each.name and not each.pattern.converters:
            found.append(":".join((*before, each.name)))
    return sorted(set(found))


EMPTY = '<div class="empty">'
ROOMS = ("archive", "casework", "funds", "indicators", "intake", "ledger", "letters", "notices", "registry", "reports")


@pytest.mark.parametrize("who", ["officer", "director", "enterprise", "security", "superior"])
def test_every_page_opens_where_nothing_was_entered_yet(cast: Cast, signed_in: SignIn, who: str) -> None:
    browser, opened = signed_in(who), 0
    for name in _addresses(get_resolver()):
        if name.partition(":")[0] not in ROOMS:
            continue
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        answer = browser.get(address)
        assert answer.status_code < 500, name
        opened += answer.status_code == 200
    assert opened >= 3


@pytest.mark.parametrize(
    "name",
    [
        "archive:finding-list",
        "casework:case-list",
        "casework:call-list",
        "casework:group-list",
        "casework:meeting-list",
        "casework:notice-list",
        "casework:publicity-list",
        "casework:substitute-list",
        "funds:account-list",
        "funds:batch-list",
        "funds:commitment-list",
        "funds:pool-list",
        "letters:letter-list",
    ],
)
def test_an_empty_list_says_what_belongs_there(cast: Cast, signed_in: SignIn, name: str) -> None:
    page = signed_in("officer").get(reverse(name)).content.decode()
    assert EMPTY in page
