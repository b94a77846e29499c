"""The list of records, against a bare Django list view of the same rows behind the same middlewares.

Both are asked through Django's test client in one process by the same signed-in officer; CPU seconds are counted, not
waiting. The bare view (``bare_list.py``) has no menu, no filters, no scope and no words, only the rows.
"""

import re
import time
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from bench import ground
from bench.measuring import Line, Size, WrongAnswer, in_turn
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.base.keys import derived_key
from xingke.ledger import actions as ledger
from xingke.ledger.models import PatentEvent, RecognitionEvent
from xingke.registry import actions as registry
from xingke.registry.models import Organisation, Region

PATENTS: dict[Size, int] = {"quick": 60, "usual": 5_000, "large": 5_000}  # two events each
COPIES: dict[Size, int] = {"quick": 0, "usual": 0, "large": 99}  # of every event, each a record of its own
FEW = 5  # patents of the county next door
REQUESTS: dict[Size, int] = {"quick": 2, "usual": 20, "large": 20}
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 7, "large": 5}
HERE, NEXT_DOOR = "990121", "990122"
PASSWORD = "bench-2026-qingxi"


def prepare(*, size: Size) -> None:
    """Two officers: one whose county has many records, one whose county has ten."""
    ground.stand(f"list-page {size} 2", partial(_fill, size))
    if size == "quick":
        return
    call_command("collectstatic", verbosity=0, interactive=False)  # addresses of files as in an installation


def _fill(size: Size) -> None:
    for code, patents in ((HERE, PATENTS[size]), (NEXT_DOOR, FEW)):
        region = ground.place(code)
        user = accounts.create_account(
            username=f"officer-{code}", name="科员", password=PASSWORD, by=None, now=ground.NOW
        )
        registry.give_role(user=user, role="officer", region=region, by=None, now=ground.NOW)
        firms = _firms(region, max(patents // 10, 1), by=user)
        for kind, histories in (("patent", _patents(patents, firms)), ("recognition", _titles(patents // 5, firms))):
            ledger.file_histories(
                kind=kind,
                histories=histories,
                by=ground.statistician(),
                now=ground.NOW,
                source="bench",
                confirmed=True,
                confirmed_by=ground.checker(),
            )
    for model in (PatentEvent, RecognitionEvent):
        ground.copy(model, COPIES[size])


def _firms(region: Region, count: int, *, by: User) -> list[Organisation]:
    registry.enter_organisations(
        organisations=[
            registry.NewOrganisation(
                key=derived_key("bench-firm", region.code, number),
                name=f"{region.name}样本{number}号科技有限公司",
                region=region,
                is_fictional=True,
            )
            for number in range(count)
        ],
        by=by,
        now=ground.NOW,
        source="bench",
    )
    return list(Organisation.objects.filter(region=region).order_by("pk"))


def _patents(count: int, firms: list[Organisation]) -> Iterable[ledger.NewHistory]:
    for number in range(count):
        fields = {"form": "invention", "name": f"一种样本装置{number}", "number": f"{firms[0].region.code}{number:07}"}
        yield _history(number, fields, firms, ("applied", "granted"))


def _titles(count: int, firms: list[Organisation]) -> Iterable[ledger.NewHistory]:
    for number in range(count):
        fields = {"title": "high_tech_enterprise", "level": "national", "name": "高新技术企业", "number": f"GR{number}"}
        yield _history(number, fields, firms, ("applied", "recognised"))


def _history(
    number: int, fields: dict[str, str], firms: list[Organisation], names: tuple[str, ...]
) -> ledger.NewHistory:
    firm = firms[number % len(firms)]
    start = date(2023, 1, 1) + timedelta(days=number % 700)
    happened = [
        ledger.NewEvent(event=name, on=start + timedelta(days=200 * place), region=firm.region)
        for place, name in enumerate(names)
    ]
    return ledger.NewHistory(
        key=derived_key("bench", firm.region.code, *fields.values()),
        fields=fields,
        region=firm.region,
        organisation=firm,
        events=happened,
        is_fictional=True,
    )


# ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@override_settings(ROOT_URLCONF="bench.bare_list")
def run(*, size: Size) -> list[Line]:
    """CPU per request of the list of one kind and of all kinds, and how many queries few and many rows take."""
    if size == "quick":
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
    many, few = _signed_in(HERE), _signed_in(NEXT_DOOR)
    of_patents, bare = "/records/?kind=patent", f"/bare/?region={HERE}"
    if (ours := _records(many, of_patents)) != (theirs := _records(many, bare)) or not ours:
        raise WrongAnswer(f"the list shows {len(ours)} records, the bare view {len(theirs)}, and not the same ones")
    asks = [
        partial(_ask, many, address, REQUESTS[size]) for address in (of_patents, bare, "/records/", "/organisations/")
    ]
    best = [seconds / REQUESTS[size] for seconds in in_turn(ROUNDS[size], *asks, clock=time.process_time)]
    rows = f"{PATENTS[size] * 2 * (COPIES[size] + 1):,}"
    counted = _queries(many, of_patents)
    return [
        Line(
            name=f"records: 50 of {rows} patent events, CPU per request",
            ours=best[0],
            peer=best[1],
            peer_name="bare Django view",
            ratio_goal=1.5,
            note="the same 50 records, the same middlewares",
        ),
        Line(
            name=f"records of all kinds, a fifth more than {rows}",
            ours=best[2],
            peer=best[1],
            peer_name="bare Django view",
            ratio_goal=2.0,
            note="the bare view knows patents only, and counts them each time; ours where nothing was filed since the last",
        ),
        Line(
            name="organisations",
            ours=best[3],
            peer=best[1],
            peer_name="bare Django view",
            note="other rows, for orientation",
        ),
        Line(
            name=f"queries of the list over {rows} rows",
            ours=counted,
            peer=_queries(few, of_patents),
            peer_name=f"over {FEW * 2} rows",
            ratio_goal=1.0,
            unit="queries",
        ),
    ]


def _signed_in(code: str) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    user = User.objects.get(username=f"officer-{code}")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _ask(client: Client, address: str, times: int) -> None:
    for _time in range(times):
        if client.get(address).status_code != 200:
            raise WrongAnswer(f"{address} answers {client.get(address).status_code}")


def _records(client: Client, address: str) -> list[str]:
    """The records a page links to, in order."""
    page = client.get(address).content.decode()
    return list(dict.fromkeys(re.findall(r"/records/patent/[0-9a-f-]{36}/", page)))


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
