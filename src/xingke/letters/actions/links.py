"""Links for outsiders: making, revoking and using one, and letting those go that ended long ago."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Sum
from django.utils.crypto import constant_time_compare, salted_hmac

from xingke.accounts.acts import Actor, act
from xingke.accounts.models import User
from xingke.accounts.queries import window
from xingke.base.keys import new_key
from xingke.base.refusals import Refused
from xingke.base.retaining import Expiry, over_since
from xingke.base.sayings import plain, say
from xingke.casework import queries as casework
from xingke.casework.actions import StepWanted, take_step
from xingke.casework.models import Case, CaseStep
from xingke.casework.permissions import CasePermission
from xingke.casework.queries.common import require_home
from xingke.letters.models import OutsideLink
from xingke.letters.queries import links
from xingke.letters.rules.links import (
    LONGEST_DAYS,
    LONGEST_NAME,
    MOST_FROM,
    MOST_TRIES,
    PAUSE,
    WORD,
    LinkEnd,
    closed_because,
)
from xingke.notices.rules.feeds import token_digest


@dataclass(frozen=True, kw_only=True)
class NewLink:
    """A link to be made. step, role: which step it is for, as which party. name: to whom it is given. days: how long it holds."""

    case: Case
    step: str
    role: str
    name: str
    days: int


@dataclass(frozen=True)
class LinkMade:
    """A link with what is told once and kept nowhere: its token, and the second word."""

    link: OutsideLink
    token: str
    word: str


def make_link(*, new: NewLink, by: User, now: datetime) -> LinkMade:
    """Make a link for one step of a case; the one there was for the same step and party is revoked. Raises Refused."""
    name, key = new.name.strip(), new_key()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(say("请写明链接交给谁，最多%(most)s字。", most=LONGEST_NAME))
    if not 1 <= new.days <= LONGEST_DAYS:
        raise Refused(say("链接最少一天、最多%(most)s天有效。", most=LONGEST_DAYS))
    token, word = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    with act(by=by, now=now, code="link.made", kind="case", target=str(new.case.key)) as done:
        done.lock()
        require_home(by, new.case.region, CasePermission.HANDLE)
        read = casework.case_read(new.case, now=now)
        offered = {(each.step.code, each.role): why for each, why in links.choices(by, read)}
        why = offered.get((new.step, new.role))
        if why is None:
            raise Refused(say("这件事现在没有要由这一方办的这一步，请刷新后再看。"))
        if why:
            raise Refused(plain(why))
        before = OutsideLink.objects.filter(case=new.case, step=new.step, role=new.role, ended="")
        before.update(ended=LinkEnd.REVOKED, ended_at=now, ended_by=by)
        link = OutsideLink.objects.create(
            key=key,
            case=new.case,
            step=new.step,
            role=new.role,
            name=name,
            digest=token_digest(token),
            word=word_digest(str(key), word),
            until=now + timedelta(days=new.days),
            made_at=now,
            made_by=by,
            seq=done.seq,
        )
        done.says(link=str(key), step=new.step, until=link.until.isoformat())
    return LinkMade(link, token, word)


def word_digest(key: str, word: str) -> str:
    """What is kept of a second word: without the key of the installation a million guesses say nothing."""
    return salted_hmac("xingke.letters.word", f"{key}:{word}", algorithm="sha256").hexdigest()


def revoke_link(*, link: OutsideLink, by: User, now: datetime) -> None:
    """Take a link back. A second press does nothing."""
    with act(by=by, now=now, code="link.revoked", kind="case", target=str(link.case.key)) as done:
        done.lock()
        require_home(by, link.case.region, CasePermission.HANDLE)
        open_still = OutsideLink.objects.filter(pk=link.pk, ended="")
        if not open_still.update(ended=LinkEnd.REVOKED, ended_at=now, ended_by=by):
            done.nothing()
            return
        done.says(link=str(link.key), step=link.step)


def use_link(
    *, link: OutsideLink, word: str, wanted: StepWanted, seen: int, now: datetime, address: str | None = None
) -> CaseStep:
    """Take the step of a link as its party. word: the second word; one try is counted before it is looked at, so that nobody tries more at
    once. address: where they come from, None for unknown. Raises Refused, AnswersRefused with every fault of a form.
    """
    _try(link, word.strip(), address, now)
    outsider = links.outsider_of(link)
    with act(by=Actor(link=str(link.key)), now=now, code="link.used", kind="case", target=str(link.case.key)) as done:
        done.lock()
        link.refresh_from_db()
        links.refuse_closed(link, now)
        links.refuse_moved_on(casework.case_read(link.case, now=now), link)
        row = take_step(case=link.case, wanted=wanted, seen=seen, by=outsider, now=now)
        link.ended, link.ended_at = LinkEnd.USED, now
        link.save(update_fields=["ended", "ended_at"])
        done.says(step=link.step)
    return row


def _try(link: OutsideLink, word: str, address: str | None, now: datetime) -> None:
    """Raise Refused unless a second word is the right one; after too many wrong ones the link is closed, and after many at
    whichever links the address waits, which costs no link a try. Nor does what is no word at all: scanners of mail press buttons too.
    """
    if not WORD.fullmatch(word):
        links.refuse_closed(link, now)
        raise Refused(say("请填六位数字的验证码，由发链接的人另行告诉本人。"))
    row = OutsideLink.objects.filter(pk=link.pk)
    can = row.filter(ended="", until__gt=now, tries__lt=MOST_TRIES).exclude(tried_at__gt=now - PAUSE, tried_at__lte=now)
    if not can.update(tries=F("tries") + 1, tried_at=now, tried_from=address):
        link.refresh_from_db()
        links.refuse_closed(link, now)
        raise Refused(say("试得太快了，请过几秒再试。"))
    if address is not None and _tried_from(address, now) > MOST_FROM:
        row.update(tries=F("tries") - 1)
        raise Refused(say("从您这里输错的验证码太多了，请一刻钟以后再试。"))
    if constant_time_compare(word_digest(str(link.key), word), link.word):
        row.filter(ended="").update(tries=0, tried_at=None, tried_from=None)
        return
    link.refresh_from_db()
    left = MOST_TRIES - link.tries
    if left > 0:
        raise Refused(
            say(
                "验证码不对，还可以试%(left)s次。验证码由发链接的人另行告诉本人；链接是别人转给您的，请不要办理。",
                left=left,
            )
        )
    with act(by=Actor(link=str(link.key)), now=now, code="link.closed", kind="case", target=str(link.case.key)) as done:
        done.lock()
        if row.filter(ended="").update(ended=LinkEnd.TRIES, ended_at=now):
            done.says(step=link.step, count=MOST_TRIES, address=address or "")
        else:
            done.nothing()
    reason = closed_because(LinkEnd.TRIES, link.until, now)
    assert reason is not None
    raise Refused(reason)


def _tried_from(address: str, now: datetime) -> int:
    """How many wrong second words came from an address as lately as failures to sign in count, the one under way among them."""
    since = OutsideLink.objects.filter(tried_from=address, tried_at__gt=now - window(), tried_at__lte=now)
    return since.aggregate(count=Sum("tries"))["count"] or 0


def drop_old_links(now: datetime, most: int) -> int:
    """Let some of the links go that ended long ago; what was done by them stays said in the steps. Returns how many."""
    over = links.links_over(over_since(LINKS, now))
    some = list(over.order_by("pk").values_list("pk", flat=True)[:most])
    if not some:
        return 0
    with act(by=None, now=now, code="links.dropped", kind="link", target="") as done:
        gone, _kinds = over.filter(pk__in=some).delete()
        done.says(count=gone)
    return gone


LINKS = "links"
EXPIRIES = (
    Expiry(
        code=LINKS,
        what=say("外部链接"),
        days=90,
        count=lambda now: links.links_over(over_since(LINKS, now)).count(),
        end=drop_old_links,
    ),
)
