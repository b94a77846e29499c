"""Several at the same moment: a case lies in one volume, nothing slips into one that is being closed, a list is signed for once."""

import pytest

from tests.cast import NOW, Cast, gather
from xingke.accounts.models import AuditEntry
from xingke.archive import actions, checks, queries
from xingke.archive.actions import FiledInto, handing
from xingke.archive.actions.handing import NewHandOver
from xingke.archive.models import ArchiveHandOver, ArchiveItem, ArchiveVolume
from xingke.archive.tests.filing import (
    TODAY,
    closed_volume,
    ended_case,
    file_into,
    load_flows,
    make_archivist,
    to_file,
    volume,
)
from xingke.registry.tests.test_races import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    """The cast, in a database that is emptied afterwards."""
    cast = gather()
    load_flows()
    return cast


def test_a_case_that_several_file_at_once_lies_in_one_volume(people: Cast) -> None:
    case, volumes = ended_case(people), [volume(people), volume(people)]

    told = at_once(*(lambda into=into: file_into(people, into, to_file(case)) for into in volumes))

    assert sorted(len(each.filed) for each in told if isinstance(each, FiledInto)) == [0, 1]
    assert ArchiveItem.objects.count() == 1


def test_what_is_filed_while_a_volume_is_closed_is_in_its_manifest_or_not_in_it(people: Cast) -> None:
    into, late = volume(people), ended_case(people)
    file_into(people, into, to_file(ended_case(people)))
    seen = queries.stamp_of(queries.items_of(into))

    at_once(
        lambda: actions.close_volume(volume=ArchiveVolume.objects.get(), seen=seen, by=people.officer, now=NOW),
        lambda: file_into(people, ArchiveVolume.objects.get(), to_file(late)),
    )

    into.refresh_from_db()
    assert (into.is_open, ArchiveItem.objects.count()) in {(True, 2), (False, 1)}
    assert [problem for found in checks.volumes() for problem in found.problems] == []


def test_volumes_opened_at_once_have_numbers_of_their_own(people: Cast) -> None:
    at_once(*(lambda: volume(people) for _time in range(3)))

    assert sorted(each.ordinal for each in ArchiveVolume.objects.all()) == [1, 2, 3]


def test_a_list_that_is_signed_for_and_given_back_at_once_is_one_of_both(people: Cast) -> None:
    archivist, closed = make_archivist(people), closed_volume(people)
    new = NewHandOver(volumes=[closed], to="青溪县综合档案馆", on=TODAY)
    handing.hand_over(new=new, by=people.officer, now=NOW)

    def made() -> ArchiveHandOver:
        return ArchiveHandOver.objects.get()

    at_once(
        lambda: handing.receive(hand_over=made(), count=1, on=TODAY, note="", by=archivist, now=NOW),
        lambda: handing.decline(hand_over=made(), reason="缺卷皮", by=archivist, now=NOW),
    )

    assert (made().received_at is None) is not (made().declined_at is None)
    assert AuditEntry.objects.filter(action__in=["archive.received", "archive.declined"]).count() == 1
