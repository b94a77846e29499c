"""Choosing a case: by its number, its title, or whose it is, among those somebody may mean."""

from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from xingke.casework.models import Case
from xingke.casework.queries.choosing import case_named, cases_meant
from xingke.registry.forms.choosing import Chooser


class CaseField(forms.CharField):
    """One of some cases: picked, or by its number. Cleans to it, loaded with its region and organisation; None where empty.

    The form is ``LookingUp``; its view answers with what ``matches`` finds.
    """

    def __init__(self, cases: QuerySet[Case], **kwargs: Any) -> None:
        self.cases = cases
        help_text = kwargs.pop("help_text", _("写编号、标题或单位名称的一部分，再从列出的里选定。"))
        super().__init__(
            **kwargs, max_length=200, help_text=help_text, widget=Chooser(partial(cases_meant, cases), "", {})
        )

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = case_named(self.cases, text)
        if found is None:
            raise forms.ValidationError(
                _("没有唯一的一件事项编号是“%(text)s”，请从列出的里选定。") % {"text": text[:64]}
            )
        return found
