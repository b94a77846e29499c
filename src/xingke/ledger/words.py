"""How the ledger is said: codes, effects, periods and changes in the reader's language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any  # a record is a row of any kind's table

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, Unit, format_number
from xingke.base.sayings import Saying, say
from xingke.ledger.kinds import KINDS
from xingke.ledger.kinds.record_kind import Detail, DetailType, Measure, is_said
from xingke.ledger.models import EventVersion, Observation, Recognition, State, Version
from xingke.ledger.rules import Told
from xingke.ledger.tables import TABLES, kind_of
from xingke.registry import queries as registry

STATE_WORDS = {
    State.DRAFT: gettext_lazy("待确认"),
    State.CONFIRMED: gettext_lazy("已确认"),
    State.VOID: gettext_lazy("已作废"),
}
OBSERVATION, ORIGIN = say("上报数"), say("申报记录")


def kind_label(kind: str) -> Saying:
    """What a record of that kind is called, in whichever language it will be read."""
    return KINDS[kind].word if kind in KINDS else OBSERVATION


def field_labels() -> dict[str, Saying]:
    """What the fields that definitions may ask about are called, in the order of the kinds."""
    return {term.name: term.word for kind in KINDS.values() for term in kind.terms} | {"origin": ORIGIN}


def measure_of(name: str) -> Measure:
    """A measure by its name: kinds that share one say it alike. Raises KeyError."""
    return next(kind.measure(name) for kind in KINDS.values() if name in kind.measures)


def kind_word(kind: str) -> str:
    """What a record of that kind is called."""
    return str(kind_label(kind))


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of records with a history, to choose from."""
    return [(kind, kind_word(kind)) for kind in KINDS]


def field_word(name: str) -> str:
    """What a field a definition may ask about, or a measure, is called."""
    labels = field_labels()
    return str(labels[name] if name in labels else measure_of(name).word)


def state_word(state: str) -> str:
    """A version's state as pages say it."""
    return str(STATE_WORDS[State(state)])


def effect_word(kind: str, effect: int) -> str:
    """What an event does to whether its subject is held or runs; empty for a kind of which that cannot be said."""
    said = KINDS[kind].running
    return str({1: said.opens, -1: said.closes, 0: said.neither}[effect]) if said else ""


def period_word(code: str) -> str:
    """A period code as a page says it; a code that is none as it stands."""
    try:
        return Period.parse(code).label(get_language() or "zh")
    except ValueError:
        return code


# approximation → how a number is said with it, and what follows the unit
_BEFORE_UNIT = {
    "余": gettext_lazy("%(number)s余"),
    "多": gettext_lazy("%(number)s多"),
    "近": gettext_lazy("近%(number)s"),
    "超": gettext_lazy("超%(number)s"),
    "约": gettext_lazy("约%(number)s"),
    "不足": gettext_lazy("不足%(number)s"),
}
_AFTER_UNIT = {"以上": gettext_lazy("以上"), "达上": gettext_lazy("达上"), "以内": gettext_lazy("以内")}


_ROW = re.compile(r"第 (\d+) 行(（另一笔）)?")  # as imports file it


def approximated(number: str, approximation: str) -> tuple[str, str]:
    """A number as roughly as it was reported, and what follows its unit: (220余, ""), (近50, ""), (20, 以上)."""
    if approximation in _BEFORE_UNIT:
        return str(_BEFORE_UNIT[approximation]) % {"number": number}, ""
    return number, str(_AFTER_UNIT.get(approximation, approximation))


def measured(number: object, unit: str) -> str:
    """A number and the unit as it stands behind a number: 12家, 62.5%, 12 firms."""
    is_close = not unit or unit[0] == "%" or unit[0] > "\u2e80"  # nothing parts a number from a Chinese word
    return f"{number}{unit}" if is_close else f"{number} {unit}"


@dataclass(frozen=True)
class ColumnChange:
    """A column that differs between two versions, in words."""

    label: str
    old: str
    new: str


class Words:
    """The loaded vocabulary in one language: two small queries for a whole page, then memory."""

    def __init__(self) -> None:
        self.language = get_language() or "zh-hans"

        self._translated: dict[tuple[str, int | None], str] = {}  # what every row of a list would translate anew

    @cached_property
    def _terms(self) -> dict[str, Any]:
        return {key: found.value for key, found in registry.catalogue("term").items()}

    @cached_property
    def _indicators(self) -> dict[str, Label]:
        return {key: found.value.label for key, found in registry.catalogue("indicator").items()}

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {term.code: term.unit() for term in self._terms.values() if term.list == "unit"}

    def term(self, list_code: str, code: str) -> str:
        """The label of a term; the code itself where the list does not know it."""
        found = self._terms.get(f"{list_code}:{code}")
        return found.label.in_language(self.language) if found else code

    def terms(self, list_code: str) -> list[tuple[str, str]]:
        """Codes and labels of one list, in the order they were written."""
        return [
            (term.code, term.label.in_language(self.language))
            for term in self._terms.values()
            if term.list == list_code
        ]

    def unit(self, code: str) -> str:
        """What figures are measured in; the code of a unit is its Chinese name."""
        return code if self.language.startswith("zh") else self.term("unit", code)

    def unit_after(self, code: str) -> str:
        """A unit as it stands behind a number: 家, firms, × 10,000 yuan."""
        unit = self.unit(code)
        return f"×\N{NO-BREAK SPACE}{unit}" if unit[:1].isdigit() else unit

    def event(self, kind: str, code: str) -> str:
        """What an event is called."""
        return self.term(TABLES[kind].event_list, code)

    def kind(self, kind: str) -> str:
        """What a record of a kind is called."""
        if (kind, None) not in self._translated:
            self._translated[kind, None] = kind_word(kind)
        return self._translated[kind, None]

    def effect(self, kind: str, effect: int) -> str:
        """What an event does, see ``effect_word``."""
        if (kind, effect) not in self._translated:
            self._translated[kind, effect] = effect_word(kind, effect)
        return self._translated[kind, effect]

    def events(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        """The events of some kinds to choose from; a code two kinds share is said both ways."""
        found: dict[str, list[str]] = {}
        for kind in kinds:
            for code, label in self.terms(TABLES[kind].event_list):
                found.setdefault(code, []).append(label)
        return [(code, _("／").join(dict.fromkeys(labels))) for code, labels in found.items()]

    def indicator(self, code: str) -> str:
        """What an indicator is called; empty for none."""
        found = self._indicators.get(code)
        return found.in_language(self.language) if found else code

    def indicators(self) -> list[tuple[str, str]]:
        """Codes and labels of every indicator."""
        return [(code, label.in_language(self.language)) for code, label in self._indicators.items()]

    def subject(self, row: Version) -> str:
        """A record in a few words, its name and its terms: 高新技术企业（国家级）, 一种采集终端（发明专利）."""
        kind = kind_of(row)
        said = {name: self.term(kind.field_list(name), getattr(row, name)) for name in kind.repeated}
        name = said.pop(kind.names.named_by, "") or getattr(row, "name", "")
        terms = _("、").join(word for word in said.values() if word)
        return _("%(title)s（%(level)s）") % {"title": name, "level": terms} if terms else name

    def measures(self, event: EventVersion) -> list[tuple[str, str]]:
        """What an event's measures are called and what they say, without those it names none of."""
        return [
            (field_word(name), self.measure(name, scaled, event))
            for name in kind_of(event).measures
            if (scaled := getattr(event, name)) is not None
        ]

    def measure(self, name: str, scaled: int, event: EventVersion) -> str:
        """A measure in its unit, exact, with the word it came with: 12.5万元, 300元, 120余人次."""
        number, unit = self.number_and_unit(name, scaled)
        word = getattr(event, "approximation", "") if name == kind_of(event).names.rough else ""
        number, after = approximated(number, word)
        return f"{measured(number, unit)}{after}"

    def number_and_unit(self, name: str, scaled: int) -> tuple[str, str]:
        """A measure's exact number, and the unit behind it: (12.5, 万元)."""
        return self._number_and_unit(measure_of(name).units, scaled)

    def _number_and_unit(self, units: Sequence[Unit], scaled: int) -> tuple[str, str]:
        unit, decimals = _said_in(units, scaled)
        number = format_number(Quantity(scaled=scaled, unit=unit, decimals=decimals).stated, decimals)
        return number, self.unit_after(unit.code)

    def detail(self, detail: Detail, value: Any) -> str:
        """What a detail of a record says, by its type: a text, a day, 12.5万元, 30%, 是, an organisation's name."""
        if not is_said(value):
            return ""
        if detail.units:
            return measured(*self._number_and_unit(detail.units, value))
        return value.name if detail.type is DetailType.ORGANISATION else self._plain(detail.name, value)

    def amount(self, row: Observation | Told, scaled: int | None = None) -> str:
        """A reported figure in its own unit, with its approximation: 近20家, 1.2亿元以上."""
        quantity = self.quantity(row, scaled)
        number, after = approximated(format_number(quantity.stated, row.decimals), row.approximation)
        return f"{measured(number, self.unit_after(row.unit))}{after}"

    def quantity(self, row: Observation | Told, scaled: int | None = None) -> Quantity:
        """A reported figure's amount (or another in its unit), exact."""
        unit = self._units.get(row.unit) or Unit(code=row.unit, kind=row.kind)
        return Quantity(scaled=row.value if scaled is None else scaled, unit=unit, decimals=row.decimals)

    def changes(self, old: Version, new: Version) -> list[ColumnChange]:
        """What differs between two versions of one record, in words, in the order pages show it."""
        return [
            ColumnChange(label, self._said(old, name), self._said(new, name))
            for name, label in _labels(new)
            if getattr(old, name) != getattr(new, name)
        ]

    def _said(self, row: Version, name: str) -> str:
        value: Any = getattr(row, name)
        if value is None or value == "":
            return {"accepted": _("未选定")}.get(name, "")
        if isinstance(row, Observation):
            return self._observed(row, name, value)
        kind = kind_of(row)
        if name in kind.repeated:
            return self.term(kind.field_list(name), value)
        if not isinstance(row, EventVersion) and name in kind.details:
            return self.detail(kind.names.detail(name), value)
        if isinstance(row, EventVersion) and name in kind.measures:
            return self.measure(name, value, row)
        if name == "event":
            return self.event(kind.code, value)
        if name == "effect":
            return effect_word(kind.code, value)
        return self._plain(name, value)

    def _observed(self, row: Observation, name: str, value: Any) -> str:
        if name in ("layer", "measure"):
            return self.term(name, value)
        if name in ("value", "value_max"):
            return self.amount(row, value)
        if name == "indicator":
            return self.indicator(value)
        if name in ("stated_period", "real_period"):
            return period_word(value)
        if name == "confidence":
            return confidence_word(value)
        if name == "accepted":
            return _("采用") if value else _("搁置")
        return self._plain(name, value)

    def _plain(self, name: str, value: Any) -> str:
        if name == "state":
            return state_word(value)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return day_word(value) if isinstance(value, date) else str(value)


def source_place_word(place: str) -> str:
    """Where in its source a record stands: a row of a file that was imported, or what somebody wrote."""
    row = _ROW.fullmatch(place)
    if row is None:
        return place
    return (_("第 %(line)s 行（另一笔）") if row[2] else _("第 %(line)s 行")) % {"line": row[1]}


def day_word(day: date) -> str:
    """A day as pages say it."""
    if (get_language() or "zh").startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B %Y}"


def _said_in(units: Sequence[Unit], scaled: int) -> tuple[Unit, int]:
    """The unit a number is said in and the decimals it needs there: the first in which it is at least one, exact."""
    *larger, last = units
    for unit in larger:
        amount = Decimal(scaled) / unit.scale / unit.factor
        if abs(amount) >= 1 and (decimals := needed_decimals(amount)) <= 4:
            return unit, decimals
    return last, needed_decimals(Decimal(scaled) / last.scale)


def needed_decimals(amount: Decimal) -> int:
    """The decimals an exact amount needs: 12.50 needs one."""
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # a number, not NaN
    return max(0, -exponent)


def _labels(row: Version) -> list[tuple[str, str]]:
    """The columns whose changes are shown, and what they are called; order and effect follow from the others."""
    common = [("state", _("状态")), ("happened_on", _("日期")), ("region", _("区划")), ("organisation", _("单位"))]
    if isinstance(row, Observation):
        return [
            ("state", _("状态")),
            ("value", _("数值")),
            ("value_max", _("上限")),
            ("approximation", _("约数")),
            ("indicator", _("对应指标")),
            ("stated_period", _("原文期间")),
            ("real_period", _("实际期间")),
            ("confidence", _("期间把握")),
            ("region", _("区划")),
            ("layer", _("资金口径")),
            ("part", _("部分")),
            ("name", _("名称")),
            ("as_written", _("原文写法")),
            ("accepted", _("是否采用")),
            ("note", _("备注")),
        ]
    kind = kind_of(row)
    repeated = [(name, field_word(name)) for name in kind.repeated]
    if not isinstance(row, EventVersion):
        return [*repeated, *((each.name, str(each.word)) for each in kind.names.details), *common]
    measures = [(name, field_word(name)) for name in kind.measures]
    approximation = [("approximation", _("约数"))] if hasattr(row, "approximation") else []
    lasting = [("certificate", _("证书编号")), ("until", _("有效期至"))] if kind.is_lasting else []
    effect = [*lasting, *([("effect", _("作用"))] if kind.names.running else [])]
    return [*common[:1], ("event", _("事件")), *measures, *approximation, *common[1:], *effect, *repeated]


def confidence_word(confidence: str) -> str:
    """How sure the real period is."""
    return {"stated": _("原文写明"), "inferred": _("推定"), "ambiguous": _("无法确定")}.get(confidence, confidence)


def period_statement(row: Observation) -> str:
    """The stated period against the real one, in one sentence: 原文写2019年，实为2018年（推定）."""
    stated, real = period_word(row.stated_period), period_word(row.real_period)
    if not row.real_period:
        return _("原文写%(stated)s，实际期间无法确定，暂不参与计数") % {"stated": stated}
    if row.stated_period == row.real_period:
        if row.confidence == "stated":
            return _("%(stated)s（原文写明）") % {"stated": stated}
        return _("原文写%(stated)s，经核对无误（%(how)s）") % {"stated": stated, "how": confidence_word(row.confidence)}
    return _("原文写%(stated)s，实为%(real)s（%(how)s）") % {
        "stated": stated,
        "real": real,
        "how": confidence_word(row.confidence),
    }


def accepted_word(row: Observation) -> str:
    """Whether the figure counts where several answer; empty while nobody had to say."""
    if row.accepted is None:
        return ""
    return _("已采用") if row.accepted else _("已搁置，另有采用的数")


def title_words(group: Sequence[Recognition]) -> str:
    """Titles that stand for one thing, in words."""
    words = Words()
    each = "、".join(f"{words.subject(row)} {row.number}".strip() for row in group)
    return f"{group[0].organisation} {each}"
