"""What is asked of substitutes, hand-overs, working groups and links."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.quantities import INT64_MAX
from xingke.casework.forms.choosing import CaseField
from xingke.casework.forms.common import PlacedForm, day_field, names_in, words_field
from xingke.casework.models import Case, GroupMember
from xingke.casework.rules.groups import KIND_WORDS, GroupKind, GroupPost, Seat
from xingke.casework.rules.links import LINK_WORDS, LinkKind
from xingke.registry.forms.choosing import AccountField, LookingUp

SEAT = re.compile(r"^(?P<name>[^（(]+?)\s*(?:[（(](?P<of>[^）)]*)[）)])?$")


class SubstituteForm(LookingUp):
    """Who stands in for whom, from when to when. users: for whom it may be named, the reader first; others: who may stand in."""

    since = day_field(gettext_lazy("开始日期"))
    until = day_field(gettext_lazy("截止日期"), help_text=gettext_lazy("当天也算；过了这天自动结束。"))
    reason = forms.CharField(label=gettext_lazy("事由"), max_length=200, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)

    def __init__(
        self, users: Sequence[User], others: Sequence[User], *args: Any, **kwargs: Any
    ) -> None:  # Django's own
        super().__init__(*args, **kwargs)
        self.fields["user"] = AccountField(users, label=_("谁的工作"), initial=users[0].username)
        self.fields["substitute"] = AccountField(others, label=_("由谁代"))
        self.fields["since"].initial = timezone.localdate()
        self.order_fields(["user", "substitute"])


class WhoseForm(LookingUp):
    """Whose cases are handed over."""

    def __init__(self, users: Sequence[User], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["of"] = AccountField(users, label=_("交接谁的事项"))


class HandingForm(LookingUp):
    """To whom, and why."""

    reason = forms.CharField(
        label=gettext_lazy("交接事由"), max_length=500, help_text=gettext_lazy("例如岗位调整；写进每件事项的办理经过。")
    )

    def __init__(self, users: Sequence[User], of: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["to"] = AccountField(users, asked={"of": of.username}, label=_("由谁接手"))
        self.order_fields(["to"])


class MembersForm(forms.Form):
    """Who belongs to a group, as the document names them, one after another for each post."""

    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=64)
    on = day_field(gettext_lazy("自哪天起"))
    lead = words_field(
        gettext_lazy("组长、召集人"),
        500,
        2,
        help_text=gettext_lazy("写成“姓名（单位职务）”；几个人的一行一个，或者用顿号隔开。"),
    )
    deputy = words_field(gettext_lazy("副组长、副召集人"), 1000, 2, required=False)
    member = words_field(gettext_lazy("成员、成员单位"), 8000, 6, required=False)
    office = words_field(gettext_lazy("办公室"), 1000, 2, required=False)

    def seats(self) -> list[Seat]:
        """Who sits where; what stands in brackets says where they are from."""
        return [_seat(post, text) for post in GroupPost for text in names_in(self.cleaned_data[post.value])]

    @staticmethod
    def filled(members: Sequence[GroupMember]) -> dict[str, str]:
        """The same as it is typed."""
        return {post.value: "\n".join(seat_words(row) for row in members if row.post == post) for post in GroupPost}


def _seat(post: GroupPost, text: str) -> Seat:
    found = SEAT.match(text)
    name, of = (found["name"], found["of"] or "") if found is not None else (text, "")
    return Seat(post, name.strip()[:64], of.strip()[:120])


def seat_words(row: GroupMember) -> str:
    """A member as a document writes them."""
    return f"{row.name}（{row.of}）" if row.of else row.name


class GroupChangeForm(MembersForm):
    """The members after a change. seen: the last change the page showed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0, max_value=INT64_MAX)


class GroupForm(PlacedForm, MembersForm):
    """A group to be set up."""

    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(each.value, str(KIND_WORDS[each])) for each in GroupKind]  # type: ignore[attr-defined]
        self.order_fields(["region", "kind", "name"])


class DutyForm(forms.Form):
    """Something a group has to do."""

    text = forms.CharField(label=gettext_lazy("任务"), max_length=500)
    who = forms.CharField(label=gettext_lazy("由谁办"), max_length=120)
    due = day_field(gettext_lazy("办到哪一天"))


class CaseLinkForm(LookingUp):
    """What another case is to this one."""

    kind = forms.ChoiceField(label=gettext_lazy("它是"))

    def __init__(self, cases: QuerySet[Case], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["other"] = CaseField(cases, label=_("另一件"))
        self.order_fields(["other", "kind"])
        self.fields["kind"].choices = [(each.value, str(LINK_WORDS[each])) for each in LinkKind]  # type: ignore[attr-defined]
