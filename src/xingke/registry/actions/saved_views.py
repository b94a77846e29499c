"""What somebody keeps of a list: its columns, and views of it. Preferences: they leave no trail and take no number.

An act tells what became of the bureau's facts, and everything that is kept is looked up anew after it; how somebody likes to
look at a list is neither. Whom a view is shown to is checked all the same.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.registry.listing import LISTS, kept_query
from xingke.registry.models import Region, SavedView
from xingke.registry.queries import bureaus_of

MOST = 30  # views of one list that somebody keeps
LENGTH = 40


@transaction.atomic
def choose_columns(*, list_code: str, columns: Sequence[str], by: User) -> None:
    """Keep which columns of a list somebody wants to see, in that order; none for those everybody sees."""
    own = SavedView.objects.filter(owner=by, list=list_code, name="")
    own.delete()
    if columns:
        SavedView.objects.create(owner=by, list=list_code, name="", query=",".join(columns)[:2000])


@transaction.atomic
def save_view(*, list_code: str, name: str, query: str, shared_with: Region | None, by: User) -> SavedView:
    """Keep a view of a list; one of the same name is replaced. query: what is chosen, as an address says it; see ``kept_query``.

    Raises Refused without a name, for one too many, and for a bureau somebody does not work for.
    """
    name = _tidied(name)
    _refuse_strangers(shared_with, by)
    kept = SavedView.objects.filter(owner=by, list=list_code).exclude(name="")
    if kept.exclude(name=name).count() >= MOST:
        raise Refused(_("一张清单最多保存 %(n)d 个视图，请先删除不用的。") % {"n": MOST})
    said = kept_query(LISTS[list_code], query)
    if len(said) > 1990:
        raise Refused(_("条件太长，不能保存。"))
    found, _is_new = SavedView.objects.update_or_create(
        owner=by,
        list=list_code,
        name=name,
        defaults={"query": said, "region": shared_with},
    )
    return found


@transaction.atomic
def rename_view(*, view: SavedView, name: str, shared_with: Region | None, by: User) -> None:
    """Call one's own view otherwise, or share it, or no longer. Raises Refused as ``save_view``, and for a known name."""
    name = _tidied(name)
    _refuse_strangers(shared_with, by)
    row = SavedView.objects.select_for_update().get(pk=view.pk, owner=by)
    if SavedView.objects.filter(owner=by, list=row.list, name=name).exclude(pk=row.pk).exists():
        raise Refused(_("您已有一个叫“%(name)s”的视图。") % {"name": name})
    row.name, row.region = name, shared_with
    row.save(update_fields=["name", "region"])


@transaction.atomic
def delete_view(*, view: SavedView, by: User) -> None:
    """Let one's own view go."""
    SavedView.objects.filter(pk=view.pk, owner=by).delete()


def _tidied(name: str) -> str:
    found = " ".join(name.split())
    if not found:
        raise Refused(_("请给视图起个名称。"))
    if len(found) > LENGTH:
        raise Refused(_("视图名称最多 %(n)d 个字。") % {"n": LENGTH})
    return found


def _refuse_strangers(region: Region | None, by: User) -> None:
    if region is not None and region not in bureaus_of(by):
        raise Refused(_("只能与本单位的同事共用视图。"))
