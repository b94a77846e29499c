"""Whether a document still says what the ledger says, remembered until the ledger changes.

Checking recomputes every figure twice, which takes a second for a long document; a page must not wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.cache import cache

from xingke.base.press import tree
from xingke.reports import queries
from xingke.reports.models import Document
from xingke.reports.naming import changed_names
from xingke.reports.verifying import check_ledger

KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class Drifted:
    """One figure of a document that would be said otherwise now, or rests on other records."""

    slot: int
    label: str
    figure: str
    before: str
    after: str
    says_otherwise: bool


@dataclass(frozen=True)
class Checked:
    """What checking found: the drifted figures by slot, and the names whose records changed with what they are called now;
    none where the document holds."""

    drifted: Mapping[int, Drifted]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not self.drifted and not self.names


def known(document: Document, stamp: int) -> Checked | None:
    """What is known without work: a document written since the last change holds; others as last checked, if ever.

    stamp: see ``queries.ledger_stamp``.
    """
    if document.seq >= stamp:
        return Checked({})
    found: Checked | None = cache.get(_place(document, stamp))
    return found


def check(document: Document, stamp: int) -> Checked:
    """What is known, or else worked out now and kept."""
    found = known(document, stamp)
    if found is None:
        found = Checked(
            {
                slot: Drifted(
                    slot, label, str(each.figure.key), each.figure.text, each.now.text or "", each.says_otherwise
                )
                for slot, label, each in check_ledger(document)
            },
            {mention.text: now for mention, now in changed_names(tree.mentions(queries.tree_of(document)))},
        )
        cache.set(_place(document, stamp), found, KEPT)
    return found


def _place(document: Document, stamp: int) -> str:
    return f"xingke.reports.checked-with-names:{document.key}:{stamp}"
