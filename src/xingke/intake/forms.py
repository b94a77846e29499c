"""Handing a file over: what a person chooses beside the file."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.intake.rows.incoming import Options
from xingke.intake.sheets.forms import SheetForm
from xingke.intake.sheets.whole_file import DAY, may_be_given
from xingke.ledger.kinds import KINDS
from xingke.ledger.words import field_labels, field_word
from xingke.registry import queries as registry
from xingke.registry.filtering import CHOICES_LIMIT


def sheet_forms() -> list[SheetForm]:
    """The forms of spreadsheet that can be read, in the order of the packs."""
    return [found.value for found in registry.catalogue("sheet").values()]


GIVEN = "given_"


def _whole_file_fields(language: str) -> dict[str, forms.Field]:
    """A field for the day a list is about, for every term, and for the name, of the forms of table there are."""
    asked: dict[str, list[SheetForm]] = {}
    for form in sheet_forms():
        for name in may_be_given(form):
            asked.setdefault(name, []).append(form)
    fields: dict[str, forms.Field] = {
        DAY: forms.DateField(
            label=_("日期"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("名单说的那件事的日期：认定、授权、立项、登记、举办……"),
        )
    }
    for name in field_labels():
        of = [form for form in asked.get(name, ()) if form.kind in KINDS]
        if of:
            terms = registry.terms(KINDS[of[0].kind].fields[name]).values()
            choices = [("", _("文件里有")), *((each.label.zh, each.label.in_language(language)) for each in terms)]
            fields[name] = forms.ChoiceField(label=field_word(name), required=False, choices=choices)
            fields[name].help_text = _("用于：") + _("、").join(form.label.in_language(language) for form in of)
    fields["name"] = forms.CharField(label=_("名称、说明"), required=False, max_length=200)
    return {f"{GIVEN}{name}": field for name, field in fields.items()}


class HandOverForm(forms.Form):
    """Which form of table, for which place, and what may be done on the way. Only what the reader may choose is asked."""

    form = forms.ChoiceField(label=gettext_lazy("表格"))
    region = forms.CharField(
        label=gettext_lazy("没有写明区划的行，按哪个区划登记"),
        required=False,
        help_text=gettext_lazy("填名称或六位代码。"),
    )
    sheet = forms.CharField(
        label=gettext_lazy("工作表"),
        required=False,
        max_length=31,
        help_text=gettext_lazy("工作簿有几张表时，填要读的那一张的名称；不填就读表头认得最多的那一张。"),
    )
    new_organisations = forms.BooleanField(
        label=gettext_lazy("登记文件中的新单位"),
        required=False,
        help_text=gettext_lazy("名册里没有的单位，按文件中的名称、信用代码和区划一并登记。"),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("登记后即为已确认"),
        required=False,
        help_text=gettext_lazy(
            "不选则登记为草稿，等有权确认的人确认后才进入指标。资质、项目、资金、技术合同须由另一人确认，总是登记为草稿。"
        ),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through
        language = get_language() or "zh-hans"
        kinds = self.fields["form"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(each.code, each.label.in_language(language)) for each in sheet_forms()]
        entering = registry.scope(user, Permission.RECORD_ENTER)
        places = list(registry.regions_within(entering)[: CHOICES_LIMIT + 1])
        if len(places) <= CHOICES_LIMIT:
            choices = [(each.code, each.name) for each in places]
            self.fields["region"] = forms.ChoiceField(
                label=self.fields["region"].label,
                required=False,
                choices=choices if len(choices) == 1 else [("", _("没有写明的不登记")), *choices],
            )
        if not registry.has(user, Permission.ORGANISATION_EDIT):
            del self.fields["new_organisations"]
        if not registry.has(user, Permission.RECORD_CONFIRM):
            del self.fields["confirmed"]
        self.fields |= _whole_file_fields(language)

    @property
    def whole_file(self) -> list[forms.BoundField]:
        """The fields for what holds for the whole file."""
        return [field for field in self if field.name.startswith(GIVEN)]

    @property
    def is_whole_file_filled(self) -> bool:
        """Whether anything stands in them."""
        return any(field.value() for field in self.whole_file)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = next((each for each in sheet_forms() if each.code == found.get("form")), None)
        if chosen is not None:
            known = may_be_given(chosen)
            for name in self._given():
                if name not in known:
                    self.add_error(f"{GIVEN}{name}", _("“%(form)s”没有这一项，请留空。") % {"form": chosen.label.zh})
        return found

    def _given(self) -> dict[str, str]:
        """What was said for the whole file, as a cell would say it."""
        found = {name: value for name, value in self.cleaned_data.items() if name.startswith(GIVEN) and value}
        return {name.removeprefix(GIVEN): str(value).strip() for name, value in found.items()}

    def clean_region(self) -> str:
        text: str = self.cleaned_data["region"]
        if not text:
            return ""
        try:
            return registry.region_by_name_or_code(text).code
        except LookupError:
            raise forms.ValidationError(_("没有名为“%(name)s”的区划，请填全称或六位代码。") % {"name": text}) from None

    def options(self) -> Options:
        """What was chosen, for a form that is valid."""
        chosen = self.cleaned_data
        return Options(
            region=chosen["region"],
            new_organisations=chosen.get("new_organisations", False),
            confirmed=chosen.get("confirmed", False),
            given=self._given(),
        )
