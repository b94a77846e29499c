"""Random lives of a ledger, filed through its actions, and what the plain reference says of each moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.cast import NOW, Cast, correct, void
from xingke.accounts.queries import current_seq
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.indicators.queries import whose
from xingke.indicators.rules import Fact
from xingke.ledger import actions
from xingke.ledger.models import State
from xingke.ledger.tables import TABLES
from xingke.registry.models import Organisation, Region

START = date(2021, 1, 1)
EVENTS = {
    "recognition": (
        "applied",
        "recommended",
        "recognised",
        "renamed",
        "re_recognised",
        "moved_in",
        "moved_out",
        "expired",
        "revoked",
    ),
    "patent": ("applied", "granted", "received", "transferred", "lapsed"),
    "project": ("applied", "recommended", "approved", "checked", "accepted", "terminated"),
    "payment": ("won", "arrived", "disbursed", "paid"),
    "contract": ("signed", "registered"),
    "event": ("held",),
    "award": ("nominated", "shortlisted", "awarded"),
    "appointment": ("appointed", "ended"),
    "milestone": ("happened",),
    "matter": ("opened", "accepted", "supplemented", "granted", "done", "withdrawn", "in_time", "overdue"),
}
FIELDS: Mapping[str, Sequence[Mapping[str, str]]] = {
    "recognition": (
        {"title": "high_tech_enterprise", "level": "national"},
        {"title": "tech_sme", "level": "national"},
        {"title": "patent_demonstration_enterprise", "level": "city"},
        {"title": "patent_demonstration_enterprise", "level": "county"},
        {"title": "rnd_center", "level": "province"},
    ),
    "patent": ({"form": "invention"}, {"form": "utility_model"}, {"form": "design"}),
    "project": ({"programme": "key_rnd", "level": "province"}, {"programme": "key_rnd", "level": "city"}),
    "payment": ({"purpose": "project_funds", "level": "province"}, {"purpose": "reward", "level": "county"}),
    "contract": ({"type": "development"}, {"type": "service"}),
    "event": ({"topic": "training"}, {"topic": "study", "series": "science_week"}),
    "award": ({"prize": "science_progress", "level": "province"}, {"prize": "patent_award", "level": "city"}),
    "appointment": ({"post": "commissioner"}, {"post": "tech_vice_president"}),
    "milestone": ({"topic": "honour"},),
    "matter": ({"business": "contract_registration"}, {"business": "paper"}),
}

small = st.integers(0, 7)
kinds = st.sampled_from(sorted(EVENTS))
occurrence = st.tuples(st.integers(0, 8), st.integers(0, 500), small)  # event, days since the one before, region
filing = st.tuples(
    st.just("file"),
    kinds,
    small,
    small,
    st.lists(occurrence, min_size=1, max_size=5),
    st.sampled_from((True, True, False)),
)
change = st.tuples(
    st.sampled_from(("add", "correct day", "correct region", "correct event", "void", "confirm", "correct subject")),
    kinds,
    st.integers(0, 40),
    st.integers(0, 8),
    st.integers(0, 1800),
    small,
)
lives = st.tuples(
    st.lists(filing, min_size=2, max_size=6), st.lists(st.one_of(change, change, filing), min_size=3, max_size=14)
).map(lambda both: both[0] + both[1])


@dataclass
class Moment:
    """What the ledger held after one write: the confirmed events by kind, each record's version, and its last day."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    untils: dict[str, date | None] = field(default_factory=dict)


@dataclass
class Life:
    """Files operations one by one and keeps what the tables said in force after each, by ledger number."""

    cast: Cast
    regions: Sequence[Region]
    moments: dict[int, Moment] = field(default_factory=dict)
    count: int = 0

    def live(self, operations: Sequence[Any], *, at: int = -1, then: Callable[[], None] = lambda: None) -> None:
        """Carry out the operations; what the rules refuse leaves no trace. then: done before operation ``at``."""
        for place, operation in enumerate(operations):
            if place == at:
                then()
            try:
                getattr(self, f"_{operation[0].split()[0]}")(*operation)
            except Refused:
                continue
            self.moments[current_seq()] = self.look()

    def look(self) -> Moment:
        """Read the tables as they stand, without the engine."""
        moment = Moment()
        for kind in TABLES.values():
            rows = kind.event._default_manager.filter(seq_to__isnull=True, state=State.CONFIRMED)
            facts = moment.facts[kind.code] = []
            for row in rows.select_related("region", "person").order_by("subject", "step"):
                facts.extend(
                    Fact(
                        record=row.record.hex,
                        subject=row.subject.hex,
                        path=row.region.path,
                        on=row.happened_on,
                        event=row.event,
                        effect=row.effect,
                        step=row.step,
                        fields={name: getattr(row, name) for name in kind.asked},
                        measures={name: value for name in kind.measures if (value := getattr(row, name)) is not None},
                        whose=whose(row),
                    ).lapsing(getattr(row, "lapses_on", None))
                )
                moment.versions[row.record.hex] = row.version
                moment.untils[row.record.hex] = getattr(row, "until", None)
        return moment

    def _file(
        self, _what: str, kind: str, which: int, home: int, steps: Sequence[tuple[int, int, int]], confirmed: bool
    ) -> None:
        events, held, on, region = [], False, START, self._region(home)
        names = TABLES[kind].names
        for number, days, where in steps:
            on += timedelta(days=days)
            possible = [event for event in EVENTS[kind] if held or event not in names.closing]
            event = possible[number % len(possible)]
            if event in ("moved_in", "received"):
                region = self._region(where)  # it stays there from now on
            held = (held or event in names.opening) and event not in names.closing
            measures = {name: days * 12_345 for name in TABLES[kind].measures if days % 5}  # now and then none is named
            holder = self._receiver(event, region)
            new = {"event": event, "on": on, "region": region, "organisation": holder, "measures": measures}
            events.append(actions.NewEvent(**new, key=new_key()))
        self.count += 1
        fields = {**FIELDS[kind][which % len(FIELDS[kind])], "name": f"第 {self.count} 件", "number": f"{self.count}"}
        history = actions.NewHistory(fields=fields, region=events[0].region, organisation=self.cast.firm, events=events)
        actions.file_histories(
            kind=kind,
            histories=[history],
            by=self.cast.statistician,
            now=NOW,
            source="life",
            confirmed=confirmed,
            confirmed_by=self.cast.checker,
        )

    def _add(self, _what: str, kind: str, which: int, number: int, days: int, where: int) -> None:
        event = EVENTS[kind][number % len(EVENTS[kind])]
        region = self._region(where)
        new = actions.NewEvent(
            event=event, on=START + timedelta(days=days), region=region, organisation=self._receiver(event, region)
        )
        actions.add_event(
            kind=kind,
            subject=self._pick(kind, which).subject,
            event=new,
            by=self.cast.statistician,
            now=NOW,
            source="life",
            confirmed=number % 3 > 0,
            confirmed_by=self.cast.checker,
        )

    def _correct(self, what: str, kind: str, which: int, number: int, days: int, where: int) -> None:
        row = self._pick(kind, which)
        if what == "correct subject":
            subject = TABLES[kind].subject._default_manager.get(record=row.subject, seq_to__isnull=True)
            changes = dict(FIELDS[kind][number % len(FIELDS[kind])])
            correct(kind, subject.record, changes, version=subject.version, by=self.cast.statistician)
            return
        changes: dict[str, Any] = {
            "correct day": {"happened_on": START + timedelta(days=days)},
            "correct region": {"region": self._region(where)},
            "correct event": {"event": EVENTS[kind][number % len(EVENTS[kind])]},
        }[what]
        correct(kind, row.record, changes, version=row.version, by=self.cast.statistician)

    def _void(self, _what: str, kind: str, which: int, *_rest: int) -> None:
        row = self._pick(kind, which)
        void(kind, row.record, version=row.version, by=self.cast.statistician)

    def _confirm(self, _what: str, kind: str, which: int, *_rest: int) -> None:
        drafts = self._rows(kind).filter(state=State.DRAFT)
        row = drafts[which % len(drafts)] if drafts else self._pick(kind, which)
        actions.confirm_event(kind=kind, record=row.record, version=row.version, by=self.cast.checker, now=NOW)

    def _rows(self, kind: str) -> Any:
        return TABLES[kind].event._default_manager.filter(seq_to__isnull=True).order_by("id")

    def _pick(self, kind: str, which: int) -> Any:
        rows = self._rows(kind)
        if not rows:
            raise Refused("there is nothing to change yet")
        return rows[which % len(rows)]

    def _receiver(self, event: str, region: Region) -> Organisation | None:
        """A firm of the region something comes to."""
        if event not in ("moved_in", "received"):
            return None
        found, _is_new = Organisation.objects.get_or_create(
            name=f"{region.name}接收单位", region=region, defaults={"is_fictional": region.is_fictional}
        )
        return found

    def _region(self, number: int) -> Region:
        return self.regions[number % len(self.regions)]
