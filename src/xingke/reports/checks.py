"""What ``xingke check`` looks at in documents: the keys they are signed with, and the proofs they carry."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from xingke.base.checks import SHOWN, Check, CheckResult
from xingke.base.refusals import Refused
from xingke.reports import keys
from xingke.reports.models import Document
from xingke.reports.queries.proving import contradicted_figures


def trusted() -> Iterator[CheckResult]:
    """The own key is one, and every line of those of others."""
    try:
        if (Path(settings.DATA) / "signing.key").is_file():
            keys.signing_key()
    except Refused as refusal:
        yield CheckResult("签名密钥", (str(refusal),))
    known, wrong = keys.read_trusted()
    if known or wrong:
        problems = [f"{keys.TRUSTED} 第 {each.line} 行没有算数：{each.why}" for each in wrong[:SHOWN]]
        yield CheckResult(f"另外承认 {len(known)} 个公钥", tuple(problems))


def signed_figures() -> Iterator[CheckResult]:
    """Every frozen figure is what the signed proofs say of it: its text and value are not found by working it out again."""
    wrong, count = [], 0
    for document in Document.objects.order_by("seq").iterator():
        count += 1
        for figure in contradicted_figures(document):
            what = (
                f"的数字 {figure.key}（现为 {figure.text}）与签名的证明不符"
                if figure
                else "存着的证明已不是签名时的样子"
            )
            wrong.append(f"文稿《{document.title}》第 {document.edition} 版{what}，可能被程序以外的手段改过")
    yield CheckResult(f"文稿的证明：{count} 份，{len(wrong)} 处与签名不符", tuple(wrong[:SHOWN]))


CHECKS = (
    Check(code="keys", find=trusted, order=10, needs_tables=False),
    Check(code="proofs", find=signed_figures, order=80),
)
