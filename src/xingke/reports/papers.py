"""A document as a page: its paper, in which every figure leads to what is known of it."""

from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xingke.base.periods import Period
from xingke.base.templatetags.xk import period as period_words
from xingke.press import html
from xingke.press.tree import Chip, Mention
from xingke.registry.rules import Scope
from xingke.reports import queries
from xingke.reports.models import Document
from xingke.reports.queries.checking import CheckedDocument

NOBODY = Scope()


def paper(
    shown: Document, checked: CheckedDocument | None = None, readable: Scope = NOBODY, *, figure: str = "reports:figure"
) -> SafeString:
    """The document as HTML, its figures as chips that lead to their evidence, its names as links for whoever may read records.

    figure: the name of a figure's address.
    """
    template = get_template("components/chip.html")
    period = period_words(Period.parse(shown.period))
    drifted = checked.drifted if checked else {}

    def chip(placed: Chip) -> str:
        words = _("%(label)s，%(period)s") % {"label": placed.label, "period": period}
        return template.render(
            {
                "text": placed.text,
                "url": reverse(figure, args=[placed.figure]),
                "status": "drifted" if placed.slot in drifted else "known",
                "title": words,
            }
        ).strip()

    def mention(named: Mention) -> str:
        if not readable.covers(shown.region.path):
            return html.name(named)
        address = reverse("ledger:record", args=[named.kind, named.record])
        return format_html('<a class="mention" href="{}">{}</a>', address, named.text)

    tree = queries.tree_of(shown)
    return mark_safe(html.render(tree, chip, mention))  # render escapes everything but the chips and names
