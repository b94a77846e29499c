"""Begin a desk: ``make new-desk NAME=visits TITLE=走访 EN=Visits``.

A desk is mostly data. What is written here is a flow that can be run to its end, the form it begins with, the business its cases are
counted under, and a test that opens a case and closes it; ``make check`` passes as it stands. From there the flow is made what the
business is: docs/packs.md says what a flow and a form may say. A kind of record or Python of its own come only where data will not do,
see docs/developing.md.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACK = Path("src/xingke/packs/national")

FLOW = """# {title}

[[flow]]
code = "{name}"
label = {{ zh = "{title}", en = "{en}" }}
source = "[verify] 写明依据：文件、条款"
number = "{prefix}-{{region}}-{{year}}-{{n:4}}"
managed_by = "case.manage"
parties = [{{ role = "applicant", label = {{ zh = "单位", en = "Organisation" }}, about = "organisation" }}]

[[flow.step]]
code = "asked"
label = {{ zh = "提出", en = "Ask" }}
by = ["party:applicant", "case.handle"]
form = "{name}_form"
next = ["answered", "not_taken"]
due = {{ working_days = 5 }}

[[flow.step]]
code = "answered"
label = {{ zh = "办结", en = "Answer" }}
by = ["case.handle"]
other_than = ["authors"]
reason = true
ends = "done"

[[flow.step]]
code = "not_taken"
label = {{ zh = "不予受理", en = "Do not take" }}
by = ["case.handle"]
reason = true
ends = "refused"
"""

FORM = """[[form]]
code = "{name}_form"
label = {{ zh = "{title}", en = "{en}" }}
source = "[verify] 写明依据：表样"
field = [
    {{ name = "title", label = {{ zh = "事项", en = "Subject" }}, type = "text", required = true, length = 100 }},
    {{ name = "wanted", label = {{ zh = "内容", en = "What is wanted" }}, type = "long text", required = true }},
]
"""

TERM = """[[term]]
list = "matter_business"
code = "{name}"
label = {{ zh = "{title}", en = "{en}" }}
"""

TEST = '''"""{en}: a firm asks, an officer answers."""

import pytest

from tests.cast import NOW, Cast
from xingke.casework.actions import NewCase, StepWanted, open_case, take_step
from xingke.casework.models import CaseStep

pytestmark = pytest.mark.db


def test_a_firm_asks_and_an_officer_answers(cast: Cast) -> None:
    first = StepWanted(step="asked", typed={{"title": "样例", "wanted": "样例"}})
    new = NewCase(flow="{name}", region=cast.county, organisation=cast.firm)
    case = open_case(new=new, first=first, by=cast.enterprise, now=NOW)
    take_step(case=case, wanted=StepWanted(step="answered", opinion="已答复"), seen=1, by=cast.officer, now=NOW)
    assert CaseStep.objects.get(case=case, seq_to__isnull=True).ended == "done"
'''


def files(name: str, title: str, en: str) -> dict[Path, str]:
    """What is written, by its path from the root of the repository."""
    words = {"name": name, "title": title, "en": en, "prefix": name.upper().replace("_", "")}
    return {
        PACK / "flows" / f"{name}.toml": FLOW.format(**words),
        PACK / "forms" / f"{name}.toml": FORM.format(**words),
        PACK / "vocabulary" / f"{name}.toml": TERM.format(**words),
        Path("src/xingke/casework/tests") / f"test_desk_{name}.py": TEST.format(**words),
    }


def wrong(name: str, title: str, en: str, root: Path = ROOT) -> str:
    """Why a desk cannot be begun so; empty where it can."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name):
        return "NAME 用小写字母、数字和下划线，2 到 31 个 · small letters, digits and _"
    if '"' in title + en or not title or not en:
        return "TITLE 和 EN 都要有，不能有引号 · both, without quotes"
    there = [path.as_posix() for path in files(name, title, en) if (root / path).exists()]
    return f"已经有了 · there already: {', '.join(there)}" if there else ""


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the files and say what comes next; 1 with a sentence where that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m tools.new_desk", description="begin a desk")
    parser.add_argument("name")
    parser.add_argument("--title", required=True, help="what it is called in Chinese")
    parser.add_argument("--en", required=True, help="and in English")
    asked = parser.parse_args(arguments)
    if why := wrong(asked.name, asked.title, asked.en, root):
        print(why, file=sys.stderr)
        return 1
    for path, text in files(asked.name, asked.title, asked.en).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
        print(path)
    print("接着：改流程和表单（docs/packs.md），make check · next: mend flow and form, make check")
    return 0


if __name__ == "__main__":
    sys.exit(main())
