"""What is asked of letters and of links for outsiders."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from xingke.letters.rules.links import LONGEST_DAYS, LONGEST_NAME, USUAL_DAYS


class CheckForm(forms.Form):
    """What stands on a paper."""

    number = forms.CharField(label=gettext_lazy("文号"), max_length=64)
    code = forms.CharField(
        label=gettext_lazy("校验码"), max_length=20, help_text=gettext_lazy("印在文书末尾，十二位，如 7K2M-0PQX-41TD")
    )


class LinkForm(forms.Form):
    """A link to be made. choices: the steps with their parties."""

    what = forms.ChoiceField(label=gettext_lazy("由谁办哪一步"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("交给谁"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("单位或岗位的名称；会写进办理经过，表明这一步是谁办的"),
    )
    days = forms.IntegerField(label=gettext_lazy("有效几天"), min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS)

    def __init__(self, choices: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.initial.setdefault("what", choices[0][0] if choices else "")
