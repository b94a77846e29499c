"""The ledger: one typed table per kind of fact, append-only versions, and what was imported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xingke.accounts.models import Attachment
from xingke.ledger import kinds
from xingke.ledger.kinds import (
    appointment,
    award,
    contract,
    event,
    matter,
    milestone,
    patent,
    payment,
    project,
    recognition,
    service_log,
)
from xingke.ledger.kinds.record_kind import Detail, DetailType, Number, RecordKind
from xingke.registry.models import Organisation, Person, Region, Zone


class State(models.TextChoices):
    DRAFT = "draft", _("草稿")
    CONFIRMED = "confirmed", _("已确认")
    VOID = "void", _("已作废")


BOOKKEEPING = {
    "id",
    "version",
    "seq_from",
    "seq_to",
    "state",
    "effect",
    "step",
    "lapses_on",
    "origin",
    "reason",
    "entered_at",
    "entered_by",
    "confirmed_at",
    "confirmed_by",
}


class Version(models.Model):
    """One version of one record. Nothing is updated in place but ``seq_to``; void is a version.

    ``record`` is the stable key that urls, links and evidence use. As of number s, the version with
    ``seq_from <= s < seq_to`` (or no ``seq_to``) is in force. Only what somebody asks for has an index: every one costs
    each row that is written.
    """

    record = models.UUIDField(editable=False)
    version = models.PositiveIntegerField()
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", db_index=False)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    happened_on = models.DateField(_("发生日期"))
    source = models.CharField(_("来源"), max_length=200)
    source_place = models.CharField(_("来源位置"), max_length=200, blank=True)
    is_fictional = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.CharField(_("更正或作废原因"), max_length=500, blank=True)

    of_kind: ClassVar[str] = ""  # of a table that was made for a kind
    is_holder_hidden: bool = False  # of a loaded row: see ``holders.hide``

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="%(class)s_version_once"),
            models.UniqueConstraint(fields=["record"], condition=Q(seq_to__isnull=True), name="%(class)s_one_current"),
            models.CheckConstraint(
                condition=Q(seq_to__isnull=True) | Q(seq_to__gt=F("seq_from")), name="%(class)s_seq_order"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="%(class)s_confirmed_at_and_by",
            ),
        ]
        indexes = [
            models.Index(  # what lists and counts of the records in force read, and nothing else
                fields=["region", "happened_on"], condition=Q(seq_to__isnull=True), name="%(class)s_now_by_day"
            ),
            models.Index(fields=["organisation"], condition=Q(seq_to__isnull=True), name="%(class)s_now_held"),
            models.Index(fields=["seq_from"], name="%(class)s_seq_from"),
            models.Index(fields=["seq_to"], condition=Q(seq_to__isnull=False), name="%(class)s_seq_to"),
        ]

    def __str__(self) -> str:
        return f"{self.record}:{self.version}"

    @property
    def is_current(self) -> bool:
        return self.seq_to is None

    def content(self) -> dict[str, Any]:
        """What the version says: every column but who wrote it, when, why, and what follows from its neighbours."""
        return {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.name not in BOOKKEEPING
        }


class EventVersion(Version):
    """Something that happened to a record. ``effect`` says what it does to being held (+1, 0, −1), ``step`` its order."""

    subject = models.UUIDField(db_index=True)
    event = models.CharField(max_length=16)
    effect = models.SmallIntegerField()
    step = models.PositiveSmallIntegerField()

    class Meta(Version.Meta):
        abstract = True
        constraints = [
            *Version.Meta.constraints,
            models.CheckConstraint(condition=Q(effect__in=(-1, 0, 1)), name="%(class)s_effect"),
        ]


def make_tables(kind: RecordKind, *, module: str = __name__) -> tuple[Any, Any]:
    """The tables of a kind, which records can be of from then on: of what has a history, and of what happens to it.

    Called where its room declares its models. module: the name of that module, which says whose tables they are.
    """
    kinds.register(kind)
    subject = _subject(kind, module)
    _made[kind.code] = subject, _event(kind, module)
    return _made[kind.code]


_made: dict[str, tuple[Any, Any]] = {}


def tables_of(kind: RecordKind) -> tuple[Any, Any]:
    """The tables that were made for a kind. Raises LookupError naming a kind whose room made none."""
    try:
        return _made[kind.code]
    except KeyError:
        raise LookupError(
            f"no tables were made for the kind {kind.code!r}: call make_tables in its room's models"
        ) from None


def _subject(kind: RecordKind, module: str) -> Any:
    own = _terms(kind) | {detail.name: _detail(detail) for detail in kind.details}
    constraints = list(Version.Meta.constraints)
    if kind.number is Number.PATENT:
        constraints.append(
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(seq_to__isnull=True) & ~Q(state=State.VOID.value),
                name=f"{kind.code}_number_once",
            )
        )
    meta = type("Meta", (Version.Meta,), {"verbose_name": _(kind.table_word.text), "constraints": constraints})
    return _table(kind, kind.model, Version, _in_order(own, kind.columns), meta, module)


def _terms(kind: RecordKind) -> dict[str, Any]:
    return {term.name: models.CharField(max_length=term.length, blank=term.is_optional) for term in kind.terms}


_COLUMNS: Mapping[DetailType, Callable[[Any], Any]] = {  # by what a detail is: the column that keeps it
    DetailType.DAY: lambda word: models.DateField(word, null=True, blank=True),
    DetailType.AMOUNT: lambda word: models.BigIntegerField(word, null=True, blank=True),
    DetailType.COUNT: lambda word: models.BigIntegerField(word, null=True, blank=True),
    DetailType.PERCENT: lambda word: models.BigIntegerField(word, null=True, blank=True),
    DetailType.FLAG: lambda word: models.BooleanField(word, null=True, blank=True),
    DetailType.ORGANISATION: lambda word: models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=word, null=True, blank=True, related_name="+", db_index=False
    ),
}


def _detail(detail: Detail) -> Any:
    """The column of a detail; whoever has to say it is asked by forms and tables."""
    if detail.type is DetailType.TEXT:
        return models.CharField(_(detail.word.text), max_length=detail.length, blank=detail.is_optional)
    return _COLUMNS[detail.type](_(detail.word.text))


def _event(kind: RecordKind, module: str) -> Any:
    """The terms stand here too, so that one table answers every count; an amount is none where the event names none."""
    own = _terms(kind) | {
        measure.name: models.BigIntegerField(_(measure.word.text), null=True) for measure in kind.measured
    }
    if kind.rough:
        own["approximation"] = models.CharField(max_length=4, blank=True)
    indexes = list(EventVersion.Meta.indexes)
    if kind.lasting:
        own |= {
            "until": models.DateField(_("有效期至"), null=True),  # the last day on which the certificate it gives holds
            "certificate": models.CharField(
                _("证书编号"), max_length=64, blank=True
            ),  # where it is not the subject's first
            "lapses_on": models.DateField(null=True),  # this and the origin follow from the history, see ``rules.Step``
            "origin": models.CharField(max_length=12, blank=True),
        }
        indexes.append(
            models.Index(  # what ends in the coming months
                fields=["lapses_on"],
                condition=Q(seq_to__isnull=True, lapses_on__isnull=False),
                name=f"{kind.events_model.lower()}_lapses",
            )
        )
    constraints = [*EventVersion.Meta.constraints, *_limits(kind)]
    words = {"verbose_name": _(kind.event_word.text), "constraints": constraints, "indexes": indexes}
    meta = type("Meta", (EventVersion.Meta,), words)
    return _table(kind, kind.events_model, EventVersion, _in_order(own, ("amount",)), meta, module)


def _limits(kind: RecordKind) -> Iterator[models.CheckConstraint]:
    """What holds for its measures: none is less than nothing, and a part is never more than its whole."""
    for measure in kind.measured:
        name = measure.name
        condition = Q(**{f"{name}__gte": 0})
        if measure.part_of:
            condition &= Q(**{f"{measure.part_of}__isnull": True}) | Q(**{f"{name}__lte": F(measure.part_of)})
        if measure.is_never_negative:
            yield models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True}) | condition, name=f"{kind.events_model.lower()}_{name}"
            )


def _in_order(columns: dict[str, Any], first: Sequence[str]) -> dict[str, Any]:
    """Columns in the order in which their table was made: some first, then the others."""
    ordered = {name: columns[name] for name in (*(name for name in first if name in columns), *columns)}
    for column in ordered.values():  # Django keeps the order in which they were made
        column.creation_counter = models.Field.creation_counter
        models.Field.creation_counter += 1
    return ordered


def _table(
    kind: RecordKind, name: str, base: type[models.Model], columns: Mapping[str, Any], meta: type, module: str
) -> Any:
    return type(name, (base,), {**columns, "Meta": meta, "of_kind": kind.code, "__module__": module})


Recognition, RecognitionEvent = make_tables(recognition.KIND)
Patent, PatentEvent = make_tables(patent.KIND)
Project, ProjectEvent = make_tables(project.KIND)
Payment, PaymentEvent = make_tables(payment.KIND)
Contract, ContractEvent = make_tables(contract.KIND)
Award, AwardEvent = make_tables(award.KIND)
Appointment, AppointmentEvent = make_tables(appointment.KIND)
Event, EventSession = make_tables(event.KIND)
Milestone, MilestoneEvent = make_tables(milestone.KIND)
Matter, MatterEvent = make_tables(matter.KIND)
ServiceLog, ServiceLogEvent = make_tables(service_log.KIND)


class Observation(Version):
    """A number somebody reported, as stated and as it counts. Natural key: document and place."""

    name = models.CharField(_("指标名称（原文）"), max_length=120)
    indicator = models.CharField(max_length=64, blank=True)
    aspect = models.CharField(max_length=12, default="level")
    measure = models.CharField(max_length=12)
    value = models.BigIntegerField()
    value_max = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=12)
    kind = models.CharField(max_length=8)
    decimals = models.PositiveSmallIntegerField(default=0)
    approximation = models.CharField(max_length=4, blank=True)
    layer = models.CharField(max_length=12, blank=True)
    part = models.CharField(max_length=120, blank=True)
    region_written = models.CharField(max_length=120)
    is_region_inferred = models.BooleanField(default=False)
    stated_period = models.CharField(max_length=20)
    real_period = models.CharField(max_length=20, blank=True)
    confidence = models.CharField(max_length=12)
    real_written = models.CharField(max_length=120, blank=True)
    document = models.CharField(max_length=64)
    place = models.CharField(max_length=64)
    as_written = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True)
    accepted = models.BooleanField(null=True)

    class Meta(Version.Meta):
        verbose_name = _("上报数")
        constraints = [
            *Version.Meta.constraints,
            models.UniqueConstraint(
                fields=["region", "document", "place"],
                condition=Q(seq_to__isnull=True),
                name="observation_region_document_place_once",
            ),
        ]
        indexes = [
            *Version.Meta.indexes,
            models.Index(fields=["indicator", "region", "real_period"], name="observation_answer"),
        ]


class Proposal(models.Model):
    """A change somebody would like of what is confirmed and not theirs to change alone: made once another accepted it.

    No version of the record: the confirmed one goes on counting. ``version`` is the one the proposer saw, ``changes``
    the columns as JSON keeps them (of one to void the record its state); ``answer`` says why it was declined.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("待核")
        ACCEPTED = "accepted", _("已采纳")
        DECLINED = "declined", _("未采纳")
        WITHDRAWN = "withdrawn", _("已撤回")

    kind = models.CharField(max_length=16)
    record = models.UUIDField(db_index=True)
    is_event = models.BooleanField()
    version = models.PositiveIntegerField()
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    changes = models.JSONField()
    reason = models.CharField(_("更正或作废原因"), max_length=500)
    seq = models.BigIntegerField(unique=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("改动建议")
        ordering = ("-seq",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "record"], condition=Q(outcome="open"), name="proposal_one_open_per_record"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, outcome="open")
                | Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(outcome="open"),
                name="proposal_decided_at_and_by",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "region"], name="proposal_waiting")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.record}:{self.version}"

    @property
    def is_void(self) -> bool:
        """Whether the record is to be void, not corrected."""
        return bool(self.changes.get("state") == State.VOID)

    @property
    def act(self) -> str:
        """What is proposed, as the audit trail calls it."""
        return "void" if self.is_void else "correction"

    def changes_of(self, model: type[Version]) -> dict[str, Any]:
        """The proposed columns as the model of the record holds them."""
        found: dict[str, Any] = {}
        for name, value in self.changes.items():
            field = model._meta.get_field(name)
            if isinstance(field, models.ForeignKey):
                found[name] = field.related_model._default_manager.get(pk=value)
            else:
                assert isinstance(field, models.Field)  # columns only are ever corrected
                found[name] = field.to_python(value)
        return found


class Evidence(models.Model):
    """A file that proves a record, by the record's kind and key (no row of one table: any version of any kind)."""

    kind = models.CharField(max_length=16)
    record = models.UUIDField(db_index=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)
    seq = models.BigIntegerField(db_index=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("佐证")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind}:{self.record}:{self.attachment_id}"


class EvidenceWithdrawal(models.Model):
    """Evidence that no longer is any, and why; the file itself stays kept, but is not handed out any more."""

    evidence = models.OneToOneField(Evidence, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=500)
    seq = models.BigIntegerField(unique=True)
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("佐证撤下")

    def __str__(self) -> str:
        return f"{self.evidence_id}"


class Undone(models.Model):
    """An act that whoever did it took back: what it filed is void since. act: its number; seq: of the act that took it back."""

    act = models.BigIntegerField(unique=True)
    seq = models.BigIntegerField(unique=True)
    undone_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("撤销")

    def __str__(self) -> str:
        return f"{self.act}"


class RecordKeeping(models.Model):
    """A region declared that its records of one kind are complete from a month on: there, records answer."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    since = models.DateField()
    until = models.DateField(null=True)
    seq_from = models.BigIntegerField()
    seq_to = models.BigIntegerField(null=True)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("台账完整声明")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind"], condition=Q(seq_to__isnull=True), name="recordkeeping_one_current"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="recordkeeping_since_before_until"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id}:{self.kind}"
