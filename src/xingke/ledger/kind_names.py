"""What indicators may ask of each record kind, as plain data: fields and events with their vocabulary lists."""

# kind → (field → vocabulary list of its values, vocabulary list of its events)
FIELDS: dict[str, tuple[dict[str, str], str]] = {
    "recognition": ({"title": "title", "level": "level"}, "title_event"),
    "patent": ({"form": "patent_form"}, "patent_event"),
}
