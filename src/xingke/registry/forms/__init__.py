"""Giving roles; entering and correcting organisations."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.codes import has_credit_form, is_copied_right, normalise_code
from xingke.base.keys import new_key
from xingke.registry import queries
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.forms.choosing import LookingUp, region_chooser
from xingke.registry.models import Organisation, Region, Zone
from xingke.registry.queries.people import person_of

# the fields of an organisation in the order of its page; what asks back stands where it asks
ORDER = ("name", "another", "credit_code", "code_sure", "code_reason", *Organisation.CORRECTABLE)


OFFERED = 500  # accounts offered while somebody types


class GrantForm(LookingUp):
    """A role for an account in a region, or for one organisation or one person there. ``cleaned_data`` holds the objects.

    Whoever gives roles may see no persons: the form says whether exactly one of the region is called as was written, and
    nothing else of anybody.
    """

    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=64, help_text=gettext_lazy("登录时使用的账号名。")
    )
    role = forms.ChoiceField(label=gettext_lazy("岗位角色"))
    region = forms.CharField(
        label=gettext_lazy("区划"),
        max_length=64,
        help_text=gettext_lazy("名称或六位代码；授权对该区划及其下级有效。"),
    )
    organisation = forms.CharField(
        label=gettext_lazy("单位"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("企业用户填统一社会信用代码，只授权这一家单位；其他岗位留空。"),
    )
    person = forms.CharField(
        label=gettext_lazy("人员"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "科技特派员、评审专家等以本人名义办事的角色才填：人员编号、姓名，或“姓名（工作单位）”。"
            "系统只说有没有唯一的这个人；其他岗位留空。"
        ),
    )
    section = forms.ChoiceField(
        label=gettext_lazy("科室"),
        required=False,
        help_text=gettext_lazy("只说明这项工作由哪个科室的人做，不限制能看什么；不选即全部科室。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["list"] = "accounts"  # what the browser offers while somebody types
        self.fields["region"].widget = region_chooser()
        language = get_language() or "zh-hans"
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = [
            ("", _("请选择")),
            *((role.code, role.label.in_language(language)) for role in queries.roles().values()),
        ]
        section = self.fields["section"]
        assert isinstance(section, forms.ChoiceField)  # declared above
        section.choices = [
            ("", _("全部科室")),
            *((code, term.label.in_language(language)) for code, term in queries.terms("section").items()),
        ]

    @property
    def known_accounts(self) -> list[User]:
        """The accounts in use, to be offered."""
        return queries.accounts_in_use(OFFERED)

    def clean_username(self) -> User:
        written = str(self.cleaned_data["username"]).strip()
        found = queries.account_named(written)
        if found is None:
            raise forms.ValidationError(_("没有账号“%(name)s”，请核对，或先由系统管理员开立。") % {"name": written})
        return found

    def clean_region(self) -> Any:
        written = str(self.cleaned_data["region"])
        try:
            return queries.region_by_name_or_code(written)
        except LookupError:
            raise forms.ValidationError(
                _("没有唯一的区划叫“%(name)s”，请填六位代码。") % {"name": written.strip()}
            ) from None

    def clean_organisation(self) -> Organisation | None:
        code = normalise_code(str(self.cleaned_data["organisation"]))
        if not code:
            return None
        found = queries.organisation_by_code(code)
        if found is None:
            raise forms.ValidationError(_("没有统一社会信用代码为 %(code)s 的单位，请核对。") % {"code": code})
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        region, organisation = found.get("region"), found.get("organisation")
        self._find_person(found)
        if region is not None and organisation is not None:
            low, high = region.range
            if not low <= organisation.region.path < high:
                self.add_error(
                    "organisation",
                    _("“%(name)s”登记在%(own)s，不在%(region)s。")
                    % {"name": organisation.name, "own": organisation.region.name, "region": region.name},
                )
        return found

    def _find_person(self, found: dict[str, Any]) -> None:
        """Put the one person of the region in the place of what was written of them."""
        written, region = str(found.get("person", "")).strip(), found.get("region")
        found["person"] = person_of(region, written) if written and region is not None else None
        if written and region is not None and found["person"] is None:
            words = _("%(region)s没有唯一的人员叫“%(name)s”：请填“姓名（工作单位）”，或人员页上的编号。")
            self.add_error("person", words % {"region": region.name, "name": written})


class OrganisationForm(forms.Form):
    """What is known of an organisation. ``cleaned_data`` holds the objects; regions are those ``user`` may edit in.

    What speaks against it is said before anything is saved, and a box appears in which to declare it right: ``sure``
    holds what was. namesakes: the organisations that may be the same one.
    """

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=120, help_text=gettext_lazy("营业执照或法人证书上的全称。")
    )
    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("18 位；还没有查到时留空，以后补上。"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=Organisation.Kind.choices)
    region = forms.CharField(label=gettext_lazy("区划"), max_length=64)
    zone = forms.ChoiceField(label=gettext_lazy("功能区"), required=False)
    industry = forms.CharField(
        label=gettext_lazy("行业代码"),
        max_length=8,
        required=False,
        help_text=gettext_lazy("国民经济行业分类，如 C3911；不清楚时留空。"),
    )
    founded_on = forms.DateField(
        label=gettext_lazy("成立日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.user = user
        self.namesakes: list[Organisation] = []
        self.sure: dict[str, str] = {}
        self.allowed = queries.scope(user, Permission.ORGANISATION_EDIT)
        regions = list(queries.regions_within(self.allowed)[: CHOICES_LIMIT + 1])
        if len(regions) <= CHOICES_LIMIT:
            choices = [(each.code, each.name) for each in regions]
            self.fields["region"] = forms.ChoiceField(label=_("区划"), choices=choices)
        else:
            self.fields["region"].help_text = _("名称或六位代码。")
        self._zones = {each.code: each for each in queries.zones_within(self.allowed)}
        zone = self.fields["zone"]
        assert isinstance(zone, forms.ChoiceField)  # declared above
        zone.choices = [("", _("不在功能区内")), *((code, each.name) for code, each in self._zones.items())]
        if not self._zones:
            del self.fields["zone"]
        self.order_fields(ORDER)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_credit_code(self) -> str:
        code = normalise_code(str(self.cleaned_data["credit_code"]))
        if code and not has_credit_form(code):
            raise forms.ValidationError(
                _("“%(code)s”不是统一社会信用代码：应为 18 位数字和大写字母，不含 I、O、S、V、Z。") % {"code": code}
            )
        return code

    def clean_region(self) -> Region:
        written = str(self.cleaned_data["region"])
        try:
            found = queries.region_by_name_or_code(written)
        except LookupError:
            found = None
        if found is None or not self.allowed.covers(found.path):
            raise forms.ValidationError(
                _("您可以登记单位的范围里没有唯一的区划叫“%(name)s”，请填六位代码。") % {"name": written.strip()}
            )
        return found

    def clean_zone(self) -> Zone | None:
        return self._zones.get(str(self.cleaned_data.get("zone", "")))

    def standing(self, name: str) -> object:
        """What stands already in a column; nothing for a new organisation."""
        return ""

    def own_key(self) -> UUID | None:
        """The organisation's own key."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        self._ask_about_code(str(found.get("credit_code", "")))
        if found.get("name") and found.get("region"):
            self._ask_about_name(found["name"], found["region"])
        self.order_fields(ORDER)
        return found

    def _ask_about_code(self, code: str) -> None:
        """Refuse a code that is somebody's; ask whether one with a wrong check character is right, and why."""
        if not code or code == self.standing("credit_code"):
            return
        if (holder := queries.holder_of_code(code, but=self.own_key())) is not None:
            self.add_error("credit_code", queries.code_taken(holder, self.user))
            return
        if is_copied_right(code):
            return
        self.fields["code_sure"] = forms.BooleanField(label=_("这个代码确认无误"), required=False)
        self.fields["code_reason"] = forms.CharField(
            label=_("为什么确认无误"),
            max_length=200,
            required=False,
            help_text=_("写明依据，如营业执照原件；它会写入审计记录。"),
        )
        reason = str(self.data.get("code_reason", "")).strip()[:200]
        if not self.data.get("code_sure"):
            self.add_error(
                "credit_code",
                _(
                    "“%(code)s”的校验位不符，多半是抄错了一位，请对照营业执照核对；证上就是这样的，请勾选“这个代码确认无误”并写明依据。"
                )
                % {"code": code},
            )
        elif not reason:
            self.add_error("code_reason", _("请写明依据。"))
        else:
            self.sure["code_reason"] = reason

    def _ask_about_name(self, name: str, region: Region) -> None:
        """Ask whether an organisation of this name is the one that stands already."""
        if (name, region) == (self.standing("name"), self.standing("region")):
            return
        self.namesakes = queries.namesakes(self.user, name, region, but=self.own_key())
        if not self.namesakes:
            return
        self.fields["another"] = forms.BooleanField(label=_("不是同一家，仍要登记"), required=False)
        first = self.namesakes[0]
        if self.data.get("another"):
            self.sure["namesake"] = f"{first.name}（{first.key}）"
            return
        said = _("已有同名单位：“%(name)s”（信用代码 %(code)s，%(region)s）。是同一家吗？")
        self.add_error(
            "name", said % {"name": first.name, "code": first.credit_code or _("未填"), "region": first.region.name}
        )

    def clean_founded_on(self) -> date | None:
        day: date | None = self.cleaned_data["founded_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("成立日期 %(day)s 还没有到，请核对。") % {"day": day})
        return day


class NewOrganisationForm(OrganisationForm):
    """An organisation to be entered. ``key`` makes a second click find the first one's organisation."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)

    def own_key(self) -> UUID | None:
        return self.cleaned_data.get("key")


class CorrectOrganisationForm(OrganisationForm):
    """A correction: what differs from what the person saw, and why."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写明依据，如变更登记通知书；它会写入审计记录。"),
    )

    def __init__(self, user: User, shown: Organisation, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        self.shown = shown
        standing = {name: getattr(shown, name) for name in Organisation.CORRECTABLE}
        places = {"region": shown.region.code, "zone": shown.zone.code if shown.zone else ""}
        kwargs["initial"] = standing | places | {"seen": shown.stamp}
        super().__init__(user, *args, **kwargs)

    def standing(self, name: str) -> object:
        found: object = getattr(self.shown, name)
        return found

    def own_key(self) -> UUID | None:
        return self.shown.key

    def changes(self) -> dict[str, Any]:
        """The columns that differ."""
        found = {name: self.cleaned_data[name] for name in Organisation.CORRECTABLE if name in self.fields}
        return {name: value for name, value in found.items() if value != getattr(self.shown, name)}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.changes():
            self.add_error(None, _("没有改动任何内容，请修改后再提交。"))
        return found
