"""What people call what answers keep by its key, looked up at once for a whole page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from xingke.accounts.models import User
from xingke.base.labels import Label
from xingke.casework.models import CaseFile
from xingke.casework.rules.forms import FieldType, FormField
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Region
from xingke.registry.queries import people

Asked = Iterable[tuple[FormField, Any]]


class CaseWords:
    """The words of terms, organisations, persons, regions and files. Persons are named to whoever may see them; an organisation is named
    to whoever sees the case: it stands in its answers. Four queries at most, whatever the answers."""

    def __init__(self, reader: User | None, said: Asked, files: Iterable[CaseFile] = ()) -> None:
        keys: defaultdict[FieldType, set[str]] = defaultdict(set)
        for type_, key in _keys(said):
            keys[type_].add(key)
        self._names: dict[tuple[FieldType, str], str] = {}
        self._take(FieldType.ORGANISATION, Organisation.objects.all(), "key", keys)
        if reader is not None:
            self._take(FieldType.PERSON, people.people_visible_to(reader), "key", keys)
        self._take(FieldType.REGION, Region.objects.filter(valid_to__isnull=True), "code", keys)
        self._names |= {(FieldType.FILE, each.attachment.digest): each.attachment.name for each in files}

    def _take(self, type_: FieldType, rows: QuerySet[Any], key: str, keys: Mapping[FieldType, set[str]]) -> None:
        if wanted := keys.get(type_):
            found = rows.filter(**{f"{key}__in": wanted}).values_list(key, "name")
            self._names |= {(type_, str(each)): name for each, name in found}

    def called(self, asked: FormField, key: str) -> str | Label:
        """What people call it; a mark of its kind where the reader may not see who it is, the key where nothing is known of it."""
        if asked.type in (FieldType.TERM, FieldType.TERMS):
            term = registry.term(asked.list, key)
            return term.label if term is not None else key
        name = self._names.get((asked.type, key))
        if name is None and asked.type is FieldType.PERSON:
            return Label("（您不能查看的人员）", "(a person you may not see)")
        return name if name is not None else key

    def unit(self, code: str) -> str | Label:
        """What people call a unit; one that no list has is called as the form calls it."""
        term = registry.term("unit", code)
        return term.label if term is not None else code


def _keys(said: Asked) -> Iterator[tuple[FieldType, str]]:
    """The keys among answers, those in tables too."""
    for asked, value in said:
        if value is None:
            continue
        if asked.type is FieldType.TABLE:
            named: Mapping[str, FormField] = {column.name: column for column in asked.columns}
            yield from _keys((named[name], cell) for row in value for name, cell in row.items() if name in named)
        elif asked.type in (FieldType.ORGANISATION, FieldType.PERSON, FieldType.REGION):
            yield asked.type, value
