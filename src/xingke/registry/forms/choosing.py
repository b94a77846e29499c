"""Choosing a region, an organisation, a person or an account: written in part, looked up among what the asking account may see, picked.

With JavaScript what is found appears while somebody writes; without it the button 查找 shows the form again. What was written
is enough where it says exactly one; where it does not, what it may mean is there to be picked.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import choosing
from xingke.registry.queries.choosing import MATCHES, Match
from xingke.registry.queries.people import people_called

LOOKS_UP = "find"  # the button


class LookingUp(forms.Form):
    """A form with choosers: while somebody looks something up it is shown again, and nothing in it is judged yet."""

    def full_clean(self) -> None:
        super().full_clean()
        if LOOKS_UP in self.data:
            self._errors = ErrorDict()

    def is_valid(self) -> bool:
        return LOOKS_UP not in self.data and super().is_valid()

    def matches(self, request: HttpRequest) -> HttpResponse | None:
        """What one of its fields finds while somebody writes in it (``for``: which); None where the page itself is asked for.

        Fields that choose among what only the page knows ask the page; others have an address of their own.
        """
        name = request.GET.get("for", "")
        widget = self.fields[name].widget if name in self.fields else None
        if not isinstance(widget, Chooser):
            return None
        text = request.GET.get(name, "").strip()
        return render(request, "components/chooser_matches.html", shown(name, text, widget.find(text)))


class Chooser(forms.TextInput):
    """A field to write in, and what was found to pick from. Its value is the key of what was picked, else what was written.

    find: at most one more than ``MATCHES`` for a text, or the one of a key. url: the name of what finds the same while somebody writes;
    "" for the page itself, see ``LookingUp.matches``.
    """

    input_type = "search"
    template_name = "components/chooser.html"

    def __init__(self, find: Callable[[str], Sequence[Match]], url: str, narrowed: Mapping[str, str]) -> None:
        super().__init__({"autocomplete": "off"})
        self._find, self._url, self._narrowed = find, url, narrowed
        self._found: dict[str, Sequence[Match]] = {}

    def find(self, text: str) -> Sequence[Match]:
        """What a text may mean, looked up once."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        text, picked = (str(data.get(each) or "").strip() for each in (name, picked_name(name)))
        if not picked:
            return text
        names_it = any(each.value == picked for each in self.find(text)) or any(
            (each.value, each.label) == (picked, text) for each in self.find(picked)
        )
        return picked if names_it else text  # something else was written since it was picked

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        written = str(value or "").strip()
        found = self.find(written)
        picked = written if found and found[0].value == written else ""
        text = found[0].label if picked else written
        widget = context["widget"]
        widget |= {"value": text, **shown(name, text, found, picked)}
        widget["attrs"] |= finding(widget["attrs"].get("id", name), self._url, name, self._narrowed)
        return context


def finding(id_: str, url: str, name: str, narrowed: Mapping[str, str]) -> dict[str, str]:
    """The attributes of a field that finds while somebody writes. url: the address's name; narrowed: what it is asked besides."""
    return {
        "id": id_,
        "autocomplete": "off",
        "hx-get": f"{reverse(url) if url else ''}?{urlencode({'for': name, **narrowed})}",
        "hx-trigger": "input changed delay:300ms, search",
        "hx-target": f"#{id_}_matches",
        "hx-sync": "this:replace",
    }


def picked_name(name: str) -> str:
    """What the field is called that says what was picked for another."""
    return f"{name}_picked"


def shown(name: str, text: str, found: Sequence[Match], picked: str = "") -> dict[str, Any]:
    """What ``components/chooser_matches.html`` shows of what was found; nothing where the text says the only one already."""
    is_said = len(found) == 1 and not picked and found[0].label == text
    return {
        "picked_name": picked_name(name),
        "picked": picked,
        "matches": () if is_said else found[:MATCHES],
        "more": len(found) > MATCHES,
        "is_missing": bool(text) and not found,
    }


def organisation_chooser(user: User, within: Region | None = None) -> Chooser:
    """Finds the organisations somebody may see. within: of one region."""
    find = partial(choosing.organisations, user, within=within)
    return Chooser(find, "registry:organisation-matches", {"region": within.code} if within is not None else {})


def person_chooser(user: User, but: Person | None = None) -> Chooser:
    """Finds the persons somebody may see. but: one who is not offered."""
    narrowed = {"but": str(but.key)} if but is not None else {}
    return Chooser(partial(choosing.persons, user, **narrowed), "registry:person-matches", narrowed)


def region_chooser() -> Chooser:
    """Finds regions, which everybody may name."""
    return Chooser(choosing.regions, "registry:region-matches", {})


class OrganisationField(forms.CharField):
    """An organisation that somebody may see, of one region if need be: picked, or by its full name or its code; cleans to it,
    None where empty. within: the region."""

    def __init__(self, user: User, *, within: Region | None = None, **kwargs: Any) -> None:
        self.user, self.within = user, within
        widget = organisation_chooser(user, within)
        help_text = kwargs.pop("help_text", _("写名称的一部分，再从列出的单位里选定；也可以写全称或统一社会信用代码。"))
        super().__init__(**kwargs, max_length=120, help_text=help_text, widget=widget)

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Organisation) else value

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = choosing.organisation_named(self.user, text, within=self.within)
        if found is None:
            raise forms.ValidationError(
                _("名录里没有唯一的一家“%(text)s”，请从列出的里选定，或填全称或统一社会信用代码。") % {"text": text}
            )
        return found


class WrittenOrganisationField(OrganisationField):
    """An organisation of the register, or whatever is written where the register has not exactly one such; "" where empty."""

    def clean(self, value: Any) -> Any:
        text = str(forms.CharField.clean(self, value)).strip()
        return (choosing.organisation_named(self.user, text, within=self.within) if text else None) or text


class PersonField(forms.CharField):
    """Somebody of the register the asking account may see: picked, or by name, with 工作单位 in brackets where several are called
    so, or by their key. Cleans to the person, None where empty.

    but: who is not offered: the one whose page asks.
    """

    def __init__(self, user: User, *, but: Person | None = None, **kwargs: Any) -> None:
        self.user = user
        widget = person_chooser(user, but)
        help_text = kwargs.pop(
            "help_text", _("写姓名或工作单位的一部分，再从列出的人员里选定；也可以写“姓名（工作单位）”。")
        )
        super().__init__(**kwargs, max_length=160, help_text=help_text, widget=widget)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = people_called(self.user, text)
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("叫“%(text)s”的有几个人，请在下面选定，或写成“姓名（工作单位）”。") % {"text": text}
            )
        raise forms.ValidationError(_("没有登记过“%(text)s”；请先在“单位 → 人员”里登记。") % {"text": text})


class AccountField(forms.CharField):
    """One of some accounts: picked, or by name or user name. Cleans to it, None where empty. asked: what the page is asked with besides.

    The form is ``LookingUp``; its view answers with what ``matches`` finds.
    """

    def __init__(self, among: Sequence[User], *, asked: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        self.among = among
        widget = Chooser(partial(choosing.accounts, among), "", asked or {})
        help_text = kwargs.pop("help_text", _("写姓名的一部分，再从列出的人里选定。"))
        super().__init__(**kwargs, max_length=150, help_text=help_text, widget=widget)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        found = [each for each in self.among if each.username == text] or [
            each for each in self.among if each.name == text
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("叫“%(text)s”的有几个人，请在下面选定。") % {"text": text})
        raise forms.ValidationError(_("可以选的人里没有“%(text)s”，请从列出的里选定。") % {"text": text})
