"""Which cases moved between two numbers."""

from collections.abc import Iterator
from uuid import UUID

from xingke.casework.models import CaseStep


def cases_moved(after: int, upto: int) -> Iterator[UUID]:
    """The cases of which a step was taken after a ledger number and up to another, the last first, some more than once.

    Steps are only ever appended, within acts that follow one another, so that their rows lie in the order of their numbers: reading
    ends at the first that is older, and needs no index. One query.
    """
    rows = CaseStep.objects.order_by("-pk").values_list("seq_from", "case__key")
    for seq, key in rows.iterator(chunk_size=500):
        if seq <= after:
            return
        if seq <= upto:
            yield key
