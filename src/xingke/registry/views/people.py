"""Persons: the list and the page, entering and correcting one, where they work, making two one, forgetting one."""

from typing import Any
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
from xingke.accounts.permissions import Permission
from xingke.base import panels
from xingke.base.refusals import Refused
from xingke.base.templatetags.xk import day
from xingke.registry import lists, queries
from xingke.registry.actions import people as actions
from xingke.registry.forms.people import CorrectPersonForm, EmploymentForm, MergeForm, NewPersonForm, PersonReasonForm
from xingke.registry.listing import ListRequest, list_response
from xingke.registry.models import Employment, Person
from xingke.registry.queries import people


@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    return list_response(request, lists.PEOPLE, template="registry/person_list.html", context=_besides)


def _besides(asked: ListRequest) -> dict[str, Any]:
    return {
        "may_enter": queries.has(asked.reader, Permission.PERSON_EDIT),
        "panels": panels.panels("person-list-actions", asked.reader, None),
    }


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """The page of a person; what is sealed stands masked, and open once after somebody asked for it."""
    user = queries.reader(request.user)
    shown = people.person_for(user, key)
    may_edit = queries.may(user, Permission.PERSON_EDIT, at=shown.region)
    if request.method == "POST" and not may_edit:
        raise Http404
    problem = ""
    try:
        facts = (
            actions.open_person(person=shown, by=user, now=timezone.now())
            if request.method == "POST"
            else people.masked(people.facts_of(shown))
        )
    except Refused as refusal:
        facts, problem = {}, str(refusal)
    words = {"phone": _("电话"), "email": _("电子邮箱"), "address": _("通讯地址"), "identity": _("身份证件号码")}
    items = [
        {"label": _("区划"), "value": shown.region.name if shown.region else ""},
        *({"label": word, "value": facts[name]} for name, word in words.items() if facts.get(name)),
        {"label": _("编号"), "value": str(shown.key), "numeric": True},
    ]
    context = {
        "crumbs": _crumbs(shown.name),
        "shown": shown,
        "facts": items,
        "problem": problem,
        "jobs": [_job(each) for each in people.employments_of(shown)],
        "may_edit": may_edit,
        "panels": panels.panels("person", user, shown),
        "is_sealed": bool(facts) and request.method != "POST",
        "is_fictional": shown.is_fictional,
    }
    response = render(request, "registry/person.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _job(each: Employment) -> dict[str, str]:
    since, until = day(each.since) if each.since else "", day(each.until) if each.until else _("至今")
    return {"label": f"{since} – {until}".lstrip(" –"), "value": each.employer, "note": each.post}


def _crumbs(*labels: str) -> list[dict[str, str]]:
    return [
        {"label": pgettext("several", "单位"), "url": reverse("registry:organisation-list")},
        {"label": pgettext("several", "人员"), "url": reverse("registry:person-list")},
        *({"label": label} for label in labels),
    ]


def _to_edit(request: HttpRequest, key: UUID) -> tuple[User, Person]:
    """Who asks, and the person; 404 for whoever may not edit them."""
    user = queries.reader(request.user)
    shown = people.person_for(user, key)
    if not queries.may(user, Permission.PERSON_EDIT, at=shown.region):
        raise Http404
    return user, shown


def _form_page(request: HttpRequest, form: forms.Form, shown: Person | None, **words: Any) -> HttpResponse:
    title = words["title"]
    crumbs = _crumbs(*([shown.name] if shown else []), title)
    context = {"form": form, "shown": shown, "crumbs": crumbs, **words}
    context["is_fictional"] = shown is not None and shown.is_fictional
    return render(request, "registry/person_form.html", context)


@require_http_methods(["GET", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    user = queries.reader(request.user)
    queries.require_page(user, Permission.PERSON_EDIT)
    form = NewPersonForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            entered = actions.enter_person(
                name=typed["name"],
                region=typed["region"],
                facts=form.facts(),
                key=typed["key"],
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(name)s”已登记。") % {"name": entered.name})
            return redirect("registry:person", entered.key)
    return _form_page(request, form, None, title=_("登记人员"), act=_("登记"))


@require_http_methods(["GET", "POST"])
def person_correct(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_edit(request, key)
    masked = people.masked(people.facts_of(shown))
    form = CorrectPersonForm(masked, request.POST or None, initial={"name": shown.name})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.correct_person(
                person=shown,
                name=typed["name"],
                facts=form.facts(),
                reason=typed["reason"],
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已更正。"))
            return redirect("registry:person", shown.key)
    return _form_page(request, form, shown, title=_("更正人员信息"), act=_("更正"))


@require_http_methods(["GET", "POST"])
def person_employ(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_edit(request, key)
    form = EmploymentForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            actions.employ(
                person=shown,
                employer=typed["employer"],
                organisation=form.organisation,
                post=typed["post"],
                since=typed["since"],
                by=user,
                now=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("任职已登记。"))
            return redirect("registry:person", shown.key)
    return _form_page(request, form, shown, title=_("登记任职"), act=_("登记"))


@require_http_methods(["GET", "POST"])
def person_merge(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_edit(request, key)
    form = MergeForm(user, shown, request.POST or None)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        try:
            actions.merge_people(
                kept=shown, other=other, reason=form.cleaned_data["reason"], by=user, now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(name)s”已并入这一条。") % {"name": other.name})
            return redirect("registry:person", shown.key)
    lead = _("两条是同一个人时，把另一条并入这一条：这一条没有的信息从另一条补上，台账记录不动。不能撤销。")
    return _form_page(request, form, shown, title=_("合并人员"), act=_("合并"), lead=lead)


@require_http_methods(["GET", "POST"])
def person_erase(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _to_edit(request, key)
    form = PersonReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_person(person=shown, reason=form.cleaned_data["reason"], by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("个人信息已删除，密钥已销毁。"))
            return redirect("registry:person-list")
    lead = _(
        "姓名、联系方式和证件号码全部删除，密钥销毁，不能恢复；台账记录保留，只剩一个编号；授予本人的角色一并收回。以前的备份里仍有，到期随备份清除。"
    )
    return _form_page(request, form, shown, title=_("删除个人信息"), act=_("删除"), lead=lead)
