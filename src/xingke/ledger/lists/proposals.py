"""The list of proposed changes: those somebody may accept, and their own."""

from collections.abc import Sequence
from typing import Any  # a proposal in words

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.permissions import Permission
from xingke.ledger.models import EventVersion, Observation, Proposal
from xingke.ledger.queries import proposals
from xingke.ledger.record_facts import proposal
from xingke.ledger.words import Words, kind_word
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    SearchFilter,
)

MINE = "mine"


def _proposals(asked: ListRequest) -> QuerySet[Proposal]:
    return proposals.proposals_listed(asked.reader, outcome=asked["outcome"], mine=asked["whose"] == MINE)


def _in_words(asked: ListRequest, found: Sequence[Proposal]) -> list[dict[str, Any]]:
    words: Words = asked.kept.setdefault("words", Words())
    return [_row(words, *each) for each in proposals.proposed(found)]


def _row(words: Words, each: Proposal, row: Any, subject: Any) -> dict[str, Any]:
    name = subject.name if isinstance(subject, Observation) else words.subject(subject)
    return {
        **proposal(words, each, row),
        "kind": kind_word(each.kind),
        "name": f"{words.event(each.kind, row.event)} · {name}" if isinstance(row, EventVersion) else name,
        "url": reverse("ledger:record", args=[each.kind, each.record]) + "#proposals",
        "is_fictional": row.is_fictional,
    }


def _changes(row: dict[str, Any]) -> str:
    return render_to_string("components/changes.html", {"changes": row["changes"]})


def _changes_filed(row: dict[str, Any]) -> str:
    """What would change, as a file says it: 名称：旧 → 新."""
    said = [
        _("%(what)s：%(old)s → %(new)s")
        % {
            "what": each["label"],
            "old": _("未填") if each["old"] in (None, "") else each["old"],
            "new": _("删去") if each["new"] in (None, "") else each["new"],
        }
        for each in row["changes"]
    ]
    return _("；").join(said)


PROPOSALS = DeclaredList(
    code="proposals",
    title=gettext_lazy("改动建议"),
    caption=gettext_lazy("逐项核定"),
    file_name=gettext_lazy("改动建议"),
    lead=gettext_lazy("须经别人复核的更正和作废先在这里提出，由别人采纳后才生效。"),
    url_name="ledger:proposal-list",
    permission=Permission.RECORD_CONFIRM,
    or_permissions=(Permission.RECORD_ENTER,),
    rows=_proposals,
    load=_in_words,
    order="-proposed",
    row_words=lambda row: row["name"],
    is_fictional=lambda row: row["is_fictional"],
    filters=(
        ChoiceFilter(
            name="outcome",
            label=gettext_lazy("结果"),
            options=lambda asked: [(code, str(label)) for code, label in Proposal.Outcome.choices],
        ),
        ChoiceFilter(name="whose", label=gettext_lazy("提出人"), options=lambda asked: [(MINE, _("我提出的"))]),
        SearchFilter(label=gettext_lazy("原因"), narrow=lambda text: Q(reason__icontains=text)),
        DayFilter(name="on", label=gettext_lazy("提出"), path="proposed_at__date"),
    ),
    columns=(
        ListColumn(
            code="proposed",
            label=gettext_lazy("提出"),
            sort="seq",
            is_indexed=True,
            is_whole=True,
            cell=lambda row: ListedCell(row["of"].proposed_by, sub=row["of"].proposed_at),
            file=(
                FileColumn(label=gettext_lazy("提出人"), value=lambda row: row["of"].proposed_by),
                FileColumn(label=gettext_lazy("提出时间"), value=lambda row: row["of"].proposed_at),
            ),
        ),
        ListColumn(
            code="record",
            label=gettext_lazy("记录"),
            is_wide=True,
            cell=lambda row: ListedCell(row["name"], row["url"], f"{row['kind']} · {row['of'].region.name}"),
            file=(
                FileColumn(label=gettext_lazy("记录"), value=lambda row: row["name"]),
                FileColumn(label=gettext_lazy("类别"), value=lambda row: row["kind"]),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row["of"].region.name),
            ),
        ),
        ListColumn(
            code="changes",
            label=gettext_lazy("改动"),
            is_wide=True,
            cell=_changes,
            file=(FileColumn(label=gettext_lazy("改动"), value=_changes_filed),),
        ),
        ListColumn(code="reason", label=gettext_lazy("原因"), is_wide=True, cell=lambda row: row["of"].reason),
        ListColumn(
            code="outcome",
            label=gettext_lazy("结果"),
            sort="outcome",
            is_whole=True,
            cell=lambda row: ListedCell(row["outcome"], state=row["state"], sub=row["of"].answer),
            file=(
                FileColumn(label=gettext_lazy("结果"), value=lambda row: row["outcome"]),
                FileColumn(label=gettext_lazy("答复"), value=lambda row: row["of"].answer),
            ),
        ),
    ),
    empty=lambda asked: EmptyList(title=_("没有改动建议"), text=_("须经别人复核的更正和作废先在这里提出。")),
)
