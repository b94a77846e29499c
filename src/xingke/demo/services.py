"""Services of invented commissioners, logged and checked as cases are: some counted, some waiting, some sent back."""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from xingke.accounts.models import User
from xingke.base.keys import derived_key
from xingke.casework.actions import NewCase, StepWanted, open_case
from xingke.casework.actions.together import take_steps
from xingke.casework.models import Case
from xingke.registry.actions.people import employ, enter_person
from xingke.registry.models import Person, Region
from xingke.registry.queries.people import employments_of

FLOW = "commissioner_service"
OTHERS = (  # of them the bureau takes in paper; who has an account logs what he did himself
    ("陈禾", "云岭农业大学", "讲师"),
    ("苏春阳", "云岭省农业科学院", "研究员"),
    ("顾青川", "青溪县农业技术推广中心", "高级农艺师"),
    ("林牧原", "云岭职业技术学院", "副教授"),
)
FIRST, LAST = date(2025, 3, 3), date(2025, 12, 19)
PLACES = ("柳湾镇上游村", "柳湾镇下游村", "石桥镇前山村", "石桥镇后山村", "云台乡茶坪村", "云台乡竹溪村")
SERVED = ("柳湾蔬菜专业合作社", "前山果园家庭农场", "茶坪茶叶合作社", "竹溪水稻种植户", "村集体示范基地")
WORK = (
    ("on_site", "guidance", "设施番茄", "番茄灰霉病防治"),
    ("on_site", "diagnosis", "柑橘", "柑橘黄化原因诊断"),
    ("training", "training", "水稻", "水稻直播除草"),
    ("on_site", "introduction", "茶叶", "老茶园改种"),
    ("group", "demonstration", "蔬菜", "水肥一体化示范"),
    ("online", "guidance", "食用菌", "出菇期温湿度管理"),
)
COUNTED, WAITING, SENT_BACK = 40, 6, 2


@transaction.atomic
def log_services(*, region: Region, by: User, since: date, now: datetime, say: Callable[[str], object]) -> None:
    """Log them, once: what stands already stays as it is. by: who enters the commissioners, who have worked since ``since``."""
    if Case.objects.filter(flow=FLOW).exists():
        return
    own, officer, head = (User.objects.get(username=name) for name in ("commissioner", "officer", "head"))
    himself = own.grants.get(person__isnull=False).person
    assert himself is not None
    people = [(himself, own), *((_person(each, region, by, since, now), officer) for each in OTHERS)]
    chance = random.Random(7)
    opened: list[Case] = []
    for number, day in enumerate(_days(chance, timezone.localdate(now))):
        person, who = people[number % len(people)] if number < COUNTED else people[0]
        new = NewCase(flow=FLOW, region=region, person=person, key=derived_key("demo service", number))
        first = StepWanted(step="logged", typed=_typed(chance, day))
        opened.append(open_case(new=new, first=first, by=who, now=now))
    checked, back = opened[:COUNTED], opened[COUNTED + WAITING :]
    done = take_steps(cases=[(case, 1) for case in checked], step="checked", by=head, now=now)
    take_steps(cases=[(case, 1) for case in back], step="sent_back", opinion="请补上签到表", by=officer, now=now)
    say(f"科技特派员服务：{len(opened)} 件，核实 {len(done.taken)} 件")


def _person(known: tuple[str, str, str], region: Region, by: User, since: date, now: datetime) -> Person:
    name, employer, post = known
    key = derived_key("demo person", region.code, name)
    person = enter_person(name=name, region=region, facts={}, key=key, by=by, now=now)
    if not employments_of(person).exists():
        employ(person=person, employer=employer, organisation=None, post=post, since=since, by=by, now=now)
    return person


def _days(chance: random.Random, today: date) -> Iterator[date]:
    for _each in range(COUNTED):
        yield FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
    for number in range(WAITING + SENT_BACK):
        yield today - timedelta(days=number + 1)


def _typed(chance: random.Random, day: date) -> Mapping[str, str]:
    way, content, industry, problem = chance.choice(WORK)
    typed = {
        "served_on": day.isoformat(),
        "place": chance.choice(PLACES),
        "title": chance.choice(SERVED),
        "way": way,
        "work": content,
        "industry": industry,
        "problem": problem,
        "people": str(chance.randrange(3, 40)),
        "hours": str(chance.choice((2, 3, 4, 6))),
    }
    if way == "training":
        typed |= {"trained": str(chance.randrange(20, 80)), "materials": str(chance.randrange(30, 90))}
    if content == "introduction":
        typed |= {"varieties": str(chance.randrange(1, 3)), "area": str(chance.randrange(5, 60))}
    if content == "demonstration":
        typed |= {"techniques": "1", "area": str(chance.randrange(20, 120))}
    return typed
