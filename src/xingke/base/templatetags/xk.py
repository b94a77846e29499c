"""Template tags and filters of the design system: components with slots, icons, and how numbers and days are written.

Load with ``{% load xk %}``. The components themselves are templates in ``templates/components/``; each says in its
top comment which attributes it takes. docs/design-system.md shows how a page is composed.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib import metadata
from typing import Any  # values of a template context have no narrower type

from django import template
from django.core.paginator import Page
from django.core.signals import setting_changed
from django.http import QueryDict
from django.template.base import FilterExpression, Node, NodeList, Parser, Template, Token, token_kwargs
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from xingke.base import menu
from xingke.base.addresses import page_address
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.quantities import round_half_up
from xingke.base.sayings import told

register = template.Library()

MINUS = "\N{MINUS SIGN}"


# ── Components ────────────────────────────────────────────────────────────────────────────────────────────────────


class SlotNode(Node):
    """A named piece of a component's content."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)


class ComponentNode(Node):
    """Renders ``components/<name>.html`` with its attributes and slots, and nothing else of the page's context."""

    def __init__(self, name: FilterExpression, attributes: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name, self.attributes, self.nodelist = name, attributes, nodelist

    def render(self, context: Context) -> SafeString:
        values = {key: value.resolve(context) for key, value in self.attributes.items()}
        values = _spread(values.pop("of", None)) | values
        rest = NodeList()
        for node in self.nodelist:
            if isinstance(node, SlotNode):
                values[node.name] = node.render(context)
            else:
                rest.append(node)
        if rest:
            values["slot"] = rest.render(context)
        for inherited in ("request", "csrf_token"):
            if inherited in context:
                values.setdefault(inherited, context[inherited])
        name = f"components/{self.name.resolve(context)}.html"
        # As Django's own include does: a template is looked up once per rendering. The stubs know only its use of it.
        cache: Any = context.render_context.dicts[0]
        known: dict[str, Template] = cache.setdefault(ComponentNode, {})
        if name not in known:
            assert context.template is not None  # a component is only ever rendered by a template
            known[name] = context.template.engine.get_template(name)
        # a component in running text must not bring the blank lines of its file along
        return SafeString(known[name].render(context.new(values)).strip())


def _spread(of: Any) -> dict[str, Any]:
    """The attributes a mapping or dataclass stands for."""
    if of is None:
        return {}
    if isinstance(of, Mapping):
        return dict(of)
    if is_dataclass(of) and not isinstance(of, type):
        return {field.name: getattr(of, field.name) for field in fields(of)}
    raise TypeError(f"of= takes a mapping or a dataclass, got {type(of).__name__}")


@register.tag("component")
def component(parser: Parser, token: Token) -> ComponentNode:
    """``{% component "name" a=b of=mapping %}…{% slot "actions" %}…{% endslot %}…{% endcomponent %}``.

    A component without content closes itself: ``{% component "tag" text="草稿" / %}``.
    """
    bits = token.split_contents()[1:]
    closes_itself = bits[-1:] == ["/"]
    if closes_itself:
        bits = bits[:-1]
    if not bits:
        raise template.TemplateSyntaxError('component needs a name: {% component "notice" … %}')
    name, rest = parser.compile_filter(bits[0]), bits[1:]
    attributes = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"component {bits[0]} takes attributes written name=value, not {rest[0]!r}")
    nodelist = NodeList()
    if not closes_itself:
        nodelist = parser.parse(("endcomponent",))
        parser.delete_first_token()
    return ComponentNode(name, attributes, nodelist)


@register.tag("slot")
def slot(parser: Parser, token: Token) -> SlotNode:
    """``{% slot "name" %}…{% endslot %}`` directly inside a component."""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError('slot takes one name: {% slot "actions" %}')
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(bits[1].strip("\"'"), nodelist)


# ── Small marks, cheap enough for every row of a table ────────────────────────────────────────────────────────────

STATES: dict[str, tuple[str, str]] = {
    # code: (tone, icon); the words are in _state_words, so that they are translated when shown
    "draft": ("quiet", "pencil"),
    "confirmed": ("calm", "circle-check"),
    "void": ("bad", "ban"),
    "observed": ("plain", "file-text"),
    "records": ("brand", "list"),
    "known": ("good", "circle-check"),
    "partial": ("warn", "circle-dashed"),
    "unknown": ("quiet", "help-circle"),
    "ambiguous": ("warn", "git-branch"),
    "fictional": ("fiction", "info-circle"),
    "holds": ("good", "circle-check"),
    "drifted": ("warn", "alert-triangle"),
    "unbound": ("bad", "alert-circle"),
    "unpublished": ("quiet", "pencil"),
    "in-review": ("warn", "clock"),
    "cleared": ("brand", "checks"),
    "handed-up": ("brand", "upload"),
    "sent-back": ("bad", "alert-circle"),
    "public": ("good", "eye"),
    "superseded": ("plain", "history"),
    "retracted": ("bad", "ban"),
    "case-good": ("good", "circle-check"),
    "case-ended": ("quiet", "ban"),
    "overdue": ("bad", "alert-circle"),
}


def _state_words(code: str) -> str:
    return {
        "draft": gettext("待确认"),
        "confirmed": gettext("已确认"),
        "void": gettext("已作废"),
        "observed": gettext("上报数"),
        "records": gettext("台账计数"),
        "known": gettext("已知"),
        "partial": gettext("部分已知"),
        "unknown": gettext("未知"),
        "ambiguous": gettext("待选定"),
        "fictional": gettext("虚构"),
        "holds": gettext("相符"),
        "drifted": gettext("已变动"),
        "unbound": gettext("无出处"),
        "unpublished": gettext("草稿"),
        "in-review": gettext("审查中"),
        "cleared": gettext("待公布"),
        "handed-up": gettext("已报送"),
        "sent-back": gettext("被退回"),
        "public": gettext("已公布"),
        "superseded": gettext("已被替代"),
        "retracted": gettext("已撤回"),
        "case-good": gettext("已办结"),
        "case-ended": gettext("未办成"),
        "overdue": gettext("已超期"),
    }[code]


@register.simple_tag
def state_tag(code: str, text: str = "") -> SafeString:
    """The mark of a state (``draft confirmed void observed records …``, see STATES); ``text`` replaces its words.

    An unknown code is shown as it is, plainly, so that a new state is seen rather than hidden.
    """
    if not text and code in STATES:
        return _known_state(code, get_language() or "")
    tone, symbol = STATES.get(code, ("plain", "info-circle"))
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, icon(symbol), text or code)


@lru_cache(maxsize=64)
def _known_state(code: str, _language: str) -> SafeString:
    tone, symbol = STATES[code]
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, icon(symbol), _state_words(code))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of static/base/icons.svg, as large as the text around it; always decoration, words say the meaning."""
    return _drawing(_icons(), name)


@lru_cache(maxsize=1)  # forty on a page, and the files do not change under a server
def _icons() -> str:
    return static("base/icons.svg")


setting_changed.connect(lambda **_changed: _icons.cache_clear(), weak=False)


@lru_cache(maxsize=256)
def _drawing(address: str, name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', address, name
    )


@register.simple_tag
def files_mark(count: int) -> SafeString:
    """A paperclip and how many files prove the record of a row."""
    said = gettext("佐证 %(n)d 份") % {"n": count}
    return format_html(
        '<span class="files-mark" title="{}">{}<span class="visually-hidden">{}</span>'
        '<span aria-hidden="true">{}</span></span>',
        said,
        icon("paperclip"),
        said,
        count,
    )


# ── Numbers, periods, days ────────────────────────────────────────────────────────────────────────────────────────


def _decimal(value: Any) -> Decimal | None:
    """The exact number behind int, Decimal, or digits in a string; None for anything else, floats included."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        try:
            return _decimal(Decimal(value.strip()))
        except InvalidOperation:
            return None
    return None


def _written(value: Decimal, places: int | None) -> str:
    rounded = value if places is None else round_half_up(value, places)
    if places is None and rounded == rounded.to_integral_value():
        rounded = rounded.quantize(Decimal(1))
    elif places is None:
        rounded = rounded.normalize()
    text = f"{abs(rounded):,f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def _places(argument: Any) -> int | None:
    return None if argument in (None, "") else int(argument)


@register.filter
def number(value: Any, places: Any = None) -> str:
    """``1234.50`` → ``1,234.5``; with ``places`` exactly so many decimals, half away from zero. None → ``未知``.

    Text that is no number passes through unchanged. Floats are refused: they are no exact figures.
    """
    if value is None or value == "":
        return gettext("未知")
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: figures are int or Decimal")
    exact = _decimal(value)
    return str(value) if exact is None else _written(exact, _places(places))


@register.filter
def signed(value: Any, places: Any = None) -> str:
    """A change with its sign: ``+12`` · ``−3`` · ``0``. None → empty."""
    exact = _decimal(value)
    if exact is None:
        return ""
    text = _written(exact, _places(places))
    return f"+{text}" if exact > 0 and text.strip("0.,") else text


@register.filter
def percent(share: Any, places: Any = 1) -> str:
    """A share (0–1) as percent: ``0.1234`` → ``12.3%``. None → ``未知``."""
    exact = _decimal(share)
    return gettext("未知") if exact is None else f"{_written(exact * 100, _places(places))}%"


@register.filter
def yuan(amount: Any, places: Any = None) -> str:
    """Money in 元 at the size people say it: ``483000`` → ``48.3万元`` (Chinese) or ``CNY 483,000`` (English)."""
    exact = _decimal(amount)
    if exact is None:
        return gettext("未知")
    wanted = _places(places)
    if not (get_language() or "zh").startswith("zh"):
        return f"CNY {_written(exact, wanted)}"
    for factor, unit in ((Decimal(10) ** 8, "亿元"), (Decimal(10) ** 4, "万元")):
        if abs(exact) >= factor:
            return f"{_written(exact / factor, wanted)}{unit}"
    return f"{_written(exact, wanted)}元"


@register.filter
def period(value: Any) -> str:
    """A period (or its code) in words: ``2024-H1`` → ``2024年上半年``. A code that is none passes through."""
    if value in (None, ""):
        return ""
    if not isinstance(value, Period):
        try:
            value = Period.parse(str(value))
        except ValueError:
            return str(value)
    return str(value.label(get_language() or "zh"))


@register.filter
def day(value: date | datetime | None) -> str:
    """``2024年6月30日`` / ``30 June 2024``; a moment is taken in the server's time zone. None → empty."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if (get_language() or "zh").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B %Y}"


@register.filter
def moment(value: datetime | None) -> str:
    """``2024年6月30日 09:05`` in the server's time zone. None → empty."""
    if value is None or value == "":
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"


@register.filter
def label(value: Any) -> str:
    """The words of a two-language Label in the reader's language; any other text as it is."""
    if isinstance(value, Label):
        return value.in_language(get_language() or "zh")
    return "" if value is None else str(value)


@register.filter
def said(value: Any) -> str:
    """A saying that was kept as JSON, in the reader's language; any other text as it is."""
    return str(told(value))


@register.filter
def coverage(known: int, total: int) -> str:
    """How much of a whole is known, in honest words: ``6 个区县中有 4 个已知``."""
    return gettext("%(total)s 个区县中有 %(known)s 个已知") % {"total": total, "known": known}


@register.filter
def evidence_count(count: int) -> str:
    """``12 条记录``."""
    return ngettext("%(count)s 条记录", "%(count)s 条记录", count) % {"count": _written(Decimal(count), None)}


# ── The frame of the page ─────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
@lru_cache(maxsize=1)  # it stands in files, and at the foot of every page
def version() -> str:
    """The version of the installed software; ``dev`` where it runs from a tree that was never installed."""
    try:
        return metadata.version("xingke")
    except metadata.PackageNotFoundError:
        return "dev"


@register.simple_tag
def main_menu(request: Any) -> list[dict[str, Any]]:
    """What this reader sees in the menu: code, label, url, icon, whether it is the current place, and whether it is an icon.

    An entry whose page is not installed is left out. Current is the entry with the longest address that leads here.
    """
    found: list[dict[str, Any]] = []
    for item in menu.visible_to(getattr(request, "user", None)):
        try:
            url = page_address(item.url_name)
        except NoReverseMatch:
            continue
        found.append(
            {"code": item.code, "label": item.label, "url": url, "icon": item.icon, "is_current": False}
            | {"as_icon": item.as_icon}
        )
    path = getattr(request, "path", "")
    leading = [
        entry for entry in found if path == entry["url"] or (entry["url"] != "/" and path.startswith(entry["url"]))
    ]
    if leading:
        max(leading, key=lambda entry: len(entry["url"]))["is_current"] = True
    return found


UNDO = "undo:"  # how the tags of a message begin that says where what it tells of is taken back


@register.filter
def undo_address(message: Any) -> str:
    """Where what a message tells of is taken back; empty for any other."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(f"{UNDO}/") else ""


@register.simple_tag
def if_url(name: str) -> str:
    """The address of a page, or nothing where the page is not installed."""
    try:
        return page_address(name)
    except NoReverseMatch:
        return ""


# ── Lists: addresses that keep what the reader has already chosen ─────────────────────────────────────────────────


def _address(context: Context, changes: dict[str, str]) -> str:
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value:
            query[key] = value
        else:
            query.pop(key, None)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def sort_query(context: Context, column: Mapping[str, str], sort_param: str = "", page_param: str = "") -> str:
    """The address of the same list sorted by this column, and back on its first page; a second click turns it round."""
    key = column["key"]
    wanted = f"-{key}" if column.get("sort") == "asc" else key
    return _address(context, {sort_param or "sort": wanted, page_param or "page": ""})


@register.simple_tag(takes_context=True)
def page_query(context: Context, page_number: int, page_param: str = "") -> str:
    """The address of another page of the same list."""
    return _address(context, {page_param or "page": str(page_number)})


@register.simple_tag
def elided_pages(page: "Page[Any]") -> list[int | str]:
    """Page numbers around the current one, with ``…`` for those left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


# ── What charts and bars read from the table ──────────────────────────────────────────────────────────────────────


@register.filter
def unlocalized(value: Any) -> str:
    """The bare digits of an exact number for an attribute: ``1234.5``; None → empty."""
    exact = _decimal(value)
    return "" if exact is None else f"{exact:f}"


@register.filter
def bar_length(row: Any, rows: Any) -> str:
    """How long the row's bar is, 0–100, where the largest ``value`` among rows is 100; 0 when unknown or negative."""
    own, largest = _row_value(row), max((_row_value(other) for other in rows), default=Decimal(0))
    return f"{round_half_up(own / largest * 100, 1):f}" if own > 0 else "0"


def _row_value(row: Any) -> Decimal:
    value = row.get("value") if isinstance(row, Mapping) else row.value
    return _decimal(value) or Decimal(0)
