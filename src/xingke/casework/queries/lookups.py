"""What a form names by words, looked up as far as its reader may see."""

from contextlib import suppress
from uuid import UUID

from django.db.models import Q

from xingke.accounts.models import User
from xingke.base.codes import normalise_code
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, say
from xingke.casework.rules.forms import FieldType, FormField
from xingke.registry import queries as registry
from xingke.registry.models import Organisation, Person, Region
from xingke.registry.queries import people
from xingke.registry.queries.places import place_called


class AsReader:
    """Terms, organisations, persons and regions as somebody may name them. Answers are their keys; a region's is its code.

    reader: None is the job child, which names nobody.
    """

    def __init__(self, reader: User | None, region: Region) -> None:
        self.reader, self.region = reader, region

    def find(self, asked: FormField, text: str) -> str | Saying:
        """The key of what a text names, or why there is none."""
        match asked.type:
            case FieldType.TERM | FieldType.TERMS:
                return self._term(asked.list, text)
            case FieldType.ORGANISATION:
                found = self.organisation_called(text)
                return found if isinstance(found, Saying) else str(found.key)
            case FieldType.PERSON:
                person = self.person_called(text)
                return person if isinstance(person, Saying) else str(person.key)
            case _:
                return self._place(text)

    def _term(self, list_code: str, text: str) -> str | Saying:
        terms = registry.terms(list_code)
        if text in terms:
            return text
        code = next((code for code, term in terms.items() if text in (term.label.zh, term.label.en)), None)
        code = code or registry.terms_meant(list_code).get(text)
        return code or say("没有“%(text)s”这一项，请从列表里选。", text=text[:60])

    def organisation_called(self, text: str) -> Organisation | Saying:
        """The one organisation of this name, code or key, or why there is none."""
        visible = registry.organisations_visible_to(self.reader) if self.reader else Organisation.objects.none()
        wanted = Q(name=text) | Q(credit_code=normalise_code(text))
        with suppress(ValueError):
            wanted |= Q(key=UUID(text))
        found = list(visible.filter(wanted).select_related("region")[:2])
        if len(found) != 1:
            return say("名录里没有唯一的一家“%(text)s”，请填全称或统一社会信用代码。", text=text[:60])
        return found[0]

    def person_called(self, text: str) -> Person | Saying:
        """The one person called so, or why there is none."""
        found = people.people_called(self.reader, text) if self.reader else []
        if len(found) > 1:
            return say("叫“%(text)s”的有几个人，请写成“姓名（工作单位）”。", text=text[:60])
        if not found:
            return say("没有登记过“%(text)s”；请先在“单位 → 人员”里登记。", text=text[:60])
        return found[0]

    def _place(self, text: str) -> str | Saying:
        try:
            return place_called(text).code
        except Refused as refused:
            return refused.saying
