"""People in spreadsheets: those whom only lists name, what names them, and saying who they are."""

from contextlib import suppress
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.ledger import lists
from xingke.ledger.actions import listed_people as actions
from xingke.ledger.forms.listed_people import EnterListedPersonForm, MergeListedPersonForm
from xingke.ledger.queries import listed_people
from xingke.ledger.queries.holders import holder_word
from xingke.ledger.queries.listed_people import Listed
from xingke.ledger.tables import kind_of
from xingke.ledger.words import Words, kind_word, source_place_word
from xingke.registry import queries as registry
from xingke.registry.listing import list_response
from xingke.registry.models import Person
from xingke.registry.queries import people


@require_safe
def listed_person_list(request: HttpRequest) -> HttpResponse:
    return list_response(
        request,
        lists.LISTED_PEOPLE,
        template="ledger/listed_person_list.html",
        context=lambda _asked: {"crumbs": _crumbs()},
    )


@require_safe
def listed_person(request: HttpRequest, key: UUID) -> HttpResponse:
    """What names somebody, and where in which file their name stands."""
    user = registry.reader(request.user)
    shown = _shown(user, key)
    if isinstance(shown, Person):
        return redirect("registry:person", shown.key)
    words = Words()
    rows = [
        {
            "what": words.subject(row),
            "kind": kind_word(kind_of(row).code),
            "url": reverse("ledger:record", args=[kind_of(row).code, row.record]),
            "holder": holder_word(row),
            "region": row.region.name,
            "on": row.happened_on,
            "state": row.state,
            "source": row.source,
            "place": source_place_word(row.source_place),
        }
        for row in shown.records
    ]
    context = {
        "crumbs": _crumbs(_title(shown)),
        "title": _title(shown),
        "key": key,
        "number": lists.short_of(shown.person),
        "alike": [
            {"person": each, "work": " · ".join(part for part in people.work_of(each) if part)} for each in shown.alike
        ],
        "rows": rows,
        "table": {
            "columns": [
                {"label": _("记录")},
                {"label": _("单位")},
                {"label": _("日期"), "class": "nowrap told"},
                {"label": _("来源"), "class": "told"},
                {"label": _("状态")},
            ],
            "count": len(rows),
        },
        "is_fictional": any(row.is_fictional for row in shown.records),
    }
    return render(request, "ledger/listed_person.html", context)


def _title(shown: Listed) -> str:
    return _("表格里的人员 %(number)s") % {"number": lists.short_of(shown.person)}


def _shown(user: User, key: UUID) -> Listed | Person:
    """Somebody whom only lists name; who they are, where that was said meanwhile; 404 for whoever may not know."""
    try:
        return listed_people.listed_person_for(user, key)
    except Http404:
        return people.person_for(user, key)


def _crumbs(*labels: str) -> list[dict[str, str]]:
    own = {"url": reverse("ledger:listed-person-list")} if labels else {}
    return [
        {"label": pgettext("several", "单位"), "url": reverse("registry:organisation-list")},
        {"label": pgettext("several", "人员"), "url": reverse("registry:person-list")},
        {"label": _("表格里的人员"), **own},
        *({"label": label} for label in labels),
    ]


def _form_page(request: HttpRequest, form: forms.Form, shown: Listed, **words: str) -> HttpResponse:
    context = {
        "form": form,
        "back": reverse("ledger:listed-person", args=[shown.person.key]),
        "kicker": _title(shown),
        "crumbs": [*_crumbs(_title(shown)), {"label": words["title"]}],
        "is_fictional": any(row.is_fictional for row in shown.records),
        **words,
    }
    return render(request, "ledger/listed_person_form.html", context)


@require_http_methods(["GET", "POST"])
def listed_person_enter(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = _shown(user, key)
    if isinstance(shown, Person):
        return redirect("registry:person", shown.key)
    form = EnterListedPersonForm(user, shown, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            entered = actions.enter_listed_person(
                person=shown.person,
                name=typed["name"],
                region=typed["region"],
                facts=form.facts(),
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(name)s”已登记，表格写到的记录都指向这一条。") % {"name": entered.name})
            return redirect("registry:person", entered.key)
    lead = _("登记后，写到这个人的记录不动，都指向新登记的这一条；以后的表格再写到，也是这个人。")
    return _form_page(request, form, shown, title=_("登记这个人"), act=_("登记"), lead=lead)


def _into(user: User, request: HttpRequest) -> str:
    """The person an address names to merge into, as the form's field says them."""
    with suppress(ValueError):
        kept = people.people_visible_to(user).filter(key=UUID(request.GET.get("into", ""))).first()
        return people.told_apart(user, kept) if kept is not None else ""
    return ""


@require_http_methods(["GET", "POST"])
def listed_person_merge(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = _shown(user, key)
    if isinstance(shown, Person):
        return redirect("registry:person", shown.key)
    form = MergeListedPersonForm(user, shown, request.POST or None, initial={"kept": _into(user, request)})
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data["kept"]
        try:
            actions.merge_listed_person(
                person=shown.person, kept=kept, reason=form.cleaned_data["reason"], by=user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已并入“%(name)s”，从现在起算一个人。") % {"name": kept.name})
            return redirect("registry:person", kept.key)
    lead = _("表格写到的人就是登记过的某个人时，并入那一条：从现在起算一个人，以前出的数不变，台账记录不动。不能撤销。")
    return _form_page(request, form, shown, title=_("并入登记过的人员"), act=_("合并"), lead=lead)
