"""What administrators see on the workbench: whether the installation is well, who holds what, what was changed last."""

import platform
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from xingke.accounts import queries as accounts
from xingke.accounts.models import AuditEntry, Job, User
from xingke.accounts.permissions import Permission
from xingke.base.audited import action_words
from xingke.base.templatetags.xk import moment, version
from xingke.registry import queries as registry
from xingke.registry.models import Definition, Grant

LATEST = 8
FULL = 10  # percent of the disk free, below which it is said to be short


def health(user: User, *, now: datetime) -> list[dict[str, Any]] | None:
    """How the installation is, as items of definition_list: only what it can know itself; None for others."""
    if not registry.has(user, Permission.ACCOUNT_MANAGE):
        return None
    return list(_health(now))


def _health(now: datetime) -> Iterator[dict[str, Any]]:
    active = accounts.accounts().filter(is_active=True).count()
    yield {"label": _("启用的账号"), "value": _("%(n)d 个") % {"n": active}, "url": reverse("registry:account-list")}
    yield {"label": _("数据库"), "value": _("%(name)s · 有应答") % {"name": connection.display_name}}
    jobs = dict(Job.objects.order_by().values_list("state").annotate(count=Count("pk")))
    waiting = jobs.get(Job.State.QUEUED, 0) + jobs.get(Job.State.RUNNING, 0)
    said = _("等待和进行中 %(waiting)d 个，未完成 %(failed)d 个") % {
        "waiting": waiting,
        "failed": jobs.get(Job.State.FAILED, 0),
    }
    neglected = ""
    if accounts.has_no_job_child(now):
        neglected = _("任务进程没有在工作，正在等它重新启动；网页照常")
    elif accounts.jobs_are_neglected(now):
        neglected = _("有任务在等待，但没有任务进程在工作")
    yield {"label": _("后台任务"), "value": said, "note": neglected}
    disk = shutil.disk_usage(settings.DATA)
    free = disk.free * 100 // disk.total
    yield {
        "label": _("数据盘空余"),
        "value": f"{disk.free / 2**30:.1f} GB（{free}%）",
        "note": _("空余不多，请清理或扩容。") if free < FULL else "",
    }
    failures = AccessAttempt.objects.filter(attempt_time__gte=now - timedelta(days=1))
    count = failures.aggregate(count=Sum("failures_since_start"))["count"] or 0
    yield {"label": _("最近 24 小时登录失败"), "value": _("%(n)d 次") % {"n": count}}
    yield {
        "label": _("备份"),
        "value": _("由服务器上的 xingke backup 做，系统不记录；请在备份存放处核对最近一次的时间。"),
    }
    packs = Definition.objects.order_by("pack").values_list("pack").annotate(count=Count("pk"))
    yield {
        "label": _("规则包"),
        "value": _("、").join(_("%(pack)s（%(n)d 条定义）") % {"pack": pack, "n": n} for pack, n in packs)
        or _("没有装载"),
    }
    yield {"label": _("版本"), "value": f"{version()} · Python {platform.python_version()}"}


def grants(user: User) -> dict[str, Any] | None:
    """Who holds what: accounts by how many roles they hold, and the last changes; None for others."""
    if not registry.has(user, Permission.GRANT_MANAGE):
        return None
    in_force = Grant.objects.filter(revoked_at__isnull=True)
    several = in_force.order_by().values("user").annotate(roles=Count("role", distinct=True)).filter(roles__gt=1)
    stats = [
        {"label": _("有效的授权"), "value": in_force.count(), "unit": _("项"), "url": reverse("registry:grant-list")},
        {"label": _("身兼几种岗位角色的账号"), "value": several.count(), "unit": pgettext("accounts", "个")},
    ]
    return {"stats": stats, "changes": _changes(action="grant.")}


def trail(user: User, *, now: datetime) -> dict[str, Any] | None:
    """Whether the trail holds, and what was changed last, without signing in and out; None for others."""
    if not registry.has(user, Permission.AUDIT_READ):
        return None
    entries, url = accounts.audit_trail(), reverse("registry:audit")
    week = entries.filter(at__gte=now - timedelta(days=7)).count()
    stats = [
        {"label": _("最近七天的审计记录"), "value": week, "unit": pgettext("audit", "条"), "url": url},
        {"label": _("审计记录总数"), "value": entries.count(), "unit": pgettext("audit", "条"), "url": url},
    ]
    return {"chain": registry.audit_chain(check=False), "stats": stats, "changes": _changes()}


def _changes(*, action: str = "") -> list[dict[str, Any]]:
    """The last changes of the audit trail, for a timeline."""
    words = action_words()
    found = accounts.audit_trail(action=action or accounts.CHANGES)
    return [_change(each, words.get(each.action, each.action)) for each in found[:LATEST]]


def _change(entry: AuditEntry, said: str) -> dict[str, Any]:
    by = entry.by_name if entry.by else _("系统")
    role = entry.detail.get("role", "")
    label = registry.roles()[role].label.in_language(get_language() or "zh-hans") if role in registry.roles() else ""
    what = _("，").join(part for part in (entry.target, label) if part)
    return {"when": moment(entry.at), "title": said, "text": f"{what} · {by}" if what else by, "url": ""}
