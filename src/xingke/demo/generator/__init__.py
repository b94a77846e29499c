"""The fictional county's records: the same for the same seed, on every machine and every day.

Pure: no database, no clock, no chance but seeded ``random.Random``. 青溪县 is of the size of a real industrial county;
its seven siblings and 澹湖市 are smaller or grow otherwise, so that ranks differ and change. Three full years,
2023–2025; what stands before them is the opening stock of 2022-12-31 and the applications granted later, not full years.
Firms, titles and patents share one stream of chance; every other kind has its own, so that a change in one leaves the
rest as it was.
"""

from collections.abc import Iterator
from decimal import Decimal

from xingke.demo.generator.firms import FirmMaker
from xingke.demo.generator.ground import Ground
from xingke.demo.generator.held import Events, Milestones
from xingke.demo.generator.market import Awards, Contracts
from xingke.demo.generator.matters import Matters
from xingke.demo.generator.money import Payments
from xingke.demo.generator.patents import Patents
from xingke.demo.generator.people import Appointments
from xingke.demo.generator.plan import Event, Firm, History, Invention, Plan, Title
from xingke.demo.generator.projects import Projects
from xingke.demo.generator.titles import Titles

__all__ = ["Event", "Firm", "History", "Invention", "Plan", "Title", "generate"]


def generate(seed: int = 7, scale: Decimal | float = 1) -> Plan:
    """The plan for a seed. scale multiplies every quota (1: 青溪县 files about 5 200 patents in 2025).

    Raises ValueError for a scale that is not positive. Takes a few seconds at scale 1.
    """
    factor = Decimal(str(scale))
    if factor <= 0:
        raise ValueError(f"scale is {scale}; it multiplies every number and must be positive")
    drafts = FirmMaker(seed, factor)
    titles, patents = Titles(drafts), Patents(drafts)
    titles.write()
    patents.write()
    firms = tuple(drafts.finished(firm) for firm in drafts.all)
    keys = {firm.number: done.key for firm, done in zip(drafts.all, firms, strict=True)}
    done = tuple(titles.finished(keys))
    return Plan(seed, firms, done, tuple(patents.finished(keys)), tuple(_histories(Ground(seed, factor, firms, done))))


def _histories(ground: Ground) -> Iterator[History]:
    """Everything that is no title and no patent, kind by kind."""
    projects = Projects(ground).write()
    yield from projects
    yield from Payments(ground, projects).write()
    for noun in (Contracts, Awards, Appointments, Events, Milestones, Matters):
        yield from noun(ground).write()
