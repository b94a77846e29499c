"""What ``xingke check`` looks at in letters: that the paper is as it was issued and says what is kept beside it."""

import hashlib
from collections.abc import Iterator

from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.letters.models import CaseLetter
from xingke.press import tree


def letters() -> Iterator[CheckResult]:
    """Every letter, its document and its step."""
    rows = CaseLetter.objects.select_related("step").order_by("pk")
    wrong = [f"文书 {row.number}：{why}" for row in rows.iterator(chunk_size=200) if (why := _fault(row))]
    if (count := rows.count()) or wrong:
        yield CheckResult(f"文书：{count} 份，{len(wrong)} 份不对", tuple(wrong[:SHOWN]))


def _fault(row: CaseLetter) -> str:
    if hashlib.sha256(row.paper).hexdigest() != row.digest:
        return "文件和出具时不同"
    paper = tree.from_json(row.tree)
    if (paper.id, paper.title[:200]) != (str(row.key), row.title):
        return "全文和登记的标题不同"
    if row.number not in row.tree or row.check_code not in row.tree:
        return "全文里没有它的文号或校验码"
    if row.step.case_id != row.case_id or row.step.seq_from != row.seq:
        return "没有对应的办理步骤"
    return ""


CHECKS = (Check(code="letters", find=letters, order=67),)
