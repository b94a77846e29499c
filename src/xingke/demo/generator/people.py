"""People placed or introduced: posts and hosts, no names."""

from dataclasses import dataclass
from datetime import date, timedelta

from xingke.demo.generator.firms import NAMES, OPENING, PerYear
from xingke.demo.generator.ground import Ground, Writer
from xingke.demo.generator.plan import Event, History

_SCHOOLS = (
    "第一中学",
    "第二中学",
    "第三中学",
    "实验中学",
    "职业教育中心",
    "实验小学",
    "城关小学",
    "东街小学",
    "滨河小学",
    "育才小学",
    "明德小学",
    "新区小学",
    "枫桥小学",
    "白石小学",
    "柳园小学",
    "南湖小学",
)
_TOWNS = ("柳桥镇", "白石镇", "枫林乡", "南湖镇", "石门乡", "双溪镇", "茶亭乡", "渡口镇", "桃源乡", "松岭镇")
_CROPS = ("茶叶", "食用菌", "优质稻", "柑橘", "中药材", "水产养殖", "畜禽养殖", "设施蔬菜")
_UNIVERSITIES = ("云岭理工大学", "云岭农业大学", "清源学院", "澹湖工业学院", "云岭省机械研究院", "云岭省农业科学院")
_FIELDS = ("机械设计", "材料工程", "自动化", "软件工程", "生物技术", "化学工程", "电气工程", "工业设计")


@dataclass(frozen=True, kw_only=True)
class _Post:
    """A post in 青溪县. opening: in post on the opening day; years: the term, None for good; leaves: percent who leave
    early; host: firm, school or village."""

    code: str
    opening: int
    appointed: PerYear
    years: int | None
    leaves: int
    host: str
    months: tuple[int, int] = (2, 12)


_POSTS = (
    _Post(code="introduced_talent", opening=0, appointed=(91, 103, 126), years=None, leaves=6, host="firm"),
    _Post(code="tech_vice_president", opening=5, appointed=(5, 7, 9), years=2, leaves=0, host="firm", months=(6, 9)),
    _Post(code="specialist", opening=9, appointed=(12, 15, 18), years=1, leaves=0, host="firm", months=(3, 6)),
    _Post(code="foreign_expert", opening=7, appointed=(6, 6, 8), years=2, leaves=10, host="firm"),
    _Post(
        code="science_vice_head", opening=26, appointed=(12, 14, 18), years=3, leaves=3, host="school", months=(8, 10)
    ),
    _Post(code="commissioner", opening=96, appointed=(34, 36, 40), years=3, leaves=2, host="village", months=(3, 5)),
)


class Appointments(Writer):
    """Writes every appointment of a plan."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground, "appointment")

    def write(self) -> list[History]:
        """Post by post: those in post on the opening day, then each year's."""
        for post in _POSTS:
            for code in NAMES:
                opening, *_others = self.numbers(code, (post.opening,) * 3)
                for _ in range(opening):
                    back = self.rng.randrange(365 * (post.years or 1) - 5)
                    self._appoint(code, post, OPENING - timedelta(days=back))
            for code, year, number in self.quotas(post.appointed):
                for on in self.days(year, number, *post.months):
                    self._appoint(code, post, on)
        return self.histories

    def _appoint(self, code: str, post: _Post, on: date) -> None:
        events = [Event("appointed", on, code)]
        if post.years is not None:
            end = on.replace(year=on.year + post.years, day=min(on.day, 28))
            if self.chance(post.leaves):
                end = max(self.later(on, 120, 300), OPENING + timedelta(days=20))
            events.append(Event("ended", end, code))
        elif self.chance(post.leaves):
            events.append(Event("ended", self.later(on, 200, 700), code))
        self.add(
            "appointment",
            events,
            firm=self.firm(code, on) if post.host == "firm" else None,
            post=post.code,
            name=self._name(code, post),
            number=self.document(code, on, "人才"),
        )

    def _name(self, code: str, post: _Post) -> str:
        """What the post is: no person is named."""
        if post.host == "school":
            return f"{NAMES[code]}{self.one_of(_SCHOOLS)}科学副校长"
        if post.host == "village":
            return f"{self.one_of(_TOWNS)}{self.one_of(_CROPS)}科技特派员"
        if post.code == "tech_vice_president":
            return f"科技副总（{self.one_of(_UNIVERSITIES)}选派）"
        if post.code == "specialist":
            return f"科技专员（{self.one_of(_UNIVERSITIES)}选派）"
        if post.code == "foreign_expert":
            return f"{self.one_of(_FIELDS)}外国专家"
        return f"{self.one_of(_FIELDS)}{self.one_of(('工程师', '博士', '硕士', '高级工程师'))}"
