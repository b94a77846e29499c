"""Tying two cases together, and ending that. It says something of cases and does nothing with them."""

from datetime import datetime

from django.db.models import Q

from xingke.accounts.acts import act
from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries
from xingke.casework.models import Case, CaseLink
from xingke.casework.queries.common import PREPARES, is_at_home
from xingke.casework.queries.links import MOST, kind_on
from xingke.casework.rules.links import LINK_WORDS, LinkKind


def link_cases(*, case: Case, other: Case, kind: LinkKind, by: User, now: datetime) -> CaseLink:
    """Say what another case is to one. The same said again does nothing. Raises Refused."""
    _refuse_unseen(case, other, by)
    if case.pk == other.pk:
        raise Refused(say("不能和自己关联，请填另一件事项的编号。"))
    first, second = sorted((case, other), key=lambda each: each.pk)
    with act(by=by, now=now, code="case.linked", kind="case", target=str(case.key)) as done:
        done.lock()
        open_ones = CaseLink.objects.filter(seq_to__isnull=True)
        if (there := open_ones.filter(case=first, other=second).first()) is not None:
            known = kind_on(there, case)
            if known is kind:
                done.nothing()
                return there
            raise Refused(say("这两件已经关联为“%(kind)s”；要改，先解除原来的。", kind=LINK_WORDS[known]))
        for each in (case, other):
            if open_ones.filter(Q(case=each) | Q(other=each)).count() >= MOST:
                raise Refused(say("一件事项最多关联%(most)s件。", most=MOST))
        made = CaseLink.objects.create(
            case=first,
            other=second,
            kind=(kind if first.pk == case.pk else kind.turned).value,
            seq_from=done.seq,
            made_by=by,
        )
        done.says(number=case.number, other=other.number)
    return made


def end_link(*, link: CaseLink, by: User, now: datetime) -> CaseLink:
    """The two hang together no more. A second press does nothing. Raises Refused."""
    _refuse_unseen(link.case, link.other, by)
    with act(by=by, now=now, code="case.link-ended", kind="case", target=str(link.case.key)) as done:
        done.lock()
        row = CaseLink.objects.get(pk=link.pk)
        if row.seq_to is not None:
            done.nothing()
            return row
        row.seq_to, row.ended_by = done.seq, by
        row.save(update_fields=["seq_to", "ended_by"])
        done.says(number=link.case.number, other=link.other.number)
    return row


def _refuse_unseen(case: Case, other: Case, by: User) -> None:
    """An officer who sees both, of the bureau of one of them."""
    seen = queries.cases_seen(by).filter(pk__in=(case.pk, other.pk)).count()
    if seen < len({case.pk, other.pk}) or not any(is_at_home(by, each.region, *PREPARES) for each in (case, other)):
        raise Refused(say("两件事项都看得到的科室人员才能关联它们。"))
