"""Whose a row is: an organisation of the register, one to be entered with the file, or nobody; and what speaks against it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop

from xingke.accounts.models import User
from xingke.base import codes
from xingke.base.refusals import Refused
from xingke.base.sayings import NOTHING, Saying, say
from xingke.intake.rows.cells import Headers
from xingke.intake.rows.firms import Firms
from xingke.intake.rows.incoming import Problem
from xingke.intake.rows.places import names_of
from xingke.intake.rules.holder_names import (
    WrittenName,
    close,
    is_placeholder,
    looks_like_a_person,
    looks_like_a_place,
    looks_like_one,
    without_remark,
    written_name,
)
from xingke.ledger import rules
from xingke.ledger.kinds import KINDS
from xingke.registry.actions import NewOrganisation
from xingke.registry.models import Organisation, Region
from xingke.registry.rules import Scope

NO_FIRM = gettext_noop("“%(region)s”没有这个单位；请核对全称和统一社会信用代码，或先登记该单位。")
OTHER_CODE = gettext_noop("前面的行给“%(name)s”写的代码是 %(code)s，同名的单位请先分别登记。")
OTHER_FIRM = gettext_noop("代码 %(code)s 登记的单位是“%(name)s”，请核对名称或代码。")
SAME_FIRMS = gettext_noop("“%(region)s”有 %(count)d 个同名单位，请填统一社会信用代码。")
FOREIGN = gettext_noop("这个统一社会信用代码登记在您不能为其登记的单位名下，请核对代码。")
KNOWN_OTHERWISE = gettext_noop("名录中“%(name)s”的代码是 %(code)s，与此不同，请核对。")
FIRM_UNSAID = gettext_noop("请填单位全称或统一社会信用代码。")
DITTO = gettext_noop("没有写明是哪个单位；请在每一行填写单位全称。")
NOT_A_NAME = gettext_noop("不像一个单位的全称，没有登记为新单位；请填全称，确是单位的先在名录中登记。")
PERSON = gettext_noop("像是个人姓名，不是单位；请填单位全称，确是单位的先在名录中登记。")
NO_PERSON = gettext_noop("个人不在单位名录中，这类记录须记在单位名下；请填单位全称，没有单位的请不要导入这一行。")
RENAMED = gettext_noop("名录中没有这个单位，但有“%(former)s”；单位更名的请先在名录中更正名称。")
NEAR = gettext_noop("名录中有“%(name)s”；是同一家的请照名录的写法填，确是另一家的请先在名录中登记。")
ELSEWHERE = gettext_noop(
    "名录中已有同名单位，在“%(region)s”；是同一家的请核对区划，确是另一家的请填它的统一社会信用代码。"
)
CALLED_AFTER = say("“%(written)s”按名录中的“%(name)s”登记")
JOINT = say("有几个单位，登记在“%(name)s”名下；共同的单位：%(others)s")
A_PLACE = say("“%(written)s”是地方，不是单位，按没有写明单位登记")
NOBODYS = say("“%(written)s”不是单位，按没有单位登记")

Firm = Organisation | NewOrganisation | None


class Held(NamedTuple):
    """Whose a row is. doubt: what speaks against its credit code, unless somebody says that it is right."""

    firm: Firm
    problems: Sequence[Problem] = ()
    notes: Sequence[Saying] = ()
    doubt: Saying = NOTHING


class Holders:
    """Finds whose rows are. editing: where new organisations may be entered, and were asked for."""

    def __init__(
        self, headers: Headers, kind: str, said: Sequence[tuple[str, str]], *, by: User, editing: Scope
    ) -> None:
        self._headers, self._editing = headers, editing
        self._is_wanted = KINDS[kind].needs_holder or headers.is_required("organisation")
        self.firms = Firms(set(said), by=by)

    def of(self, said: Sequence[tuple[str, str]], places: Sequence[Region | None]) -> Iterator[Held]:
        """Whose each row is, by the name and the credit code it gives and the place it lies in."""
        self.firms.look_for_alike(
            {
                (name, place)
                for (name, _credit), place in zip(said, places, strict=True)
                if name and place is not None and self._editing.covers(place.path)
            }
        )
        known: dict[tuple[str, str, int | None], Held] = {}
        for (name, credit), place in zip(said, places, strict=True):
            key = (name, credit, place.pk if place else None)
            found = known.get(key)
            if found is None:
                found = self._find(name, credit, place)
                if not isinstance(found.firm, NewOrganisation):  # of which a later row may tell the code
                    known[key] = found
            yield found

    def _refused(self, column: str, found: str, remedy: str, **values: Any) -> Held:
        return Held(None, [Problem(self._headers.called(column), found, remedy, values)])

    def _find(self, text: str, credit: str, region: Region | None) -> Held:
        written = _written(text)
        if written.is_ditto:
            return self._refused("organisation", text, DITTO)
        if not credit and not written.name:
            if not self._is_wanted:
                return Held(None, notes=[NOBODYS.filled(written=text)] if written.is_nobody else [])
            return self._refused("organisation", text, NO_PERSON if written.is_nobody else FIRM_UNSAID)
        code = codes.normalise_code(credit)
        found = self.firms.by_code.get(code) if code else None
        is_mixed = found is not None and region is not None and found.is_fictional != region.is_fictional
        if is_mixed or code in self.firms.foreign:
            return self._refused("credit_code", credit, FOREIGN)
        if found is not None:
            return self._of_code(found, text, written)
        if region is None:
            return Held(None)
        doubt, wrong = self._doubt(credit)
        if not written.name:
            return self._with(wrong, self._refused("credit_code", credit, NO_FIRM, region=region.name), doubt)
        return self._of_name(text, written, code, region, doubt, wrong)

    def _of_code(self, found: Organisation, text: str, written: WrittenName) -> Held:
        names = [close(each) for each in (text, *written.names, written.former) if each]
        if names and close(found.name) not in names:
            return self._refused("organisation", text, OTHER_FIRM, code=found.credit_code, name=found.name)
        return Held(found, notes=_notes(found.name, text, written))

    def _doubt(self, credit: str) -> tuple[Saying, Sequence[Problem]]:
        """What speaks against a code the register does not know: a doubt, or that it is none."""
        if not credit:
            return NOTHING, []
        try:
            return rules.credit_code(credit).doubt, []
        except Refused as refusal:
            return NOTHING, [Problem.of(self._headers.called("credit_code"), credit, refusal.saying)]

    def _with(self, wrong: Sequence[Problem], found: Held, doubt: Saying) -> Held:
        return found._replace(firm=None if wrong else found.firm, problems=[*wrong, *found.problems], doubt=doubt)

    def _of_name(
        self, text: str, written: WrittenName, code: str, region: Region, doubt: Saying, wrong: Sequence[Problem]
    ) -> Held:
        called = next((found for name in (text, *written.names) if (found := self.firms.called(name, region))), [])
        if len(called) > 1:
            return self._refused("organisation", text, SAME_FIRMS, region=region.name, count=len(called))
        if called and (not code or not called[0].credit_code):
            return self._with(wrong, Held(called[0], notes=_notes(called[0].name, text, written)), doubt)
        if called and self.firms.may_be_shown(called[0]):
            other = {"name": called[0].name, "code": called[0].credit_code}
            against = [*wrong, *([Problem.of(self._headers.called("credit_code"), code, doubt)] if doubt else [])]
            return self._with(against, self._refused("credit_code", code, KNOWN_OTHERWISE, **other), NOTHING)
        former = self.firms.called(written.former, region) if written.former and not called else []
        if former:
            return self._refused("organisation", text, RENAMED, former=former[0].name)
        near = [] if called else self.firms.called(without_remark(written.name), region)
        if near:
            return self._refused("organisation", text, NEAR, name=near[0].name)
        alike = None if called else self.firms.near(written.name, code, region)
        if alike is not None:
            return self._refused("organisation", text, NEAR, name=alike.name)
        elsewhere = None if called or code else self.firms.elsewhere(written.name, region)
        if elsewhere is not None:
            return self._refused("organisation", text, ELSEWHERE, region=elsewhere.region.name)
        if not called and self._editing.covers(region.path):
            return self._with(wrong, self._entered(text, written, code, region), doubt)
        if not self._is_wanted and not code and looks_like_a_place(written.name):
            return self._with(wrong, Held(None, notes=[A_PLACE.filled(written=text)]), doubt)
        is_person = looks_like_a_person(written.name)
        remedy = PERSON if is_person else NO_FIRM
        return self._with(wrong, self._refused("organisation", text, remedy, region=region.name), doubt)

    def _entered(self, text: str, written: WrittenName, code: str, region: Region) -> Held:
        """An organisation to be entered with the file, if its name looks like one."""
        if not looks_like_one(written.name) or is_placeholder(written.name) or _is_former(written.name, region):
            return self._refused("organisation", text, PERSON if looks_like_a_person(written.name) else NOT_A_NAME)
        if other := self.firms.other_code(written.name, code, region):
            return self._refused("credit_code", code, OTHER_CODE, name=written.name, code=other)
        return Held(self.firms.new(written.name, code, region), notes=_notes(written.name, text, written))


def _is_former(name: str, region: Region) -> bool:
    """Whether a name is what somebody was called before: 原青溪县建材厂."""
    return name.startswith("原") and any(name[1:].startswith(each) for each in names_of(region))


@lru_cache(4096)
def _written(text: str) -> WrittenName:
    return written_name(text)


def _notes(name: str, text: str, written: WrittenName) -> list[Saying]:
    """What was settled between what is written and whose the row is."""
    if close(text) in ("", close(name)):
        return []
    others = tuple(each for each in written.names if close(each) != close(name))
    return [JOINT.filled(name=name, others=others) if others else CALLED_AFTER.filled(written=text, name=name)]
