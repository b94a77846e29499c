"""Writing records by hand: a new one with its first events, and one more event of one that stands."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.codes import normalise_code
from xingke.base.keys import new_key
from xingke.base.sayings import NOTHING, Saying
from xingke.ledger import queries, rules
from xingke.ledger.forms.fields import EventFields, LevelField, NumberField, event_measures, subject_fields
from xingke.ledger.kinds.record_kind import Identity, Number
from xingke.ledger.models import EventVersion
from xingke.ledger.queries import records
from xingke.ledger.rules import Happening, out_of_order
from xingke.ledger.tables import Kind
from xingke.ledger.words import Words, kind_word
from xingke.registry import filtering
from xingke.registry import queries as registry
from xingke.registry.forms.choosing import PersonField, finding
from xingke.registry.models import Organisation, Region
from xingke.registry.queries.choosing import MATCHES, organisation_match

ROWS = 20  # events of one form


def organisations_like(user: User, text: str) -> list[Organisation]:
    """The organisations somebody may see whose name or credit code answers, one more than are listed; none for ""."""
    if not text.strip():
        return []
    found: QuerySet[Organisation] = registry.organisations_listed(user, search=text)
    return list(found.order_by("name", "pk")[: MATCHES + 1])


class PlaceForm(forms.Form):
    """Where, and of which organisation: found by name or code on the server, then chosen.

    key: of the record, made with the page, so that a form sent twice files once.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    region = forms.CharField(label=gettext_lazy("区划"), max_length=64, required=False)
    holder_search = forms.CharField(label=gettext_lazy("单位"), max_length=120, required=False)
    holder = forms.UUIDField(label=gettext_lazy("单位"), required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        self.user = user
        kwargs["initial"] = {"key": new_key(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.allowed = registry.scope(user, Permission.RECORD_ENTER)
        self._ask_region()

    def _ask_region(self) -> None:
        """One region is not asked for, some are picked from, many are typed."""
        known = list(registry.regions_within(self.allowed)[: filtering.CHOICES_LIMIT + 1])
        field = self.fields["region"]
        self.only = known[0] if len(known) == 1 else None
        if self.only is not None:
            del self.fields["region"]
        elif len(known) <= filtering.CHOICES_LIMIT:
            options = [("", _("同单位所在区划")), *((region.code, region.name) for region in known)]
            field.widget = forms.Select(choices=options)
        else:
            field.help_text = _("名称或六位代码；不填即单位所在区划。")

    def hush(self) -> None:
        """Show what was typed without judging it yet: the person is only looking something up."""
        self._errors = ErrorDict()

    @property
    def matches(self) -> list[Organisation]:
        """The organisations to choose from: those the search finds, or the one chosen before."""
        text = str(self["holder_search"].value() or "")
        found = organisations_like(self.user, text)[:MATCHES]
        chosen = self.chosen
        return found if chosen is None or chosen in found else [chosen, *found]

    @property
    def holder_chooser(self) -> dict[str, Any]:
        """What was typed and what it finds, for the component ``chooser``."""
        text, chosen = str(self["holder_search"].value() or ""), self.chosen
        is_wrong = bool(self["holder"].errors)
        attrs = {"maxlength": 120, "aria-describedby": "id_holder_help" + (" id_holder_error" if is_wrong else "")}
        return {
            "type": "search",
            "name": "holder_search",
            "value": text,
            "attrs": attrs
            | ({"aria-invalid": "true"} if is_wrong else {})
            | finding("id_holder_search", "registry:organisation-matches", "holder_search", {"picked": "holder"}),
            "picked_name": "holder",
            "picked": str(chosen.key) if chosen is not None else "",
            "matches": [organisation_match(each) for each in self.matches],
            "more": len(organisations_like(self.user, text)) > MATCHES,
            "is_missing": bool(text) and not self.matches,
        }

    @property
    def chosen(self) -> Organisation | None:
        """The organisation marked in the form as it stands; None where it is none the person may see."""
        try:
            key = UUID(str(self["holder"].value() or ""))
        except ValueError:
            return None
        return registry.organisations_visible_to(self.user).filter(key=key).first()

    def clean_region(self) -> Region | None:
        written = str(self.cleaned_data["region"]).strip()
        if not written:
            return None
        try:
            region = registry.region_by_name_or_code(written)
        except LookupError:
            raise forms.ValidationError(_("没有唯一的区划叫“%(name)s”，请填六位代码。") % {"name": written}) from None
        return self._may_enter(region)

    def _may_enter(self, region: Region) -> Region:
        if not self.allowed.covers(region.path):
            raise forms.ValidationError(_("您不能登记“%(region)s”的记录。") % {"region": region.name})
        return region

    def clean_holder(self) -> Organisation | None:
        text = str(self.cleaned_data.get("holder_search") or "").strip()
        found = organisations_like(self.user, text)
        chosen = self.chosen
        if not text:  # whatever was marked: emptying the field means no organisation
            return None
        if chosen is not None and (chosen in found or text == chosen.name):
            return chosen
        exact = [each for each in found if text == each.name or normalise_code(text) == each.credit_code]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(
                _("名录里没有“%(text)s”，请换一种写法，或填统一社会信用代码。") % {"text": text}
            )
        raise forms.ValidationError(_("有多家单位符合“%(text)s”，请在下面选定一家。") % {"text": text})

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if "key" in self.errors:
            self.add_error(None, _("页面不完整，请重新打开本页。"))
        region, holder = found.setdefault("region", self.only), found.get("holder")
        if "region" in self.errors or "holder" in self.errors:
            return found
        if region is None and holder is None:
            self.add_error("region", _("请选择区划，或先选定单位。"))
        elif region is None and holder is not None:
            try:
                found["region"] = self._may_enter(holder.region)
            except forms.ValidationError as error:
                self.add_error("region", error)
        elif region is not None and holder is not None and holder.is_fictional != region.is_fictional:
            self.add_error("holder", _("虚构的单位和真实的区划不能记在一起。"))
        return found


class EventRow(EventFields):
    """One event of a new record."""

    def __init__(self, *args: Any, kind: Kind, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = event_measures(kind)
        self.ask_of(kind, words, first=[("", _("请选择"))])
        self.fields["happened_on"].help_text = ""  # said once, above the events
        if kind.is_lasting:  # the first certificate's number is the title's
            del self.fields["certificate"]
            self.measures.remove("certificate")
        known = words.terms(kind.event_list)
        if len(known) == 1:
            self.fields["event"].initial = known[0][0]
            self.fields["event"].widget = forms.HiddenInput()

    def happened(self) -> dict[str, Any]:
        """What happened, as ``actions.NewEvent`` takes it."""
        typed = self.cleaned_data
        measures = {name: typed[name] for name in self.measures if typed[name] not in (None, "")}
        return {"event": typed["event"], "on": typed["happened_on"], "measures": measures}


class RecordForm(NumberField, LevelField, PlaceForm):
    """A new record: what it is, whose, and what has happened to it so far.

    same: records that say the same; it asks the person to say once more that they mean it, as a doubtful number does. A
    patent filed already is refused, and a title its holder has: its next certificate is a further event of that.
    """

    apart = forms.BooleanField(label=gettext_lazy("不是同一件事，仍要登记"), required=False)

    def __init__(self, user: User, *args: Any, kind: Kind, words: Words, **kwargs: Any) -> None:
        self.kind, self.words = kind, words
        self.same: list[Any] = []
        super().__init__(user, *args, **kwargs)
        self.fields |= subject_fields(kind, words, user, first=[("", _("请选择"))])
        if kind.names.names_persons:
            self.fields["person"] = PersonField(user, label=_("人员"), required=False)
        if kind.names.named_by:
            self.fields["name"].required = False
            self.fields["name"].help_text = _("留空即与所选的名目相同。")
        if kind.names.needs_holder:
            self.fields["holder_search"].label = _("单位（必填）")
        rows = forms.formset_factory(EventRow, extra=0, min_num=1, max_num=ROWS, absolute_max=ROWS, validate_min=True)
        self.rows = rows(
            self.data if self.is_bound else None, prefix="events", form_kwargs={"kind": kind, "words": words}
        )

    @property
    def own_fields(self) -> Sequence[forms.BoundField]:
        """The fields of the kind itself."""
        whom = ["person"] if self.kind.names.names_persons else []
        return [self[name] for name in (*self.kind.repeated, *whom, *self.kind.details)]

    def hush(self) -> None:
        super().hush()
        hushed: Any = self.rows  # Django's formsets judge when they are first asked, as forms do
        hushed._errors, hushed._non_form_errors = [], hushed.error_class()
        for row in hushed.forms:
            row._errors = ErrorDict()

    def is_valid(self) -> bool:
        is_valid = super().is_valid()
        if self.is_bound and not self.rows.is_valid():
            for said in () if self.row_errors else self.rows.non_form_errors():
                self.add_error(None, said)
            return False
        return is_valid

    @property
    def row_errors(self) -> list[tuple[str, str]]:
        """What is wrong with the events: the id of the field, and which row, which field and what, in words."""
        if not self.is_bound:
            return []
        return [
            (
                row[name].id_for_label if name in row.fields else "happened",
                _("“经过”第 %(n)d 件，%(field)s：%(error)s")
                % {"n": number, "field": row[name].label if name in row.fields else _("经过"), "error": error},
            )
            for number, row in enumerate(self.rows.forms, 1)
            for name, errors in row.errors.items()
            for error in errors
        ]

    def clean_name(self) -> str:
        named_by = self.kind.names.named_by
        written = str(self.cleaned_data["name"]).strip()
        if written or not named_by:
            return written
        return self.words.term(self.kind.field_list(named_by), str(self.cleaned_data.get(named_by, "")))

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if self.kind.names.needs_holder and "holder" not in self.errors and found.get("holder") is None:
            self.add_error("holder", _("请选定单位：%(kind)s总是某家单位的。") % {"kind": kind_word(self.kind.code)})
        person, region = found.get("person"), found.get("region")
        if person is not None and region is not None and person.is_fictional != region.is_fictional:
            self.add_error("person", _("虚构的人员和真实的区划不能记在一起。"))
        if self.is_bound and self.rows.is_valid():
            self._judge_days(found)
        holder = found.get("holder")
        if holder is not None and (wrong := rules.with_itself(holder.name, str(found.get("counterpart") or ""))):
            self.add_error("counterpart", str(wrong))
        if not self.errors:
            self.same = records.same_things(
                self.kind,
                fields=self.columns(),
                region=found["region"],
                organisation=found["holder"],
                first=self.first_day(),
                key=found["key"],
                person=found.get("person"),
            )
            self._judge_same(found)
        return found

    def _judge_days(self, found: Mapping[str, Any]) -> None:
        """Refuse days that cannot be, and doubtful ones until the person says that they are right, and why."""
        if wrong := self._out_of_order() or self._against_number(found):
            self.add_error(None, str(wrong))
            return
        doubt = self._doubtful(found)
        if not doubt:
            return
        self.doubt = self.doubt or doubt  # what speaks against the number itself was said first
        if not found.get("sure"):
            self.add_error(None, str(doubt))
        elif not str(found.get("why_sure") or "").strip():
            self.add_error("why_sure", _("请写明为什么确认编号无误。"))

    def _judge_same(self, found: Mapping[str, Any]) -> None:
        """Refuse what stands already, unless the person may say that it is something else and does."""
        if not self.same or self.taken_over is not None:  # taken over: it stands elsewhere and comes here, see the view
            return
        if self.kind.names.identity is Identity.RENEWED:
            self.add_error(
                None,
                _("这家单位的这项资质已在台账中，一家单位的一项资质只登记一条；新的证书请登记为后续事件“重新认定”。"),
            )
        elif not (found["apart"] and self.may_be_apart):
            self.add_error(None, _("台账里已有相同的记录，请先核对是不是同一件事。"))

    @property
    def taken_over(self) -> Any | None:
        """The record of somebody else, or elsewhere, that by its own number is what the typed holder took over; as an import
        adds to it, so does the form."""
        numbered = [each for each in self.same if each.number and each.number == self.columns().get("number")]
        arrivals = self.kind.names.arrivals
        if len(numbered) != 1 or not any(each["event"] in arrivals for each in self.events()):
            return None
        stands, holder, region = numbered[0], self.cleaned_data.get("holder"), self.cleaned_data.get("region")
        if holder is None or region is None:
            return None
        return stands if (stands.organisation_id, stands.region_id) != (holder.pk, region.pk) else None

    def _out_of_order(self) -> Saying:
        """Why the days of the events cannot all be right."""
        happened = [Happening(each["event"], each["on"]) for each in self.events()]
        said = partial(self.words.event, self.kind.code)
        return out_of_order(self.kind.names, happened, is_one_round=True, said=said)

    def _doubtful(self, typed: Mapping[str, Any]) -> Saying:
        """What speaks against the days as they are typed, unless the person says that they are right."""
        happened = [Happening(each["event"], each["on"], until=each["measures"].get("until")) for each in self.events()]
        if self.kind.names.number is Number.PATENT:
            said = partial(self.words.event, self.kind.code)
            return rules.against_number(str(typed.get("number") or ""), happened, said=said)[1]
        for each in happened if self.kind.is_lasting else ():
            usual = queries.usual_last_day(self.kind, self.columns(), each.event, each.on)
            if doubt := rules.later_than_term(each.until, usual):
                return doubt
        return NOTHING

    def _against_number(self, typed: Mapping[str, Any]) -> Saying:
        """Why the days of a patent's events cannot be with its number."""
        if self.kind.names.number is not Number.PATENT:
            return NOTHING
        happened = [Happening(each["event"], each["on"]) for each in self.events()]
        said = partial(self.words.event, self.kind.code)
        return rules.against_number(str(typed.get("number") or ""), happened, said=said)[0]

    @property
    def may_be_apart(self) -> bool:
        """Whether two records may say the same: of one patent number there is one, and of one title one a holder."""
        names = self.kind.names
        if names.identity is Identity.RENEWED:
            return False
        return names.number is not Number.PATENT or not self.columns().get("number")

    def columns(self) -> Mapping[str, Any]:
        """The subject's own columns as typed."""
        terms = {name: self.cleaned_data.get(name, "") for name in self.kind.repeated}
        own = {each.name: self.cleaned_data.get(each.name, each.nothing) for each in self.kind.names.details}
        return terms | own

    def first_day(self) -> date | None:
        """The day of the first event that is filled in; None where none is."""
        if not self.rows.is_valid():
            return None
        return min((each["on"] for each in self.events()), default=None)

    def history(self) -> dict[str, Any]:
        """The record but its events, as ``actions.NewHistory`` takes it."""
        region, holder = self.cleaned_data["region"], self.cleaned_data["holder"]
        return {
            "key": self.cleaned_data["key"],
            "fields": self.columns(),
            "region": region,
            "organisation": holder,
            "zone": holder.zone if holder else None,
            "person": self.cleaned_data.get("person"),
            "is_fictional": region.is_fictional,
            "reason": self._why(),
        }

    def _why(self) -> str:
        """Why a number was entered in spite of what speaks against it."""
        why = str(self.cleaned_data.get("why_sure") or "").strip()
        return _("编号确认无误：%(why)s") % {"why": why} if self.doubt and why else ""

    def events(self) -> list[dict[str, Any]]:
        """Its events; rows left empty are none."""
        first, *rest = self.rows.forms
        return [row.happened() for row in (first, *(row for row in rest if row.has_changed()))]


class FurtherEventForm(PlaceForm, EventRow):
    """One more event of a record: where the last one was and of whom, unless it moved or changed hands."""

    def __init__(self, last: EventVersion, user: User, *args: Any, kind: Kind, words: Words, **kwargs: Any) -> None:
        holder = last.organisation
        standing = {"region": last.region.code}
        if holder is not None:
            standing |= {"holder": str(holder.key), "holder_search": holder.name}
        kwargs["initial"] = {**standing, **(kwargs.get("initial") or {})}
        super().__init__(user, *args, kind=kind, words=words, **kwargs)
        self.kind = kind

    @property
    def event_fields(self) -> Sequence[forms.BoundField]:
        """What happened, and how much."""
        further = {each.name for each in self.further_fields}
        return [self[name] for name in ("event", "happened_on", *self.measures) if name not in further]
