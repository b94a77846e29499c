"""What is asked of calls, meetings, publicity and notices."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.quantities import INT64_MAX
from xingke.casework.rules.calls import ORGANISATION, CallQuota
from xingke.casework.rules.flows import Flow
from xingke.casework.rules.forms import FormField
from xingke.casework.rules.meetings import LONGEST_NAME, Presence
from xingke.casework.rules.publicity import ObjectionEnd
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import LookingUp, OrganisationField
from xingke.registry.models import Region

MOST_COUNTED = 1_000_000  # cases of a call, and of a quota
NAMES_APART = re.compile(r"[、，,；;\n\r\t]+")
Choices = Sequence[tuple[str, str]]


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, typed or picked."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def words_field(label: Any, most: int, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """Some sentences."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class PlacedForm(LookingUp):
    """Something of a bureau: its region is asked for where there are several. key: made with the page, so that a form sent twice counts once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)

    def __init__(self, regions: Sequence[Region], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in regions}
        if len(regions) > 1:
            self.fields["region"] = forms.ChoiceField(
                label=_("区划"), choices=[(region.code, region.name) for region in regions]
            )
            self.order_fields(["region"])

    @property
    def region(self) -> Region:
        """Where it is to be."""
        code = self.cleaned_data.get("region")
        return self.regions[code] if code else next(iter(self.regions.values()))


def term_choices(list_code: str, language: str) -> Choices:
    """The terms of a list to choose from."""
    return [(code, term.label.in_language(language)) for code, term in registry.terms(list_code).items()]


class MeetingForm(PlacedForm):
    """A meeting to be called."""

    kind = forms.ChoiceField(label=gettext_lazy("会议类型"))
    on = day_field(gettext_lazy("开会日期"))
    place = forms.CharField(label=gettext_lazy("地点"), max_length=120, required=False)
    quorum = forms.ChoiceField(
        label=gettext_lazy("到会多少人才能议决"),
        choices=[
            ("1/2", gettext_lazy("应到人数的半数以上（含半数）")),
            (">1/2", gettext_lazy("超过应到人数的半数")),
            ("2/3", gettext_lazy("应到人数的三分之二以上")),
        ],
    )

    def __init__(self, kinds: Choices, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField


class HoldForm(forms.Form):
    """Who was there, as minutes write it."""

    due = forms.IntegerField(label=gettext_lazy("应到人数"), min_value=1, max_value=999)
    present = words_field(gettext_lazy("出席"), 2000, 2, help_text=gettext_lazy("姓名之间用顿号隔开，或者一行一个。"))
    absent = words_field(gettext_lazy("请假"), 2000, 2, required=False)
    listening = words_field(
        gettext_lazy("列席"), 2000, 2, required=False, help_text=gettext_lazy("列席的人不计入到会人数。")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0, max_value=INT64_MAX)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for field in ("present", "absent", "listening"):
            long = next((name for name in names_in(found.get(field, "")) if len(name) > LONGEST_NAME), None)
            if long is not None:
                said = {"name": long[:20], "most": LONGEST_NAME}
                self.add_error(field, _("“%(name)s……”太长，一个姓名最多%(most)s个字；请用顿号隔开。") % said)
        return found

    def named(self) -> list[tuple[str, Presence]]:
        """Who was asked, and whether they were there."""
        typed = (("present", Presence.PRESENT), ("absent", Presence.ABSENT), ("listening", Presence.LISTENING))
        return [(name, presence) for field, presence in typed for name in names_in(self.cleaned_data[field])]


def names_in(text: str) -> list[str]:
    """Names as they are typed one after another."""
    return [name.strip() for name in NAMES_APART.split(text) if name.strip()]


class MinutesForm(forms.Form):
    """With what a meeting is closed."""

    minutes_number = forms.CharField(label=gettext_lazy("纪要号"), max_length=64)


class PublicityForm(PlacedForm):
    """Publicity to be opened: what everybody reads of it."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    text = words_field(gettext_lazy("公示内容"), 4000, 6, required=False)
    since = day_field(gettext_lazy("公示开始"))
    until = day_field(
        gettext_lazy("公示截止"),
        required=False,
        help_text=gettext_lazy("不填就按这类事项规定的天数推算；可以更长，不能更短。"),
    )
    amount = forms.ChoiceField(label=gettext_lazy("公示的金额"), required=False)
    published_in = forms.CharField(
        label=gettext_lazy("发布在"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("例如局门户网站通知公告栏。"),
    )
    contact = forms.CharField(
        label=gettext_lazy("受理异议"), max_length=300, help_text=gettext_lazy("科室、电话、地址；会公开。")
    )

    def __init__(self, amounts: Choices, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["amount"].choices = [("", _("不公示金额")), *amounts]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["since"].initial = timezone.localdate()


class ObjectionForm(forms.Form):
    """What somebody has against a publicity."""

    about = forms.ChoiceField(label=gettext_lazy("针对"), required=False)
    who = forms.CharField(
        label=gettext_lazy("异议人"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("匿名的留空。只有本局看得到，不写进操作记录。"),
    )
    on = day_field(gettext_lazy("收到日期"))
    content = words_field(gettext_lazy("异议内容"), 2000, 4)

    def __init__(self, items: Choices, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", _("整批公示")), *items]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["on"].initial = timezone.localdate()


class AnswerForm(forms.Form):
    """What became of an objection."""

    end = forms.ChoiceField(
        label=gettext_lazy("处理结果"),
        choices=[
            (ObjectionEnd.NOT_UPHELD.value, gettext_lazy("不成立")),
            (ObjectionEnd.UPHELD.value, gettext_lazy("成立")),
            (ObjectionEnd.NOT_TAKEN_UP.value, gettext_lazy("不予受理")),
        ],
    )
    answer = words_field(gettext_lazy("怎样核实、怎样答复"), 2000, 4)


class CallForm(PlacedForm):
    """A call to be made for one flow. Quotas are lines: what is limited, how many; and which answer, where it is one."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=200)
    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=64, required=False)
    published_on = day_field(gettext_lazy("发布日期"))
    since = day_field(gettext_lazy("开始申报"))
    until = day_field(gettext_lazy("截止申报"))
    asked = words_field(gettext_lazy("申报要求"), 8000, 8, required=False)
    least = forms.IntegerField(label=gettext_lazy("至少几件"), min_value=1, max_value=MOST_COUNTED, required=False)
    most = forms.IntegerField(label=gettext_lazy("最多受理几件"), min_value=1, max_value=MOST_COUNTED, required=False)
    budget = forms.DecimalField(
        label=gettext_lazy("经费（万元）"), min_value=0, max_digits=12, decimal_places=6, required=False
    )
    budget_text = forms.CharField(label=gettext_lazy("经费说明"), max_length=200, required=False)
    quotas = words_field(gettext_lazy("限额"), 4000, 3, required=False)

    def __init__(self, limited: Sequence[FormField], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.limited = {each.label.zh: each for each in limited}
        said = _("一行一条：“申报单位 1”即每家最多1件。")
        if self.limited:
            more = _("写成“%(example)s …… 3”，即这一项答了这个的最多3件；可以限的还有：%(names)s。")
            said += more % {"example": next(iter(self.limited)), "names": "、".join(self.limited)}
        self.fields["quotas"].help_text = said

    def clean_budget(self) -> int | None:
        """In 分."""
        typed = self.cleaned_data["budget"]
        return None if typed is None else int(typed * 1_000_000)

    def clean_quotas(self) -> list[CallQuota]:
        lines = [line.split() for line in str(self.cleaned_data["quotas"]).splitlines() if line.strip()]
        return [self._quota(line) for line in lines]

    def _quota(self, line: list[str]) -> CallQuota:
        wrong = forms.ValidationError(_("“%(line)s”读不懂，请照例子写。") % {"line": " ".join(line)[:60]})
        if not 2 <= len(line) <= 3 or not line[-1].isdecimal():
            raise wrong
        if len(line[-1]) > 7 or int(line[-1]) > MOST_COUNTED:
            raise forms.ValidationError(_("限额最多%(most)s件。") % {"most": MOST_COUNTED})
        name, words, most = line[0], line[1] if len(line) == 3 else "", int(line[-1])
        if name in (_("申报单位"), ORGANISATION) and not words:
            return CallQuota(ORGANISATION, most)
        field = self.limited.get(name)
        if field is None:
            raise wrong
        return CallQuota(field.name, most, words, words)


class NoticeForm(PlacedForm):
    """A notice to be sent."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=200)
    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=64, required=False)
    text = words_field(gettext_lazy("内容"), 8000, 8)
    answer_until = day_field(
        gettext_lazy("回执截止"), required=False, help_text=gettext_lazy("不填就只要签收，不要回复。")
    )
    to = words_field(
        gettext_lazy("还发给"),
        8000,
        4,
        required=False,
        help_text=gettext_lazy("单位名称或统一社会信用代码，一行一家，可以粘贴名单；本局的人写姓名。"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["one"] = OrganisationField(user, label=_("发给"), required=False)
        self.order_fields(["region", "title", "document_number", "text", "answer_until", "one", "to"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("one") and not found.get("to") and not {"one", "to"} & set(self.errors):
            self.add_error("one", _("请写明发给谁。"))
        return found


class ReceiptForm(forms.Form):
    """What is answered to a notice."""

    answer = words_field(gettext_lazy("回复"), 1000, 3, required=False)


def flow_choices(flows: Sequence[Flow], language: str) -> Choices:
    """Flows to choose from."""
    return [(flow.code, flow.label.in_language(language)) for flow in flows]


def first_day(text: str) -> date | None:
    """A day in an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
