"""What ``xingke check`` looks at in the trail and among the files that were handed over."""

from collections.abc import Iterator

from django.conf import settings

from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import attachment_store, check_audit_chain, current_seq, damaged_attachments
from xingke.base import holding
from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.base.retaining import EXPIRIES, kept_days


def audit() -> Iterator[CheckResult]:
    """Every entry of the audit trail chains to the one before."""
    chain = check_audit_chain()
    broken = chain.broken_at is not None
    yield CheckResult(
        f"审计链：{chain.entries} 条，台账序号 {current_seq()}，{'不完整' if broken else f'完整，链首 {_head()[:16]}'}",
        (f"审计链在第 {chain.broken_at} 号处断开：此条或其前一条被改动或删除过",) if broken else (),
    )


def _head() -> str:
    """The digest of the newest audit entry; empty without any."""
    return AuditEntry.objects.order_by("-seq").values_list("digest", flat=True).first() or ""


def attachments() -> Iterator[CheckResult]:
    """Every file that was handed over is still there, whole."""
    count, wrong = damaged_attachments()
    loose = attachment_store().digests() - holding.referred()
    yield CheckResult(
        f"附件：{count} 个文件，{len(wrong)} 个丢失或损坏"
        + (f"；另有 {len(loose)} 个文件没有记录引用：{'、'.join(sorted(loose)[:SHOWN])}" if loose else ""),
        tuple(f"附件 {each} 丢失或损坏；请从备份恢复数据文件夹中的 attachments" for each in wrong[:SHOWN]),
    )


def retention() -> Iterator[CheckResult]:
    """What an installation says of how long things are kept makes sense."""
    known = {each.code: each for each in EXPIRIES}
    wrong = []
    for code, days in settings.RETENTION.items():
        each = known.get(code)
        if each is None or each.days is None:
            names = "、".join(code for code, one in known.items() if one.days is not None)
            wrong.append(f"XINGKE_KEEP 里的“{code}”不是会自己消失的东西；可以写的有：{names}")
        elif not each.least <= days <= each.most:
            why = f"；{each.why}" if each.why else ""
            wrong.append(f"XINGKE_KEEP：{code}={days}，应在 {each.least} 到 {each.most} 天之间{why}")
    told = "、".join(f"{code} {kept_days(code)} 天" for code, each in known.items() if each.days is not None)
    yield CheckResult(f"到期清理：{told}", tuple(wrong))


CHECKS = (
    Check(code="retention", find=retention, order=12),
    Check(code="audit", find=audit, order=30),
    Check(code="attachments", find=attachments, order=100),
)
