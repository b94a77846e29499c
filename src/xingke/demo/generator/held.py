"""What was held: trainings, study visits, science weeks, visits to firms; and the milestones of a year."""

from dataclasses import dataclass
from datetime import date
from random import Random

from xingke.demo.generator.firms import NAMES, PerYear
from xingke.demo.generator.ground import Ground, Writer
from xingke.demo.generator.plan import Event, History, Measures

_SCALE = 10_000  # people and materials are kept × 10⁻⁴
_NONE: PerYear = (0, 0, 0)
_PLACES = ("会议中心", "科技馆", "青年路广场", "文化宫", "科创园", "职业教育中心", "图书馆", "电商产业园")
_ELSEWHERE = ("云岭省省会", "澹湖市", "云渡县", "云岭理工大学", "云岭农业大学")


@dataclass(frozen=True, kw_only=True)
class _Topic:
    """Events of one topic in 青溪县. people, materials: the year's totals; rough: percent counted only roughly."""

    code: str
    held: PerYear
    names: tuple[str, ...]
    people: PerYear = _NONE
    materials: PerYear = _NONE
    rough: int = 0
    months: tuple[int, int] = (1, 12)
    is_away: bool = False
    is_firm: bool = False


_TOPICS = (
    _Topic(
        code="training",
        held=(21, 23, 25),
        people=(1960, 2240, 2486),
        months=(2, 12),
        names=(
            "高新技术企业认定申报培训",
            "研发费用加计扣除政策培训",
            "科技统计业务培训",
            "知识产权质量提升培训",
            "技术合同登记培训",
            "科技型中小企业评价培训",
        ),
    ),
    _Topic(
        code="study",
        held=(6, 7, 8),
        people=(96, 110, 128),
        months=(3, 11),
        is_away=True,
        names=("科技成果转化考察学习", "孵化载体建设考察学习", "企业创新能力提升研修"),
    ),
    _Topic(
        code="farm_training",
        held=(40, 44, 48),
        people=(6900, 7350, 7800),
        materials=(9200, 9800, 10400),
        rough=20,
        months=(2, 11),
        names=("科技特派员田间培训", "特色种植技术培训", "畜禽养殖技术培训", "农机使用技术培训", "茶园管理技术培训"),
    ),
    _Topic(
        code="outreach",
        held=(22, 24, 26),
        people=(11200, 13600, 15800),
        materials=(24000, 27500, 31500),
        rough=60,
        months=(3, 11),
        names=(
            "科技活动周主题活动",
            "科普进校园",
            "科普进社区",
            "科技下乡集中服务",
            "全国科普日活动",
            "流动科技馆巡展",
        ),
    ),
    _Topic(
        code="policy",
        held=(9, 11, 12),
        people=(620, 740, 860),
        materials=(1800, 2100, 2400),
        months=(2, 11),
        names=("惠企科技政策宣讲", "科技金融政策宣讲", "科技创新券政策宣讲"),
    ),
    _Topic(
        code="matchmaking",
        held=(9, 10, 11),
        people=(380, 430, 490),
        months=(3, 12),
        names=("科技成果对接会", "产学研对接活动", "技术需求路演", "高校专家企业行"),
    ),
    _Topic(code="signing", held=(2, 3, 3), names=("校地合作签约仪式", "产学研合作项目集中签约"), months=(4, 11)),
    _Topic(code="firm_visit", held=(182, 205, 231), names=("走访企业",), is_firm=True),
)


_SERIES = {
    "科技活动周主题活动": "science_week",
    "全国科普日活动": "popularisation_month",
    "科技下乡集中服务": "to_villages",
    "知识产权质量提升培训": "ip_week",
}
_CLASSES = {  # by topic: who came, and how many of ten at least and at most
    "farm_training": (("farmers", 8, 10),),
    "outreach": (("young_people", 3, 6), ("farmers", 1, 3)),
    "training": (("firm_people", 6, 9), ("officials", 1, 1)),
    "policy": (("firm_people", 8, 10),),
}


class Events(Writer):
    """Writes everything that was held. What few events say has a stream of chance of its own."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "activity")  # the noun its keys and its chance have been made of since the first demo
        self._further = Random(f"{ground.seed}:event further")

    def write(self) -> list[History]:
        """Topic by topic, region by region, year by year."""
        for topic in _TOPICS:
            people = {(code, year): number for code, year, number in self.quotas(topic.people)}
            materials = {(code, year): number for code, year, number in self.quotas(topic.materials)}
            for code, year, number in self.quotas(topic.held):
                heads = self.shares(people[code, year], number, step=1, spread=(4, 3))
                copies = self.shares(materials[code, year], number, step=10, spread=(4, 3))
                for place, on in enumerate(self.days(year, number, *topic.months)):
                    self._hold(topic, code, on, heads[place], copies[place])
        return self.histories

    def _hold(self, topic: _Topic, code: str, on: date, people: int, materials: int) -> None:
        told: list[tuple[str, int | str]] = []
        if any(topic.people):
            people = max(people, 1)
            if people >= 60 and self.chance(topic.rough):  # somebody counted to the last ten or hundred
                step = 100 if people >= 300 else 10
                told += [("people", people // step * step * _SCALE), ("approximation", self.one_of(("余", "余", "多")))]
            else:
                told.append(("people", people * _SCALE))
        if any(topic.materials) and materials > 0:
            told.append(("materials", materials * _SCALE))
        self._record(topic, code, on, (*told, *self._classes(topic, dict(told).get("people", 0))))

    def _classes(self, topic: _Topic, people: int | str) -> list[tuple[str, int | str]]:
        """Who came, where the sign-in sheets of a topic say so: of every third event."""
        assert isinstance(people, int)
        said = _CLASSES.get(topic.code, ()) if people and self._further.randrange(3) == 0 else ()
        return [
            (name, people // _SCALE * self._further.randint(least, most) // 10 * _SCALE) for name, least, most in said
        ]

    def _record(self, topic: _Topic, code: str, on: date, told: Measures) -> None:
        firm = self.firm(code, on) if topic.is_firm else None
        name = f"{topic.names[0]}{firm.name}" if firm else self.one_of(topic.names)
        place = self.one_of(_ELSEWHERE) if topic.is_away else f"{NAMES[code]}{self.one_of(_PLACES)}"
        is_ours = firm is None and not topic.is_away
        self.add(
            "event",
            [Event("held", on, code, told)],
            firm=firm,
            topic=topic.code,
            series=_SERIES.get(name, ""),
            name=name,
            number="",
            place=NAMES[code] if firm else place,
            organisers=f"{NAMES[code]}科学技术局" if is_ours else "",
            joint_organisers=f"{NAMES[code]}科学技术协会" if is_ours and topic.code == "outreach" else "",
        )


_MILESTONES: tuple[tuple[int, str, str], ...] = (  # month, topic, what happened
    (1, "meeting", "全县科技创新工作会议召开"),
    (2, "meeting", "县科技领导小组审定年度科技工作要点"),
    (3, "policy", "{place}科技创新若干政策修订发布"),
    (4, "signing", "与云岭理工大学签订全面科技合作协议"),
    (5, "outreach", "科技活动周启动仪式举行"),
    (6, "platform", "{place}科创园二期投入使用"),
    (7, "matchmaking", "第{nth}届{place}产学研合作大会举行"),
    (8, "platform", "{place}技术转移工作站揭牌"),
    (9, "honour", "本地企业晋级省创新创业大赛决赛"),
    (10, "platform", "省级企业研究院授牌"),
    (11, "honour", "本地科技成果获省科学技术奖"),
    (12, "meeting", "县委常委会专题研究科技创新工作"),
)


class Milestones(Writer):
    """Writes the named facts of every year: a dozen in the larger regions, the weightier half in the smaller ones."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "milestone")

    def write(self) -> list[History]:
        """Region by region, year by year."""
        for code, year, size in self.quotas((100, 100, 100)):
            for number, (month, topic, name) in enumerate(_MILESTONES):
                if size >= 50 or (size >= 10 and number % 2 == 0):
                    said = name.format(place=NAMES[code], nth="三四五"[year - 2023])
                    said = (
                        said.replace("全县", "全市").replace("县科技", "市科技").replace("县委", "市委")
                        if code == "990200"
                        else said
                    )
                    on = self.day(year, month, month)
                    self.add("milestone", [Event("happened", on, code)], topic=topic, name=said, number="")
        return self.histories
