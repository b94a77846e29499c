"""What other pages say of substitutes and links: the panel of a case, the workbench, the bell."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.noticing import NoticeKind
from xingke.base.panels import Panel
from xingke.base.sayings import say
from xingke.base.tasks import Duty, Task
from xingke.base.templatetags.xk import day
from xingke.casework import showing
from xingke.casework.actions.substitutes import NAMED
from xingke.casework.permissions import CasePermission
from xingke.casework.queries import CaseRead
from xingke.casework.queries.links import links_seen, may_link
from xingke.casework.queries.seen import CaseSeen
from xingke.casework.queries.substitutes import own_substitutions
from xingke.casework.rules.links import LINK_WORDS


def _links(user: User, read: CaseRead) -> dict[str, Any] | None:
    """The links of a case as its page shows them; None where there are none the reader sees or may make."""
    rows = [
        {"word": str(LINK_WORDS[each.kind]), "pk": each.link.pk, **_line(each.other)}
        for each in links_seen(user, read.case)
    ]
    may = may_link(user, read)
    return {"rows": rows, "may": may, "key": read.case.key} if rows or may else None


def _line(seen: CaseSeen) -> dict[str, Any]:
    case, flow = seen.read.case, seen.read.flow
    return {
        "title": showing.title_of(case, flow),
        "number": case.number,
        "flow": flow.label.in_language(get_language() or "zh"),
        "tag": showing.standing_tag(seen),
        "url": reverse("casework:case", args=[case.key]),
    }


def _standing_in(user: User) -> Iterator[Task]:
    """Who stands in for somebody, and for whom they stand in, with the days that are left."""
    today, url = timezone.localdate(), reverse("casework:substitute-list")
    for each in own_substitutions(user, today):
        left, until = (each.until - today).days + 1, day(each.until)
        if each.user_id == user.pk:
            note = _("到%(day)s为止；交您办的事项也等着他办，提醒也发给他") % {"day": until}
            yield Task(_("%(name)s 正在代您（AB 岗），还有") % {"name": each.substitute.name}, left, _("天"), url, note)
        else:
            note = _("到%(day)s为止；交他办的事项在“待我办的事项”里") % {"day": until}
            yield Task(_("您正在代 %(name)s（AB 岗），还有") % {"name": each.user.name}, left, _("天"), url, note)


PANELS = (Panel(page="case", code="linked", template="casework/case_links.html", context=_links, order=80),)
DUTIES = (Duty(code="substitutes", permission=CasePermission.READ, find=_standing_in, order=27, is_theirs=False),)
KINDS = (NoticeKind(code=NAMED, word=say("AB 岗有变动"), address=lambda key: reverse("casework:substitute-list")),)
