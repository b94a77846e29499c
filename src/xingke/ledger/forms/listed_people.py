"""Saying who somebody is whom only lists name. Neither can be taken back, so a name the lists do not say is asked about."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.ledger.queries.listed_people import Listed
from xingke.registry.forms.choosing import LookingUp, PersonField
from xingke.registry.forms.people import NamedForm, PersonReasonForm
from xingke.registry.models import Person


class _Asking(forms.Form):
    """A form that asks once more where something speaks against what was typed."""

    sure = forms.BooleanField(label=gettext_lazy("对着原表核对过，确认无误"), required=False, widget=forms.HiddenInput)

    def ask(self, doubt: str) -> None:
        """Refuse for a doubt until it is said that it is right all the same."""
        self.fields["sure"].widget = forms.CheckboxInput()
        if not self.cleaned_data.get("sure"):
            self.add_error(None, doubt)


class EnterListedPersonForm(_Asking, NamedForm):
    """Somebody to be entered whom lists name already."""

    field_order = ("name", "region", "phone", "email", "address", "identity", "sure")

    def __init__(self, user: User, shown: Listed, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        regions = [each.code for each in shown.regions]
        super().__init__(user, *args, **{"initial": {"region": regions[0] if regions else ""}, **kwargs})
        self.shown = shown
        self.order_fields(self.field_order)
        self.fields["name"].help_text = _("照原表写的姓名填；系统没有存姓名，但能核对填的与表格写的是不是一样。")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        name = typed.get("name", "")
        if not name:
            return typed
        if not self.shown.is_named(name):
            self.ask(_("表格里写的不是“%(name)s”，请核对原表；原表写错了的，勾选确认。") % {"name": name})
        elif self.shown.alike:
            self.ask(
                _("“%(name)s”在这个区划已经登记过；是同一人请并入那一条，不是同一人的，勾选确认。") % {"name": name}
            )
        return typed


class MergeListedPersonForm(LookingUp, _Asking, PersonReasonForm):
    """Which registered person it is, and how that is known."""

    field_order = ("kept", "reason", "sure")

    def __init__(self, user: User, shown: Listed, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.shown = shown
        self.fields["kept"] = PersonField(user, label=_("登记过的人员"))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        kept: Person | None = typed.get("kept")
        if kept is not None and not self.shown.is_named(kept.name):
            self.ask(_("表格里写的不是“%(name)s”，请核对原表；确是同一人的，勾选确认。") % {"name": kept.name})
        return typed
