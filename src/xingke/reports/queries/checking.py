"""Whether a document still says what the ledger says, remembered until the ledger changes.

Checking recomputes every figure twice, which takes a second for a long document; a page must not wait for it. Where
nothing else is to be done the job child checks what is public and the newest editions, and keeps what it found.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from xingke.accounts import keeping
from xingke.indicators.columns.engine import RULES
from xingke.indicators.models import TextCheck
from xingke.indicators.queries.drift import Drift
from xingke.ledger.queries.caching import ledger_stamp
from xingke.press import tree
from xingke.reports import queries
from xingke.reports.models import Document
from xingke.reports.queries.naming import changed_names
from xingke.reports.queries.verifying import check_ledger

log = logging.getLogger("xingke.jobs")


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
class CheckedDocument:
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


def known(document: Document, stamp: int) -> CheckedDocument | None:
    """What is known of one document without work; see ``known_of``."""
    return known_of([document], stamp)[document.key]


def known_of(documents: Sequence[Document], stamp: int) -> Mapping[UUID, CheckedDocument | None]:
    """What is known without work: a document written since the last change holds; others as last checked, if ever.

    stamp: see ``ledger_stamp``. One query, none where this process knows all.
    """
    found = {
        each.key: CheckedDocument({}) if each.seq >= stamp else keeping.found(_place(each, stamp)) for each in documents
    }
    if unknown := [key for key, checked in found.items() if checked is None]:
        kept = TextCheck.objects.filter(text__in=unknown, seq=stamp, rules=RULES).values_list("text", "found")
        found |= {key: _from_json(told) for key, told in kept}
    return found


def check_next() -> bool:
    """Check the document that has waited longest, of those that are public or newest, and keep what was found.

    Returns whether one waited. For the job child: pages say then what is so without working it out.
    """
    stamp = ledger_stamp()
    checked = {key: (seq, rules) for key, seq, rules in TextCheck.objects.values_list("text", "seq", "rules")}
    older = [each for each in queries.worth_checking().filter(seq__lt=stamp) if checked.get(each.key) != (stamp, RULES)]
    if not older:
        return False
    document = min(older, key=lambda each: checked.get(each.key, (-1, 0)))
    told: dict[str, Any] = {}  # nothing, so that the others get their turn
    try:
        told = asdict(_looked_at(Document.objects.get(pk=document.pk)))
    except DatabaseError:
        raise
    except Exception:
        log.exception("document %s cannot be checked", document.key, extra={"event": "check-failed"})
    TextCheck.objects.update_or_create(text=document.key, defaults={"seq": stamp, "rules": RULES, "found": told})
    return True


def _from_json(told: Any) -> CheckedDocument | None:
    """What was kept; None for what another program kept in another way."""
    try:
        figures = {
            name: {int(slot): Drifted(**each) for slot, each in told[name].items()}
            for name in ("drifted", "corrected", "reworded")
        }
        return CheckedDocument(names=told["names"], **figures)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def check(document: Document, stamp: int) -> CheckedDocument:
    """What is known, or else worked out now and kept."""
    found = known(document, stamp)
    if found is None:
        found = _looked_at(document)
        keeping.keep(_place(document, stamp), found)
    return found


def _looked_at(document: Document) -> CheckedDocument:
    drifts = check_ledger(document)
    return CheckedDocument(
        {slot: _drifted(slot, label, each, each.now.text or "") for slot, label, each in drifts if each.fails},
        {mention.text: now for mention, now in changed_names(tree.mentions(queries.tree_of(document)))},
        {slot: _drifted(slot, label, each, each.now.text or "") for slot, label, each in drifts if each.is_corrected},
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
