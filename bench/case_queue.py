"""The list of cases of a bureau that has 10^5 of them: CPU of a page through the test client, as ``list_page``.

Some hundred cases are opened through the actions; they are copied within the database, each with its step and its party. The page
names fifty of them, what waits for its reader, and how many there are of each of the reader's own lists.
"""

import re
import time
from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from bench import ground, list_page
from bench.case_steps import BY_HAND, PACK, _entered
from bench.measuring import Line, Size, WrongAnswer, in_turn
from xingke.accounts import actions as accounts
from xingke.accounts.models import User
from xingke.casework.models import Case, CaseStep
from xingke.registry import actions as registry

OPENED: dict[Size, int] = {"quick": 10, "usual": 500, "large": 500}
COPIES: dict[Size, int] = {"quick": 1, "usual": 199, "large": 199}
REQUESTS: dict[Size, int] = {"quick": 2, "usual": 10, "large": 10}
ROUNDS: dict[Size, int] = {"quick": 1, "usual": 5, "large": 5}
GOAL = 0.060


def prepare(*, size: Size) -> None:
    """A county with 10^5 open cases that wait for its director."""
    ground.stand(f"case-queue {size} 1", partial(_fill, size))
    if size != "quick":
        call_command("collectstatic", verbosity=0, interactive=False)  # addresses of files as in an installation


def _fill(size: Size) -> None:
    registry.load_pack(folder=PACK, by=None, now=ground.NOW)
    region = ground.place(list_page.HERE)
    for name, role in {**BY_HAND, f"officer-{list_page.HERE}": "director"}.items():
        user = accounts.create_account(username=name, name=name, password=list_page.PASSWORD, by=None, now=ground.NOW)
        registry.give_role(user=user, role=role, region=region, by=None, now=ground.NOW)
    list_page._firms(region, 50, by=User.objects.get(username="officer"))
    for _time in range(OPENED[size]):
        _entered()
    _copy(COPIES[size])


def _copy(times: int) -> None:
    """Every case again and again, as in a bureau that has worked for years: opened one by one it would take hours."""
    last = Case.objects.latest("pk").pk
    moved = {
        Case: {"id": "id + %s", "key": "lower(hex(randomblob(16)))", "number": "''"},
        CaseStep: {"case_id": "case_id + %s"},
    }
    for model, changed in moved.items():
        fields = [field for field in model._meta.local_concrete_fields if model is Case or not field.primary_key]
        columns = [str(field.column) for field in fields]
        names = ", ".join(f'"{column}"' for column in columns)
        taken = ", ".join(changed.get(column, f'"{column}"') for column in columns)
        of_first = "id" if model is Case else "case_id"
        with transaction.atomic(), connection.cursor() as cursor:
            for number in range(1, times + 1):
                cursor.execute(
                    f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {taken} '
                    f'FROM "{model._meta.db_table}" WHERE {of_first} <= %s',
                    [number * last, last],
                )


def run(*, size: Size) -> Iterable[Line]:
    """CPU per request of all cases, of what waits for the reader, and of one business with what its forms say."""
    if size == "quick":
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
    client, count = list_page._signed_in(list_page.HERE), Case.objects.count()
    if count != OPENED[size] * (COPIES[size] + 1) or CaseStep.objects.filter(seq_to=None).count() != count:
        raise WrongAnswer(f"there are {count} cases")
    pages = ("/cases/", "/cases/?state=todo", "/cases/?flow=bench_claim&state=open")
    for page in pages:
        if len(set(re.findall(r"/cases/[0-9a-f-]{36}/", client.get(page).content.decode()))) != min(count, 50):
            raise WrongAnswer(f"{page} does not name the cases")
    asks = [partial(list_page._ask, client, page, REQUESTS[size]) for page in pages]
    best = [seconds / REQUESTS[size] for seconds in in_turn(ROUNDS[size], *asks, clock=time.process_time)]
    for words, seconds in zip(("all", "what waits for the reader", "one business, with its fields"), best, strict=True):
        yield Line(
            name=f"a page of {count:,} cases: {words}, CPU per request",
            ours=seconds,
            goal=GOAL,
            note="the rows anew each time; how many there are is counted where something was filed since the last",
        )
