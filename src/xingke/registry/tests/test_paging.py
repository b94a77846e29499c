"""Pages of a list: the same rows in the same order, however they are read."""

from typing import Any

import pytest

from tests.cast import Cast
from xingke.registry.filtering import PAGE_SIZE
from xingke.registry.listing import paging
from xingke.registry.listing.paging import RowOrder, page_of
from xingke.registry.models import Organisation

pytestmark = pytest.mark.db


@pytest.fixture
def firms(cast: Cast) -> Any:
    """Three pages of firms, every third of the same name key."""
    made = [
        Organisation(name=f"虚构企业{n}", name_key=f"{n % 3}", region=cast.county, kind="enterprise", is_fictional=True)
        for n in range(PAGE_SIZE * 3)
    ]
    Organisation.objects.bulk_create(made)
    return Organisation.objects.filter(pk__in=[each.pk for each in made]).select_related("region")


@pytest.mark.parametrize(
    "order", [RowOrder("name_key", False, True), RowOrder("pk", True, True), RowOrder("name", True, False)]
)
def test_of_many_rows_the_keys_are_found_first_and_the_pages_are_the_same(
    firms: Any, order: RowOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pages() -> list[list[int]]:
        found, asked = [], {"page": "1"}
        for number in range(2, 5):
            page = page_of(firms, order, count=PAGE_SIZE * 3, is_more=False, asked=asked)
            found.append([each.pk for each in page.items])
            asked = {"page": str(number), **({"after": page.after} if page.after else {})}
        return found

    whole = pages()
    monkeypatch.setattr(paging, "WIDE", 0)
    assert pages() == whole
    assert len({pk for page in whole for pk in page}) == PAGE_SIZE * 3


def test_the_keys_are_read_without_what_is_joined(
    firms: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(paging, "WIDE", 0)
    with django_assert_num_queries(2) as asked:
        page = page_of(firms, RowOrder("name", False, False), count=PAGE_SIZE * 3, is_more=False, asked={})
        assert {each.region.code for each in page.items} == {page.items[0].region.code}
    keys, rows = (query["sql"] for query in asked.captured_queries)
    assert "JOIN" not in keys
    assert "JOIN" in rows
