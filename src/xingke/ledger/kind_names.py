"""What the record kinds are made of, as plain data: fields, events and measures with their vocabulary lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KindNames:
    """One kind of record, as definitions and forms may speak of it.

    fields: what a definition's ``where`` may ask about → the vocabulary list its values come from. events: the list of
    its events. measures: what a definition may add up → the kind of quantity (money in 分, count × 10⁻⁴).
    """

    fields: Mapping[str, str]
    events: str
    measures: Mapping[str, str] = field(default_factory=dict)


KIND_NAMES: dict[str, KindNames] = {
    "recognition": KindNames({"title": "title", "level": "level"}, "title_event"),
    "patent": KindNames({"form": "patent_form"}, "patent_event"),
    "project": KindNames({"programme": "programme", "level": "level"}, "project_event", {"amount": "money"}),
    "payment": KindNames({"purpose": "purpose", "level": "level"}, "payment_event", {"amount": "money"}),
    "contract": KindNames({"type": "contract_type"}, "contract_event", {"amount": "money"}),
    "award": KindNames({"prize": "prize", "level": "level"}, "award_event"),
    "appointment": KindNames({"post": "post"}, "appointment_event"),
    "activity": KindNames({"topic": "topic"}, "activity_event", {"people": "count", "materials": "count"}),
    "milestone": KindNames({"topic": "topic"}, "milestone_event"),
}
