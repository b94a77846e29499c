"""The demonstration: packs, accounts, published figures and the fictional county, all made through the rooms' actions."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base import files
from xingke.base.demonstrating import demonstrate
from xingke.base.keys import derived_key
from xingke.base.periods import Period
from xingke.base.refusals import Refused
from xingke.demo import generator
from xingke.demo.services import log_services
from xingke.demo.subsidies import ask_for_subsidies
from xingke.demo.volumes import keep_archive
from xingke.indicators import columns
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.models import ImportBatch
from xingke.intake.reading import read_table
from xingke.intake.rows.incoming import Options
from xingke.ledger import actions as ledger
from xingke.ledger.models import RecordKeeping
from xingke.ledger.tables import TABLES
from xingke.registry import actions as registry
from xingke.registry import queries
from xingke.registry.actions import NewOrganisation
from xingke.registry.actions.people import employ, enter_person
from xingke.registry.models import Organisation, Person, Region, Zone
from xingke.registry.queries.people import employments_of
from xingke.reports.actions import write_document
from xingke.reports.actions.disclosing import take_step
from xingke.reports.actions.handing_up import hand_up
from xingke.reports.models import Document

SEED = 7
OPENING = date(2022, 12, 31)  # the generator's ledgers are complete from here on
REPORT_ONLY = frozenset({("990128", "contract")})  # 松坞县 reports its contracts and keeps no records of them
PACKS = Path(settings.PACKAGE) / "packs"
REAL, FICTIONAL = "全国", "云岭省"
Say = Callable[[str], None]


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration: its name, and its roles as (role, region).

    of_person: who acts with it in their own name: their name, employer and post.
    """

    username: str
    name: str
    grants: tuple[tuple[str, str], ...]
    of_firm: bool = False
    of_person: tuple[str, str, str] | None = None


OPERATOR, CHECKER = "operator", "checker"
ACCOUNTS = (
    DemoAccount("director", "局领导（青溪县）", (("director", "青溪县"),)),
    DemoAccount("officer", "科室人员（青溪县）", (("officer", "青溪县"),)),
    DemoAccount("head", "科室负责人（青溪县）", (("section_head", "青溪县"),)),
    DemoAccount("reviewer", "保密审查员（青溪县）", (("secrecy_reviewer", "青溪县"),)),
    DemoAccount("minle", "科室人员（民乐县）", (("officer", "民乐县"),)),
    DemoAccount("statistician", "统计员（全国及云岭省）", (("statistician", REAL), ("statistician", FICTIONAL))),
    DemoAccount("superior", "上级查阅（清源市）", (("superior_reader", "清源市"),)),
    DemoAccount("enterprise", "企业用户（青溪县）", (("enterprise_user", "青溪县"),), of_firm=True),
    DemoAccount(
        "commissioner",
        "科技特派员何远山（青溪县）",
        (("commissioner", "青溪县"),),
        of_person=("何远山", "云岭农业大学", "副教授"),
    ),
    DemoAccount(
        "expert",
        "评审专家陆知秋（清源市）",
        (("expert", "清源市"),),
        of_person=("陆知秋", "云岭理工大学", "教授"),
    ),
    DemoAccount("system", "系统管理员", (("system_administrator", REAL), ("system_administrator", FICTIONAL))),
    DemoAccount("security", "安全管理员", (("security_administrator", REAL), ("security_administrator", FICTIONAL))),
    DemoAccount("auditor", "安全审计员", (("auditor", REAL), ("auditor", FICTIONAL))),
)


HANDED_UP = "handed_up"  # no step towards the public, but one up

# Outline, region, period, and who took which step towards the public.
DOCUMENTS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("half-year", "民乐县", "2024-H1", ()),
    ("annual", "青溪县", "2024", (("officer", "asked"),)),
    (
        "annual",
        "青溪县",
        "2025",
        (("officer", "asked"), ("reviewer", "passed"), ("director", "published"), ("director", HANDED_UP)),
    ),
)
OPINIONS = {"asked": "", "passed": "未发现涉密和不宜公开的内容，可以公开。", "published": "同意公布。"}


def prepare(*, now: datetime, say: Say, scale: float = 1) -> Mapping[str, str]:
    """Make the demonstration; what stands already stays as it is. Returns the passwords by account name.

    scale: size of the fictional ledgers (1: as in a real county). Raises Refused in an installation that is none.
    """
    _require_demonstration()
    for folder in (PACKS / "national", PACKS / "fictional"):
        registry.load_regions(folder=folder, by=None, now=now)
    loaded = registry.load_pack(folder=PACKS / "national", by=None, now=now)
    say(f"规则包：新装载 {loaded.added} 条定义，{loaded.unchanged} 条未变")
    operator = ensure_operator(now=now)
    if not RecordKeeping.objects.exists():
        _require_nothing_half_done()
        _file_plan(generator.generate(SEED, scale), by=operator, now=now, say=say)
    for path in (PACKS / "national" / "published-figures.csv", PACKS / "fictional" / "observations.csv"):
        table = read_table(path.read_bytes())
        if ImportBatch.objects.filter(digest=table.digest).exists():
            continue
        outcome = import_table(
            form=sheet_form("observation"),
            table=table,
            file_name=path.name,
            by=operator,
            now=now,
            options=Options(confirmed=True),
        )
        say(f"{path.name}：" + "，".join(f"{name} {count}" for name, count in outcome.counts.items() if count))
    passwords = _ensure_accounts(now=now)
    here = queries.region_by_name_or_code("青溪县")
    log_services(region=here, by=operator, since=OPENING, now=now, say=say)
    ask_for_subsidies(region=here, now=now, say=say)
    demonstrate(operator, now, scale, say)
    keep_archive(region=here, now=now, say=say)
    for kind in TABLES:
        if columns.source(kind).file is None:
            columns.rebuild(kind)
    for outline, place, period, steps in DOCUMENTS:
        region = queries.region_by_name_or_code(place)
        if not Document.objects.filter(outline=outline, region=region, period=period).exists():
            _write(outline, region, Period.parse(period), steps, by=operator, now=now, say=say)
    return passwords


@transaction.atomic
def _write(
    outline: str, region: Region, period: Period, steps: Sequence[tuple[str, str]], *, by: User, now: datetime, say: Say
) -> None:
    """Write a document and take it as far as it goes: all of it, or nothing where this is broken off."""
    written = write_document(outline=outline, region=region, period=period, by=by, now=now)
    for number, (username, step) in enumerate(steps):
        user = User.objects.get(username=username)
        if step == HANDED_UP:
            hand_up(document=written.document, number=0, by=user, now=now)
        else:
            take_step(document=written.document, step=step, number=number, opinion=OPINIONS[step], by=user, now=now)
    say(f"文稿：{written.document.title}（固化 {written.frozen} 个数字）")


def _require_nothing_half_done() -> None:
    """Refuse where ledgers stand of a first run that was broken off before they were filed as a whole."""
    if Organisation.objects.filter(is_fictional=True).exists():
        raise Refused(
            f"上一次准备演示数据时中断，留下了不完整的台账，不能接着做；请删除文件夹“{settings.DATA}”"
            "（其中只有演示数据），或用 XINGKE_DATA 另指一个文件夹，再运行一次。"
        )


def _require_demonstration() -> None:
    """Refuse where somebody else's accounts are: invented records and open passwords do not belong to real ones.

    The demonstration opens the operator's account first; ``begin`` opens accounts that are called like some of ours.
    """
    ours = {OPERATOR, CHECKER, *(account.username for account in ACCOUNTS)}
    names = list(User.objects.order_by("pk").values_list("username", flat=True))
    strange = names[:1] if names[:1] != [OPERATOR] else [name for name in names if name not in ours]
    if strange:
        raise Refused(
            f"数据文件夹“{settings.DATA}”里已有不是演示建立的账号“{strange[0]}”，演示数据不写进正式的安装；"
            "请用 XINGKE_DATA 另指一个文件夹；只是启动，请运行 xingke serve。"
        )


def ensure_operator(*, now: datetime) -> User:
    """The account the command line acts as. It cannot sign in: its password is not known to anybody."""
    return _ensure_closed(OPERATOR, "命令行操作员", ("statistician", "officer"), now=now)


def _ensure_closed(username: str, name: str, roles: Sequence[str], *, now: datetime) -> User:
    """An account with roles everywhere that nobody can sign in to."""
    user = User.objects.filter(username=username).first()
    if user is None:
        password = secrets.token_urlsafe(24)
        user = accounts.create_account(username=username, name=name, password=password, by=None, now=now)
    for place in (REAL, FICTIONAL):
        for role in roles:
            registry.give_role(user=user, role=role, region=queries.region_by_name_or_code(place), by=None, now=now)
    return user


@transaction.atomic
def _ensure_accounts(*, now: datetime) -> dict[str, str]:
    """Open the demo accounts with generated passwords, kept beside the data, readable by their owner only.

    They are on disk before the accounts are there: a run that is broken off leaves no account whose password is unknown.
    """
    path = Path(settings.DATA) / "demo-accounts.txt"
    before = path.read_text() if path.is_file() else ""
    known = dict(line.split(" ", 1) for line in before.splitlines())
    for account in ACCOUNTS:
        user = User.objects.filter(username=account.username).first()
        if user is not None and account.of_person:
            continue  # who they are may have been corrected, merged or forgotten since
        if user is None:
            password = accounts.first_password()
            user = accounts.create_account(
                username=account.username, name=account.name, password=password, by=None, now=now
            )
            known[account.username] = password
        for role, place in account.grants:
            region = queries.region_by_name_or_code(place)
            firm = _demo_firm(region) if account.of_firm else None
            person = _demo_person(*account.of_person, region=region, now=now) if account.of_person else None
            registry.give_role(user=user, role=role, region=region, by=None, now=now, organisation=firm, person=person)
    after = "".join(f"{name} {password}\n" for name, password in known.items())
    if after != before:
        with files.replacing(path, mode=0o600) as part:
            part.write_text(after)
    return known


def _demo_person(name: str, employer: str, post: str, *, region: Region, now: datetime) -> Person:
    """Somebody of the demonstration's register, entered where they are not yet; nothing is kept of them that is sealed."""
    key, by = derived_key("demo person", region.code, name), User.objects.get(username=OPERATOR)
    person = enter_person(name=name, region=region, facts={}, key=key, by=by, now=now)
    if not employments_of(person).exists():
        employ(person=person, employer=employer, organisation=None, post=post, since=OPENING, by=by, now=now)
    return person


def _demo_firm(region: Region) -> Organisation:
    """The firm with the most history in the region, so that its user has something to look at."""
    event = TABLES["patent"].event
    most = (
        event._default_manager.filter(region=region, seq_to__isnull=True, organisation__isnull=False)
        .values_list("organisation", flat=True)
        .order_by("organisation")
    )
    counts: dict[int, int] = {}
    for pk in most:
        counts[pk] = counts.get(pk, 0) + 1
    return Organisation.objects.get(pk=max(counts, key=lambda pk: (counts[pk], -pk)))


@transaction.atomic
def _file_plan(plan: generator.Plan, *, by: User, now: datetime, say: Say) -> None:
    """File the fictional county: all of it, or nothing where this is broken off."""
    regions = {region.code: region for region in Region.objects.filter(is_fictional=True)}
    zones = {zone.code: zone for zone in Zone.objects.filter(is_fictional=True)}
    source = f"虚构数据生成器（种子 {plan.seed}）"
    registry.enter_organisations(
        organisations=(
            NewOrganisation(
                key=firm.key,
                name=firm.name,
                region=regions[firm.region],
                credit_code=firm.uscc,
                zone=zones.get(firm.zone or ""),
                industry=firm.industry,
                founded_on=firm.founded_on,
                is_fictional=True,
            )
            for firm in plan.firms
        ),
        by=by,
        now=now,
        source=source,
    )
    firms = {each.key: each for each in Organisation.objects.filter(is_fictional=True).select_related("region")}
    terms = {code: term.label.zh for code, term in queries.terms("title").items()}
    batches: list[tuple[str, Iterable[ledger.NewHistory]]] = [
        ("recognition", _titles(plan, firms, regions, terms)),
        ("patent", _patents(plan, firms, regions)),
    ]
    batches += [(kind, _others(plan, kind, firms, regions)) for kind in TABLES if plan.of(kind)]
    checker = _ensure_closed(CHECKER, "演示数据复核员", ("director",), now=now)  # some kinds need four eyes
    for kind, histories in batches:
        count = ledger.file_histories(
            kind=kind, histories=histories, by=by, now=now, source=source, confirmed=True, confirmed_by=checker
        )
        say(f"虚构台账 {kind}：登记 {count} 个版本")
    keepers = [region for region in regions.values() if region.level == Region.Level.COUNTY or region.code == "990200"]
    for region, kind in ((region, kind) for region in keepers for kind in TABLES):
        if (region.code, kind) not in REPORT_ONLY:
            ledger.declare_record_keeping(region=region, kind=kind, since=OPENING, by=by, now=now)


def _history(
    key: UUID,
    firm: Organisation | None,
    fields: Mapping[str, str],
    events: Sequence[generator.Event],
    firms: Mapping[UUID, Organisation],
    regions: Mapping[str, Region],
    tie: str = "",
) -> ledger.NewHistory:
    return ledger.NewHistory(
        key=key,
        fields=fields,
        region=regions[events[0].region],
        organisation=firm,
        zone=firm.zone if firm else None,
        is_fictional=True,
        source_place=tie,
        events=[
            ledger.NewEvent(
                event=each.kind,
                on=each.on,
                region=regions[each.region],
                measures=dict(each.measures),
                organisation=firms[each.firm] if each.firm else None,
            )
            for each in events
        ],
    )


def _titles(
    plan: generator.Plan, firms: Mapping[UUID, Organisation], regions: Mapping[str, Region], terms: Mapping[str, str]
) -> Iterator[ledger.NewHistory]:
    for title in plan.titles:
        fields = {"title": title.kind, "level": title.level, "name": terms[title.kind], "number": title.number}
        yield _history(title.key, firms[title.firm], fields, title.events, firms, regions)


def _patents(
    plan: generator.Plan, firms: Mapping[UUID, Organisation], regions: Mapping[str, Region]
) -> Iterator[ledger.NewHistory]:
    for patent in plan.patents:
        fields = {"number": patent.number, "form": patent.form, "name": patent.name}
        yield _history(patent.key, firms[patent.firm], fields, patent.events, firms, regions)


def _others(
    plan: generator.Plan, kind: str, firms: Mapping[UUID, Organisation], regions: Mapping[str, Region]
) -> Iterator[ledger.NewHistory]:
    """Projects, money, contracts …; without the contracts of a region that keeps none."""
    for each in plan.of(kind):
        if (each.events[0].region, kind) not in REPORT_ONLY:
            firm = firms[each.firm] if each.firm else None
            yield _history(each.key, firm, dict(each.fields), each.events, firms, regions, each.tie)
