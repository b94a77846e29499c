"""Forms on paper, blank and filled. What is asked comes from the form, what is shown from what its reader sees."""

from collections.abc import Collection
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.casework import showing
from xingke.casework.models import CaseStep
from xingke.casework.queries.lists import whose_name
from xingke.casework.queries.personal import sealed_seen
from xingke.casework.queries.seen import CaseSeen
from xingke.casework.queries.words import CaseWords
from xingke.casework.rules.forms import CaseForm
from xingke.casework.rules.papers import blank_paper, filled_paper
from xingke.casework.sheets import choices_of
from xingke.press.tree import DocumentTree


def blank_of(form: CaseForm, user: User, *, audiences: Collection[str], is_fictional: bool) -> DocumentTree:
    """A form to be filled in by hand."""
    return blank_paper(
        form,
        choices=choices_of,
        words=CaseWords(user, ()),
        language=get_language() or "zh",
        audiences=audiences,
        key=str(uuid5(NAMESPACE_URL, f"form:{form.code}:{form.version}")),
        is_fictional=is_fictional,
    )


def filled_of(seen: CaseSeen, row: CaseStep, form: CaseForm, user: User) -> DocumentTree:
    """A form as a step answered it, as far as somebody sees it; what is personal stays sealed."""
    case, language = seen.read.case, get_language() or "zh"
    sealed = sealed_seen(seen).get(row.number)
    values = {**row.answers, **dict.fromkeys(sealed.fields if sealed is not None else (), _("已封存"))}
    said = [(form.named[name], value) for name, value in row.answers.items() if name in form.named]
    facts = [
        (_("业务"), seen.read.flow.label.in_language(language)),
        (_("编号"), case.number),
        (_("单位或人员"), whose_name(user, case)),
        (_("填写"), showing.taker_words(row)),
        (_("日期"), row.on.isoformat()),
    ]
    return filled_paper(
        form,
        values,
        facts=[(label, text) for label, text in facts if text],
        words=CaseWords(user, said, row.files.select_related("attachment")),
        language=language,
        audiences=seen.audiences,
        key=str(uuid5(NAMESPACE_URL, f"case:{case.key}:{row.number}")),
        is_fictional=case.is_fictional,
    )
