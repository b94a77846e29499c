"""Forms of the documents' pages."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.templatetags.xk import period as period_words
from xingke.indicators.queries.reach import reach
from xingke.indicators.wording import language
from xingke.registry import queries as registry
from xingke.registry.filtering import CHOICES_LIMIT
from xingke.registry.models import Region

MAX_UPLOAD = 20 * 2**20  # bytes
FEW = 5  # regions whose periods are offered to pick from


class WriteForm(forms.Form):
    """Which document to write: the outline, the region within the writer's scope, the period."""

    outline = forms.ChoiceField(label=gettext_lazy("提纲"), widget=forms.RadioSelect)
    region = forms.CharField(label=gettext_lazy("区划"), help_text=gettext_lazy("名称或六位代码。"))
    period = forms.CharField(
        label=gettext_lazy("时期"), help_text=gettext_lazy("例如 2025、2025-H1、2025-Q3、2025-01..2025-10。")
    )

    def __init__(self, user: User, today: date, data: Any = None) -> None:
        super().__init__(data)
        self._today = today
        self._outlines = {code: each.value for code, each in registry.catalogue("outline").items()}
        self.fields["outline"] = forms.ChoiceField(
            label=_("提纲"),
            choices=[(code, each.label.in_language(language())) for code, each in self._outlines.items()],
            widget=forms.RadioSelect,
        )
        self._regions = registry.regions_within(registry.scope(user, Permission.DOCUMENT_WRITE))
        known = list(self._regions[: CHOICES_LIMIT + 1])
        self.is_fictional = any(region.is_fictional for region in known)
        if len(known) <= CHOICES_LIMIT:
            self.fields["region"] = forms.ChoiceField(
                label=_("区划"), choices=[(region.code, region.name) for region in known]
            )
        if len(known) <= FEW:
            self._offer_periods(known)

    def _offer_periods(self, regions: list[Region]) -> None:
        known = {period for region in regions for period in reach(region, today=self._today).periods}
        offered = sorted(
            (
                period
                for period in known
                if not all(each.misfit(period, today=self._today) for each in self._outlines.values())
            ),
            key=lambda period: (period.last, period.first),
            reverse=True,
        )
        if offered:
            self.fields["period"] = forms.ChoiceField(
                label=_("时期"), choices=[(period.code, period_words(period)) for period in offered]
            )

    def clean_region(self) -> Region:
        """The region meant; a sentence where none, or one outside the scope, is named."""
        text = self.cleaned_data["region"]
        try:
            region = registry.region_by_name_or_code(text)
        except LookupError as error:
            raise forms.ValidationError(_("没有名为“%(name)s”的区划，请填全称或六位代码。") % {"name": text}) from error
        if not self._regions.filter(pk=region.pk).exists():
            raise forms.ValidationError(
                _("您不能为“%(name)s”写文稿，请选自己工作范围内的区划。") % {"name": region.name}
            )
        return region

    def clean_period(self) -> Period:
        """The period meant."""
        text = self.cleaned_data["period"]
        try:
            return Period.parse(text)
        except ValueError as error:
            raise forms.ValidationError(
                _("“%(code)s”不是一个时期，可以写 2025、2025-H1、2025-Q3、2025-06 或 2025-01..2025-10。")
                % {"code": text}
            ) from error

    def clean(self) -> dict[str, Any]:
        """The outline must be for the period."""
        asked = super().clean() or {}
        outline, period = self._outlines.get(asked.get("outline", "")), asked.get("period")
        if outline and period and (misfit := outline.misfit(period, today=self._today)):
            self.add_error("period", str(misfit))
        return asked


class VerifyForm(forms.Form):
    """One .docx to be held against its proof and the ledger. It is read and forgotten."""

    file = forms.FileField(
        label=gettext_lazy("要核验的文件"), error_messages={"required": gettext_lazy("请先选一个 .docx 文件。")}
    )

    def clean_file(self) -> bytes:
        """The file's bytes; a sentence where it is too large."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_UPLOAD:
            raise forms.ValidationError(
                _("文件有 %(size)s MB，超过 20 MB 的上限。") % {"size": f"{upload.size / 2**20:.1f}"}
            )
        content: bytes = upload.read()
        return content


def small_int(text: str) -> int | None:
    """A number that a page of ours may have sent; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 7 else None
