"""The contracts hold for desks too: two are planted in a copy of the house, and what they may not do is caught.

A container ``xingke.*`` does not reach into ``xingke.desks``, and where a contract names what is not there it says nothing.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = Path(sys.executable).with_name("lint-imports")

pytestmark = pytest.mark.slow

FLOORS = "A room imports only rooms on lower floors"
INSIDE = "Inside a room: urls > views > forms, actions > queries > models > rules"
RULES = "Rules know neither Django nor the database"
KINDS = "The press, periods and quantities know no Django"
VIEWS = "Views are reached only through urls"
APART = "Desks know nothing of one another"
CIRCLES = "Nothing in the house goes round in circles"

Planted = Mapping[str, str]  # module, without xingke → what it imports
SOUND: Planted = {
    "fieldwork.rules": "from xingke.base.periods import Period",
    "fieldwork.kinds": "from xingke.ledger.kinds.record_kind import RecordKind",
    "fieldwork.actions": "from xingke.ledger import actions\nfrom xingke.desks.fieldwork import rules",
    "fieldwork.views": "from django.http import HttpResponse\nfrom xingke.desks.fieldwork import actions",
    "fieldwork.urls": "from xingke.desks.fieldwork import views",
    "carriers.models": "from xingke.registry.models import Organisation",
    "carriers.queries": "from xingke.desks.carriers import models",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Planted], dict[str, bool]]:
    """Plant the sound desks and more in a copy of the house, and ask which contracts are kept."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    away = shutil.ignore_patterns("tests", "migrations", "static", "templates", "locale", "__pycache__")
    shutil.copytree(ROOT / "src" / "xingke", house / "xingke", ignore=away)

    def ask(more: Planted) -> dict[str, bool]:
        shutil.rmtree(house / "xingke" / "desks", ignore_errors=True)
        planted = dict.fromkeys(("desks.__init__", "desks.fieldwork.__init__", "desks.carriers.__init__"), "")
        planted |= {f"desks.{module}": text for module, text in SOUND.items()} | more
        files = [
            (house.joinpath("xingke", *module.split(".")).with_suffix(".py"), text) for module, text in planted.items()
        ]
        for path, text in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{text}\n")
        done = subprocess.run(
            [LINT, "--no-logo", "--cache-dir", house / "cache"],
            cwd=house,
            env={"PYTHONPATH": str(house), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        for path, _text in files:
            path.unlink()
        said = dict(re.findall(r"^(.+?) (KEPT|BROKEN)(?: \(.*\))?$", done.stdout, re.MULTILINE))
        assert said, done.stdout + done.stderr
        return {name: word == "KEPT" for name, word in said.items()}

    return ask


def test_a_desk_that_imports_what_lies_below_is_no_breach(kept: Callable[[Planted], dict[str, bool]]) -> None:
    told = kept({})

    assert all(told.values())
    assert {FLOORS, INSIDE, RULES, KINDS, VIEWS, APART, CIRCLES} <= set(told)


@pytest.mark.parametrize(
    "planted, broken",
    [
        ({"desks.fieldwork.queries": "from xingke.desks.carriers import queries"}, {APART}),
        ({"desks.fieldwork.apps": "def ready():\n    from xingke.desks.carriers.models import Organisation"}, {APART}),
        ({"desks.fieldwork.queries": "from xingke.indicators import queries"}, {FLOORS}),
        ({"desks.carriers.forms": "from xingke.portal import queries"}, {FLOORS}),
        ({"desks.fieldwork.models": "from xingke.desks.fieldwork import actions"}, {INSIDE}),
        ({"desks.fieldwork.rules": "from django.db import models"}, {RULES}),
        ({"desks.fieldwork.kinds": "from django.db import models"}, {KINDS}),
        ({"desks.fieldwork.finding": "from xingke.desks.fieldwork import views"}, {VIEWS}),
        (
            {
                "desks.fieldwork.words": "from xingke.desks.fieldwork import queries",
                "desks.fieldwork.queries": "def late():\n    from xingke.desks.fieldwork import words",
            },
            {CIRCLES},
        ),
    ],
    ids=["another desk", "another desk, late", "indicators", "portal", "layers", "rules", "kinds", "views", "circle"],
)
def test_what_a_desk_may_not_import_is_caught(
    kept: Callable[[Planted], dict[str, bool]], planted: Planted, broken: set[str]
) -> None:
    told = kept(planted)

    assert {name for name, is_kept in told.items() if not is_kept} == broken


def test_a_lower_room_that_imports_a_desk_is_caught(
    kept: Callable[[Planted], dict[str, bool]],
) -> None:
    told = kept({"ledger.planted": "from xingke.desks.fieldwork import rules"})

    assert {name for name, is_kept in told.items() if not is_kept} == {FLOORS, CIRCLES}
