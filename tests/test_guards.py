"""Promises a machine can keep watch over: whoever adds a model, a permission, a kind or a setting meets them here."""

import ast
import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

import xingke
from tests.cast import NOW, PACKS, Cast, correct, file, report, void
from xingke.accounts.permissions import PERMISSIONS, Permission
from xingke.base import definitions
from xingke.config import settings as installation
from xingke.ledger import actions
from xingke.ledger.kinds import KINDS
from xingke.ledger.models import Observation, PatentEvent, RecognitionEvent, Version
from xingke.registry import queries as registry

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path(xingke.__file__).parent
ROOMS = (
    "base",
    "press",
    "accounts",
    "registry",
    "notices",
    "ledger",
    "intake",
    "casework",
    "funds",
    "letters",
    "indicators",
    "reports",
    "archive",
    "search",
    "portal",
    "demo",
    "config",
)
OURS = [
    model for config in apps.get_app_configs() if config.name.startswith("xingke.") for model in config.get_models()
]


# ── models ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_amounts_are_integers_in_every_table() -> None:
    inexact = [
        f"{model.__name__}.{field.name}"
        for model in OURS
        for field in model._meta.fields
        if isinstance(field, models.FloatField | models.DecimalField)
    ]
    assert inexact == []


ALONE = {
    "User.created_at",  # who opened an account stands in the trail
    "AuditEntry.at",  # has `by`
    "Notice.read_at",  # by its addressee and nobody else
    "Outgoing.made_at",  # messages are gathered, tried and ended by the program
    "Outgoing.next_at",
    "Outgoing.ended_at",
    "OutsideLink.tried_at",  # by whoever holds it
    "CaseDraft.saved_at",  # by its user and nobody else
    "CaseDraft.expires_at",
}


def _moments() -> Iterator[tuple[type[models.Model], Any]]:
    for model in OURS:
        for field in model._meta.fields:
            if (
                isinstance(field, models.DateTimeField)
                and field.name.endswith("_at")
                and f"{model.__name__}.{field.name}" not in ALONE
            ):
                yield model, field


def test_every_moment_says_who_and_both_stand_or_none() -> None:
    wrong = []
    for model, field in _moments():
        name, person = f"{model.__name__}.{field.name}", f"{field.name[:-3]}_by"
        others = {other.name: other for other in model._meta.fields}
        if person not in others:
            wrong.append(f"{name} has no {person}")
            continue
        if field.null:
            ties = [str(each.condition) for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
            if not any(field.name in tie and person in tie for tie in ties):
                wrong.append(f"{name} and {person} have no constraint that ties them")
    assert list(_moments()), "this guard must have something to watch"
    assert wrong == []


def test_a_record_is_never_deleted_along_with_something_else() -> None:
    cascades = [
        f"{model.__name__}.{field.name}"
        for model in OURS
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is models.CASCADE
    ]
    assert cascades == ["ImportChunk.batch", "DocumentFigure.document"]  # parts of what they belong to


def test_every_version_table_has_its_guards() -> None:
    for model in OURS:
        if not issubclass(model, Version):
            continue
        names = {constraint.name for constraint in model._meta.constraints}
        low = model.__name__.lower()
        assert {f"{low}_version_once", f"{low}_one_current", f"{low}_seq_order", f"{low}_confirmed_at_and_by"} <= names


def test_nothing_a_kind_says_hides_what_every_version_has() -> None:
    """A detail called ``content`` would stand in the place of what tells two versions apart."""
    taken = {name for name in dir(Version) if not name.startswith("_")} | {"effect", "step", "subject", "event"}

    hidden = {
        f"{kind.code}.{name}"
        for kind in KINDS.values()
        for name in (*kind.fields, *kind.measures, *(detail.name for detail in kind.details))
        if name in taken
    }
    assert hidden == set()


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_read_and_write_the_database_they_migrate() -> None:
    """A backup and a move migrate another database beside this one: a manager without ``using`` would change this one."""
    loose = [
        f"{path.parent.parent.name}/{path.name}: {line.strip()}"
        for path in SOURCE.glob("*/migrations/*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(
            r"\.(objects|_default_manager|_base_manager)\b(?!\.using\(schema_editor\.connection\.alias\))", line
        )
        or "connection.cursor()" in line.replace("schema_editor.connection.cursor()", "")
    ]
    assert loose == []


# ── append-only ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _everything() -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of every version table, as SQL gives it."""
    found = {}
    for model in OURS:
        if not issubclass(model, Version):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                values = dict(zip(names, row, strict=True))
                found[model._meta.db_table, values["id"]] = values
    return found


def test_through_a_whole_life_a_written_row_only_ever_gets_its_end(cast: Cast) -> None:
    """Every action of the ledger, one after the other; after each, all earlier rows are as they were but for seq_to."""
    by, officer, director = cast.statistician, cast.officer, cast.director

    def event(title: str = "recognised") -> RecognitionEvent:
        return RecognitionEvent.objects.get(event=title, seq_to__isnull=True)

    def observed(document: str) -> Observation:
        return Observation.objects.get(document=document, seq_to__isnull=True)

    change = {"kind": "recognition", "now": NOW}
    new = actions.NewEvent(event="expired", on=date(2025, 11, 8), region=cast.county)
    life = [
        lambda: file(
            "recognition", "甲", [("applied", "2024-05-01"), ("recognised", "2024-11-08")], firm=cast.firm, by=by
        ),
        lambda: file("patent", "乙", [("granted", "2024-05-06")], firm=cast.firm, by=by),
        lambda: actions.add_event(subject=event().subject, event=new, by=officer, source="登记", **change),
        lambda: actions.confirm_event(record=event("expired").record, version=1, by=director, **change),
        lambda: correct(
            "recognition", event().record, {"happened_on": date(2024, 12, 8)}, version=event().version, by=officer
        ),
        lambda: correct("recognition", event().subject, {"title": "tech_sme"}, by=officer),
        lambda: void("recognition", event("expired").record, version=event("expired").version, by=director),
        lambda: actions.void_event(
            kind="patent", record=PatentEvent.objects.get().record, version=1, reason="误", by=director, now=NOW
        ),
        lambda: report(cast.county, "2024", "地区生产总值", "1", "亿元", by=by, document="T1", place="T1#1"),
        lambda: report(cast.county, "2024", "地区生产总值", "2", "亿元", by=officer, document="T2"),
        lambda: actions.confirm_observation(record=observed("T2").record, version=1, by=director, now=NOW),
        lambda: actions.choose_observation(record=observed("T2").record, version=2, reason="准", by=director, now=NOW),
        lambda: actions.correct_observation(
            record=observed("T2").record, version=3, changes={"value": 300}, reason="改", by=by, now=NOW
        ),
        lambda: actions.void_observation(record=observed("T2").record, version=4, reason="误", by=director, now=NOW),
        lambda: report(cast.county, "2024", "地区生产总值", "9", "亿元", by=by, document="T1", place="T1#1"),
    ]
    before = _everything()
    for number, act in enumerate(life):
        act()
        after = _everything()
        assert len(after) > len(before), f"act {number} wrote nothing"
        for key, row in before.items():
            changed = {name for name in row if after[key][name] != row[name]}
            assert changed <= {"seq_to"}, f"act {number} changed {changed} of {key}"
            assert "seq_to" not in changed or row["seq_to"] is None, f"act {number} ended {key} a second time"
        before = after
    ended = {name for name, _id in before if before[name, _id]["seq_to"] is not None}
    assert {"ledger_recognitionevent", "ledger_recognition", "ledger_patentevent", "ledger_observation"} <= ended


# ── permissions and packs ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_every_permission_is_given_to_a_role_and_roles_give_only_permissions_there_are() -> None:
    given = {permission for role in registry.roles().values() for permission in role.permissions}

    assert given == {each.permission.value for each in PERMISSIONS}


UNASKED = {"DEFINITION_READ"}  # given to roles already; the pages that show definitions to administrators come later


def test_every_permission_is_asked_for_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py") if "tests" not in path.parts)

    assert {each.name for each in Permission if f"Permission.{each.name}" not in code} == UNASKED


@pytest.mark.django_db
def test_the_three_administrators_hold_no_business_permission_and_exclude_one_another() -> None:
    roles = registry.roles()
    administrators = {role.code for role in roles.values() if role.administrative}

    assert administrators == {"security_administrator", "system_administrator", "auditor"}
    business = {permission for role in roles.values() if not role.administrative for permission in role.permissions}
    for code in administrators:
        assert set(roles[code].permissions) & business <= {"definition.read"}
        assert set(roles[code].excludes) == administrators - {code}


@pytest.mark.django_db
@pytest.mark.parametrize("folder", sorted(path.name for path in PACKS.iterdir() if (path / "pack.toml").is_file()))
def test_every_pack_that_comes_along_holds(folder: str) -> None:
    definitions.read_pack(PACKS / folder, loaded=registry.loaded_catalogue())

    assert (PACKS / folder / "SOURCES.md").is_file()


@pytest.mark.django_db
def test_every_indicator_that_counts_or_divides_has_a_worked_example() -> None:
    from xingke.indicators.queries import indicators

    assert [each.code for each in indicators().values() if each.nature != "observed" and not each.examples] == []


# ── floors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]["layers"]
FLOORS = {
    room.strip(" ()"): floor for floor, layer in enumerate(reversed(LAYERS)) for room in layer.split("|")
}  # counted from below
NAMED_FROM_BELOW = {
    # the frame of every page, and what no page can do without
    "base": {
        "accounts:language",
        "accounts:password",
        "accounts:sign-in",
        "accounts:sign-out",
        "portal:guide",
        "search:palette",
        "search:search",
    },
    "accounts": {
        "portal:health",
        "registry:account-new",
        "registry:account-reset",
    },  # open to all; fields with passwords
    "ledger": {"indicators:indicator"},  # plain words where there is no such page
}


def _named_from_below() -> Iterator[tuple[str, str]]:
    """Rooms, and the addresses and templates of upper rooms, or of others on their floor, that they name."""
    named = re.compile(r"""["'](?P<name>(?P<room>\w+)(?::[\w-]+|/[\w/-]+\.html))["']""")
    floors = FLOORS | {path.name: FLOORS["desks"] for path in SOURCE.glob("desks/*") if path.is_dir()}
    for path in sorted(SOURCE.rglob("*")):
        room, *below = path.relative_to(SOURCE).parts
        room = below[0] if room == "desks" and len(below) > 1 else room
        if path.suffix in (".py", ".html") and room in floors and not {"tests", "migrations"} & {*below}:
            for found in named.finditer(path.read_text("utf-8")):
                if found["room"] != room and floors.get(found["room"], -1) >= floors[room]:
                    yield room, found["name"]


def test_what_a_table_refers_to_lies_in_the_same_room_or_below() -> None:
    """Import contracts do not see a table that is named in a text; a desk refers to no other desk."""

    def room(model: type[models.Model]) -> tuple[str, str]:
        _house, floor, *more = model.__module__.split(".")
        return floor, more[0] if floor == "desks" else ""

    wrong = [
        f"{model.__name__}.{field.name}"
        for model in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and (there := field.related_model).__module__.startswith("xingke.")
        and room(there) != room(model)
        and FLOORS[room(there)[0]] >= FLOORS[room(model)[0]]
    ]
    assert wrong == []


def test_a_room_names_no_page_of_an_upper_one_but_what_is_said_here() -> None:
    named: dict[str, set[str]] = {}
    for room, name in _named_from_below():
        named.setdefault(room, set()).add(name)

    assert named == NAMED_FROM_BELOW, "let the upper room announce it: see base/register.py"


# ── where reads and writes stand ─────────────────────────────────────────────────────────────────────────────────────

# what acts stand on: the counter, the trail, jobs, sign-ins
GROUND = {
    "accounts/acts.py",
    "accounts/counting.py",
    "accounts/locking.py",
    "accounts/endings.py",
    "accounts/resending.py",
    "accounts/working.py",
}
WRITES_ELSEWHERE = GROUND | {
    "accounts/middleware.py",  # prolongs a session
    "base/probing.py",  # whether a row can be written
    "reports/queries/checking.py",  # remembers what a look found
}
READS_ELSEWHERE = GROUND | {
    "base/pressed.py",  # what an action wrote before
    "base/probing.py",
    "indicators/columns",
    "intake/rows",
}  # engines: whole tables at once, rows held against them
ANNOUNCED = {"checks", "finding", "jobs", "tasks"}  # registers are filled with what they find
WRITING = {"act", "save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "insert_objects"}


def _calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The functions a module calls: its name, and what it is a part of."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)):
                yield name, ""
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                yield name, ast.unparse(owner)


def _modules() -> Iterator[tuple[str, list[str], ast.AST]]:
    """Every module of a room below the portal's floor and of the portal: its path, its parts, its tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        parts = name.removesuffix(".py").split("/")
        if parts[0] not in ("config", "demo", "press") and not {"tests", "migrations", "models"} & {*parts}:
            yield name, parts, ast.parse(path.read_text("utf-8"))


def _is_among(name: str, places: Collection[str]) -> bool:
    return any(name == each or name.startswith(f"{each}/") for each in places)


def test_every_write_stands_under_actions() -> None:
    wrong = {
        f"{name}: {owner}.{call}"
        for name, parts, tree in _modules()
        if "actions" not in parts and not _is_among(name, WRITES_ELSEWHERE)
        for call, owner in _calls(tree)
        if (call in WRITING and owner not in ("files", "self")) or (call in ("delete", "update") and "objects" in owner)
    }
    assert wrong == set()


def test_every_read_stands_under_queries() -> None:
    """An action reads what it writes; everything else asks the queries."""
    wrong = {
        name
        for name, parts, tree in _modules()
        if not {"queries", "actions", *ANNOUNCED} & {*parts} and not _is_among(name, READS_ELSEWHERE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    }
    assert wrong == set()


def _all_modules() -> Iterator[tuple[str, ast.AST]]:
    """Every module that is no test and no migration: its path and its tree."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE)
        if not {"tests", "migrations"} & {*name.parts}:
            yield name.as_posix(), ast.parse(path.read_text("utf-8"))


def test_what_is_written_is_taken_back_in_one_place() -> None:
    """It keeps what was looked up meanwhile from being kept; ``probing`` looks nothing up."""
    found = {name for name, tree in _all_modules() for call, _owner in _calls(tree) if "rollback" in call}
    assert found == {"accounts/acts.py", "base/probing.py"}


def test_the_cache_is_reached_in_one_place() -> None:
    """It keeps nothing of what may be undone."""
    found = {
        name
        for name, tree in _all_modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import) and "django.core.cache" in ast.unparse(node)
    }
    assert found == {"accounts/keeping.py"}


# ── the hand ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_set_by_the_formatter_but_for_a_few_tables_of_words() -> None:
    files = [path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py")]
    kept = [
        path
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"# fmt: (skip|off)$", line)
    ]

    assert len(kept) < 30, "a table that reads better by hand may be kept by hand; code may not"


def test_a_noun_names_one_class() -> None:
    """A class another file may use has a name of its own; what only its file knows begins with an underscore, or differs."""
    named: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if not {"tests", "migrations"} & {*path.parts}:
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    named.setdefault(node.name, []).append(path.relative_to(SOURCE).as_posix())

    assert {name: where for name, where in named.items() if len(where) > 1} == {}


# ── documentation ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_in_a_few_lines_what_it_is_for(room: str) -> None:
    lines = (SOURCE / room / "README.md").read_text(encoding="utf-8").splitlines()

    assert lines[0] == f"# {room}"
    assert 3 < len(lines) <= 15


def test_no_room_is_forgotten() -> None:
    assert set(ROOMS) == {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def _docs() -> str:
    files = [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize("kind", tuple(definitions.KINDS), ids=lambda kind: kind.code)
def test_every_kind_of_definition_is_described_with_its_file_and_its_keys(
    kind: definitions.DefinitionKind[Any],
) -> None:
    text = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    (section,) = (part for part in text.split("\n## ") if part.startswith(f"`{kind.code}`"))

    assert kind.file in section
    assert f"[[{kind.code}]]" in section  # an example
    keys = list(kind.type.__dataclass_fields__)
    assert [key for key in keys if not re.search(rf"`{key}`|^{key} = ", section, re.MULTILINE)] == []


def test_the_examples_in_the_description_of_packs_can_be_read() -> None:
    import tomllib

    text = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    read = set()
    for example in re.findall(r"```toml\n(.*?)```", text, re.DOTALL):
        for code, bodies in tomllib.loads(example).items():
            if isinstance(bodies, list):
                read |= {code for body in bodies if definitions.parse(code, body)}
    assert read == {kind.code for kind in definitions.KINDS}


def test_every_setting_is_documented() -> None:
    named = set(re.findall(r"^([A-Z][A-Z_]+) {2,}", installation.__doc__ or "", re.MULTILINE))
    used = {
        name
        for path in SOURCE.rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(r"""environ(?:\.get\(|\[)["'](XINGKE_\w+|PORT)["']""", path.read_text(encoding="utf-8"))
    }

    assert used <= named, "a setting is read that config/settings.py does not name"
    assert {"XINGKE_DATA", "XINGKE_DATABASE_URL"} <= named
    docs = _docs()
    assert [name for name in sorted(named) if name not in docs] == []
