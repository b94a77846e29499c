"""Correcting and voiding records: what a person fills in, and the columns it changes."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.base.periods import Period
from xingke.base.quantities import INT64_MAX, Quantity, format_number
from xingke.ledger import queries
from xingke.ledger.forms.fields import (
    EventFields,
    LevelField,
    NumberField,
    event_measures,
    set_choices,
    subject_fields,
)
from xingke.ledger.models import Observation, Version
from xingke.ledger.queries.records import RecordPage
from xingke.ledger.rules import CONFIDENCES, written_figures
from xingke.ledger.tables import TABLES, Kind
from xingke.ledger.words import Words, confidence_word
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import LookingUp, WrittenOrganisationField
from xingke.registry.models import Organisation


class ReasonForm(forms.Form):
    """Why, and which version the person saw: a correction of an older one is refused."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=INT64_MAX)
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明依据，如文件、证书或来信；它与旧版本一起保存，不能再改。"),
    )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if "version" in self.errors:
            self.add_error(None, _("页面不完整，请返回记录页后重新打开。"))
        return found


class CorrectionForm(LookingUp, ReasonForm):
    """A correction of one record. ``changes`` are the columns that differ from what stands."""

    def __init__(self, row: Version, words: Words, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        self.row, self.words = row, words
        kwargs["initial"] = {"version": row.version, **self.standing()}
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What the page asks first; the reason stands last."""
        return self.visible_fields()

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


class EventForm(EventFields, CorrectionForm):
    """What happened, and when, and the measures of its kind."""

    def __init__(self, kind: Kind, row: Version, words: Words, user: User, *args: Any, **kwargs: Any) -> None:
        self.kind, self.measures, self.user = kind, event_measures(kind), user
        self.names_receiver = getattr(row, "event", "") in kind.names.arrivals
        super().__init__(row, words, *args, **kwargs)
        self.ask_of(kind, words)
        if self.names_receiver:
            self.fields["receiver"] = WrittenOrganisationField(
                user,
                within=row.region,
                label=_("接收单位"),
                required=False,
                help_text=_("“%(region)s”名录里的单位：写名称的一部分再选定，或写全称、统一社会信用代码。")
                % {"region": row.region.name},
            )

    def standing(self) -> dict[str, Any]:
        measures = {name: getattr(self.row, name) for name in self.measures}
        holder = self.row.organisation
        receiver = {"receiver": holder.name if holder is not None else ""} if self.names_receiver else {}
        return {
            "event": getattr(self.row, "event", ""),
            "happened_on": self.row.happened_on,
            **receiver,
            **measures,
        }

    def clean_receiver(self) -> str:
        """The name of one organisation of the event's region; what stands where nothing is typed."""
        named, holder = self.cleaned_data["receiver"], self.row.organisation
        if not named:
            return holder.name if holder is not None else ""
        if holder is not None and str(named) == holder.name:
            return holder.name
        if not isinstance(named, Organisation):
            raise forms.ValidationError(
                _("“%(region)s”的名录里没有唯一的一家“%(text)s”，请从列出的里选定，或填全称或统一社会信用代码。")
                % {"region": self.row.region.name, "text": named}
            )
        self.receiver = named
        return named.name

    def changes(self) -> dict[str, Any]:
        """The columns the person changed; a last day that is not said is the usual one, and moves along with the day."""
        changed = super().changes()
        if "receiver" in changed:
            changed = {**_without(changed, "receiver"), "organisation": self.receiver}
        if not self.kind.is_lasting:
            return changed
        stands, typed = self.standing(), self.cleaned_data
        usual = self._usual(typed["event"], typed["happened_on"])
        was_usual = stands["until"] == self._usual(stands["event"], stands["happened_on"])
        if typed.get("until") is None or ("until" not in changed and was_usual):
            changed["until"] = usual
        return changed if changed.get("until", usual) != stands["until"] else _without(changed, "until")

    def _usual(self, event: str, on: date) -> date | None:
        fields = {name: getattr(self.row, name) for name in self.kind.repeated}
        return queries.usual_last_day(self.kind, fields, event, on)


def _without(found: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != name}


class SubjectForm(NumberField, LevelField, CorrectionForm):
    """The subject itself: its terms to choose from, its other columns as text."""

    def __init__(self, kind: Kind, row: Version, words: Words, user: User, *args: Any, **kwargs: Any) -> None:
        self.kind, self.columns = kind, (*kind.repeated, *kind.details)
        super().__init__(row, words, *args, **kwargs)
        del self.fields["why_sure"]  # a correction has its reason
        self.fields |= subject_fields(kind, words, user)
        self.order_fields([*kind.repeated, "name", "sure", *kind.details, "reason"])

    def visible_fields(self) -> list[forms.BoundField]:
        return [field for field in super().visible_fields() if field.name != "sure" or self.doubt]

    def clean_number(self) -> str:
        """What stands already is not doubted again."""
        written = str(self.cleaned_data["number"]).strip()
        return written if written == self.standing()["number"] else super().clean_number()

    def standing(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in self.columns}


class ObservationForm(CorrectionForm):
    """A reported figure: its amount and words, what it answers, and the period it really speaks of.

    Amount and words are held against each other as an import does; the word of an approximation follows from them.
    """

    value = forms.CharField(label=gettext_lazy("数值"), max_length=24)
    as_written = forms.CharField(
        label=gettext_lazy("原文写法"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("照抄原文中说这个数的那几个字，如“近50家”；是不是约数由它而定。"),
    )
    indicator = forms.ChoiceField(label=gettext_lazy("对应指标"), required=False)
    real_period = forms.CharField(
        label=gettext_lazy("实际期间"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("如 2024、2024-H1、2024-Q3、2024-06、2024-01..2024-10；无法确定时留空。"),
    )
    confidence = forms.ChoiceField(label=gettext_lazy("期间把握"))

    def __init__(self, row: Version, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(row, words, *args, **kwargs)
        set_choices(self.fields["indicator"], [("", _("不对应任何指标")), *words.indicators()])
        set_choices(self.fields["confidence"], [(code, confidence_word(code)) for code in CONFIDENCES])
        self.fields["value"].label = _("数值（%(unit)s）") % {"unit": words.unit(self._observation.unit)}

    @property
    def _observation(self) -> Observation:
        assert isinstance(self.row, Observation)  # the view chose the form by the record's kind
        return self.row

    def standing(self) -> dict[str, Any]:
        row = self._observation
        quantity = self.words.quantity(row)
        return {
            "value": format_number(quantity.stated, row.decimals),
            "as_written": row.as_written,
            "indicator": row.indicator,
            "real_period": row.real_period,
            "confidence": row.confidence,
        }

    def clean_value(self) -> str:
        written = str(self.cleaned_data["value"])
        try:
            self._quantity(written)
        except ValueError:
            raise forms.ValidationError(_("“%(value)s”不是可以精确保存的数字。") % {"value": written}) from None
        return written.strip()

    def _quantity(self, written: str) -> Quantity:
        return Quantity.read(written, self.words.quantity(self._observation).unit)

    def clean_as_written(self) -> str:
        """A figure is never without words: where none are given, those that stand."""
        return str(self.cleaned_data["as_written"]).strip() or self._observation.as_written

    def _rewrites(self) -> bool:
        """Whether the amount or its words are others than those that stand."""
        now = self.standing()
        return any(self.cleaned_data[name] != now[name] for name in ("value", "as_written"))

    def _written(self) -> written_figures.FigureWords:
        row = self._observation
        value = self._quantity(self.cleaned_data["value"])
        most = replace(value, scaled=row.value_max) if row.value_max is not None else None
        return written_figures.read(
            self.cleaned_data["as_written"],
            value=value,
            most=most,
            units=registry.units(),
            is_change=row.measure == "growth",
        )

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
        if not self.errors and self._rewrites() and (problem := self._written().problem):
            self.add_error("as_written", str(problem))
        if not self.errors and (found["confidence"] == "ambiguous") != (found["real_period"] == ""):
            self.add_error("confidence", _("实际期间无法确定时留空，并选“无法确定”；写了期间就不能选“无法确定”。"))
        return found

    def changes(self) -> dict[str, Any]:
        changed = super().changes()
        if "value" in changed:
            changed["value"] = self._quantity(changed["value"]).scaled
        written, row = self._written(), self._observation
        if not written.problem:
            read = {"decimals": written.decimals, "approximation": written.word}
            changed |= {name: said for name, said in read.items() if getattr(row, name) != said}
        if "real_period" in changed:
            changed["happened_on"] = Period.parse(changed["real_period"] or self._observation.stated_period).last
        return changed


def correction_form(shown: RecordPage, words: Words, user: User, posted: Any = None) -> CorrectionForm:
    """The form that corrects the record of a page."""
    if shown.kind not in TABLES:
        return ObservationForm(shown.current, words, posted)
    if shown.is_event:
        return EventForm(TABLES[shown.kind], shown.current, words, user, posted)
    return SubjectForm(TABLES[shown.kind], shown.current, words, user, posted)
