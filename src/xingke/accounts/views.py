"""Signing in and out, one's own password, the language, and how far a job is."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from xingke.accounts import actions, browsers, queries, resending
from xingke.accounts.forms import PasswordForm, SignInForm
from xingke.accounts.models import Job, User
from xingke.base import jobs
from xingke.base.refusals import Refused


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: only inside this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return ""


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return _go_on(request) or redirect(_next(request) or settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        assert isinstance(user, User)  # the only user model there is
        login(request, user)
        actions.record_sign_in(user=user, now=timezone.now(), address=browsers.address_of(request) or "")
        response = _go_on(request) or redirect(_next(request) or settings.LOGIN_REDIRECT_URL)
        browsers.remember(request, response, user.username)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", secure=settings.HTTPS)
        return response
    context = {"form": form, "next": _next(request), "kept": _still_kept(request)}
    return render(request, "registration/sign_in.html", context)


def _still_kept(request: HttpRequest) -> str:
    """What was sent after the session had ended, carried on through a wrong password."""
    text = request.POST.get(resending.FIELD, "")
    return text if text and resending.unsigned(text) else ""


def _go_on(request: HttpRequest) -> HttpResponse | None:
    """Somebody who signed in because a form was refused goes on with it; None where there is none, or not theirs."""
    kept = resending.unsigned(request.POST.get(resending.FIELD, ""))
    if kept is None or not isinstance(request.user, User) or request.user.must_change_password:
        return None
    if kept.is_of(request.user):
        return resending.offer(request, kept)
    messages.warning(request, _("刚才没有提交成功的内容是另一个账号填写的，这里不显示；请那个账号重新登录填写。"))
    return None


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        actions.record_sign_out(user=request.user, now=timezone.now())
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)  # everybody else was sent to sign in
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        # Counted like a failure to sign in, so that nobody guesses at a desk that was left open.
        if authenticate(request, username=user.username, password=form.cleaned_data["old"]) is None:
            if getattr(request, "axes_locked_out", False):
                logout(request)
                return locked_out(request)
            form.add_error("old", _("原密码不正确，请重新输入。"))
            return render(request, "registration/password.html", {"form": form, "is_first": user.must_change_password})
        try:
            actions.change_password(
                user=user, old=form.cleaned_data["old"], new=form.cleaned_data["new"], now=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已更改，其他地方的登录已经退出。"))
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "registration/password.html", {"form": form, "is_first": user.must_change_password})


@csrf_exempt  # a stranger has no token: on public pages it would be a cookie
@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie, set by this act only, and with the account; then back to the page it was made on."""
    return csrf_protect(_choose)(request) if request.user.is_authenticated else _choose(request)


def _choose(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = redirect(_next(request) or "/")
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            actions.choose_language(user=request.user, language=language)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.HTTPS)
    return response


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Called by django-axes when an account has failed too often from one address, or strangers too often at all."""
    is_slowed = getattr(request, "is_slowed", False)
    context = {
        "form": SignInForm(request),
        "next": _next(request),
        "kept": _still_kept(request),
        "is_locked_out": True,
        "is_slowed": is_slowed,
    }
    response = render(request, "registration/sign_in.html", context, status=429)
    pause = queries.SLOW_PAUSE if is_slowed else queries.window()
    response.headers["Retry-After"] = str(round(pause.total_seconds()))
    return response


@never_cache
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is: asks again by itself, with JavaScript or without; leads on to the result when it is done."""
    found = queries.job_for(_reader(request), pk)
    kind = jobs.KINDS[found.kind]
    url = str(found.result.get("url", ""))
    is_asking = bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx
    if found.state == Job.State.DONE and url:
        return HttpResponseClientRedirect(url) if is_asking else redirect(url)
    is_silent = found.state == Job.State.RUNNING and not found.gives_signs_of_life(
        now=timezone.now(), within=queries.STALE
    )
    context = {
        "job": found,
        "kind": kind,
        "said": _(found.said) if found.said else "",
        "is_over": found.is_over,
        "is_silent": is_silent,
    }
    return render(request, f"accounts/job.html{'#progress' if is_asking else ''}", context)


@require_POST
def job_stop(request: HttpRequest, pk: int) -> HttpResponse:
    found = queries.job_for(_reader(request), pk)
    actions.ask_to_stop(job=found, now=timezone.now())
    return redirect("accounts:job", found.pk)


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
