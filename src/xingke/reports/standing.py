"""Where an edition stands on its way to the public, in words: what was done, what comes next, and who does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.reports import queries
from xingke.reports.actions import handing_up
from xingke.reports.models import DisclosureStep, Document, HandUp
from xingke.reports.rules import disclosure
from xingke.reports.rules.disclosure import ASKED, DRAFT, PASSED, PUBLISHED, REFUSED, RETRACTED, SUPERSEDED

TAGS = {
    DRAFT: "unpublished",
    ASKED: "in-review",
    PASSED: "cleared",
    REFUSED: "sent-back",
    PUBLISHED: "public",
    SUPERSEDED: "superseded",
    RETRACTED: "retracted",
}


@dataclass(frozen=True)
class Standing:
    """Where an edition stands. may: the steps this reader may take now; waits_for: who must act, in words."""

    step: str
    tag: str
    number: int
    steps: Sequence[DisclosureStep]
    may: frozenset[str]
    waits_for: str
    why_not: str
    last: DisclosureStep | None

    @property
    def is_public(self) -> bool:
        return self.step == PUBLISHED


def of(document: Document, user: User, *, is_newest: bool) -> Standing:
    """Where an edition stands, for somebody who looks at it. Only the newest edition is submitted for review."""
    steps = list(document.steps.select_related("taken_by").order_by("number"))
    last = steps[-1] if steps else None
    step = last.step if last else DRAFT
    may = {each for each in disclosure.MAY_FOLLOW[step] if each != SUPERSEDED and _holds(document, user, each, step)}
    why_not = ""
    if not is_newest:
        may -= {ASKED}
    if PASSED in may:
        answer = disclosure.may_review(user.pk, queries.authors_of(document))
        if not answer.allowed:
            may -= {PASSED, REFUSED}
            why_not = str(answer.reason)
    if PUBLISHED in may:
        answer = disclosure.may_publish(user.pk, queries.authors_of(document))
        if not answer.allowed:
            may -= {PUBLISHED}
            why_not = str(answer.reason)
    return Standing(
        step,
        TAGS[step],
        last.number if last else 0,
        steps,
        frozenset(may),
        _waits_for(step),
        why_not,
        last,
    )


@dataclass(frozen=True)
class Handing:
    """How an edition was handed up (报送) and taken back, for somebody who looks at it.

    above: the region above, by name; empty where there is none. may_hand_up, may_recall: what this reader may do now; why_not:
    why whoever may hand up cannot, now.
    """

    acts: Sequence[HandUp]
    above: str
    is_up: bool
    may_hand_up: bool
    may_recall: bool
    why_not: str

    @property
    def last(self) -> HandUp | None:
        return self.acts[-1] if self.acts else None

    @property
    def number(self) -> int:
        """Of the last act, so that nobody decides on what they have not seen."""
        return self.acts[-1].number if self.acts else 0


def handing(document: Document, user: User) -> Handing:
    """How an edition was handed up. A handful of queries."""
    acts = queries.hand_ups_of(document)
    is_up = bool(acts) and acts[-1].act == HandUp.Act.HANDED_UP
    may_act = queries.works_on(user, document, Permission.DOCUMENT_PUBLISH)
    answer = handing_up.may_hand_up(document)
    above = document.region.parent.name if document.region.parent else ""
    why_not = "" if is_up or answer.allowed or not (may_act and above) else str(answer.reason)
    return Handing(acts, above, is_up, may_act and answer.allowed, may_act and is_up, why_not)


def may_ever(document: Document, user: User, step: str) -> bool:
    """Whether somebody holds what a step needs, wherever the edition stands: others do not learn that it exists."""
    return any(_holds(document, user, step, standing) for standing in (DRAFT, ASKED, PASSED))


def _holds(document: Document, user: User, step: str, standing: str) -> bool:
    return queries.works_on(user, document, Permission(disclosure.permission(step, standing)))


def _waits_for(step: str) -> str:
    return {
        DRAFT: _("等起草人提交保密审查"),
        ASKED: _("等保密审查员审查"),
        PASSED: _("等局领导公布"),
        REFUSED: _("等起草人修改后再提交"),
    }.get(step, "")
