"""Everything that follows from a kind of record, held against what it was: its tables may move, what it says may not.

Where a change is meant: ``XINGKE_WRITE_KINDS=1 make test TEST_ARGS='-n0 tests/test_kinds.py'`` writes
``tests/kinds.json`` anew; look at the difference before it is committed.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Field, Model
from django.test import Client
from django.urls import reverse
from django.utils import translation
from lxml import html
from pydantic import TypeAdapter

from tests.cast import Cast
from xingke.base import audited
from xingke.base.refusals import Refused
from xingke.indicators.columns import tails
from xingke.indicators.rules import ExampleEvent
from xingke.intake.sheets.blank import template_header
from xingke.intake.sheets.forms import _roles, columns_besides
from xingke.ledger import rules, words
from xingke.ledger.rules import Happening, Thing
from xingke.ledger.tables import TABLES, Kind
from xingke.registry import queries as registry
from xingke.registry.lists.audit import told_details

KEPT = Path(__file__).parent / "kinds.json"
ANEW = "XINGKE_WRITE_KINDS"
DAY = date(2024, 5, 6)
LANGUAGES = ("zh-hans", "en")


def in_each_language(said: Callable[[], object]) -> list[str]:
    """What is said in Chinese and in English."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(said()))
    assert not re.search(r"[\u4e00-\u9fff]", found[1]), (
        f"{found[0]} has no English: fill the .po, then `make messages` once more"
    )
    return found


def column(field: "Field[Any, Any]") -> list[object]:
    """A column: its name, and what it is made of."""
    _name, path, _positional, options = field.deconstruct()
    plain = {name: getattr(value, "__name__", str(value)) for name, value in options.items()}
    return [
        field.name,
        path.rpartition(".")[2],
        dict(sorted(plain.items())),
        in_each_language(lambda: field.verbose_name),
    ]


def table(model: type[Model]) -> dict[str, object]:
    """A table: its columns, in order, and what holds for its rows."""
    meta = model._meta
    return {
        "table": meta.db_table,
        "called": in_each_language(lambda: meta.verbose_name),
        "columns": [column(each) for each in meta.concrete_fields],
        "constraints": sorted(str(each.deconstruct()) for each in meta.constraints),
        "indexes": sorted(str(each.deconstruct()) for each in meta.indexes),
    }


def history(kind: Kind, events: tuple[str, ...]) -> str:
    """What events of one day come to, in their order: each with its effect; "—" for what cannot have happened."""
    try:
        steps = rules.effects(kind.names, [Happening(event, DAY) for event in events])
    except Refused as refused:
        return f"— {refused}"
    return " ".join(f"{each.happening.event}{each.effect:+d}{each.origin and '/'}{each.origin}" for each in steps)


def things(kind: Kind) -> Iterator[str]:
    """Which differences make two records two: number, name, holder, first day, and each term."""
    usual = dict.fromkeys((*kind.repeated, "name"), "a") | {"number": "1"}

    def thing(changed: dict[str, str], *, holder: str = "firm", first: date = DAY) -> Thing:
        return Thing.of(kind.names, {**usual, **changed}, holder=holder, first=first)

    others = {
        "another number": thing({"number": "2"}),
        "no number": thing({"number": ""}),
        "another name": thing({"name": "b"}),
        "another name, no number": thing({"name": "b", "number": ""}),
        "another holder": thing({}, holder="other"),
        "another day": thing({}, first=date(2025, 5, 6)),
        "another day, no number": thing({"number": ""}, first=date(2025, 5, 6)),
        **{f"another {name}": thing({name: "b"}) for name in kind.repeated},
        **{f"another {name}, no number": thing({name: "b", "number": ""}) for name in kind.repeated},
    }
    for name, other in others.items():
        yield f"{name}: {'same' if rules.same_thing(kind.names, thing({}), other) else 'two'}"


def form_fields(client: Client, kind: Kind) -> list[list[object]]:
    """The fields of its entry form as they stand on the page: name, label, whether it must be said, what may be chosen."""
    page = html.fromstring(client.get(reverse("ledger:record-new", args=[kind.code])).content.decode())
    found = []
    for field in page.xpath("//main//form//*[self::input or self::select or self::textarea][@name]"):
        labels = page.xpath(f"//label[@for='{field.get('id')}']") if field.get("id") else []
        label = " ".join("".join(labels[0].itertext()).split()) if labels else ""
        choices = (
            [choice.get("value") for choice in field.xpath(".//option")] if len(field.xpath(".//option")) < 40 else []
        )
        if field.get("type") not in ("hidden", "submit"):
            found.append([field.get("name"), label, field.get("required") is not None, choices])
    return found


def listed(client: Client, kind: Kind) -> str:
    """The first line of its list as a file."""
    answer = client.get(reverse("ledger:record-list"), {"kind": kind.code, "format": "csv"})
    return b"".join(answer).decode("utf-8-sig").splitlines()[-1]  # type: ignore[arg-type]  # streamed, as files are


def told_in_the_trail(kind: Kind) -> dict[str, list[str]]:
    """What the audit trail says of it, code by code."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            for code, said in audited.action_words().items():
                if code.startswith(f"{kind.code}."):
                    found.setdefault(code, []).append(said)
    return found


def amounts_audited(kind: Kind) -> list[str]:
    """How the trail says its measures."""
    detail = dict.fromkeys(kind.measures, 1_234_500)
    return in_each_language(lambda: told_details().said(detail))


def said_in_examples(kind: Kind) -> Iterator[str]:
    """What an event of a worked example may say, tried one by one."""
    names = {name for each in TABLES.values() for name in (*each.repeated, *each.measures)} | {"until"}
    for name in names:
        value = 1 if any(name in each.measures for each in TABLES.values()) else DAY if name == "until" else "a"
        event = TypeAdapter(ExampleEvent).validate_python({"subject": "a", "event": "a", "on": DAY, name: value})
        if not event.strange(kind.names):
            yield name


def told(kind: Kind, client: Client) -> dict[str, object]:
    """Everything that follows from a kind."""
    names = kind.names
    events = [term.code for term in registry.terms(names.event_list).values()]
    forms = [found.value for found in registry.catalogue("sheet").values() if found.value.kind == kind.code]
    catalogue = registry.loaded_catalogue()
    running = names.running
    return {
        "word": in_each_language(lambda: words.kind_word(kind.code)),
        "words": {
            name: in_each_language(lambda name=name: words.field_word(name)) for name in (*kind.asked, *kind.measures)
        },
        "columns said": {
            name: in_each_language(lambda name=name: str(kind.names.detail(name).word)) for name in kind.details
        },
        "units": {name: [unit.code for unit in words.measure_of(name).units] for name in kind.measures},
        "lists": {name: kind.field_list(name) for name in kind.asked},
        "subject": table(kind.subject),
        "event": table(kind.event),
        "repeated, details, event details": [kind.repeated, kind.details, kind.event_details],
        "measures": [dict(names.measures), dict(names.parts)],
        "named by, lasting, number": [names.named_by, names.lasting, str(names.number)],
        "needs holder, four eyes": [names.needs_holder, names.four_eyes],
        "arrivals, departures, certifies": [
            dict(names.arrivals),
            [each for each in events if each in names.departures],
            [each for each in events if each in names.certifying],
        ],
        "order": [[list(each) for each in names.order], names.has_rounds],
        "events": {event: history(kind, (event,)) for event in events},
        "events of one day": {" ".join(pair): history(kind, pair) for pair in product(events, repeat=2)},
        "effects said": [
            in_each_language(lambda effect=effect: words.effect_word(kind.code, effect)) for effect in (1, 0, -1)
        ],
        "running said": [in_each_language(said.__str__) for said in vars(running).values()] if running else [],
        "identity": list(things(kind)),
        "columns of the engine": [f"{each.name}: {each.type}" for each in tails.schema(kind)],
        "roles in tables": sorted(_roles(kind.code, catalogue)),
        "columns besides": [[each.to, list(each.headers)] for each in columns_besides(kind.code)],
        "sheets": {
            form.code: [[each.label, str(each.form), list(each.choices)] for each in template_header(form)]
            for form in forms
        },
        "examples say": sorted(said_in_examples(kind)),
        "entry form": form_fields(client, kind),
        "list": listed(client, kind),
        "audit": told_in_the_trail(kind),
        "amounts audited": amounts_audited(kind),
    }


@pytest.fixture
def now(cast: Cast, signed_in: Callable[[str], Client]) -> dict[str, object]:
    """All kinds as they are, in the types that JSON knows."""
    client = signed_in("statistician")
    return json.loads(json.dumps({code: told(kind, client) for code, kind in TABLES.items()}, default=str))


def written(now: dict[str, dict[str, object]]) -> str:
    """As JSON in which each thing that is said of a kind has its line."""

    def lines(kind: dict[str, object]) -> str:
        return ",\n".join(
            f"  {json.dumps(what)}: {json.dumps(said, ensure_ascii=False)}" for what, said in kind.items()
        )

    kinds = ",\n".join(f" {json.dumps(code)}: {{\n{lines(kind)}\n }}" for code, kind in now.items())
    return f"{{\n{kinds}\n}}\n"


def test_what_follows_from_a_kind_is_what_it_was(now: dict[str, dict[str, object]]) -> None:
    if os.environ.get(ANEW):
        KEPT.write_text(written(now), encoding="utf-8")
    was = json.loads(KEPT.read_text(encoding="utf-8"))

    assert list(now) == list(was)
    for code, kind in was.items():
        for what, said in kind.items():
            assert now[code].get(what) == said, f"{what} of {code}"
        assert list(now[code]) == list(kind), code
