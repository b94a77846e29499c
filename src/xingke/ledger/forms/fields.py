"""What every form of the ledger asks in the same way: the columns of a subject, and what happened when."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.base.quantities import Quantity, Unit, format_number
from xingke.base.refusals import Refused
from xingke.base.sayings import NOTHING, Saying
from xingke.ledger import queries, rules
from xingke.ledger.kinds.record_kind import Detail, DetailType, Number, is_said
from xingke.ledger.rules import APPROXIMATIONS
from xingke.ledger.tables import Kind
from xingke.ledger.words import Words, field_word, needed_decimals
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import OrganisationField


def set_choices(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    """Give a declared choice its options, which are known only when the form is made."""
    assert isinstance(field, forms.ChoiceField)  # declared so by the form
    field.choices = list(choices)


def subject_fields(
    kind: Kind, words: Words, user: User, *, first: Sequence[tuple[str, str]] = ()
) -> dict[str, forms.Field]:
    """The columns of a subject: its terms to choose from, its details by their types. first: before every choice."""
    fields: dict[str, forms.Field] = {
        name: forms.ChoiceField(label=field_word(name), choices=[*first, *words.terms(kind.field_list(name))])
        if name in kind.names.telling
        else forms.ChoiceField(
            label=field_word(name), choices=[("", _("不填")), *words.terms(kind.field_list(name))], required=False
        )
        for name in kind.repeated
    }
    if kind.is_lasting:
        fields["level"].required = False
        fields["level"].help_text = _("只有一个级别的资质可以不选。")
    return fields | {detail.name: detail_field(detail, user) for detail in kind.names.details}


def detail_field(detail: Detail, user: User) -> forms.Field:
    """What asks for a detail, by its type."""
    asked: dict[str, Any] = {"label": str(detail.word), "required": not detail.is_optional}
    if detail.units:
        return MeasureField(detail.word, detail.units, required=not detail.is_optional)
    match detail.type:
        case DetailType.DAY:
            return forms.DateField(**asked, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        case DetailType.FLAG:
            choices = [("", _("不填")), ("True", _("是")), ("False", _("否"))]
            return forms.TypedChoiceField(
                **asked, choices=choices, coerce=lambda value: value == "True", empty_value=None
            )
        case DetailType.ORGANISATION:
            return OrganisationField(user, **asked)
        case _:
            return forms.CharField(**asked, max_length=detail.length)


def event_measures(kind: Kind) -> list[str]:
    """The columns of an event that say how much or for how long, the word a rough count came with among them."""
    columns = {column.name for column in kind.event._meta.concrete_fields}
    return [*kind.measures, *(name for name in ("approximation", "certificate", "until") if name in columns)]


class MeasureField(forms.CharField):
    """A number that is kept as an integer, a measure of an event or a detail; cleans to it, None where empty.

    Typed in its smallest unit, or with a larger one behind it: 125000, 12.5万元.
    """

    def __init__(self, said: Saying, units: Sequence[Unit], *, required: bool = False) -> None:
        *self.larger, self.unit = units
        word = str(said)
        label = (
            word
            if word == self.unit.code
            else _("%(measure)s（%(unit)s）") % {"measure": word, "unit": Words().unit(self.unit.code)}
        )
        super().__init__(
            label=label, max_length=24, required=required, widget=forms.TextInput({"inputmode": "decimal"})
        )
        if self.larger:
            del self.widget.attrs["inputmode"]  # the keyboard of digits has no 万元
            self.help_text = _("也可写成 12.5%(unit)s。") % {"unit": self.larger[0].code}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value  # as typed
        amount = Decimal(value) / self.unit.scale
        return format_number(amount, needed_decimals(amount))

    def clean(self, value: Any) -> Any:
        written = str(super().clean(value)).strip()
        if not written:
            return None
        said = next((unit for unit in (*self.larger, self.unit) if written.endswith(unit.code)), None)
        try:
            scaled = Quantity.read(written.removesuffix(said.code) if said else written, said or self.unit).scaled
        except ValueError:
            raise forms.ValidationError(_("“%(value)s”不是可以精确保存的数字。") % {"value": written}) from None
        if scaled < 0:
            raise forms.ValidationError(_("“%(value)s”小于零，请核对。") % {"value": written})
        return scaled


class LevelField(forms.Form):
    """The level of a subject whose term says which it can be of."""

    kind: Kind

    def clean_level(self) -> str:
        """The level chosen; where there is only one, that one."""
        level = str(self.cleaned_data["level"])
        if not self.kind.is_lasting:
            return level
        levels = queries.levels_of(self.kind, self.cleaned_data)
        if not level and len(levels) == 1:
            return levels[0]
        if not level:
            raise forms.ValidationError(_("请选择级别。"))
        if levels and level not in levels:
            words = Words()
            known = _("、").join(words.term("level", each) for each in levels)
            raise forms.ValidationError(_("这项资质没有这个级别，可选：%(known)s。") % {"known": known})
        return level


class NumberField(forms.Form):
    """The number of a subject, as its kind is numbered.

    doubt: what speaks against it; the person says they mean it, and where nothing else asks for a reason, why.
    """

    kind: Kind
    doubt = NOTHING
    sure = forms.BooleanField(label=gettext_lazy("已对照原件，编号无误"), required=False)
    why_sure = forms.CharField(
        label=gettext_lazy("确认无误的理由"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("如：已对照受理通知书，原件如此。它随记录保存。"),
    )

    def clean_number(self) -> str:
        written = str(self.cleaned_data["number"]).strip()
        if self.kind.names.number is not Number.PATENT or not written:
            return written
        (field,) = self.kind.repeated
        form = registry.terms(self.kind.field_list(field)).get(str(self.cleaned_data.get(field, "")))
        try:
            read = rules.patent_number(written, digit=form.number_digit if form else "")
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        self.doubt = read.doubt
        if read.doubt and not self.cleaned_data.get("sure"):
            raise forms.ValidationError(str(read.doubt))
        if read.doubt and "why_sure" in self.fields and not str(self.data.get(self.add_prefix("why_sure"), "")).strip():
            self.add_error("why_sure", _("请写明为什么确认编号无误。"))
        return read.kept


class EventFields(forms.Form):
    """One event: what happened, when, and the measures of its kind."""

    event = forms.ChoiceField(label=gettext_lazy("事件"))
    happened_on = forms.DateField(
        label=gettext_lazy("日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("以证书、公告或批文上的日期为准。"),
    )

    def ask_of(self, kind: Kind, words: Words, *, first: Sequence[tuple[str, str]] = ()) -> None:
        """Ask for the events and measures of a kind. first: before the events to choose from."""
        self._names = kind.names
        set_choices(self.fields["event"], [*first, *words.terms(kind.event_list)])
        for measure in kind.names.measured:
            self.fields[measure.name] = MeasureField(measure.word, measure.units)
        measures = event_measures(kind)
        if "approximation" in measures:
            said = [("", _("精确数")), *((word, word) for word in APPROXIMATIONS)]
            self.fields["approximation"] = forms.ChoiceField(label=_("约数"), choices=said, required=False)
        if kind.is_lasting:
            self.fields["certificate"] = forms.CharField(
                label=_("证书编号"),
                max_length=64,
                required=False,
                help_text=_("这一次认定的证书。"),
            )
            self.fields["until"] = forms.DateField(
                label=_("有效期至"),
                required=False,
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
                help_text=_("不填则按这项资质的有效年限计算。"),
            )
        self.order_fields(["event", "happened_on", *measures])

    @property
    def further_fields(self) -> list[forms.BoundField]:
        """What few say, asked for apart."""
        return [self[each.name] for each in self._names.measured if each.is_further]

    @property
    def further_words(self) -> str:
        """What that is, in one line."""
        return _("、").join(str(each.word) for each in self._names.measured if each.is_further)

    @property
    def is_further_said(self) -> bool:
        """Whether something few say is said here, or is wrong."""
        return any(is_said(field.value()) or field.errors for field in self.further_fields)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What everybody is asked."""
        further = {each.name for each in self.further_fields}
        return [field for field in self.visible_fields() if field.name not in further]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        until, on = found.get("until"), found.get("happened_on")
        if until is not None and on is not None and until < on:
            self.add_error("until", _("有效期至 %(until)s 早于 %(day)s，请核对。") % {"until": until, "day": on})
        if over := rules.exceeding(self._names, found):
            parts, whole = over
            told = rules.MORE_THAN_WHOLE.filled(part=tuple(map(field_word, parts)), whole=field_word(whole))
            self.add_error(parts[0], str(told))
        return found

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day < rules.EARLIEST:
            raise forms.ValidationError(_("日期 %(day)s 早于 1949 年 10 月 1 日，请核对。") % {"day": day})
        if day > timezone.localdate():
            raise forms.ValidationError(_("日期 %(day)s 还没有到，请核对。") % {"day": day})
        return day
