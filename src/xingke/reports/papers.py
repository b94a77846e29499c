"""A document as a page: its paper, in which every figure leads to what is known of it."""

from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xingke.base.periods import Period
from xingke.base.press import html
from xingke.base.press.tree import Chip
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators.rules import Indicator
from xingke.indicators.wording import language
from xingke.reports import queries
from xingke.reports.checking import Checked
from xingke.reports.models import Document


def paper(shown: Document, checked: Checked | None = None, *, figure: str = "reports:figure") -> SafeString:
    """The document as HTML, its figures as chips that lead to their evidence. figure: the name of a figure's address."""
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

    return mark_safe(html.render(queries.tree_of(shown), chip))  # render escapes everything but the chips


def figure_name(asked: Indicator, aspect: str) -> str:
    """What a figure is called, in the reader's language."""
    name = asked.label.in_language(language())
    if aspect == "growth":
        return _("%(name)s（同比）") % {"name": name}
    return _("%(name)s（位次）") % {"name": name} if aspect == "rank" else name
