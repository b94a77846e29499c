"""What is asked of a person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.registry import queries, rules, sealing
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.forms.choosing import LookingUp, PersonField, WrittenOrganisationField
from xingke.registry.models import Organisation, Person, Region


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


class MergeForm(LookingUp, PersonReasonForm):
    """Which other person is this one."""

    field_order = ("other",)

    def __init__(self, user: User, shown: Person, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["other"] = PersonField(
            user,
            but=shown,
            label=_("另一条"),
            help_text=_("写姓名或工作单位的一部分，再从列出的人员里选定；也可以填另一条页面上的“编号”。"),
        )
        self.order_fields(self.field_order)


class EmploymentForm(LookingUp, forms.Form):
    """Where somebody works from a day on."""

    post = forms.CharField(label=gettext_lazy("职务职称"), max_length=80, required=False)
    since = forms.DateField(
        label=gettext_lazy("开始日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    field_order = ("employer",)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.organisation: Organisation | None = None  # which the employer is, where the register has exactly one such
        self.fields["employer"] = WrittenOrganisationField(
            user, label=_("工作单位"), help_text=_("名录里有的，写名称的一部分再选定；没有的，写全称。")
        )
        self.order_fields(self.field_order)

    def clean_employer(self) -> str:
        employer = self.cleaned_data["employer"]
        if isinstance(employer, Organisation):
            self.organisation = employer
            return employer.name
        return str(employer)

    def clean_since(self) -> date | None:
        day: date | None = self.cleaned_data["since"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("开始日期 %(day)s 还没有到，请核对。") % {"day": day})
        return day
