"""What the pages of a case say: where it stands, what was answered, what was done, and what a step will do."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.templatetags.xk import day
from xingke.casework import queries
from xingke.casework.models import Case, CaseFile, CaseSealed, CaseStep
from xingke.casework.queries import clock_of, definitions_of
from xingke.casework.queries.kept import drafts_of
from xingke.casework.queries.lists import sees_standing
from xingke.casework.queries.offers import StepOffered, flow_to_open
from xingke.casework.queries.seen import CaseSeen, is_seen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.clocks import Light
from xingke.casework.rules.flows import CLOCK, CORRECT, GOOD_ENDS, PARTY, CaseEnd, Flow, FlowStep, Limit, Through
from xingke.casework.rules.forms import NUMBERS, PREFILLS, CaseForm, FieldType
from xingke.casework.rules.shown_answers import ShownAnswer, show
from xingke.casework.rules.stepping import RESERVED_WORDS, in_place_of
from xingke.ledger.tables import TABLES
from xingke.ledger.words import kind_word
from xingke.registry.queries.calendars import work_calendar

TONES = {Light.GREEN: "calm", Light.YELLOW: "warn", Light.RED: "bad"}
DRAFTS_SHOWN = 10


def end_word(end: str) -> str:
    """How a case ended, in words."""
    return {
        CaseEnd.GRANTED: _("已同意"),
        CaseEnd.REFUSED: _("未同意"),
        CaseEnd.DONE: _("已办结"),
        CaseEnd.PASSED_ON: _("已转出"),
        CaseEnd.LAPSED: _("逾期终结"),
        CaseEnd.WITHDRAWN: _("已撤回"),
        CaseEnd.TERMINATED: _("已终止"),
    }[CaseEnd(end)]


def step_word(flow: Flow, code: str) -> str:
    """What a step is called."""
    label = flow.steps[code].label if code in flow.steps else RESERVED_WORDS[code]
    return label.in_language(get_language() or "zh")


def title_of(case: Case, flow: Flow) -> str:
    """What a case is called; one that has no name of its own, by whose it is and its business."""
    if case.title != flow.label.zh:
        return case.title
    word = flow.label.in_language(get_language() or "zh")
    return f"{case.organisation.name}  {word}" if case.organisation is not None else word


def standing_tag(seen: CaseSeen) -> dict[str, str]:
    """The mark that says where a case stands, or how it ended: tone and words."""
    if ended := seen.read.last.ended:
        return {"tone": "good" if CaseEnd(ended) in GOOD_ENDS else "quiet", "words": end_word(ended)}
    if seen.stands is None:
        return {"tone": "plain", "words": _("办理中")}
    return {"tone": "brand", "words": seen.stands.label.in_language(get_language() or "zh")}


def due_words(due: datetime | None, *, is_over: bool, today: date, seen: CaseSeen) -> dict[str, str] | None:
    """Until when the next step must follow, and how many working days are left; None where nothing is due."""
    if due is None or is_over:
        return None
    last = timezone.localtime(due).date()
    if timezone.localtime(due) < timezone.localtime():
        return {"tone": "bad", "words": _("已超期（应于%(day)s前办）") % {"day": day(last)}}
    left = work_calendar(seen.read.case.region).worked_between(today, last)
    tone = "warn" if left <= 2 else "calm"
    words = _("今天到期") if last == today else _("还剩 %(n)d 个工作日（%(day)s）") % {"n": left, "day": day(last)}
    return {"tone": tone, "words": words + (_("，按周末估算") if seen.read.last.is_guessed else "")}


def clock_words(seen: CaseSeen, *, today: date) -> dict[str, Any] | None:
    """How the clock of the whole stands; None where the flow has no limit."""
    clock = clock_of(seen.read, today=today)
    if clock is None or clock.due is None:
        return None
    light = clock.light(today, work_calendar(seen.read.case.region))
    if clock.allowed is not None:
        words = _("用了 %(used)d 个工作日，共 %(allowed)d 个") % {"used": clock.used, "allowed": clock.allowed}
    else:
        words = _("用了 %(used)d 个工作日，到%(day)s为止") % {"used": clock.used, "day": day(clock.due.day)}
    if clock.is_paused and clock.stopped is None:
        words += _("，现在暂停计时")
    return {"tone": TONES[light], "words": words}


def line_of(user: User, step: CaseStep) -> dict[str, Any]:
    """A case in one line. step: its newest."""
    case, flow = step.case, definitions_of(step.case).flow
    known = flow.steps.get(step.stands)
    sees = known is None or sees_standing(user, known.seen_by, step)
    return {
        "title": case.title,
        "flow": flow.label.in_language(get_language() or "zh"),
        "stands": step_word(flow, step.stands) if sees else _("办理中"),
        "ended": end_word(step.ended) if step.ended else "",
        "is_good": step.ended in GOOD_ENDS,
        "assignee": step.assignee.name if step.assignee and not step.ended and sees else "",
        "opened": timezone.localtime(case.opened_at).date(),
        "url": reverse("casework:case", args=[case.key]),
    }


# ── what was answered ───────────────────────────────────────────────────────────────────────────────────────────────


def answered(
    seen: CaseSeen,
    words: CaseWords,
    *,
    may_correct: bool,
    sealed: Mapping[int, CaseSealed],
    opened: Mapping[tuple[int, str], str],
) -> Iterator[dict[str, Any]]:
    """The forms that were filled in, as they stand: each with its answers in words, and where what was filled in is from.

    may_correct: whether the reader may correct what others filled in. sealed: what is personal, by the number of its step; opened: what of
    it the reader has just opened.
    """
    language = get_language() or "zh"
    for row, form in seen.forms():
        personal = _personal(row.number, sealed, opened)
        files = {each.attachment.digest: each for each in row.files.all()}
        pages = [
            {
                "label": page.page.label.in_language(language),
                "answers": [_answer(seen, row, each, files, language) for each in page.answers],
            }
            for page in show(form, {**row.answers, **personal}, words, audiences=seen.audiences)
        ]
        if pages:
            yield {
                "code": form.code,
                "label": form.label.in_language(language),
                "version": form.version,
                "correct_url": correct_url(seen, row)
                if may_correct and seen.taker.user not in (row.taken_by_id, row.vouched_by_id)
                else "",
                "pages": pages,
                "is_long": len(form.pages) > 1,
            }


def drafts_begun(user: User) -> list[dict[str, Any]]:
    """What somebody began to fill in and can go on with, of cases they see still, the newest first; ten at most."""
    found: list[dict[str, Any]] = []
    for each in drafts_of(user, now=timezone.now())[:DRAFTS_SHOWN]:
        language = get_language() or "zh"
        if each.case is None:
            flow = flow_to_open(user, each.flow)
            if flow is None:
                continue
            parts = each.whose.split()
            asked = {"organisation": parts.pop(0)} if flow.is_own and parts else {}
            asked |= {"call": parts[0]} if parts else {}
            url = f"{reverse('casework:case-new', args=[each.flow])}?{urlencode(asked)}".rstrip("?")
            found.append({"title": flow.flow.label.in_language(language), "url": url, "saved_at": each.saved_at})
        elif queries.cases_seen(user).filter(pk=each.case.pk).exists():
            step, _dash, number = each.step.partition("-")
            url = reverse("casework:step-take", args=[each.case.key, step]) + (f"?of={number}" if number else "")
            found.append({"title": f"{each.case.title} {each.case.number}", "url": url, "saved_at": each.saved_at})
    return found


def answered_before(user: User, seen: CaseSeen, asked: CaseForm | None) -> list[dict[str, Any]]:
    """What other forms of a case were answered with, for whoever answers one more; what is sealed stays so."""
    prefetch_related_objects(list(seen.steps), "files__attachment")
    files = [file for step in seen.steps for file in step.files.all()]
    words = CaseWords(user, [(seen.read.definitions.asked[name], value) for name, value in seen.answers.items()], files)
    found = answered(seen, words, may_correct=False, sealed={}, opened={})
    return [each for each in found if asked is None or each["code"] != asked.code]


def said_last(seen: CaseSeen) -> dict[str, str] | None:
    """The words of the step that was taken last, where it has any: why something was sent back."""
    row = next((step for step in seen.steps if step.number == seen.read.last.number), None)
    if row is None or not row.opinion:
        return None
    return {"word": step_word(seen.read.flow, row.step), "opinion": row.opinion, "by": taker_words(row)}


def _personal(number: int, sealed: Mapping[int, CaseSealed], opened: Mapping[tuple[int, str], str]) -> dict[str, str]:
    """What is said of the personal answers of a step: that they are sealed, or what they are where they were just opened."""
    if number not in sealed:
        return {}
    closed = _("已封存") if sealed[number].sealed else _("已删除")
    return {name: opened.get((number, name), closed) for name in sealed[number].fields}


def correct_url(seen: CaseSeen, row: CaseStep) -> str:
    """Where what a step answered is corrected."""
    return f"{reverse('casework:step-take', args=[seen.read.case.key, CORRECT])}?of={row.number}"


def _answer(
    seen: CaseSeen, row: CaseStep, each: ShownAnswer, files: Mapping[str, CaseFile], language: str
) -> dict[str, Any]:
    asked, value = each.asked, row.answers.get(each.asked.name)
    found: dict[str, Any] = {
        "label": asked.label.in_language(language),
        "words": str(each.words),
        "numeric": asked.type in NUMBERS,
        "source": str(PREFILLS[asked.prefill]) if asked.name in row.prefilled and asked.prefill else "",
        "is_personal": asked.personal,
    }
    if asked.type is FieldType.FILE:
        found["files"] = [
            {
                "name": files[digest].attachment.name,
                "size": files[digest].attachment.size,
                "url": reverse(
                    "casework:case-file",
                    args=[seen.read.case.key, files[digest].pk, files[digest].attachment.name],
                ),
            }
            for digest in value or ()
            if digest in files
        ]
    if each.rows:
        found["heads"] = [
            {"label": column.label.in_language(language), "numeric": column.type in NUMBERS} for column in asked.columns
        ]
        found["rows"] = [
            [
                {"words": str(cell), "numeric": column.type in NUMBERS}
                for cell, column in zip(cells, asked.columns, strict=True)
            ]
            for cells in each.rows
        ]
    return found


# ── what was done, and what comes ───────────────────────────────────────────────────────────────────────────────────


def history(seen: CaseSeen) -> list[dict[str, Any]]:
    """The steps that were taken, oldest first, with the records they filed."""
    return [
        {
            "word": step_word(seen.read.flow, row.step),
            "corrects": row.corrects or "",
            "by": taker_words(row),
            "on": row.on,
            "at": row.taken_at,
            "opinion": row.opinion,
            "assignee": row.assignee.name if row.assignee and _assigned(seen, row) else "",
            "digest": row.digest,
            "number": row.number,
            "filed": [
                {"word": kind_word(filed.kind), "url": reverse("ledger:record", args=[filed.kind, filed.record])}
                for filed in row.filed.all()
                if filed.kind in TABLES
            ],
            "tone": _tone(row),
        }
        for row in seen.steps
    ]


def taker_words(row: CaseStep) -> str:
    """Who took a step, by whose link, or in whose place."""
    if row.vouched_by is not None:
        return _("%(name)s（凭外部链接，%(by)s发出）") % {"name": row.outsider, "by": row.vouched_by.name}
    if row.taken_by is None:
        return _("系统按期限自动办理")
    if row.in_place_of is None:
        return row.taken_by.name
    return _("%(b)s 代 %(a)s") % {"b": row.taken_by.name, "a": row.in_place_of.name}


def _assigned(seen: CaseSeen, row: CaseStep) -> bool:
    """Whether a step named somebody: those after it keep who was named."""
    before = next((step for step in seen.read.steps if step.number == row.number - 1), None)
    return row.assignee_id != (before.assignee_id if before is not None else None)


def _tone(row: CaseStep) -> str:
    if not row.ended:
        return "brand"
    return "good" if CaseEnd(row.ended) in GOOD_ENDS else "plain"


def consequence(seen: CaseSeen, offered: StepOffered) -> str:
    """What taking a step will do, said before it is taken."""
    step = offered.step
    if step is None:
        return ""
    language = get_language() or "zh"
    given = seen.read.last.assignee
    stands_in = bool(seen.taker.stands_in) and in_place_of(seen.read.state, offered.code, seen.taker) is not None
    parts = [
        _("记为您代 %(name)s 办") % {"name": given.name} if given is not None and stands_in else "",
        _("登记台账：%(kinds)s") % {"kinds": _("、").join(dict.fromkeys(kind_word(each.kind) for each in step.files))}
        if step.files
        else "",
        _end_or_next(seen, step, language),
    ]
    said = _("；").join(each for each in parts if each)
    return _("办理后：%(what)s。") % {"what": said} if said else ""


def _end_or_next(seen: CaseSeen, step: FlowStep, language: str) -> str:
    if step.ends is not None:
        return _("这件事办结（%(end)s）") % {"end": end_word(step.ends)}
    flow = seen.read.flow
    following = [
        flow.steps[code]
        for code in step.next
        if set(flow.steps[code].by) != {CLOCK} and is_seen(flow.steps[code].seen_by, seen.audiences)
    ]
    said = _("、").join(each.label.in_language(language) for each in following)
    found = _("接着可以“%(steps)s”") % {"steps": said} if said else ""
    if step.due is not None and (limit := limit_words(step.due)):
        found += _("，限 %(limit)s") % {"limit": limit}
    if step.due is not None and step.late and step.late in flow.steps:
        found += _("，逾期按“%(step)s”处理") % {"step": flow.steps[step.late].label.in_language(language)}
    return found


def limit_words(limit: Limit) -> str:
    """How long something may take, in words; empty for one that a form says."""
    if limit.working_days is not None:
        return _("%(n)d 个工作日") % {"n": limit.working_days}
    if limit.days is not None:
        return _("%(n)d 天") % {"n": limit.days}
    if limit.months is not None:
        return _("%(n)d 个月") % {"n": limit.months}
    return _("%(n)d 小时") % {"n": limit.hours} if limit.hours is not None else ""


def who_words(flow: Flow, step: FlowStep) -> str:
    """Who may take a step, in words."""
    language = get_language() or "zh"
    parties = {f"{PARTY}{each.role}": each.label.in_language(language) for each in flow.parties}
    named = [parties[name] for name in step.by if name in parties]
    if any(name not in parties and name not in (CLOCK, "opener", "assignee") for name in step.by):
        named.append(_("科技部门"))
    return _("、").join(named)


def waits_on(seen: CaseSeen) -> str:
    """On whom a case waits that the reader can do nothing with now, and for what; empty where it is over, or where that is hidden."""
    if seen.read.last.ended or seen.stands is None:
        return ""
    flow, language = seen.read.flow, get_language() or "zh"
    following = [flow.steps[code] for code in seen.stands.next if is_seen(flow.steps[code].seen_by, seen.audiences)]
    until = seen.read.publicity.until
    if seen.stands.through is Through.PUBLICITY and until is not None and timezone.localdate() <= until:
        return _("公示到%(day)s为止，期满后才能往下办。") % {"day": day(until)}
    common = [step for step in following if step.through is not None]
    if common and not seen.taker.roles:  # somebody of the bureau, who can go there
        said = _("、").join(step.label.in_language(language) for step in common)
        return _("接着由%(act)s办：%(steps)s。") % {"act": through_word(common[0].through), "steps": said}
    who = list(dict.fromkeys(word for step in following if (word := who_words(flow, step))))
    return _("现在等%(who)s办理，您不用做什么。") % {"who": _("、").join(who)} if who else ""


def still_to_come(seen: CaseSeen) -> list[dict[str, str]]:
    """The straight way on from where a case stands to a good end, as the flow says it: what is usually still to come."""
    if seen.read.last.ended or seen.stands is None:
        return []
    flow, way = seen.read.flow, _straight(seen.read.flow, seen.read.last.stands)
    language = get_language() or "zh"
    return [
        {
            "word": flow.steps[code].label.in_language(language),
            "by": _by(flow, flow.steps[code], language),
        }
        for code in way
        if is_seen(flow.steps[code].seen_by, seen.audiences)
    ]


def _by(flow: Flow, step: FlowStep, language: str) -> str:
    """By which common act a step is taken, where its name does not say so itself, or by whom."""
    through = through_word(step.through)
    return through if through and through not in step.label.in_language(language) else who_words(flow, step)


def through_word(through: Through | None) -> str:
    """By which common act a step is taken; empty for none."""
    words = {
        Through.MEETING: _("会议"),
        Through.PUBLICITY: _("公示"),
        Through.PAYMENT: _("拨付"),
        Through.LETTER: _("文书"),
    }
    return words[through] if through is not None else ""


def _straight(flow: Flow, start: str) -> list[str]:
    """The shortest way to an end that grants or finishes."""
    ways = [[start]] if start in flow.steps else []
    seen = {start}
    while ways:
        way = ways.pop(0)
        step = flow.steps[way[-1]]
        if step.ends in GOOD_ENDS:
            return way[1:]
        for code in step.next:
            if code not in seen:
                seen.add(code)
                ways.append([*way, code])
    return []


def origin(user: User, key: str) -> tuple[str, str]:
    """Where a record came from that a case filed: the case by its flow and number, and its page for who sees it."""
    try:
        case = queries.cases_seen(user).filter(key=UUID(key)).first()
    except ValueError:
        return key, ""
    if case is None:
        return _("业务办理"), ""
    word = queries.definitions_of(case).flow.label.in_language(get_language() or "zh")
    return f"{word} {case.number}".strip(), reverse("casework:case", args=[case.key])
