"""A form is sent once, however often it is pressed: its key names what the first press wrote, and only that.

    if there := pressed_before(Pool, new.key, name=new.name, opened_by=by):
        done.nothing()
        return there

A key comes from a browser. One that names something else, of other content or of somebody else, is not taken for a second
press: nobody is told that something was done which was not.
"""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model

from xingke.base.refusals import Refused
from xingke.base.sayings import say

Row = TypeVar("Row", bound=Model)

OTHER = say("这张表单已经提交过一次，那一次的内容与这次不同，没有再登记；请刷新页面重新填写。")


def pressed_before(model: type[Row], key: UUID, **said: object) -> Row | None:
    """The row that a first press wrote under a key; None where there is none. said: by field, what this press says.

    Raises Refused where the row says anything else.
    """
    there = model._default_manager.filter(key=key).first()
    if there is not None and not says(there, **said):
        raise Refused(OTHER.filled())
    return there


def says(row: Model, **said: object) -> bool:
    """Whether a row says so. said: by field; what a row refers to is compared by its id."""
    for name, value in said.items():
        wanted = value.pk if isinstance(value, Model) else value
        if getattr(row, row._meta.get_field(name).attname) != wanted:  # type: ignore[union-attr]
            return False
    return True
