"""The ledger and the region tree at one moment: what column files and tails are good for."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db import connection

from xingke.accounts.models import Counter
from xingke.accounts.queries import trail_digest
from xingke.ledger.tables import TABLES
from xingke.registry.queries import region_tree_stamp


@dataclass
class _Trail:
    """Digests of the audit trail as this process saw them: each covers all before it, so the last vouches for the others."""

    ledger: str = ""
    digests: dict[int, str] = field(default_factory=dict)


_trail = _Trail()


class Moment:
    """Asked before everything else, so that whatever is read afterwards is at least as new. One answers for all kinds."""

    def __init__(self) -> None:
        identity, self.seq = Counter.objects.filter(name=Counter.LEDGER).values_list("ledger", "value").first() or (
            "",
            0,
        )
        self.ledger, self.regions = str(identity), region_tree_stamp()

    def trail(self, seq: int) -> str:
        """The digest of the audit trail at a number."""
        if seq not in self._digests:
            self._digests[seq] = trail_digest(seq)
        return self._digests[seq]

    @cached_property
    def _digests(self) -> dict[int, str]:
        """What is known of this ledger's trail, if the last that is known still stands; after a restored backup nothing."""
        last = max(_trail.digests, default=0)
        is_same = _trail.ledger == self.ledger and last <= self.seq and len(_trail.digests) < 1_000
        if not is_same or trail_digest(last) != _trail.digests.get(last):
            _trail.ledger, _trail.digests = self.ledger, {}
        return _trail.digests

    @cached_property
    def filed(self) -> dict[str, int]:
        """The newest number at which an event of each kind was filed or ended, in one query that reads indexes only."""
        quoted = connection.ops.quote_name
        tables = {code: quoted(kind.event._meta.db_table) for code, kind in TABLES.items()}
        newest = (
            f"SELECT '{code}', (SELECT max(seq_from) FROM {table}), "
            f"(SELECT max(seq_to) FROM {table} WHERE seq_to IS NOT NULL)"
            for code, table in tables.items()
        )
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(newest))
            return {code: max(began or 0, ended or 0) for code, began, ended in cursor.fetchall()}
