"""Where an edition stands on its way to the public, in words: what was done, what comes next, and who does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.registry import queries as registry
from xingke.reports import disclosure, queries
from xingke.reports.disclosure import ASKED, DRAFT, PASSED, PUBLISHED, REFUSED, RETRACTED, SUPERSEDED
from xingke.reports.models import DisclosureStep, Document

TAGS = {
    DRAFT: "unpublished", ASKED: "in-review", PASSED: "cleared", REFUSED: "sent-back", PUBLISHED: "public",
    SUPERSEDED: "superseded", RETRACTED: "retracted",
}  # fmt: skip


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
        step, TAGS[step], last.number if last else 0, steps, frozenset(may), _waits_for(step),
        why_not, last,
    )  # fmt: skip


def may_ever(document: Document, user: User, step: str) -> bool:
    """Whether somebody holds what a step needs, wherever the edition stands: others do not learn that it exists."""
    return any(_holds(document, user, step, standing) for standing in (DRAFT, ASKED, PASSED))


def _holds(document: Document, user: User, step: str, standing: str) -> bool:
    allowed = registry.scope(user, Permission(disclosure.permission(step, standing)))
    return allowed.covers(document.region.path)


def _waits_for(step: str) -> str:
    return {
        DRAFT: _("等起草人提交保密审查"),
        ASKED: _("等保密审查员审查"),
        PASSED: _("等局领导公布"),
        REFUSED: _("等起草人修改后再提交"),
    }.get(step, "")
