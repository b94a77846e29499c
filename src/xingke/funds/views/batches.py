"""Batches: the list, one with what it would do and what became of it, making it up, paying it, having it as a file."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xingke.accounts.models import User
from xingke.base.refusals import Refused
from xingke.base.sayings import Saying, told
from xingke.base.templatetags.xk import day, moment
from xingke.funds import lists, queries
from xingke.funds.actions import accounts, batches
from xingke.funds.actions.batches import NewBatch, NothingPaid
from xingke.funds.forms import NewBatchForm, PayForm
from xingke.funds.lists import BATCH_STATES, batch_state
from xingke.funds.models import PaymentBatch, PaymentItem
from xingke.funds.permissions import FundPermission
from xingke.funds.queries import paying
from xingke.funds.queries.paying import CasePayment
from xingke.funds.rules import MOST_ITEMS, written, yuan_of
from xingke.funds.views.pools import crumbs_to, form_page, listed
from xingke.press.exports import About, table_response, wants_file
from xingke.registry import filtering
from xingke.registry import queries as registry


@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    return listed(request, lists.BATCHES)


@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest) -> HttpResponse:
    user = registry.reader(request.user)
    queries.require_fund_page(user, FundPermission.PLAN)
    form = NewBatchForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = batches.open_batch(new=NewBatch(**form.cleaned_data), by=user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("funds:batch", opened.key)
    url = reverse("funds:batch-list")
    crumbs = crumbs_to((_("拨付批次"), url), (_("新建批次"), ""))
    return form_page(request, form, title=_("新建批次"), act=_("新建"), back=url, crumbs=crumbs)


@require_safe
def batch(request: HttpRequest, key: UUID) -> HttpResponse:
    user = registry.reader(request.user)
    shown = queries.batch_for(user, key)
    if wants_file(request):
        return _as_file(request, shown, {})
    return _page(request, user, shown)


def _page(
    request: HttpRequest,
    user: User,
    shown: PaymentBatch,
    *,
    form: PayForm | None = None,
    reasons: Mapping[str, Saying] | None = None,
) -> HttpResponse:
    """A batch as it stands. form: the one that was refused; reasons: why not one of its cases could be paid."""
    items = queries.items_of(shown)
    may_plan = queries.is_at_home(user, FundPermission.PLAN, shown.region)
    may_pay = queries.is_at_home(user, FundPermission.PAY, shown.region)
    is_own = any(item.put_by == user for item in items)
    now = timezone.localtime()
    payer = user if may_pay else None
    payments = paying.payments_of(shown, payer, now=now) if shown.is_open else []
    payable = [payment for payment in payments if not payment.why]
    levels = dict(queries.terms_of("level"))
    context = {
        "crumbs": crumbs_to((_("拨付批次"), reverse("funds:batch-list")), (shown.number, "")),
        "shown": shown,
        "state": batch_state(shown),
        "state_word": str(BATCH_STATES[batch_state(shown)][1]),
        "stats": _stats(shown, items, payments, payable),
        "payments": [_payment(payment, levels) for payment in payments],
        "paid": [_item(item, levels) for item in items if item.paid_seq is not None],
        "refused": [_item(item, levels) for item in items if item.refused is not None],
        **(_waiting(shown, request.GET.get("waiting")) if may_plan and shown.is_open else {}),
        "may_plan": may_plan and shown.is_open,
        "may_pay": may_pay and shown.is_open and not is_own,
        "may_have_numbers": may_pay,
        "is_own": is_own and may_pay and shown.is_open,
        "form": form or PayForm(initial={"seen": paying.stamp_of(items)}),
        "is_returned": form is not None,
        "reasons": [{"number": number, "why": str(why)} for number, why in (reasons or {}).items()],
        "pay_label": _("拨付%(count)s件，共%(amount)s元")
        % {"count": len(payable), "amount": written(sum(payment.amount for payment in payable))},
        "pay_question": _pay_question(len(payable), len(payments) - len(payable)),
        "most": MOST_ITEMS,
        "is_fictional": shown.is_fictional,
    }
    return render(request, "funds/batch.html", context)


def _stats(
    shown: PaymentBatch, items: Sequence[PaymentItem], payments: Sequence[CasePayment], payable: Sequence[CasePayment]
) -> list[dict[str, Any]]:
    if shown.is_open:
        together = sum(payment.amount for payment in payments)
        return [
            {"label": _("列入"), "value": len(payments), "unit": pgettext("cases", "件")},
            {"label": _("合计（元）"), "value": written(together)},
            {"label": _("现在可以拨付"), "value": len(payable), "unit": pgettext("cases", "件")},
        ]
    paid = [item for item in items if item.paid_seq is not None]
    return [
        {"label": _("已拨付"), "value": len({item.case_id for item in paid}), "unit": pgettext("cases", "件")},
        {"label": _("合计（元）"), "value": written(sum(item.amount for item in paid))},
        {
            "label": _("未拨付"),
            "value": len({item.case_id for item in items} - {item.case_id for item in paid}),
            "unit": pgettext("cases", "件"),
        },
        {"label": _("支付凭证号"), "value": shown.voucher or "—"},
        {"label": _("拨付日期"), "value": day(shown.on) or "—", "note": str(shown.paid_by or "")},
    ]


def _pay_question(payable: int, others: int) -> str:
    said = _("按下之后：%(count)s件事项各办一步，钱记为已拨付，并登记到台账；批次随即关闭，不能撤回。") % {
        "count": payable
    }
    return said + (_("另有%(count)s件办不了，会列出原因，可列入下一批。") % {"count": others} if others else "")


def _payment(payment: CasePayment, levels: Mapping[str, str]) -> dict[str, Any]:
    first = payment.items[0]
    return {
        "case": payment.read.case,
        "decision": first.commitment.decision,
        "account": first.account,
        "shares": [_item(item, levels) for item in payment.items],
        "amount": yuan_of(payment.amount),
        "step": payment.step.label if payment.step else None,
        "why": str(payment.why),
    }


def _item(item: PaymentItem, levels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "of": item,
        "amount": yuan_of(item.amount),
        "level": levels.get(item.pool.level, item.pool.level),
        "why": str(told(item.refused)) if item.refused is not None else "",
    }


def _waiting(shown: PaymentBatch, number: str | None) -> dict[str, Any]:
    """What could be put on a batch: a page of decisions, with what speaks against each; and of pools with several documents, which."""
    found: dict[UUID, dict[str, Any]] = {}
    page = Paginator(queries.to_be_paid(shown), filtering.PAGE_SIZE).get_page(number)
    rows = queries.decided_in(list(page.object_list))
    firms = {row.organisation_id for row in rows if row.organisation_id}
    accounts_there = queries.accounts_that_count(firms, shown.region)
    for row in rows:
        each = found.setdefault(
            row.decision,
            {"row": row, "amount": 0, "pools": [], "account": accounts_there.get(row.organisation_id or 0)},
        )
        each["amount"] += row.amount
        each["pools"].append(row.pool.name)
    pools = {row.pool_id: row.pool for row in rows}
    documents = [
        {"pool": pools[pk], "documents": known} for pk, known in queries.documents_of(pools).items() if len(known) > 1
    ]
    waiting = [each | {"amount": yuan_of(each["amount"])} for each in found.values()]
    return {"waiting": waiting, "waiting_page": page, "documents": documents}


def _as_file(request: HttpRequest, shown: PaymentBatch, numbers: Mapping[int, str]) -> HttpResponse:
    """The batch as a table. numbers: the whole account numbers by the id of the account; else their last digits."""
    header = [
        pgettext("case", "事项编号"),
        pgettext("case", "事项"),
        _("单位"),
        _("户名"),
        _("开户银行"),
        _("账号"),
        _("资金层级"),
        _("资金池"),
        _("预算指标文号"),
        _("金额（元）"),
        _("支付凭证号"),
        _("结果"),
    ]
    levels = dict(queries.terms_of("level"))
    rows = [
        [
            str(item.case),
            item.case.title,
            item.account.organisation.name,
            item.account.name,
            item.account.bank,
            numbers.get(item.account_id, item.account.shown),
            levels.get(item.pool.level, item.pool.level),
            item.pool.name,
            item.document,
            yuan_of(item.amount),
            item.voucher,
            _result(item),
        ]
        for item in queries.items_of(shown)
    ]
    notes = [
        (_("批次"), f"{shown.number} {shown.title}"),
        (_("状态"), str(BATCH_STATES[batch_state(shown)][1])),
        *([(_("已拨付"), f"{shown.paid_by} {moment(shown.paid_at)}")] if shown.paid_at else []),
    ]
    return table_response(request, shown.number, header, rows, About(notes=notes, is_fictional=shown.is_fictional))


def _result(item: PaymentItem) -> str:
    if item.refused is not None:
        return _("未拨付：%(why)s") % {"why": told(item.refused)}
    return _("已拨付") if item.paid_seq is not None else _("待拨付")


def _for(request: HttpRequest, key: UUID, permission: FundPermission) -> tuple[User, PaymentBatch]:
    """Who asks, and the batch; 404 for whoever has not the permission there."""
    user = registry.reader(request.user)
    shown = queries.batch_for(user, key)
    if not queries.is_at_home(user, permission, shown.region):
        raise Http404
    return user, shown


def _decisions(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("decision"):  # the action says where they are too many
        try:
            found.append(UUID(text))
        except ValueError:
            raise Http404 from None
    return found


def _documents(request: HttpRequest) -> dict[int, str]:
    """The budget document that was chosen of each pool, by its id."""
    chosen = {
        name.removeprefix("document-"): text for name, text in request.POST.items() if name.startswith("document-")
    }
    return {int(pk): str(text) for pk, text in chosen.items() if pk.isdecimal() and len(pk) < 19}


@require_POST
def batch_put(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _for(request, key, FundPermission.PLAN)
    try:
        put = batches.put_on_batch(
            batch=shown, decisions=_decisions(request), documents=_documents(request), by=user, now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已列入%(count)s笔。") % {"count": len(put)})
    return redirect("funds:batch", key)


@require_POST
def batch_take(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _for(request, key, FundPermission.PLAN)
    try:
        count = batches.take_off_batch(batch=shown, decisions=_decisions(request), by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已移出%(count)s笔。") % {"count": count})
    return redirect("funds:batch", key)


@require_POST
def batch_void(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _for(request, key, FundPermission.PLAN)
    try:
        reason = request.POST.get("reason", "")[:500]
        batches.void_batch(batch=shown, reason=reason, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("批次已作废，列入的安排可以另列一批。"))
    return redirect("funds:batch", key)


@require_POST
def batch_pay(request: HttpRequest, key: UUID) -> HttpResponse:
    user, shown = _for(request, key, FundPermission.PAY)
    form = PayForm(request.POST)
    if not form.is_valid():
        return _page(request, user, shown, form=form)
    try:
        result = batches.pay_batch(batch=shown, by=user, now=timezone.now(), **form.cleaned_data)
    except NothingPaid as refusal:
        form.add_error(None, _("这一批一笔也拨不了，批次仍然开着。"))
        return _page(request, user, queries.batch_for(user, key), form=form, reasons=refusal.reasons)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, user, queries.batch_for(user, key), form=form)
    count, refused = len({item.case_id for item in result.paid}), len({item.case_id for item, _why in result.refused})
    said = {"count": count, "amount": written(result.amount)}
    messages.success(request, _("已拨付%(count)s件，共%(amount)s元。") % said)
    if refused:
        messages.warning(request, _("%(count)s件没有拨付，原因列在下面。") % {"count": refused})
    return redirect("funds:batch", key)


@require_POST
def batch_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """The batch as an .xlsx with the whole account numbers, for whoever may pay it; the trail keeps that they had them."""
    user, shown = _for(request, key, FundPermission.PAY)
    try:
        numbers = accounts.open_accounts_of(batch=shown, by=user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("funds:batch", key)
    response = _as_file(request, shown, numbers)
    response["Cache-Control"] = "no-store"
    return response
