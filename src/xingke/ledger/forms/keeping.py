"""Declaring that a region's records are complete."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.ledger import rules
from xingke.ledger.forms.fields import set_choices
from xingke.ledger.words import kind_choices
from xingke.registry import queries as registry
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.models import Region


class KeepingForm(forms.Form):
    """From which day on a region's records of some kinds are complete."""

    region = forms.ChoiceField(label=gettext_lazy("区划"))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("类别"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只选从起始日期起已经全部登记入账的类别。"),
    )
    since = forms.DateField(
        label=gettext_lazy("起始日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("这一天及以后发生的事都已登记；期末存量还要求这一天之前取得、仍然有效的也已登记。"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        allowed = registry.scope(user, Permission.RECORD_CONFIRM)
        self._regions = {each.code: each for each in registry.regions_within(allowed)[:CHOICES_LIMIT]}
        set_choices(self.fields["region"], [(code, each.name) for code, each in self._regions.items()])
        set_choices(self.fields["kinds"], kind_choices()[:])

    def clean_region(self) -> Region:
        return self._regions[str(self.cleaned_data["region"])]

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"]
        if not rules.EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError(_("起始日期应在 1949 年 10 月 1 日至今天之间。"))
        return day
