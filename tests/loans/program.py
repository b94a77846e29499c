"""What people do with a kind that was added: ``python -m tests.loans.program``. Prints what came of it, as JSON."""

import json
import os
from pathlib import Path

import django

DETAIL_NAMES = ("due_on", "deposit", "seats", "discount", "is_insured", "owner")
DETAILS = ("用途", "应还日期", "押金（万元）", "机位（个）", "优惠比例（%）", "是否投保", "所有单位")
AS_TYPED = ("", "2024.8.31", "1.2", "2", "12.5", "否")
OF_ANOTHER = ("检测", "2024年9月30日", "0.5", "1", "0", "是")
WRONG = ("休闲", "八月底", "一些", "两个半", "很多", "也许")


def main() -> None:
    """Write the migration, migrate, load the packs, enter a loan by form, bring others by table, count them."""
    data = Path(os.environ["XINGKE_DATA"])
    (data / "loan_migrations").mkdir(parents=True)
    (data / "loan_migrations" / "__init__.py").touch()
    django.setup()
    from django.core.management import call_command

    call_command("makemigrations", "loans", verbosity=0)
    call_command("migrate", verbosity=0)
    print(json.dumps(_use()))


def _use() -> dict[str, object]:
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment

    from tests import cast as casting
    from tests.cast import NOW
    from tests.loans.apps import LoanPermission
    from tests.loans.models import Loan, LoanEvent
    from xingke.accounts.models import User
    from xingke.base.keys import new_key
    from xingke.base.periods import Period
    from xingke.indicators.queries import indicator
    from xingke.indicators.queries.reader import Reader
    from xingke.intake.actions import import_table
    from xingke.intake.checking import sheet_form
    from xingke.intake.reading import read_table
    from xingke.intake.rows.incoming import Options
    from xingke.ledger import actions
    from xingke.registry import actions as registry
    from xingke.registry import queries

    setup_test_environment()
    who = casting.gather()
    registry.load_pack(folder=Path(__file__).parent / "pack", by=None, now=NOW)
    casting.keep_records(who.county, by=who.statistician, kinds=["loan"])
    found: dict[str, object] = {"migrations": len(list((settings.DATA / "loan_migrations").glob("0*.py")))}

    officer, director, statistician = Client(), Client(), Client()
    statistician.force_login(who.statistician, backend="django.contrib.auth.backends.ModelBackend")
    officer.force_login(who.officer, backend="django.contrib.auth.backends.ModelBackend")
    director.force_login(who.director, backend="django.contrib.auth.backends.ModelBackend")
    key = str(new_key())
    typed = {
        "key": key,
        "holder_search": who.firm.name,
        "region": "990121",
        "instrument": "microscope",
        "name": "共焦显微镜",
        "number": "",
        "purpose": "",
        "due_on": "2024-08-31",
        "deposit": "1.2万元",
        "seats": "2",
        "discount": "12.5",
        "is_insured": "False",
        "owner": who.firm.name,
        "events-TOTAL_FORMS": "1",
        "events-INITIAL_FORMS": "0",
        "events-0-event": "lent_out",
        "events-0-happened_on": "2024-03-01",
        "events-0-machine_hours": "8",
    }
    page = officer.get("/records/loan/new/").content.decode()
    found["form"] = [word for word in ("登记借用", "仪器", "显微镜", "机时（台时）") if word in page]
    posted = officer.post("/records/loan/new/", typed)
    found["entered"] = posted.headers.get("Location") or _said(posted)
    event = LoanEvent.objects.get()
    director.post(f"/records/loan/{event.record}/confirm/", {"version": "1"})
    shown = officer.get(f"/records/loan/{key}/").content.decode()
    found["page"] = [
        word
        for word in (
            "共焦显微镜（显微镜）",
            "借用中",
            "8台时",
            "借出",
            "2024年8月31日",
            "1.2万元",
            "2个",
            "12.5%",
            "否",
            who.firm.name,
        )
        if word in shown
    ]

    rows = [
        ("区划", "单位名称", "仪器", "名称", "借出日期", "机时（台时）", *DETAILS),
        ("青溪县", who.firm.name, "光谱仪", "红外光谱仪", "2024-05-06", "3", *OF_ANOTHER, who.firm.name),
        ("青溪县", who.firm.name, "显微镜", "共焦显微镜", "2024-03-01", "8", *AS_TYPED, who.firm.name),
        ("青溪县", who.firm.name, "显微镜", "金相显微镜", "2024-03-01", "8", *WRONG, "不知哪家公司"),
    ]
    table = read_table("\n".join(map(",".join, rows)).encode())
    outcome = import_table(
        form=sheet_form("loan"),
        table=table,
        file_name="借用.csv",
        by=who.statistician,
        now=NOW,
        options=Options(confirmed=True),
    )
    found["imported"] = {name: count for name, count in outcome.counts.items() if count}
    found["left"] = [problem.column for row in outcome.left for problem in row.problems]
    brought = Loan.objects.get(name="红外光谱仪", seq_to__isnull=True)
    found["brought"] = [str(getattr(brought, name)) for name in ("purpose", *DETAIL_NAMES)]
    page = officer.get(f"/records/loan/{key}/correct/").content.decode()
    form = {name: _value(page, name) for name in ("version", "name", "number", "instrument", "purpose", *DETAIL_NAMES)}
    found["standing"] = [form[name] for name in DETAIL_NAMES]
    statistician.post(
        f"/records/loan/{key}/correct/", form | {"is_insured": "True", "deposit": "", "reason": "对照借条"}
    )
    shown = director.get(f"/records/loan/{key}/").content.decode()
    found["corrected"] = [word for word in ("是否投保", "1.2万元", "对照借条") if word in shown]
    stands = Loan.objects.get(record=key, seq_to__isnull=True)
    found["stands"] = [str(getattr(stands, name)) for name in DETAIL_NAMES]
    found["records"] = Loan.objects.filter(seq_to__isnull=True).count()

    read = Reader()
    period = Period.year(2024)
    found["values"] = [
        str(read.value(indicator(code), who.county, period).amount) for code in ("instruments_lent", "instrument_hours")
    ]
    subject = Loan.objects.get(name="共焦显微镜", seq_to__isnull=True)
    back = actions.NewEvent(event="brought_back", on=event.happened_on.replace(month=9), region=who.county)
    actions.add_event(
        kind="loan", subject=subject.record, event=back, by=who.statistician, now=NOW, source="test", confirmed=True
    )
    found["after it came back"] = str(Reader().value(indicator("instruments_lent"), who.county, period).amount)
    found["trail"] = [word for word in ("登记借用", "导入借用", "登记借用事件") if word in _trail(who)]
    registry.give_role(user=who.officer, role="instrument_keeper", region=who.county, by=None, now=NOW)
    keeper = User.objects.get(pk=who.officer.pk)
    found["may lend"] = [
        queries.may(person, LoanPermission.LEND, at=place)
        for person, place in ((keeper, who.county), (keeper, who.sibling), (who.director, who.county))
    ]
    found["found"] = "红外光谱仪" in officer.get("/search/?q=红外光谱仪").content.decode()
    return found


def _said(answer: object) -> str:
    """Why a form was refused."""
    form = answer.context["form"]  # type: ignore[attr-defined]
    return f"{form.errors.as_text()} {form.row_errors}"


def _trail(who: object) -> str:
    from django.test import Client

    auditor = Client()
    auditor.force_login(who.auditor, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[attr-defined]
    return auditor.get("/audit/").content.decode()


def _value(page: str, name: str) -> str:
    """What a field of a form stands at."""
    from lxml import html

    (field,) = html.fromstring(page).xpath(f"//main//form//*[@name='{name}'][not(self::button)]")
    if field.tag == "select":
        return str((field.xpath(".//option[@selected]/@value") or [""])[0])
    return str(field.get("value") or "")


if __name__ == "__main__":
    main()
