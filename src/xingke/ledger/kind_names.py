"""What the record kinds are made of, as plain data: fields, events and measures with their vocabulary lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xingke.base.sayings import Saying, say

NOT_BEGUN = say("之前没有开始，不能结束。")


class Identity(StrEnum):
    """What two records of a kind share when they speak of one thing. Form, import and every other way in ask the same."""

    NUMBER = "number"  # its own number where both have one, else as BY_NAME
    NAME = "name"  # its terms, its holder (or region), its name and the document it stands in
    NAME_AND_DAY = "name and day"  # of one name there are many, on different days
    RENEWED = "renewed"  # one title of one holder, whatever its level or certificate: the next certificate renews it


class Number(StrEnum):
    """What a kind's number is the number of."""

    PATENT = "patent"  # the application number: one patent, with a check character
    OWN = "own"  # a certificate, a project, a contract: one thing
    DOCUMENT = "document"  # an official document, which may speak of several things


@dataclass(frozen=True)
class KindNames:
    """One kind of record, as definitions and forms may speak of it.

    fields: what a definition's ``where`` may ask about → the vocabulary list its values come from. events: the list of
    its events. measures: what a definition may add up → the kind of quantity (money in 分, count × 10⁻⁴). parts: a
    measure that is part of another and never more → that other.
    named_by: the field whose term is its name where none is given. number: whose number it is (see ``Number``).
    identity: see ``Identity``. needs_holder: always an organisation's. lasting: the field whose term says how long what
    opens it lasts; its events then have the columns ``until`` and ``lapses_on``. event_fields: what a ``where`` may ask
    of its events besides, which their history says. order: pairs of events of which the first of the one is never before
    the first of the other. has_rounds: its events come in rounds (a title is applied for again), so their order says
    something only within one. arrivals: the events by which somebody else takes it over, or it comes to another region,
    each with whether it changes hands: such an event names the organisation that has it from then on. four_eyes:
    somebody other than who entered it must confirm it, and every change of what is confirmed, its voiding too. unheld:
    why an event cannot end what was never held.
    """

    fields: Mapping[str, str]
    events: str
    measures: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    named_by: str = ""
    number: Number = Number.DOCUMENT
    identity: Identity = Identity.NAME
    needs_holder: bool = False
    lasting: str = ""
    event_fields: Mapping[str, str] = field(default_factory=dict)
    four_eyes: bool = False
    unheld: Saying = NOT_BEGUN
    order: tuple[tuple[str, str], ...] = ()
    has_rounds: bool = False
    arrivals: Mapping[str, bool] = field(default_factory=dict)


KIND_NAMES: dict[str, KindNames] = {
    "recognition": KindNames(
        {"title": "title", "level": "level"}, "title_event", named_by="title", number=Number.OWN,
        identity=Identity.RENEWED, needs_holder=True, lasting="title", event_fields={"origin": "title_origin"},
        four_eyes=True, unheld=say("之前没有有效的认定，不能失去并未持有的资质。"),
        has_rounds=True, arrivals={"moved_in": False},
        order=(("applied", "recommended"), ("applied", "recognised"), ("recommended", "recognised"),
               ("applied", "re_recognised"), ("recommended", "re_recognised")),
    ),
    "patent": KindNames(
        {"form": "patent_form"}, "patent_event", number=Number.PATENT, identity=Identity.NUMBER, needs_holder=True,
        unheld=say("之前没有授权或受让，不能失去并未持有的专利。"), arrivals={"received": True},
        order=(("applied", "granted"), ("applied", "received"), ("applied", "transferred"), ("applied", "lapsed"),
               ("granted", "lapsed")),
    ),
    "project": KindNames(
        {"programme": "programme", "level": "level"}, "project_event", {"amount": "money"}, number=Number.OWN,
        identity=Identity.NUMBER, four_eyes=True, unheld=say("之前没有立项，没有立项的项目不能验收或终止。"),
        order=(("applied", "recommended"), ("applied", "approved"), ("recommended", "approved"), ("applied", "checked"),
               ("approved", "checked"), ("approved", "accepted"), ("approved", "terminated"), ("applied", "accepted"),
               ("applied", "terminated"), ("checked", "accepted")),
    ),
    "payment": KindNames(
        {"purpose": "purpose", "level": "level"}, "payment_event", {"amount": "money"}, four_eyes=True,
        order=(("won", "arrived"), ("credited", "lent")), has_rounds=True,
    ),
    "contract": KindNames(
        {"type": "contract_type"}, "contract_event", {"amount": "money", "tech_amount": "money"}, number=Number.OWN,
        identity=Identity.NUMBER, needs_holder=True, four_eyes=True, parts={"tech_amount": "amount"},
        order=(("signed", "registered"),),
    ),
    "award": KindNames(
        {"prize": "prize", "level": "level"}, "award_event", number=Number.OWN, identity=Identity.NUMBER,
        order=(("nominated", "shortlisted"), ("nominated", "awarded"), ("shortlisted", "awarded")),
    ),
    "appointment": KindNames(
        {"post": "post"}, "appointment_event", unheld=say("之前没有到岗，没有到岗的人不能离岗。"),
    ),
    "activity": KindNames(
        {"topic": "topic"}, "activity_event", {"people": "count", "materials": "count"}, identity=Identity.NAME_AND_DAY
    ),
    "milestone": KindNames({"topic": "topic"}, "milestone_event", identity=Identity.NAME_AND_DAY),
}  # fmt: skip
