from django.urls import path, register_converter
from django.urls.converters import StringConverter

from xingke.ledger import kinds
from xingke.ledger.views import (
    changes,
    confirming,
    entries,
    evidence,
    keeping,
    listed_people,
    observations,
    proposals,
    records,
    titles,
    undoing,
)


class KindConverter(StringConverter):
    """A kind of record in an address; one it had before leads to the same page, as links in old documents do."""

    def to_python(self, value: str) -> str:
        return kinds.current(super().to_python(value))


register_converter(KindConverter, "kind")

app_name = "ledger"
urlpatterns = [
    path("records/", records.record_list, name="record-list"),
    path("records/keeping/", keeping.keeping, name="keeping"),
    path("records/titles/", titles.title_list, name="title-list"),
    path("records/titles/merge/", titles.title_merge, name="title-merge"),
    path("records/acts/<int:seq>/undo/", undoing.act_undo, name="act-undo"),
    path("records/confirm/", confirming.records_confirm, name="records-confirm"),
    path("records/<kind:kind>/new/", entries.record_new, name="record-new"),
    path("records/<kind:kind>/<uuid:record>/", records.record, name="record"),
    path("records/<kind:kind>/<uuid:record>/add/", entries.event_add, name="event-add"),
    path("records/<kind:kind>/<uuid:record>/correct/", changes.record_correct, name="record-correct"),
    path("records/<kind:kind>/<uuid:record>/confirm/", changes.record_confirm, name="record-confirm"),
    path("records/<kind:kind>/<uuid:record>/void/", changes.record_void, name="record-void"),
    path("records/<kind:kind>/<uuid:record>/evidence/", evidence.evidence_add, name="evidence-add"),
    path(
        "records/<kind:kind>/<uuid:record>/evidence/<int:pk>/withdraw/",
        evidence.evidence_withdraw,
        name="evidence-withdraw",
    ),
    path("records/<kind:kind>/<uuid:record>/attachments/<int:pk>/<str:name>", evidence.attachment, name="attachment"),
    path("records/<kind:kind>/<uuid:record>/proposals/<int:pk>/", proposals.proposal_decide, name="proposal-decide"),
    path("people/listed/", listed_people.listed_person_list, name="listed-person-list"),
    path("people/listed/<uuid:key>/", listed_people.listed_person, name="listed-person"),
    path("people/listed/<uuid:key>/enter/", listed_people.listed_person_enter, name="listed-person-enter"),
    path("people/listed/<uuid:key>/merge/", listed_people.listed_person_merge, name="listed-person-merge"),
    path("proposals/", proposals.proposal_list, name="proposal-list"),
    path("observations/", observations.observation_list, name="observation-list"),
    path("observations/choices/", observations.choice_list, name="choice-list"),
    path("observations/<uuid:record>/choose/", observations.observation_choose, name="observation-choose"),
]
