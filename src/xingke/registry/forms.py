"""Giving roles."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.codes import normalise_code
from xingke.registry import queries
from xingke.registry.models import Organisation


class GrantForm(forms.Form):
    """A role for an account in a region, or for one organisation there. ``cleaned_data`` holds the objects."""

    username = forms.CharField(
        label=gettext_lazy("账号"), max_length=64, help_text=gettext_lazy("登录时使用的账号名。")
    )
    role = forms.ChoiceField(label=gettext_lazy("岗位角色"))
    region = forms.CharField(
        label=gettext_lazy("区划"), max_length=64, help_text=gettext_lazy("名称或六位代码；授权对该区划及其下级有效。")
    )
    organisation = forms.CharField(
        label=gettext_lazy("单位"), max_length=32, required=False,
        help_text=gettext_lazy("企业用户填统一社会信用代码，只授权这一家单位；其他岗位留空。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = [
            ("", _("请选择")),
            *((role.code, role.label.in_language(language)) for role in queries.roles().values()),
        ]

    def clean_username(self) -> User:
        written = str(self.cleaned_data["username"]).strip()
        found = User.objects.filter(username=written).first()
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
        found = Organisation.objects.filter(credit_code=code).select_related("region").first()
        if found is None:
            raise forms.ValidationError(_("没有统一社会信用代码为 %(code)s 的单位，请核对。") % {"code": code})
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        region, organisation = found.get("region"), found.get("organisation")
        if region is not None and organisation is not None:
            low, high = region.range
            if not low <= organisation.region.path < high:
                self.add_error(
                    "organisation",
                    _("“%(name)s”登记在%(own)s，不在%(region)s。")
                    % {"name": organisation.name, "own": organisation.region.name, "region": region.name},
                )
        return found
