"""What the workbench shows: what waits for somebody, and what was written and filed last; and the public home page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xingke.accounts import queries as accounts
from xingke.accounts.models import User
from xingke.accounts.permissions import Permission
from xingke.base.periods import Period
from xingke.base.press.tree import split_bound
from xingke.base.remembering import remembered
from xingke.base.templatetags.xk import day
from xingke.indicators import wording
from xingke.indicators.choosing import place_query
from xingke.indicators.judging import everywhere
from xingke.indicators.queries import indicators
from xingke.ledger import events, observations, proposals
from xingke.ledger import queries as ledger
from xingke.ledger.events import TimelineEntry
from xingke.ledger.holders import holder_word, seen_by
from xingke.ledger.models import State
from xingke.ledger.words import Words, approximated
from xingke.portal.figures import FIRST, SHOWN
from xingke.portal.first_steps import undeclared
from xingke.registry import queries as registry
from xingke.registry.models import Grant, Organisation, Region
from xingke.reports import disclosure
from xingke.reports import queries as reports
from xingke.reports.models import DisclosureStep, Document
from xingke.reports.rows import Row, rows_of

T = TypeVar("T")
LISTED = 200  # published documents on the home page


@dataclass(frozen=True)
class Task:
    """Something that waits: how many, where to do it, and what is known of it: since when, from whom, why."""

    label: str
    value: int
    unit: str
    url: str
    note: str = ""


def tasks(user: User) -> list[Task] | None:
    """What waits for somebody; each only for whoever may do it, and only while there is something.

    None for whoever can never have anything to do here.
    """
    if not ACTING & registry.permissions_of(user):
        return None
    return [task for task in _tasks(user) if task.value]


def _tasks(user: User) -> Iterator[Task]:
    if registry.has(user, Permission.RECORD_CONFIRM):
        silent = _kept(user, "undeclared", lambda: undeclared(user))
        said = _("、").join(silent[:3]) + ("…" if len(silent) > 3 else "")
        note = _("%(what)s还没有声明完整，指标暂不计数") % {"what": said}
        yield Task(_("台账完整，去声明"), len(silent), _("类"), reverse("ledger:keeping"), note if silent else "")
    if registry.has(user, Permission.OBSERVATION_CHOOSE):
        yield Task(
            _("待选定的上报数"),
            len(observations.open_choices(user)),
            _("处"),
            reverse("ledger:choice-list"),
            _("来源说法不一"),
        )
    if registry.has(user, Permission.INDICATOR_READ):
        count, place = differing(registry.own_regions(user))
        url = reverse("indicators:identity-list") + place
        yield Task(_("不相符的核对关系"), count, _("处"), url, _("数与数之间对不上"))
    if registry.has(user, Permission.RECORD_CONFIRM):
        waiting, since = _kept(user, "drafts", lambda: events.drafts_waiting(user))
        url = f"{reverse('ledger:record-list')}?state={State.DRAFT}"
        yield Task(_("待确认的记录"), waiting, _("条"), url, _since(since))
        proposed = proposals.proposals_waiting(user)
        yield Task(_("待采纳的改动建议"), proposed, _("条"), reverse("ledger:proposal-list"), _("须由另一人复核"))
    for permission, standing, label in (
        (Permission.DOCUMENT_DISCLOSE, disclosure.ASKED, _("待我审查的文稿")),
        (Permission.DOCUMENT_PUBLISH, disclosure.PASSED, _("待我公布的文稿")),
    ):
        if registry.has(user, permission):
            waiting_documents = reports.documents_standing(user, permission, standing)
            yield from _document_tasks(label, waiting_documents, "reports:document-review")
    if registry.has(user, Permission.DOCUMENT_WRITE):
        yield from _document_tasks(_("被退回的文稿"), reports.sent_back_to(user), "reports:document")
    if registry.has(user, Permission.IMPORT_RUN):
        waiting = ledger.imports_to_file(user).count()
        yield Task(_("待登记的导入"), waiting, _("个文件"), reverse("ledger:import-list"), _("已核对，等您确认登记"))
        rows = ledger.rows_turned_back(user)
        yield Task(_("导入时被退回的行"), rows, _("行"), reverse("ledger:import-list"), _("改正后可再导入"))
    if registry.has(user, Permission.GRANT_MANAGE):
        held = Grant.objects.filter(user=OuterRef("pk"), revoked_at__isnull=True)
        without = accounts.accounts().filter(~Exists(held), is_active=True).count()
        yield Task(_("还没有授权的账号"), without, pgettext("accounts", "个"), reverse("registry:grant-give"))


ACTING = {
    Permission.OBSERVATION_CHOOSE,
    Permission.RECORD_CONFIRM,
    Permission.DOCUMENT_DISCLOSE,
    Permission.DOCUMENT_PUBLISH,
    Permission.DOCUMENT_WRITE,
    Permission.IMPORT_RUN,
    Permission.GRANT_MANAGE,
}


def _since(moment: datetime | None) -> str:
    return _("最早的自%(day)s起") % {"day": day(timezone.localtime(moment).date())} if moment else ""


def mine(user: User, *, now: datetime) -> list[Task] | None:
    """What somebody who writes records filed today, and what of theirs nobody has confirmed yet; None for others."""
    if not registry.has(user, Permission.RECORD_ENTER):
        return None
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today, drafts = _kept(user, f"mine:{midnight:%Y%m%d}", lambda: events.entered_by(user, since=midnight))
    url = reverse("ledger:record-list")
    return [
        Task(_("我今天登记的"), today, _("条"), url),
        Task(_("我登记的，还没有确认"), drafts, _("条"), f"{url}?state={State.DRAFT}"),
    ]


def _stamp() -> int:
    """The ledger's stamp, asked once for the page."""
    return remembered("xingke.portal.stamp", reports.ledger_stamp)


def _moment() -> str:
    """The ledger as it stands: its stamp, and the trail up to there, other after a backup was restored."""
    return remembered("xingke.portal.moment", lambda: f"{_stamp()}:{accounts.trail_digest(_stamp())}")


def _kept(user: User, name: str, ask: Callable[[], T]) -> T:
    """What was found for a reader, remembered until something is filed or their rights change."""
    rights = repr([(each, registry.scope(user, each)) for each in sorted(Permission)])
    kept = f"xingke.portal.{name}:{user.pk}:{sha256(rights.encode()).hexdigest()[:16]}:{_moment()}"
    found: tuple[T] | None = cache.get(kept)
    if found is None:
        found = (ask(),)
        cache.set(kept, found, 24 * 3600)
    return found[0]


def differing(regions: Sequence[Region]) -> tuple[int, str]:
    """How many identities differ in some regions, and where the newest of them stands, as a query of its page.

    Remembered until something is filed: judging takes a second.
    """
    kept = f"xingke.portal.differing:{','.join(str(region.pk) for region in regions)}:{_stamp()}"
    found: tuple[int, str] | None = cache.get(kept)
    if found is None:
        wrong = [each for each in everywhere(regions) if each.status == "differs"]
        found = len(wrong), place_query(wrong[0].region, wrong[0].period) if wrong else ""
        cache.set(kept, found, 24 * 3600)
    return found


EACH = 3  # documents named one by one


def _document_tasks(label: str, found: QuerySet[Document], page: str) -> Iterator[Task]:
    """Documents that wait, each with the way straight to it, since when and from whom; many only in one line."""
    last = DisclosureStep.objects.filter(document=OuterRef("pk")).order_by("-number")
    steps = {"taken": Subquery(last.values("taken_at")[:1]), "taker": Subquery(last.values("taken_by__name")[:1])}
    annotated: QuerySet[Any] = found.annotate(**steps)
    rows = list(annotated.values_list("key", "title", "taken", "taker")[: EACH + 1])
    if len(rows) > EACH:
        yield Task(label, found.count(), _("份"), reverse("reports:document-list"), _since(rows[-1][2]))
        return
    for key, title, taken, taker in rows:
        note = _("%(title)s · %(who)s · %(day)s") % {
            "title": title,
            "who": taker,
            "day": day(timezone.localtime(taken).date()),
        }
        yield Task(label, 1, _("份"), reverse(page, args=[key]), note)


# ── the public home page ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Home:
    """What everybody may see: the published documents by year and region, and the important numbers in the newest."""

    years: Sequence[tuple[str, Sequence[Document]]]
    newest: Document | None
    cards: Sequence[dict[str, Any]]
    is_fictional: bool


def home() -> Home:
    """The public home page. Three queries, however many documents there are."""
    found = list(reports.public_documents().defer("tree", "proof", "source")[:LISTED])
    years: dict[str, list[Document]] = {}
    for each in found:
        years.setdefault(str(Period.parse(each.period).last.year), []).append(each)
    newest = found[0] if found else None
    cards = _public_cards(newest) if newest else []
    return Home(sorted(years.items(), reverse=True), newest, cards, any(each.is_fictional for each in found))


def _public_cards(document: Document) -> list[dict[str, Any]]:
    """The important numbers that stand in a published document, with their growth where it stands there too."""
    spoken = {
        (each.figure.indicator, each.figure.aspect): each.figure
        for each in document.figures.filter(figure__indicator__in=FIRST).select_related("figure")
    }
    known, words = indicators(), Words()
    return [
        {
            "label": known[code].label.in_language(wording.language()),
            "value": approximated(number, before)[0],
            "unit": words.unit_after(unit),
            "change": wording.spoken_change(growth, known[code]) if (growth := spoken.get((code, "growth"))) else "",
            "evidence_label": _("怎样数出来的"),
            "evidence_url": address,
            "drawer_url": address,
            "route": "",
            "is_fictional": document.is_fictional,
        }
        for code in FIRST
        if (figure := spoken.get((code, "level"))) and code in known
        for before, number, unit in [split_bound(figure.text)]
        for address in [reverse("reports:public-figure", args=[figure.key])]
    ][:SHOWN]


def documents(user: User, *, limit: int = 5) -> list[Row] | None:
    """The documents written last, before a superior those handed up last; None for whoever may read none."""
    if not registry.has(user, Permission.DOCUMENT_READ):
        return None
    return rows_of(reports.newest_first(user).annotate(figure_count=Count("figures"))[:limit], _stamp())


def is_superior(user: User) -> bool:
    """Whether lower regions put their documents before somebody."""
    return not registry.scope(user, Permission.DOCUMENT_READ).is_all_home


def records(user: User, *, limit: int = 8) -> list[dict[str, Any]] | None:
    """The records filed last, for a timeline; None for whoever may read none."""
    if not registry.has(user, Permission.RECORD_READ):
        return None
    words = Words()
    is_own = not registry.scope(user, Permission.RECORD_READ).ranges  # one firm's reader knows whose records they are
    newest = _kept(user, f"latest:{limit}", lambda: events.latest_filed(user, limit=limit))
    return [_timeline_item(entry, words, is_own=is_own) for entry in events.entries(newest, seen_by(user))]


def _timeline_item(entry: TimelineEntry, words: Words, *, is_own: bool) -> dict[str, Any]:
    organisation = "" if is_own else holder_word(entry.event)
    event, subject = words.event(entry.kind, entry.event.event), words.subject(entry.subject)
    return {
        "when": timezone.localtime(entry.event.entered_at).date(),
        "title": organisation or subject,
        "url": reverse("ledger:record", args=[entry.kind, entry.event.record]),
        "text": " · ".join(part for part in (event, subject if organisation else "", day(entry.on)) if part),
        "state": "" if entry.event.state == State.CONFIRMED else entry.event.state,
        "tone": {1: "good", -1: "bad"}.get(entry.event.effect, "brand"),
    }


def published(user: User) -> list[Document] | None:
    """What everybody may read, for whoever is signed in but reads no documents of the bureau; None for others."""
    if registry.has(user, Permission.DOCUMENT_READ) or not registry.has(user, Permission.ORGANISATION_READ):
        return None
    return list(reports.public_documents().defer("tree", "proof", "source")[:5])


def own_organisations(user: User) -> list[Organisation]:
    """The organisations an account was given a role for by name: an enterprise user's own."""
    return [grant.organisation for grant in registry.grants_of(user) if grant.organisation is not None]


def purpose(user: User) -> str:
    """What the reader's roles are for, as the pack says it."""
    return " ".join(role.purpose.in_language(wording.language()) for role in registry.roles_of(user))


@dataclass(frozen=True)
class Link:
    """A way on from the workbench."""

    label: str
    url: str
    icon: str


def links(user: User) -> list[Link]:
    """What this reader most often does, by permission."""
    offered = (
        (Permission.DOCUMENT_WRITE, _("写文稿"), "reports:document-write", "pencil"),
        (Permission.DOCUMENT_VERIFY, _("核验文件"), "reports:verify", "shield-check"),
        (Permission.INDICATOR_READ, _("看指标"), "indicators:indicator-list", "chart-line"),
        (Permission.RECORD_READ, _("查台账"), "ledger:record-list", "list"),
        (Permission.ORGANISATION_READ, _("查单位"), "registry:organisation-list", "building"),
        (Permission.IMPORT_RUN, _("导入数据"), "ledger:import-list", "file-import"),
        (Permission.ACCOUNT_MANAGE, _("开立账号"), "registry:account-new", "plus"),
        (Permission.GRANT_MANAGE, _("授予角色"), "registry:grant-give", "users"),
        (Permission.AUDIT_READ, _("查审计记录"), "registry:audit", "eye"),
    )
    held = registry.permissions_of(user)
    return [Link(label, reverse(name), icon) for permission, label, name, icon in offered if permission in held]
