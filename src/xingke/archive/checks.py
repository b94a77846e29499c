"""What ``xingke check`` looks at: every closed volume is what it was when it was closed."""

from collections.abc import Iterator

from xingke.archive.queries import closed_volumes
from xingke.archive.queries.checking import check_volume
from xingke.base.checks import SHOWN, Check, CheckResult


def volumes() -> Iterator[CheckResult]:
    """Closed volumes: their rows, signatures and files."""
    found = list(closed_volumes().select_related("region"))
    wrong = [f"案卷 {volume.number}：{fault}" for volume in found for fault in check_volume(volume)]
    if found:
        yield CheckResult(f"案卷：{len(found)} 卷已封，{len(wrong)} 处不对", tuple(wrong[:SHOWN]))


CHECKS = (Check(code="volumes", find=volumes, order=101),)
