"""Whether a document still says what the ledger says, remembered until the ledger changes.

Checking recomputes every figure twice, which takes a second for a long document; a page must not wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.cache import cache

from xingke.base.press import tree
from xingke.indicators.drift import Drift
from xingke.reports import queries
from xingke.reports.models import Document
from xingke.reports.naming import changed_names
from xingke.reports.verifying import check_ledger, text_now

KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class Drifted:
    """One figure of a document that would be said otherwise now, or rests on other records.

    is_record: whether records were corrected, filed or voided behind it, and it is not the figure itself that is damaged.
    """

    slot: int
    label: str
    figure: str
    before: str
    after: str
    says_otherwise: bool
    is_record: bool = True


@dataclass(frozen=True)
class Checked:
    """What checking found: the drifted figures by slot, and the names whose records changed with what they are called now;
    none where the document holds. corrected: figures whose evidence was corrected while the number stands, a notice only.
    reworded: those whose evidence stands and that newer rules word otherwise: before, and now."""

    drifted: Mapping[int, Drifted]
    names: Mapping[str, str] = field(default_factory=dict)
    corrected: Mapping[int, Drifted] = field(default_factory=dict)
    reworded: Mapping[int, Drifted] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not self.drifted and not self.names

    @property
    def to_be_updated(self) -> list[Drifted]:
        """All figures that a new edition would take anew: for their number, their evidence or their words."""
        return list({**self.reworded, **self.corrected, **self.drifted}.values())


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
        found = _looked_at(document)
        cache.set(_place(document, stamp), found, KEPT)
    return found


def _looked_at(document: Document) -> Checked:
    drifts = check_ledger(document)
    return Checked(
        {slot: _drifted(slot, label, each, text_now(each)) for slot, label, each in drifts if each.fails},
        {mention.text: now for mention, now in changed_names(tree.mentions(queries.tree_of(document)))},
        {slot: _drifted(slot, label, each, text_now(each)) for slot, label, each in drifts if each.is_corrected},
        {
            slot: _drifted(slot, label, each, each.then.text or "")
            for slot, label, each in drifts
            if each.is_worded_otherwise and not each.fails
        },
    )


def _drifted(slot: int, label: str, each: Drift, after: str) -> Drifted:
    key = str(each.figure.key)
    return Drifted(slot, label, key, each.figure.text, after, each.says_otherwise, each.holds_then)


def _place(document: Document, stamp: int) -> str:
    return f"xingke.reports.checked-by-evidence:{document.key}:{stamp}"
