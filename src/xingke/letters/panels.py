"""What the page of a case shows of letters and of links for outsiders."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.templatetags.xk import moment
from xingke.casework.queries import CaseRead
from xingke.casework.showing import step_word
from xingke.letters import queries
from xingke.letters.models import OutsideLink
from xingke.letters.queries import links
from xingke.letters.rules.links import LinkEnd


def letters(user: User, read: CaseRead) -> Mapping[str, Any] | None:
    """The letters that were issued, and those the reader may issue now; None where there are neither."""
    rows, language = queries.letters_of(user, read), get_language() or "zh"
    offered = [
        {
            "label": step.label.in_language(language),
            "url": f"{reverse('letters:letter-issue', args=[read.flow.code, step.code])}?case={read.case.key}",
            "why": "" if each.answer.allowed else str(each.answer.reason),
        }
        for step, each in queries.letters_to_write(user, read, now=timezone.now())
    ]
    return {"rows": rows, "offered": offered} if rows or offered else None


def outside(user: User, read: CaseRead) -> Mapping[str, Any] | None:
    """The links that were made, for whoever may make one; None where there are none and none can be made."""
    if not links.may_make(user, read):
        return None
    rows, choices = links.links_of(read), links.choices(user, read)
    if not rows and not choices:
        return None
    language = get_language() or "zh"
    return {
        "rows": [
            {
                "of": row,
                "step": step_word(read.flow, row.step),
                "party": links.role_label(read, row.role, language),
                "state": state_words(row),
                "is_open": not row.ended and row.until > timezone.now(),
            }
            for row in rows
        ],
        "new_url": reverse("letters:link-new", args=[read.case.key]) if choices else "",
    }


def state_words(row: OutsideLink) -> str:
    """How a link stands, in words."""
    when = moment(row.ended_at or row.until)
    match row.ended:
        case LinkEnd.USED:
            return _("%(when)s 已办理") % {"when": when}
        case LinkEnd.REVOKED:
            return _("%(when)s 由%(by)s收回") % {"when": when, "by": row.ended_by}
        case LinkEnd.TRIES:
            return _("%(when)s 验证码输错太多次，已关闭") % {"when": when}
    return (_("%(when)s 前有效") if row.until > timezone.now() else _("%(when)s 已过期")) % {"when": when}
