"""Letters: issuing them. A letter and the step it is issued with are one act; of several cases each stands or falls alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from xingke.accounts.acts import Act, act, taken_back
from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.casework import queries as casework
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.actions.keeping import next_number
from xingke.casework.models import Case, CaseStep
from xingke.casework.queries import CaseRead
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.flows import Through
from xingke.casework.rules.forms import FieldType
from xingke.casework.rules.shown_answers import in_words
from xingke.letters import queries
from xingke.letters.models import CaseLetter
from xingke.letters.queries import MOST
from xingke.letters.rules.papers import code_of, day_words, paper_of, said_by
from xingke.letters.rules.templates import ASKED, LetterTemplate
from xingke.press import docx_writer, tree
from xingke.registry.queries import Loaded


@dataclass(frozen=True)
class LettersIssued:
    """What became of the cases, each in the order they were given: the letters, and why the others have none."""

    letters: Sequence[CaseLetter]
    refused: Sequence[tuple[Case, Refused]]


def issue_letters(
    *, cases: Sequence[tuple[Case, int]], step: str, opinion: str = "", by: User, now: datetime
) -> LettersIssued:
    """Issue the letter of a step to each of some cases, and take the step with it. cases: with the number of the last step seen of each.

    A second press gives the letters of the first. Raises Refused for none and too many; what a case refuses is in what is returned.
    """
    if not cases:
        raise Refused(say("请先选定要出具文书的事项。"))
    if len(cases) > MOST:
        raise Refused(say("一次最多出具%(most)s份，选定了%(there)s件；请分几次办。", most=MOST, there=len(cases)))
    letters: list[CaseLetter] = []
    refused: list[tuple[Case, Refused]] = []
    with act(by=by, now=now, code="letters.issued", kind="letter", target=step) as done:
        done.lock()
        for case, seen in cases:
            wanted = StepWanted(step=step, opinion=opinion, through=Through.LETTER)
            try:
                letters.append(_issue(case, seen, wanted, by=by, now=now))
            except Refused as refusal:
                refused.append((case, refusal))
        if done.is_empty:
            done.nothing()
        else:
            done.says(count=len(letters), step=step, not_done=len(refused))
    return LettersIssued(letters, refused)


def letter_as_it_would_be(*, case: Case, seen: int, step: str, opinion: str, by: User, now: datetime) -> CaseLetter:
    """The letter that would be issued now, with the number it would get; nothing is written. Raises Refused like issuing it."""
    with taken_back():
        wanted = StepWanted(step=step, opinion=opinion, through=Through.LETTER)
        return _issue(case, seen, wanted, by=by, now=now)


def _issue(case: Case, seen: int, wanted: StepWanted, *, by: User, now: datetime) -> CaseLetter:
    with act(by=by, now=now, code="letter.issued", kind="case", target=str(case.key)) as done:
        done.lock()
        found = queries.template_for(case, wanted.step)
        if found is None:
            raise Refused(say("“%(step)s”还没有文书的样式，请先在规则包里写好。", step=wanted.step))
        row = take_step(case=case, wanted=wanted, seen=seen, by=by, now=now)
        if (there := CaseLetter.objects.filter(step=row).first()) is not None:  # pressed twice
            done.nothing()
            return there
        letter = _write(casework.case_read(case, now=now), row, found, done)
        done.says(number=letter.number, letter=letter.code, step=row.step)
    return letter


def _write(read: CaseRead, row: CaseStep, found: Loaded, done: Act) -> CaseLetter:
    template: LetterTemplate = found.value
    case, local = read.case, timezone.localtime(done.now)
    number = next_number(template.number, f"letter:{template.code}", case.region, local, done)
    bureau = template.issuer.replace("{region}", case.region.name)
    with translation.override("zh-hans"):  # a letter is Chinese, whoever presses the button
        values = {**values_of(read, row), "number": number, "bureau": bureau}
        plain = template.filled({**values, "check_code": "-"}, read.definitions.asked)
        said = said_by(plain, number=number, bureau=bureau, day=row.on)
        code = code_of(salted_hmac("xingke.letters", said, algorithm="sha256").digest())
        text = template.filled({**values, "check_code": code}, read.definitions.asked)
        key = new_key()
        paper = paper_of(
            text,
            key=str(key),
            number=number,
            bureau=bureau,
            day=row.on,
            check_code=code,
            where=f"{settings.SITE}{reverse('letters:check')}",
            is_fictional=case.is_fictional,
        )
    data = docx_writer.write(paper, proof=None)
    step = read.flow.steps[row.step]
    return CaseLetter.objects.create(
        key=key,
        code=template.code,
        definition=found.hash,
        step=row,
        case=case,
        region=case.region,
        number=number,
        title=text.title[:200],
        to=text.to[:200],
        day=row.on,
        tree=tree.to_json(paper),
        paper=data,
        digest=hashlib.sha256(data).hexdigest(),
        check_code=code,
        is_for_all=not step.seen_by,
        is_fictional=case.is_fictional,
        issued_at=done.now,
        issued_by=done.account,
        seq=done.seq,
    )


def values_of(read: CaseRead, row: CaseStep) -> dict[str, str]:
    """What a letter can name of a case, by place; what nobody said is empty."""
    case, asked = read.case, read.definitions.asked
    due = timezone.localtime(row.due).date() if row.due is not None else None
    values = {
        "region": case.region.name,
        "flow": read.flow.label.zh,
        "case_number": case.number,
        "title": case.title,
        "organisation": case.organisation.name if case.organisation else "",
        "credit_code": (case.organisation.credit_code or "") if case.organisation else "",
        "opened": day_words(timezone.localtime(case.opened_at).date()),
        "step": read.flow.steps[row.step].label.zh,
        "opinion": row.opinion,
        "day": day_words(row.on),
        "due": day_words(due) if due is not None else "",
    }
    said = {name: (asked[name], value) for name, value in read.answers.items() if name in asked and asked[name].listed}
    words = CaseWords(None, list(said.values()))
    days = casework.days_in(asked, read.answers)
    for name, (each, value) in said.items():
        is_day = each.type is FieldType.DAY and name in days
        values[f"{ASKED}{name}"] = day_words(days[name]) if is_day else str(in_words(each, value, words))
    return values
