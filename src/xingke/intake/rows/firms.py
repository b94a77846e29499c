"""The organisations a file speaks of: those that are known, and those to be entered with it."""

import itertools
from collections.abc import Iterable

from django.db.models import QuerySet

from xingke.accounts.models import User
from xingke.base import codes
from xingke.base.keys import derived_key
from xingke.intake.rows.places import names_of
from xingke.intake.rules.holder_names import alike, close, without_remark, written_name
from xingke.ledger.actions.bulk import listed
from xingke.registry import queries as registry
from xingke.registry.actions import NewOrganisation
from xingke.registry.models import Organisation, Region


class Firms:
    """The organisations a file speaks of, found by credit code or by name in the region.

    foreign: codes of organisations that ``by`` may not see.
    """

    def __init__(self, said: Iterable[tuple[str, str]], *, by: User) -> None:
        names: set[str] = set()
        numbers: set[str] = set()
        for text, code in said:
            written = written_name(text)
            bare = (without_remark(name) for name in written.names)
            for name in filter(None, (text, *written.names, written.former, *bare)):
                names |= {name, close(name), _wide(close(name))}
            numbers |= {codes.normalise_code(code)} if code else set()
        self._by = by
        self._shown: set[int] | None = None
        self.by_code: dict[str, Organisation] = {}
        self.foreign: set[str] = set()
        self.by_name: dict[str, list[Organisation]] = {}
        self.fresh: dict[tuple[int, str], NewOrganisation] = {}
        self._near: dict[tuple[int, str], Organisation] = {}
        if numbers:
            found = known_organisations().filter(credit_code__in=listed(numbers))
            seen = set(
                registry.organisations_visible_to(by)
                .filter(credit_code__in=listed(numbers))
                .values_list("pk", flat=True)
            )
            self.by_code = {each.credit_code: each for each in found if each.pk in seen}
            self.foreign = {each.credit_code for each in found if each.pk not in seen}
        if names:
            for each in known_organisations().filter(name__in=listed(names)):
                self.by_name.setdefault(close(each.name), []).append(each)

    def may_be_shown(self, firm: Organisation) -> bool:
        """Whether what the register says of an organisation may be said to ``by``. One query, whatever is asked."""
        if self._shown is None:
            known = [each.pk for each in itertools.chain.from_iterable(self.by_name.values())]
            seen = registry.organisations_visible_to(self._by).filter(pk__in=listed(known))
            self._shown = set(seen.values_list("pk", flat=True))
        return firm.pk in self._shown

    def elsewhere(self, name: str, region: Region) -> Organisation | None:
        """An organisation of a name in another region that ``by`` may see."""
        known = (each for each in self.by_name.get(close(name), ()) if each.region_id != region.pk)
        return next(filter(self.may_be_shown, known), None)

    def look_for_alike(self, said: Iterable[tuple[str, Region]]) -> None:
        """Find what the register has nearly so, of names it does not have in their regions. One query, whatever is asked."""
        written = {(written_name(text).name, region) for text, region in said}
        wanted: dict[tuple[int, str], set[str]] = {}
        for name, region in written:
            if name and not self.called(name, region):
                wanted[region.pk, close(name)] = alike(name, _places_of(region))
        found: dict[tuple[int, str], Organisation] = {}
        if variants := set().union(*wanted.values()):
            regions = {place for place, _name in wanted}
            near = known_organisations().filter(
                name__in=listed(variants | set(map(_wide, variants))), region__in=regions
            )
            found = {(each.region_id, close(each.name)): each for each in near}
        for (place, name), variants in wanted.items():
            if first := next((found[place, each] for each in sorted(variants) if (place, each) in found), None):
                self._near[place, name] = first

    def near(self, name: str, code: str, region: Region) -> Organisation | None:
        """The organisation of a region whose name is nearly that; not where both have a code, which tells them apart."""
        found = self._near.get((region.pk, close(name)))
        return None if found is None or (code and found.credit_code) else found

    def called(self, name: str, region: Region) -> list[Organisation]:
        """The organisations of a name in a region."""
        return [each for each in self.by_name.get(close(name), ()) if each.region_id == region.pk]

    def other_code(self, name: str, code: str, region: Region) -> str:
        """The code another row gives the organisation to be entered under that name; "" where it agrees."""
        known = self.fresh.get((region.pk, close(name)))
        return known.credit_code if known is not None and code and known.credit_code not in ("", code) else ""

    def new(self, name: str, code: str, region: Region) -> NewOrganisation:
        """The organisation to be entered under a name; the same one for every row that means it."""
        known = self.fresh.get((region.pk, close(name)))
        if known is None or (code and not known.credit_code):
            known = self.fresh[region.pk, close(name)] = NewOrganisation(
                key=derived_key("organisation", region.code, close(name)),
                name=name,
                region=region,
                credit_code=code,
                is_fictional=region.is_fictional,
            )
        return known


def known_organisations() -> QuerySet[Organisation]:
    """Those of the register, with their zones and regions."""
    return Organisation.objects.select_related("zone", "region")


def _places_of(region: Region) -> set[str]:
    """What a region and those around it are called."""
    names: set[str] = set()
    above: Region | None = region
    while above is not None:
        names |= set(names_of(above))
        above = above.parent
    return names


def _wide(name: str) -> str:
    return name.replace("(", "（").replace(")", "）")
