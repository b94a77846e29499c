"""What ``xingke check`` looks at in the trail."""

from collections.abc import Iterator

from xingke.accounts.models import AuditEntry
from xingke.accounts.queries import check_audit_chain, current_seq
from xingke.base.checks import Check, Finding


def audit() -> Iterator[Finding]:
    """Every entry of the audit trail chains to the one before."""
    chain = check_audit_chain()
    broken = chain.broken_at is not None
    yield Finding(
        f"审计链：{chain.entries} 条，台账序号 {current_seq()}，{'不完整' if broken else f'完整，链首 {_head()[:16]}'}",
        (f"审计链在第 {chain.broken_at} 号处断开：此条或其前一条被改动或删除过",) if broken else (),
    )


def _head() -> str:
    """The digest of the newest audit entry; empty without any."""
    return AuditEntry.objects.order_by("-seq").values_list("digest", flat=True).first() or ""


CHECKS = (Check(code="audit", find=audit, order=30),)
