"""What is asked of pools, commitments, accounts and batches. Amounts are typed in 元, or with 万元 behind them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from xingke.accounts.models import User
from xingke.base.keys import new_key
from xingke.base.sayings import Saying, say
from xingke.casework.forms.choosing import CaseField
from xingke.funds import queries
from xingke.funds.models import Allotment, Commitment, Pool
from xingke.funds.permissions import FundPermission
from xingke.funds.rules import AllotmentKind, written
from xingke.ledger.forms.fields import MeasureField
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import LookingUp, OrganisationField
from xingke.registry.models import Region

SHARES = 4  # layers there are


def amount_field(said: Saying, *, required: bool = True) -> MeasureField:
    """An amount, cleaned to 分."""
    units = registry.units()
    return MeasureField(said, [units["万元"], units["元"]], required=required)


def day_field(label: Any) -> forms.DateField:
    """A day, today at first."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, initial=timezone.localdate)


def reason_field(label: str = "", *, required: bool = True) -> forms.CharField:
    """Why."""
    return forms.CharField(
        label=label or _("原因"), max_length=500, required=required, widget=forms.Textarea(attrs={"rows": 2})
    )


class KeyedForm(LookingUp):
    """A form that is sent once, however often it is pressed."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)


class HomeForm(KeyedForm):
    """A form about something of a bureau in which the reader plans."""

    region = forms.ChoiceField(label=gettext_lazy("区划"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in queries.home_regions(user, FundPermission.PLAN)}
        choices = [(each.code, each.name) for each in self.regions.values()]
        self.fields["region"] = forms.ChoiceField(label=_("区划"), choices=choices)
        if len(choices) == 1:
            self.fields["region"].widget = forms.HiddenInput()
            self.fields["region"].initial = choices[0][0]

    def clean_region(self) -> Region:
        return self.regions[self.cleaned_data["region"]]


class NewPoolForm(HomeForm):
    """A pool to be opened."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    code = forms.CharField(
        label=gettext_lazy("代码"), max_length=40, help_text=gettext_lazy("本年度内不重复，如预算项目代码。")
    )
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2100)
    level = forms.ChoiceField(
        label=gettext_lazy("资金层级"), help_text=gettext_lazy("钱是哪一级财政的；各级资金分池，不混用。")
    )
    purpose = forms.ChoiceField(label=gettext_lazy("用途"))
    field_order = ("region", "name", "code", "year", "level", "purpose")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(user, *args, **kwargs)
        self.fields["level"] = forms.ChoiceField(
            label=self.fields["level"].label,
            help_text=self.fields["level"].help_text,
            choices=queries.terms_of("level"),
        )
        self.fields["purpose"] = forms.ChoiceField(
            label=self.fields["purpose"].label, choices=queries.terms_of("purpose")
        )
        self.fields["year"].initial = timezone.localdate().year
        self.order_fields(self.field_order)


class DocumentedForm(KeyedForm):
    """Money by a budget document."""

    document = forms.CharField(label=gettext_lazy("预算指标文号"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["amount"] = amount_field(say("金额"))
        self.fields["on"] = day_field(_("日期"))
        self.order_fields(("kind", "into", "amount", "document", "on", "note"))


class AllotForm(DocumentedForm):
    """What came into a pool, or was cut."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        kinds = (AllotmentKind.GIVEN, AllotmentKind.ADDED, AllotmentKind.CUT, AllotmentKind.RETURNED)
        choices = [(each.value, Allotment.Kind(each.value).label) for each in kinds]
        self.fields["kind"] = forms.ChoiceField(label=_("类别"), choices=choices)
        self.order_fields(("kind", "amount", "document", "on", "note"))

    def clean_kind(self) -> AllotmentKind:
        return AllotmentKind(self.cleaned_data["kind"])


class CarryForm(DocumentedForm):
    """What is carried into a pool of a later year."""

    into = forms.ChoiceField(label=gettext_lazy("结转到"))

    def __init__(self, later: Sequence[Pool], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.later = {str(each.pk): each for each in later}
        choices = [(pk, f"{each.year} {each.name}") for pk, each in self.later.items()]
        self.fields["into"] = forms.ChoiceField(label=_("结转到"), choices=choices)
        self.order_fields(("into", "amount", "document", "on"))

    def clean_into(self) -> Pool:
        return self.later[self.cleaned_data["into"]]


def _pool_words(pool: Pool, left: int) -> str:
    level = dict(queries.terms_of("level")).get(pool.level, pool.level)
    said = {"year": pool.year, "name": pool.name, "level": level, "left": written(left)}
    return _("%(year)s %(name)s（%(level)s，可用%(left)s元）") % said


class CommitForm(KeyedForm):
    """Money decided for a case, and which pool bears how much of it."""

    thing = forms.CharField(
        label=gettext_lazy("事由"),
        max_length=120,
        help_text=gettext_lazy("给的是什么事的钱，如“高企认定 2026”；同一家单位的同一件事只给一次，靠它认出来。"),
    )
    part = forms.CharField(
        label=gettext_lazy("其中"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("分次拨付的写明是哪一部分，如“首付”；一次付清的不填。"),
    )

    def __init__(self, user: User, pools: Sequence[Pool], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        left = {pk: held.left for pk, held in queries.balances_of([pool.pk for pool in pools]).items()}
        with_money = sorted(pools, key=lambda pool: left[pool.pk] <= 0)  # the others last
        self.pools = {str(pool.pk): pool for pool in with_money}
        self.fields["case"] = CaseField(queries.cases_planned_for(user), label=pgettext("case", "事项"))
        self.fields["decided"] = amount_field(say("审定金额"))
        choices = [(pk, _pool_words(pool, left[pool.pk])) for pk, pool in self.pools.items()]
        for number in range(1, SHARES + 1):
            first = number == 1
            label = _("由哪个资金池出") if first else _("另由哪个资金池分担（%(number)s）") % {"number": number}
            self.fields[f"pool_{number}"] = forms.ChoiceField(
                label=label, choices=choices if first else [("", "—"), *choices], required=first
            )
            self.fields[f"amount_{number}"] = amount_field(say("分担金额"), required=False)
        self.fields["amount_1"].label = _("上面的资金池分担（元）")
        self.fields["amount_1"].help_text = _("只由一个资金池出的，不用填。")
        self.order_fields(("case", "thing", "part", "decided"))

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """What is always asked."""
        return [self[name] for name in ("case", "thing", "part", "decided", "pool_1")]

    @property
    def share_fields(self) -> list[forms.BoundField]:
        """What is asked where several layers bear the sum."""
        more = (name for number in range(2, SHARES + 1) for name in (f"pool_{number}", f"amount_{number}"))
        return [self[name] for name in ("amount_1", *more)]

    @property
    def names_several(self) -> bool:
        """Whether something was typed there."""
        return self.is_bound and any(each.data or each.errors for each in self.share_fields)

    def shares(self) -> dict[Pool, int]:
        """What each pool bears; one alone bears all. A pool named twice bears nothing twice: the form is refused before."""
        typed = self.cleaned_data
        named = [
            (self.pools[typed[f"pool_{number}"]], typed[f"amount_{number}"])
            for number in range(1, SHARES + 1)
            if typed.get(f"pool_{number}")
        ]
        if len(named) == 1 and named[0][1] is None:
            return {named[0][0]: typed["decided"]}
        return {pool: amount or 0 for pool, amount in named}

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        named = [found.get(f"pool_{number}") for number in range(1, SHARES + 1) if found.get(f"pool_{number}")]
        if len(set(named)) < len(named):
            self.add_error(None, _("同一个资金池不能列两次。"))
        return found


class ChangeForm(forms.Form):
    """What shares of a decided sum become, and why. seen: their stamp as they were shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, shares: Sequence[Commitment], *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.shares = shares
        levels = dict(queries.terms_of("level"))
        for row in shares:
            name = str(row.commitment)
            self.fields[name] = amount_field(say("金额"))
            self.fields[name].label = _("%(pool)s（%(level)s，元）") % {
                "pool": row.pool.name,
                "level": levels.get(row.pool.level, row.pool.level),
            }
            self.fields[name].initial = row.amount
        self.fields["reason"] = reason_field()

    def amounts(self) -> dict[UUID, int]:
        """What each share becomes."""
        return {row.commitment: self.cleaned_data[str(row.commitment)] for row in self.shares}


class AccountForm(HomeForm):
    """Where a bureau is to pay an organisation."""

    name = forms.CharField(label=gettext_lazy("户名"), max_length=120)
    bank = forms.CharField(label=gettext_lazy("开户银行"), max_length=120)
    number = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=gettext_lazy("加密保存，平时只显示末四位；由另一人确认后才能拨付。"),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(user, *args, **kwargs)
        self.fields["region"].label = _("由哪个区划拨付")
        self.fields["organisation"] = OrganisationField(user, label=_("单位"))
        self.order_fields(["region", "organisation"])
        self.fields["reason"] = reason_field(_("变更原因"), required=False)
        self.fields["reason"].help_text = _("单位还有安排未拨付、或账号与别的单位相同的，必须写明。")


class NewBatchForm(HomeForm):
    """A batch to be opened."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)


class PayForm(forms.Form):
    """What paying a batch needs. seen: the stamp of what was shown."""

    voucher = forms.CharField(label=gettext_lazy("支付凭证号"), max_length=80)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        super().__init__(*args, **kwargs)
        self.fields["on"] = day_field(_("拨付日期"))
        self.order_fields(("voucher", "on"))
