"""The lists of what several cases share: meetings, publicity, notices."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from xingke.casework.actions.meetings import KINDS
from xingke.casework.models import CaseNotice, Meeting, Publicity
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import meetings, notices, publicity
from xingke.casework.queries.common import PREPARES, home_regions
from xingke.registry import queries as registry
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    FileColumn,
    ListColumn,
    ListedCell,
    ListRequest,
    RegionFilter,
    SearchFilter,
)

# ── meetings ────────────────────────────────────────────────────────────────────────────────────────────────────────


class MeetingRow(NamedTuple):
    """A meeting, how many items it has, and how many of them wait for a decision."""

    of: Meeting
    items: int
    open: int


def meeting_name(meeting: Meeting) -> str:
    """What a meeting is called: 2026年第3次局长办公会议."""
    kind = registry.term_label(KINDS, meeting.kind, language=get_language() or "zh-hans")
    return _("%(year)s年第%(number)s次%(kind)s") % {"year": meeting.year, "number": meeting.number, "kind": kind}


MEETING_STATES = {
    "called": (Q(held_at__isnull=True), "unpublished", gettext_lazy("待开")),
    "held": (Q(held_at__isnull=False, closed_at__isnull=True), "in-review", gettext_lazy("待出纪要")),
    "closed": (Q(closed_at__isnull=False), "confirmed", gettext_lazy("已出纪要")),
}


def meeting_tag(meeting: Meeting) -> tuple[str, str]:
    """The tag of where a meeting stands."""
    code = "closed" if meeting.closed_at is not None else "held" if meeting.held_at is not None else "called"
    _kept, tag, words = MEETING_STATES[code]
    return tag, str(words)


def begin_meeting(asked: ListRequest) -> tuple[str, str] | None:
    """Where the reader calls one."""
    may = registry.has(asked.reader, CasePermission.HANDLE) or registry.has(asked.reader, CasePermission.DECIDE)
    return (reverse("casework:meeting-new"), _("召集会议")) if may else None


def _meetings(asked: ListRequest, found: Sequence[Meeting]) -> list[MeetingRow]:
    counts = meetings.item_counts([each.pk for each in found])
    return [MeetingRow(each, *counts.get(each.pk, (0, 0))) for each in found]


def _meeting(row: MeetingRow) -> ListedCell:
    sub = " · ".join(filter(None, [row.of.region.name, row.of.place]))
    return ListedCell(meeting_name(row.of), reverse("casework:meeting", args=[row.of.key]), sub)


def _meeting_state(row: MeetingRow) -> ListedCell:
    code, words = meeting_tag(row.of)
    return ListedCell(words, state=code)


def _kinds(asked: ListRequest) -> list[tuple[str, str]]:
    language = get_language() or "zh"
    return [(code, term.label.in_language(language)) for code, term in registry.terms(KINDS).items()]


MEETINGS = DeclaredList(
    code="meetings",
    title=pgettext_lazy("several", "会议"),
    lead=gettext_lazy("要由会议决定的事项：列入议程，会后逐件记下决定，出了纪要号办结。"),
    url_name="casework:meeting-list",
    permission=CasePermission.READ,
    of_bureau=True,
    rows=lambda asked: meetings.meetings_seen(asked.reader).select_related("region"),
    load=_meetings,
    order="-on",
    leading=3,
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("纪要号或地点"),
            narrow=lambda text: Q(minutes_number__icontains=text) | Q(place__icontains=text),
        ),
        ChoiceFilter(name="kind", label=gettext_lazy("会议类型"), options=_kinds, narrow=lambda code: Q(kind=code)),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [(code, str(words)) for code, (_kept, _tag, words) in MEETING_STATES.items()],
            narrow=lambda code: MEETING_STATES[code][0] if code in MEETING_STATES else Q(),
        ),
        RegionFilter(),
        DayFilter(name="on", label=gettext_lazy("开会"), path="on"),
    ),
    columns=(
        ListColumn(
            code="meeting",
            label=pgettext_lazy("several", "会议"),
            is_wide=True,
            cell=_meeting,
            file=(
                FileColumn(label=pgettext_lazy("several", "会议"), value=lambda row: meeting_name(row.of)),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
                FileColumn(label=gettext_lazy("地点"), value=lambda row: row.of.place),
            ),
        ),
        ListColumn(code="on", label=gettext_lazy("日期"), sort="on", is_whole=True, cell=lambda row: row.of.on),
        ListColumn(code="items", label=gettext_lazy("议题"), is_numeric=True, cell=lambda row: row.items),
        ListColumn(code="open", label=gettext_lazy("待决定"), is_numeric=True, cell=lambda row: row.open),
        ListColumn(code="minutes", label=gettext_lazy("纪要号"), is_told=True, cell=lambda row: row.of.minutes_number),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=_meeting_state),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有会议"), text=_("要上会的事项列入议程，会后逐件记下决定。"), begin=begin_meeting(asked)
    ),
)


# ── publicity ───────────────────────────────────────────────────────────────────────────────────────────────────────


class PublicityRow(NamedTuple):
    """A publicity, its cases, what was said against it, and how much of that has no answer."""

    of: Publicity
    items: int
    objections: int
    open: int


def publicity_tag(shown: Publicity, open_count: int) -> tuple[str, str]:
    """The tag of where a publicity stands today."""
    if open_count:
        return "ambiguous", _("异议待答复")
    return ("public", _("公示中")) if timezone.localdate() <= shown.until else ("confirmed", _("已期满"))


def _publicity(asked: ListRequest, found: Sequence[Publicity]) -> list[PublicityRow]:
    counts = publicity.counts_of([each.pk for each in found])
    return [PublicityRow(each, *counts.get(each.pk, (0, 0, 0))) for each in found]


def _of_state(code: str) -> Q:
    today = timezone.localdate()
    return {
        "open": Q(pk__in=publicity.with_open_objections()),
        "shown": Q(until__gte=today),
        "over": Q(until__lt=today),
    }.get(code, Q())


def _publicity_state(row: PublicityRow) -> ListedCell:
    code, words = publicity_tag(row.of, row.open)
    return ListedCell(words, state=code)


PUBLICITY = DeclaredList(
    code="publicity",
    title=gettext_lazy("公示"),
    lead=gettext_lazy("成批公示，按工作日推算期满；异议答复以前，事项不能往下办。"),
    url_name="casework:publicity-list",
    permission=CasePermission.READ,
    of_bureau=True,
    rows=lambda asked: publicity.publicity_seen(asked.reader).select_related("region"),
    load=_publicity,
    order="-days",
    leading=2,
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(label=gettext_lazy("标题"), narrow=lambda text: Q(title__icontains=text)),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [("open", _("异议待答复")), ("shown", _("公示中")), ("over", _("已期满"))],
            narrow=_of_state,
        ),
        RegionFilter(),
        DayFilter(name="until", label=gettext_lazy("公示截止"), path="until"),
    ),
    columns=(
        ListColumn(
            code="title",
            label=gettext_lazy("公示"),
            sort="title",
            is_wide=True,
            cell=lambda row: ListedCell(
                row.of.title, reverse("casework:publicity", args=[row.of.key]), row.of.region.name
            ),
            file=(
                FileColumn(label=gettext_lazy("标题"), value=lambda row: row.of.title),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
            ),
        ),
        ListColumn(
            code="days",
            label=gettext_lazy("起止"),
            sort="until",
            is_whole=True,
            is_told=True,
            cell=lambda row: f"{row.of.since} – {row.of.until}",
            file=(
                FileColumn(label=gettext_lazy("公示开始"), value=lambda row: row.of.since),
                FileColumn(label=gettext_lazy("公示截止"), value=lambda row: row.of.until),
            ),
        ),
        ListColumn(code="items", label=gettext_lazy("事项"), is_numeric=True, cell=lambda row: row.items),
        ListColumn(code="objections", label=gettext_lazy("异议"), is_numeric=True, cell=lambda row: row.objections),
        ListColumn(code="state", label=gettext_lazy("状态"), is_whole=True, cell=_publicity_state),
    ),
    empty=lambda asked: EmptyList(title=_("还没有公示"), text=_("走到要公示的一步的事项，成批在这里公示。")),
)


# ── notices ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class NoticeRow(NamedTuple):
    """A notice, how many got it, how many of them signed, and whether it waits for the reader."""

    of: CaseNotice
    sent: int
    signed: int
    waits: bool


def begin_notice(asked: ListRequest) -> tuple[str, str] | None:
    """Where the reader sends one."""
    may = home_regions(asked.reader, *PREPARES)
    return (reverse("casework:notice-new"), _("发通知")) if may else None


def _notices(asked: ListRequest, found: Sequence[CaseNotice]) -> list[NoticeRow]:
    keys = [each.pk for each in found]
    counts, unsigned = notices.receipt_counts(keys), notices.unsigned(asked.reader, keys)
    return [NoticeRow(each, *counts.get(each.pk, (0, 0)), each.pk in unsigned) for each in found]


def _signed(asked: ListRequest) -> list[ListColumn]:
    """Who signed is the bureau's to know."""
    if not home_regions(asked.reader, *PREPARES):
        return []
    return [
        ListColumn(
            code="signed",
            label=gettext_lazy("签收"),
            is_told=True,
            is_whole=True,
            cell=lambda row: f"{row.signed}/{row.sent}",
        )
    ]


def _asked(row: NoticeRow) -> ListedCell:
    """What is asked of whoever got it: a signature, an answer until a day."""
    if row.waits:
        return ListedCell(_("待签收"), state="ambiguous")
    return ListedCell(row.of.answer_until.isoformat() if row.of.answer_until else "")


NOTICES = DeclaredList(
    code="notices",
    title=gettext_lazy("通知"),
    lead=gettext_lazy("收到的人在系统里签收；谁没有签收，一看就知道。"),
    url_name="casework:notice-list",
    permission=CasePermission.READ,
    rows=lambda asked: notices.notices_seen(asked.reader).select_related("region"),
    load=_notices,
    further=_signed,
    order="-sent",
    is_fictional=lambda row: row.of.is_fictional,
    filters=(
        SearchFilter(
            label=gettext_lazy("标题或文号"),
            narrow=lambda text: Q(title__icontains=text) | Q(document_number__icontains=text),
        ),
        RegionFilter(),
        DayFilter(name="sent", label=gettext_lazy("发出"), path="sent_at__date"),
    ),
    columns=(
        ListColumn(
            code="title",
            label=gettext_lazy("通知"),
            sort="title",
            is_wide=True,
            cell=lambda row: ListedCell(
                row.of.title,
                reverse("casework:notice", args=[row.of.key]),
                " · ".join(filter(None, [row.of.region.name, row.of.document_number])),
            ),
            file=(
                FileColumn(label=gettext_lazy("通知"), value=lambda row: row.of.title),
                FileColumn(label=gettext_lazy("区划"), value=lambda row: row.of.region.name),
                FileColumn(label=gettext_lazy("文号"), value=lambda row: row.of.document_number),
            ),
        ),
        ListColumn(
            code="sent",
            label=gettext_lazy("发出"),
            sort="pk",
            is_indexed=True,
            is_whole=True,
            cell=lambda row: timezone.localtime(row.of.sent_at).date(),
        ),
        ListColumn(code="answer", label=gettext_lazy("回执"), is_whole=True, is_told=True, cell=_asked),
    ),
    empty=lambda asked: EmptyList(
        title=_("还没有通知"),
        text=_("发给单位和本局人员的通知，谁签收了、怎样回复，都列在这里。"),
        begin=begin_notice(asked),
    ),
)
