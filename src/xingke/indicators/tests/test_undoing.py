"""A number that was said rests on records: whoever filed them takes them back no more."""

import pytest

from tests.cast import NOW, Cast, file, keep_records
from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import current_seq
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.base.undoing import FiledByAct
from xingke.indicators import actions
from xingke.indicators.queries.figures import read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.queries.undoing import figures_since
from xingke.ledger.actions import undo_act
from xingke.ledger.models import Patent, State
from xingke.registry.models import Region

pytestmark = pytest.mark.db

CODE = "patent_applications"


def say(cast: Cast, region: Region, code: str) -> None:
    said = read_figure(Reader(), code, region, Period.year(2024), "level")
    actions.freeze(said=said, by=cast.statistician, now=NOW, seq=current_seq())


def granted(cast: Cast) -> int:
    """A patent that was filed and confirmed at once; the number of the act."""
    file("patent", "终端", [("applied", "2024-03-05")], firm=cast.firm, by=cast.statistician)
    return current_seq()


def test_a_number_that_was_said_since_stops_it_and_is_named(cast: Cast) -> None:
    keep_records(cast.county, by=cast.statistician)
    seq = granted(cast)
    say(cast, cast.county, CODE)

    with pytest.raises(Refused, match=r"statistician已把“青溪县.+ 1.+”写进文稿，它可能用到其中的记录"):
        undo_act(seq=seq, by=cast.statistician, now=NOW)
    assert not Patent.objects.filter(state=State.VOID).exists()


def test_a_number_said_before_or_of_another_place_or_kind_stops_nothing(cast: Cast) -> None:
    keep_records(cast.county, cast.sibling, by=cast.statistician)
    say(cast, cast.county, CODE)
    seq = granted(cast)
    say(cast, cast.sibling, CODE)
    say(cast, cast.county, "high_tech_enterprises")

    assert undo_act(seq=seq, by=cast.statistician, now=NOW) == 1


def test_a_number_said_elsewhere_is_not_told_to_who_may_not_see_it(cast: Cast) -> None:
    """Of a number of another bureau, whoever filed there learns only that there is one."""
    keep_records(cast.county, by=cast.statistician)
    seq = granted(cast)
    say(cast, cast.county, CODE)
    entry = AuditEntry.objects.get(seq=seq)
    filed = FiledByAct(
        reader=cast.neighbour,
        seq=entry.seq,
        kind="patent",
        records=frozenset(Patent.objects.values_list("record", flat=True)),
        regions=[cast.county],
        is_counted=True,
    )

    assert str(figures_since(filed)) == "别处的文稿已经写进了可能用到其中的记录的数字"
