"""What is asked of a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.codes import normalise_code
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.registry import queries, rules, sealing
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.models import Organisation, Region


class SealedFields(forms.Form):
    """What is kept sealed of a person."""

    phone = forms.CharField(label=gettext_lazy("电话"), max_length=40, required=False)
    email = forms.CharField(label=gettext_lazy("电子邮箱"), max_length=120, required=False)
    address = forms.CharField(label=gettext_lazy("通讯地址"), max_length=200, required=False)
    identity = forms.CharField(
        label=gettext_lazy("身份证件号码"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("没有必要就不填；加密保存，只用来认出同一个人。"),
    )

    NONE: tuple[str, ...] = ()  # what takes away what stands, where something does

    def clean_email(self) -> str:
        written = str(self.cleaned_data["email"]).strip()
        if written and written not in self.NONE:
            validate_email(written)
        return written

    def clean_identity(self) -> str:
        written = str(self.cleaned_data["identity"]).strip()
        try:
            return rules.identity_number(written) if written else ""
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def facts(self) -> dict[str, str]:
        """What is to be sealed."""
        return {name: self.cleaned_data[name] for name in sealing.SEALED}


class NamedForm(SealedFields):
    """Who somebody is and where they belong, besides what is sealed."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    region = forms.CharField(label=gettext_lazy("区划"), max_length=64)
    field_order: tuple[str, ...] = ("name", "region")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.allowed = queries.scope(user, Permission.PERSON_EDIT)
        regions = list(queries.regions_within(self.allowed)[: CHOICES_LIMIT + 1])
        if len(regions) <= CHOICES_LIMIT:
            choices = [(each.code, each.name) for each in regions]
            self.fields["region"] = forms.ChoiceField(label=_("区划"), choices=choices)
            self.order_fields(self.field_order)

    def clean_region(self) -> Region:
        written = str(self.cleaned_data["region"]).strip()
        try:
            found = queries.region_by_name_or_code(written)
        except LookupError:
            found = None
        if found is None or not self.allowed.covers(found.path):
            raise forms.ValidationError(_("您可以登记人员的范围里没有唯一的区划叫“%(name)s”。") % {"name": written})
        return found


class NewPersonForm(NamedForm):
    """A person to be entered. ``key`` makes a second click find the first one's person."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)


class CorrectPersonForm(SealedFields):
    """A correction of a person, and why. What is sealed stands masked: an empty field leaves it, 无 takes it away."""

    NONE = ("无", "none")
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("name", *sealing.SEALED)

    def __init__(self, masked: Mapping[str, str], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        for name in sealing.SEALED:
            stands = _("现为 %(masked)s；不填即不变，填“无”即删去。") % {"masked": masked.get(name, "")}
            self.fields[name].help_text = stands if masked.get(name) else _("现在没有；不填即不变。")

    def clean_identity(self) -> str:
        written = str(self.cleaned_data["identity"]).strip()
        return written if written in self.NONE else super().clean_identity()

    def facts(self) -> dict[str, str]:
        """What changes of what is sealed."""
        typed = {name: text for name, text in super().facts().items() if text}
        return {name: "" if text in self.NONE else text for name, text in typed.items()}


class PersonReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class MergeForm(PersonReasonForm):
    """Which other person is this one."""

    other = forms.UUIDField(
        label=gettext_lazy("另一条的编号"), help_text=gettext_lazy("在另一条的页面上，“编号”一项。")
    )
    field_order = ("other",)


class EmploymentForm(forms.Form):
    """Where somebody works from a day on."""

    employer = forms.CharField(
        label=gettext_lazy("工作单位"), max_length=120, help_text=gettext_lazy("名录里有的，填全称或统一社会信用代码。")
    )
    post = forms.CharField(label=gettext_lazy("职务职称"), max_length=80, required=False)
    since = forms.DateField(
        label=gettext_lazy("开始日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def organisation(self) -> Organisation | None:
        """The organisation of the register the employer is; None where it has it not, or more than one."""
        text = str(self.cleaned_data["employer"]).strip()
        known = queries.organisations_visible_to(self.user)
        found = list(known.filter(Q(name=text) | Q(credit_code=normalise_code(text)))[:2])
        return found[0] if len(found) == 1 else None

    def clean_since(self) -> date | None:
        day: date | None = self.cleaned_data["since"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("开始日期 %(day)s 还没有到，请核对。") % {"day": day})
        return day
