"""Money: what projects bring, what the county pays out, and what banks lend. The layers of one sum are one history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from xingke.demo.generator.firms import PerYear
from xingke.demo.generator.ground import LAST_DAY, WAN, Ground, Writer, amount
from xingke.demo.generator.plan import Event, Firm, History
from xingke.demo.generator.projects import ended_on

# 万元 for a certificate of the year before, by title, level and event
_REWARDS = {
    ("high_tech_enterprise", "national", "recognised"): 20,
    ("high_tech_enterprise", "national", "re_recognised"): 10,
    ("innovative_enterprise", "province", "recognised"): 8,
    ("rnd_institute", "province", "recognised"): 30,
    ("rnd_center", "province", "recognised"): 15,
    ("rnd_center", "city", "recognised"): 5,
    ("engineering_center", "city", "recognised"): 5,
    ("incubator", "city", "recognised"): 20,
    ("maker_space", "province", "recognised"): 15,
    ("maker_space", "city", "recognised"): 8,
}
_REWARD_NAMES = {
    "high_tech_enterprise": "高新技术企业认定奖励",
    "innovative_enterprise": "省级科技创新型企业奖励",
    "rnd_institute": "企业研究院建设奖励",
    "rnd_center": "企业研发中心建设奖励",
    "engineering_center": "工程技术研究中心建设奖励",
    "incubator": "科技企业孵化器奖励",
    "maker_space": "众创空间奖励",
}


@dataclass(frozen=True, kw_only=True)
class _Scheme:
    """Money the county pays out in 青溪县. totals in 元; number of payments; months when it is paid."""

    purpose: str
    level: str
    name: str
    totals: PerYear
    number: PerYear
    months: tuple[int, int]


_SCHEMES = (
    _Scheme(
        purpose="voucher",
        level="county",
        name="科技创新券兑付",
        totals=(1_324_600, 1_863_200, 2_493_500),
        number=(38, 49, 61),
        months=(5, 11),
    ),
    _Scheme(
        purpose="patent_subsidy",
        level="county",
        name="专利资助经费",
        totals=(4_126_500, 4_861_000, 5_537_800),
        number=(60, 72, 85),
        months=(6, 12),
    ),
    _Scheme(
        purpose="talent_subsidy",
        level="county",
        name="科技人才补贴",
        totals=(1_205_000, 1_452_000, 1_896_000),
        number=(18, 22, 27),
        months=(4, 12),
    ),
    _Scheme(
        purpose="rnd_subsidy",
        level="city",
        name="企业研发投入后补助",
        totals=(3_104_700, 3_812_300, 4_608_900),
        number=(24, 30, 36),
        months=(8, 12),
    ),
)
_CREDIT: tuple[PerYear, PerYear] = ((18_600, 23_800, 29_500), (56, 71, 87))  # 万元 and firms


class Payments(Writer):
    """Writes every sum of money of a plan."""

    def __init__(self, ground: Ground, projects: Sequence[History]) -> None:
        super().__init__(ground, "payment")
        self.projects = projects
        self.by_key: dict[UUID, Firm] = {firm.key: firm for firm in ground.firms}

    def write(self) -> list[History]:
        """Project funds, rewards, the other schemes, then loans."""
        for project in self.projects:
            if project.value("level") != "county":
                self._project_funds(project)
        self._rewards()
        for scheme in _SCHEMES:
            self._pay_out(scheme)
        self._lend()
        return self.histories

    def _project_funds(self, project: History) -> None:
        """Won with the approval, arrived in one or two parts, each part disbursed; a tenth is kept back now and then."""
        approved = next((event for event in project.events if event.kind == "approved"), None)
        if approved is None:
            return
        code, won = approved.region, approved.measure("amount")
        is_ended = any(event.kind == "terminated" for event in project.events)
        parts = [won] if won < 100 * WAN else [won * 6 // 10, won - won * 6 // 10]
        events = [Event("won", approved.on, code, amount(won))]
        kept_back = 0
        arrived = self.later(approved.on, 15, 60)
        for part in parts:
            events.append(Event("arrived", arrived, code, amount(part)))
            kept = part // 10 if self.chance(25) else 0
            kept_back += kept
            events.append(Event("disbursed", self.later(arrived, 8, 40), code, amount(part - kept)))
            arrived = self.later(approved.on, 380, 440)
            if is_ended:
                break  # the second part of an ended project never comes
        accepted = ended_on(project)
        if kept_back and accepted is not None:
            events.append(Event("disbursed", self.later(accepted, 10, 45), code, amount(kept_back)))
        self.add(
            "payment",
            events,
            firm=self.by_key[project.firm] if project.firm else None,
            tie=f"项目{project.value('number')}",
            purpose="project_funds",
            level=project.value("level"),
            name=f"{project.value('name')}补助资金",
            number=self.document(code, approved.on, "财教"),
        )

    def _rewards(self) -> None:
        """What certificates of the year before bring, paid between April and September."""
        for title in self.ground.titles:
            for event in title.events:
                worth = _REWARDS.get((title.kind, title.level, event.kind))
                if worth is None or not 2022 <= event.on.year <= 2024:
                    continue
                on = self.day(event.on.year + 1, 4, 9)
                self._paid(
                    event.region,
                    on,
                    worth * WAN,
                    self.by_key[title.firm],
                    "reward",
                    "county",
                    _REWARD_NAMES[title.kind],
                )

    def _pay_out(self, scheme: _Scheme) -> None:
        totals = {(code, year): yuan for code, year, yuan in self.quotas(scheme.totals)}
        for code, year, number in self.quotas(scheme.number):
            days = self.days(year, number, *scheme.months)
            sums = self.shares(totals[code, year] * 100, number, step=10_000, spread=(5, 4))
            for on, cents in zip(days, sums, strict=True):
                self._paid(code, on, cents, self.firm(code, on), scheme.purpose, scheme.level, scheme.name)

    def _paid(self, code: str, on: date, cents: int, firm: Firm, purpose: str, level: str, name: str) -> None:
        self.add(
            "payment",
            [Event("paid", on, code, amount(cents))],
            firm=firm,
            purpose=purpose,
            level=level,
            name=name,
            number=self.document(code, on),
        )

    def _lend(self) -> None:
        """A credit line, and drawn in one or two loans that never exceed it; one firm in six draws nothing."""
        totals = {(code, year): wan for code, year, wan in self.quotas(_CREDIT[0])}
        for code, year, number in self.quotas(_CREDIT[1]):
            days = self.days(year, number, 1, 11)
            for on, wan in zip(days, self.shares(totals[code, year], number, step=10, spread=(5, 4)), strict=True):
                events = [Event("credited", on, code, amount(wan * WAN))]
                if not self.chance(16):
                    drawn = wan * self.rng.randrange(55, 96) // 100
                    parts = [drawn] if drawn < 300 else [drawn * 2 // 3, drawn - drawn * 2 // 3]
                    lent = on
                    for part in parts:
                        lent = self.later(lent, 10, 35)
                        events.append(Event("lent", min(lent, LAST_DAY), code, amount(part * WAN)))
                self.add(
                    "payment",
                    events,
                    firm=self.firm(code, on),
                    purpose="tech_loan",
                    level="county",
                    name="科技型企业信用贷款",
                    number=self.document(code, on, "科贷"),
                )
