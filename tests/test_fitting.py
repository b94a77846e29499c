"""What does not fit into its column is refused with a sentence, on every database."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DataError, models

import xingke
from tests.cast import NOW, Cast
from xingke.accounts.acts import act
from xingke.accounts.models import AuditEntry
from xingke.base.fitting import refuse_unfitting
from xingke.base.refusals import Refused
from xingke.registry.models import Organisation, SavedView

pytestmark = pytest.mark.db

TEXTS = [
    pytest.param(model, field, id=f"{model.__name__}.{field.name}")
    for model in apps.get_models()
    if model.__module__.startswith("xingke.")
    for field in model._meta.concrete_fields
    if isinstance(field, models.CharField) and field.max_length
]


@pytest.mark.parametrize(("model", "field"), TEXTS)
def test_no_text_is_longer_than_its_column(model: type[models.Model], field: Any) -> None:
    row = model()
    setattr(row, field.attname, "长" * field.max_length)
    refuse_unfitting(row)
    setattr(row, field.attname, "长" * (field.max_length + 1))
    with pytest.raises(Refused, match=f"最多{field.max_length}个字，现有{field.max_length + 1}个"):
        refuse_unfitting(row)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_no_number_is_beyond_its_column(cast: Cast, value: int) -> None:
    with pytest.raises(Refused, match="数字超出了可以保存的范围"):
        AuditEntry(seq=value).save()


def test_a_row_is_looked_at_whoever_saves_it(cast: Cast) -> None:
    with pytest.raises(Refused, match="“名称”最多40个字"):
        SavedView.objects.create(owner=cast.officer, list="people", name="长" * 41)
    firm = Organisation.objects.get(pk=cast.firm.pk)
    firm.name = "长" * 121
    with pytest.raises(Refused, match="“名称”最多120个字"):
        firm.save()
    assert not SavedView.objects.exists()


def test_what_the_database_refuses_itself_undoes_the_act_and_ends_in_a_sentence(cast: Cast) -> None:
    """Rows that are written many at once are not looked at one by one."""
    before = AuditEntry.objects.count()

    def written() -> None:
        with act(by=cast.officer, now=NOW, code="a.test") as done:
            SavedView.objects.create(owner=cast.officer, list="people", name="x", query=str(done.seq))
            raise DataError("value too long for type character varying(64)")

    with pytest.raises(Refused, match="比能保存的更长或更大"):
        written()
    assert (AuditEntry.objects.count(), SavedView.objects.count()) == (before, 0)


def test_every_form_says_itself_how_large_a_number_may_be() -> None:
    """A form that does not is answered by a fault of the database, or by a sentence far from its field."""
    unbounded = []
    for path in sorted(Path(xingke.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("forms."):
                continue
            name, given = ast.unparse(node.func), {each.arg for each in node.keywords}
            if name == "forms.IntegerField" and not {"min_value", "max_value"} <= given:
                unbounded.append(f"{path.name}:{node.lineno}")
            if name == "forms.DecimalField" and "max_digits" not in given:
                unbounded.append(f"{path.name}:{node.lineno}")
    assert unbounded == []
