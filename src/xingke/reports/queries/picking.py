"""Choosing a figure for a sentence: by name, with its value of today; or by a number somebody typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.queries import indicators
from xingke.indicators.queries.aspects import called, read_together
from xingke.indicators.queries.figures import read_figure
from xingke.indicators.queries.reader import Reader
from xingke.indicators.rules import Indicator, natural_whole
from xingke.indicators.rules.aspect_names import ASPECT_NAMES
from xingke.indicators.wording import language, route_word
from xingke.press.tree import split_bound
from xingke.registry import queries as registry
from xingke.registry.models import Region
from xingke.reports.rules import source
from xingke.reports.rules.source import Mistake

SHOWN = 6  # indicators per search


@dataclass(frozen=True)
class Offer:
    """A figure that can be inserted: how it is typed, what it says today and how that is known; why says why not."""

    token: str
    label: str
    text: str
    route: str
    why: str


def offers(query: str, region: Region, period: Period) -> list[Offer]:
    """The figures whose indicator answers to a name, best first; a name may leave characters out (高企)."""
    found = _named(query)
    if not found:
        return []
    reader = Reader()
    known = indicators()
    wanted = [(each, aspect) for each in found for aspect in _aspects(each, known)]
    with columns.held():
        read_together(reader, [(each.code, aspect) for each, aspect in wanted], region, period)
        offered = [_offer(reader, each, region, period, aspect) for each, aspect in wanted]
    return [offer for offer in offered if offer.text or offer.why]


def _aspects(asked: Indicator, known: Mapping[str, Indicator]) -> list[str]:
    """What can be said of an indicator: of its share of another one where that is the whole it is part of."""
    whole = natural_whole(asked, known.values())
    return [
        f"{aspect}:{whole.code}" if name.takes_other and whole else aspect
        for aspect, name in ASPECT_NAMES.items()
        if asked.nature in name.natures and (whole or not name.takes_other)
    ]


def _offer(reader: Reader, asked: Indicator, region: Region, period: Period, aspect: str) -> Offer:
    said = read_figure(reader, asked.code, region, period, aspect)
    return Offer(
        source.token(asked.code, aspect),
        called(asked, aspect, region=region),
        said.text or "",
        route_word(said.route),
        str(said.why),
    )


def _named(query: str) -> list[Indicator]:
    """Indicators by how well their name answers: a short name means them, else it begins so, holds it, or holds its
    characters in this order. A short name within a longer one stands for its full wordings: 高企认定.
    """
    wanted = query.strip().lower()
    if not wanted:
        return []
    short = {word.lower(): alias for word, alias in registry.aliases().items() if word.lower() in wanted}
    meant = registry.indicators_meant(short[wanted]) if wanted in short else []
    asked = [wanted, *_in_full(wanted, short)]
    ranked = [
        (
            (-1, meant.index(each.code))
            if each.code in meant
            else min(filter(None, (_rank(name, each.label, each.code) for name in asked)), default=None),
            each,
        )
        for each in indicators().values()
    ]
    known = sorted((pair for pair in ranked if pair[0] is not None), key=lambda pair: pair[0] or (0, 0))
    return [each for _rank, each in known[:SHOWN]]


def _in_full(wanted: str, short: Iterable[str]) -> list[str]:
    """What was typed with its short names in full."""
    wordings = {word.lower(): full for word, full in registry.wordings().items()}
    return [wanted.replace(word, each.lower()) for word in short for each in wordings.get(word, ()) if word not in each]


def _rank(wanted: str, label: Label, code: str) -> tuple[int, int] | None:
    names = (label.zh.lower(), label.in_language(language()).lower(), code)
    ranks = [
        (0 if name.startswith(wanted) else 1 if wanted in name else 2, len(name))
        for name in names
        if wanted in name or (name == names[0] and _in_order(wanted, name))
    ]
    return min(ranks, default=None)


def _in_order(wanted: Iterable[str], name: str) -> bool:
    rest = iter(name)
    return all(character in rest for character in wanted)


def matching(mistakes: Sequence[Mistake], region: Region, period: Period) -> dict[Mistake, list[Offer]]:
    """For each number without evidence, the figures of the region and period that say exactly that."""
    loose = [each for each in mistakes if each.kind == "loose" and each.block >= 0]
    if not loose:
        return {}
    known = _everything(region, period)
    return {each: [offer for offer in known if _says(offer.text, each.text)] for each in loose}


def _everything(region: Region, period: Period) -> list[Offer]:
    """What every indicator says today: value, growth, place."""
    reader, asked = Reader(), list(indicators().values())
    growths, ranks = reader.overview(asked, region, period)
    found = []
    for growth, rank in zip(growths, ranks, strict=True):
        each = growth.now.indicator
        said = {"level": growth.now.text, "growth": growth.text, "rank": rank.text}
        found += [
            Offer(
                source.token(each.code, aspect),
                called(each, aspect, region=region),
                text,
                route_word(growth.now.route),
                "",
            )
            for aspect, text in said.items()
            if text != "—"
        ]
    return found


def _says(words: str, typed: str) -> bool:
    """Whether a figure's words say a typed number: the same digits, and no other unit."""
    _before, said, after = split_bound(words)
    _prefix, number, unit = split_bound(typed)
    return said == number and after.startswith(unit.strip())


def no_offer(query: str) -> str:
    """What to say where nothing was found."""
    return _("没有名称含“%(query)s”的指标。") % {"query": query} if query.strip() else ""
