"""What is asked of volumes, of what lies in them, and of handing them over."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.archive import queries
from xingke.archive.permissions import ArchivePermission
from xingke.base.keys import new_key
from xingke.registry.models import Region

TEXT = forms.Textarea(attrs={"rows": 2})


def _day(label: str) -> forms.DateField:
    """A day, today at first."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, initial=timezone.localdate)


class VolumeForm(forms.Form):
    """A volume to be opened; sent once, however often it is pressed."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)
    region = forms.ChoiceField(label=gettext_lazy("区划"))
    title = forms.CharField(
        label=gettext_lazy("案卷题名"),
        max_length=200,
        help_text=gettext_lazy("如“2026 年研发费用后补助”。"),
    )
    year = forms.IntegerField(
        label=gettext_lazy("年度"),
        min_value=1949,
        max_value=2100,
        help_text=gettext_lazy("事项按办结的年度归，文稿按落款的年度归。"),
    )
    category = forms.ChoiceField(label=gettext_lazy("门类"))
    term = forms.ChoiceField(label=gettext_lazy("保管期限"))
    fonds = forms.CharField(
        label=gettext_lazy("全宗号"),
        max_length=10,
        help_text=gettext_lazy("由同级综合档案馆给定；填过一次之后自动带出。"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        language = get_language() or "zh"
        self.regions = {each.code: each for each in queries.home_regions(user, ArchivePermission.KEEP)}
        first = next(iter(self.regions.values()))
        scheme = queries.scheme_of(first)
        self._offer("region", [(each.code, each.name) for each in self.regions.values()])
        if len(self.regions) == 1:
            self.fields["region"].widget = forms.HiddenInput()
        self.fields["region"].initial = first.code
        self._offer("category", [(each.code, each.label.in_language(language)) for each in scheme.category])
        self._offer("term", [(each.code, each.label.in_language(language)) for each in scheme.term])
        self.fields["year"].initial = timezone.localdate().year
        self.fields["fonds"].initial = queries.last_fonds(first)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=choices)

    def clean_region(self) -> Region:
        return self.regions[self.cleaned_data["region"]]


class ItemForm(forms.Form):
    """What the catalogue says of something."""

    title = forms.CharField(label=gettext_lazy("题名"), max_length=250)
    responsible = forms.CharField(label=gettext_lazy("责任者"), max_length=200, required=False)
    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=80, required=False)
    pages = forms.IntegerField(
        label=gettext_lazy("页数"),
        min_value=1,
        max_value=99999,
        required=False,
        help_text=gettext_lazy("不知道的留空。"),
    )
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False, widget=TEXT)


class VolumesHandedForm(forms.Form):
    """To whom volumes are handed over, and when."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)
    to = forms.CharField(
        label=gettext_lazy("接收单位"), max_length=120, help_text=gettext_lazy("本局档案室，或同级综合档案馆的全称。")
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=500, required=False, widget=TEXT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["on"] = _day(_("移交日期"))
        self.order_fields(("to", "on", "note"))


class VolumesReceivedForm(forms.Form):
    """That volumes were counted and received."""

    count = forms.IntegerField(
        label=gettext_lazy("点到卷数"), min_value=0, max_value=9999, help_text=gettext_lazy("按清单逐卷清点之后填。")
    )
    note = forms.CharField(label=gettext_lazy("签收说明"), max_length=500, required=False, widget=TEXT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["on"] = _day(_("签收日期"))
        self.order_fields(("count", "on", "note"))
