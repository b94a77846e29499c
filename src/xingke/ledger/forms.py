"""Correcting and voiding records: what a person fills in, and the columns it changes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.quantities import Quantity, format_number
from xingke.ledger.kinds import KINDS, Kind
from xingke.ledger.models import Observation, Version
from xingke.ledger.queries import RecordPage
from xingke.ledger.rules import APPROXIMATIONS, CONFIDENCES
from xingke.ledger.words import MEASURE_UNITS, Words, confidence_word, field_word, kind_choices, needed_decimals
from xingke.registry import queries as registry
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.models import Region

EARLIEST = date(1949, 10, 1)


class ReasonForm(forms.Form):
    """Why, and which version the person saw: a correction of an older one is refused."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明依据，如文件、证书或来信；它与旧版本一起保存，不能再改。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if "version" in self.errors:
            self.add_error(None, _("页面不完整，请返回记录页后重新打开。"))
        return found


class CorrectionForm(ReasonForm):
    """A correction of one record. ``changes`` are the columns that differ from what stands."""

    def __init__(self, row: Version, words: Words, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        self.row, self.words = row, words
        kwargs["initial"] = {"version": row.version, **self.standing()}
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def standing(self) -> dict[str, Any]:
        """The columns as they are now."""
        return {}

    def changes(self) -> dict[str, Any]:
        """The columns the person changed."""
        return {
            name: self.cleaned_data[name]
            for name, now in self.standing().items()
            if self.cleaned_data.get(name, now) != now
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not self.errors and not self.changes():
            self.add_error(None, _("没有改动任何内容，请修改后再提交，或返回记录页。"))
        return found


def _choices(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # declared so below
    field.choices = list(choices)


class MeasureField(forms.CharField):
    """A measure of an event, typed in its smallest unit; cleans to the integer the ledger keeps, None where empty."""

    def __init__(self, name: str) -> None:
        self.unit = MEASURE_UNITS[name][-1]
        label = _("%(measure)s（%(unit)s）") % {"measure": field_word(name), "unit": self.unit.code}
        super().__init__(label=label, max_length=24, required=False, widget=forms.TextInput({"inputmode": "decimal"}))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value  # as typed
        amount = Decimal(value) / self.unit.scale
        return format_number(amount, needed_decimals(amount))

    def clean(self, value: Any) -> Any:
        written = super().clean(value)
        if not written:
            return None
        try:
            scaled = Quantity.read(written, self.unit).scaled
        except ValueError:
            raise forms.ValidationError(_("“%(value)s”不是可以精确保存的数字。") % {"value": written}) from None
        if scaled < 0:
            raise forms.ValidationError(_("“%(value)s”小于零，请核对。") % {"value": written})
        return scaled


class EventForm(CorrectionForm):
    """What happened, and when, and the measures of its kind."""

    event = forms.ChoiceField(label=gettext_lazy("事件"))
    happened_on = forms.DateField(
        label=gettext_lazy("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("以证书、公告或批文上的日期为准。"),
    )  # fmt: skip

    def __init__(self, kind: Kind, row: Version, words: Words, *args: Any, **kwargs: Any) -> None:
        self.measures = [*kind.measures, *(["approximation"] if hasattr(row, "approximation") else [])]
        super().__init__(row, words, *args, **kwargs)
        _choices(self.fields["event"], words.terms(kind.event_list))
        for name in kind.measures:
            self.fields[name] = MeasureField(name)
        if "approximation" in self.measures:
            said = [("", _("精确数")), *((word, word) for word in APPROXIMATIONS)]
            self.fields["approximation"] = forms.ChoiceField(label=_("约数"), choices=said, required=False)
        self.order_fields(["event", "happened_on", *self.measures])

    def standing(self) -> dict[str, Any]:
        measures = {name: getattr(self.row, name) for name in self.measures}
        return {"event": getattr(self.row, "event", ""), "happened_on": self.row.happened_on, **measures}

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day < EARLIEST:
            raise forms.ValidationError(_("日期 %(day)s 早于 1949 年 10 月 1 日，请核对。") % {"day": day})
        return day


class SubjectForm(CorrectionForm):
    """The subject itself: its terms to choose from, its other columns as text."""

    def __init__(self, kind: Kind, row: Version, words: Words, *args: Any, **kwargs: Any) -> None:
        self.columns = (*kind.repeated, *kind.details)
        super().__init__(row, words, *args, **kwargs)
        for name in kind.repeated:
            choices = words.terms(kind.field_list(name))
            self.fields[name] = forms.ChoiceField(label=field_word(name), choices=choices)
        for name in kind.details:
            column = kind.column(name)
            self.fields[name] = forms.CharField(
                label=kind.column_word(name), max_length=column.max_length, required=not column.blank
            )
        self.order_fields([*self.columns, "reason"])

    def standing(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in self.columns}


class ObservationForm(CorrectionForm):
    """A reported figure: its amount, what it answers, and the period it really speaks of."""

    value = forms.CharField(label=gettext_lazy("数值"), max_length=24)
    indicator = forms.ChoiceField(label=gettext_lazy("对应指标"), required=False)
    real_period = forms.CharField(
        label=gettext_lazy("实际期间"), max_length=20, required=False,
        help_text=gettext_lazy("如 2024、2024-H1、2024-Q3、2024-06、2024-01..2024-10；无法确定时留空。"),
    )  # fmt: skip
    confidence = forms.ChoiceField(label=gettext_lazy("期间把握"))

    def __init__(self, row: Version, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(row, words, *args, **kwargs)
        _choices(self.fields["indicator"], [("", _("不对应任何指标")), *words.indicators()])
        _choices(self.fields["confidence"], [(code, confidence_word(code)) for code in CONFIDENCES])
        self.fields["value"].label = _("数值（%(unit)s）") % {"unit": self._observation.unit}

    @property
    def _observation(self) -> Observation:
        assert isinstance(self.row, Observation)  # the view chose the form by the record's kind
        return self.row

    def standing(self) -> dict[str, Any]:
        row = self._observation
        quantity = self.words.quantity(row)
        return {
            "value": format_number(quantity.stated, row.decimals), "indicator": row.indicator,
            "real_period": row.real_period, "confidence": row.confidence,
        }  # fmt: skip

    def clean_value(self) -> str:
        written = str(self.cleaned_data["value"])
        try:
            self._quantity(written)
        except ValueError:
            raise forms.ValidationError(_("“%(value)s”不是可以精确保存的数字。") % {"value": written}) from None
        return written.strip()

    def _quantity(self, written: str) -> Quantity:
        return Quantity.read(written, self.words.quantity(self._observation).unit)

    def clean_real_period(self) -> str:
        written = str(self.cleaned_data["real_period"]).strip()
        if not written:
            return ""
        try:
            return Period.parse(written).code
        except ValueError:
            raise forms.ValidationError(
                _("“%(period)s”不是期间，请写成 2024、2024-H1、2024-Q3、2024-06 或 2024-01..2024-10。")
                % {"period": written}
            ) from None

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not self.errors and (found["confidence"] == "ambiguous") != (found["real_period"] == ""):
            self.add_error("confidence", _("实际期间无法确定时留空，并选“无法确定”；写了期间就不能选“无法确定”。"))
        return found

    def changes(self) -> dict[str, Any]:
        changed = super().changes()
        if "value" in changed:
            quantity = self._quantity(changed["value"])
            changed |= {"value": quantity.scaled, "decimals": quantity.decimals}
        if "real_period" in changed:
            changed["happened_on"] = Period.parse(changed["real_period"] or self._observation.stated_period).last
        return changed


def correction_form(shown: RecordPage, words: Words, posted: Any = None) -> CorrectionForm:
    """The form that corrects the record of a page."""
    if shown.kind not in KINDS:
        return ObservationForm(shown.current, words, posted)
    form = EventForm if shown.is_event else SubjectForm
    return form(KINDS[shown.kind], shown.current, words, posted)


class KeepingForm(forms.Form):
    """From which day on a region's records of some kinds are complete."""

    region = forms.ChoiceField(label=gettext_lazy("区划"))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("类别"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只选从起始日期起已经全部登记入账的类别。"),
    )  # fmt: skip
    since = forms.DateField(
        label=gettext_lazy("起始日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("这一天及以后发生的事都已登记；期末存量还要求这一天之前取得、仍然有效的也已登记。"),
    )  # fmt: skip

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        allowed = registry.scope(user, Permission.RECORD_CONFIRM)
        self._regions = {each.code: each for each in registry.regions_within(allowed)[:CHOICES_LIMIT]}
        _choices(self.fields["region"], [(code, each.name) for code, each in self._regions.items()])
        _choices(self.fields["kinds"], kind_choices()[:])

    def clean_region(self) -> Region:
        return self._regions[str(self.cleaned_data["region"])]

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"]
        if not EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError(_("起始日期应在 1949 年 10 月 1 日至今天之间。"))
        return day
