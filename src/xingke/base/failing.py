"""The page that stands where another one failed, and what it may say of the changes that were asked for."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.base.troubles import is_lost_in_commit, trouble_of

log = logging.getLogger("xingke.failed")
RETRY_AFTER = "10"  # seconds
_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
# What a request leaves behind whatever it was asked for: no change anybody would look for.
_ASIDE = ('"django_session"', '"axes_', '"search_')
_FAILED = say(
    "处理时出了意外，错误已记入系统日志。请稍后再试；如果仍然出错，请把当时的时间和所做的操作告诉系统管理员。"
)


class Writes:
    """Looks at the statements of one request: ``stay`` as soon as something it wrote is committed."""

    def __init__(self) -> None:
        self.stay = False

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper."""
        result = execute(sql, params, many, context)
        if str(sql).lstrip().upper().startswith(_WRITING) and not any(name in sql for name in _ASIDE):
            if context["connection"].in_atomic_block:
                transaction.on_commit(self._committed)  # forgotten where the block is rolled back
            else:
                self._committed()
        return result

    def _committed(self) -> None:
        self.stay = True


def watched(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Know of every request that may change something whether it did, in case its page fails afterwards."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return get_response(request)
        request.writes = writes = Writes()  # type: ignore[attr-defined]  # read by ``failed``
        with connection.execute_wrapper(writes):
            return get_response(request)

    return answer


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500: the page for an error nobody foresaw, and for a database or a disk that does not serve.

    Reads nothing from the database and renders without context processors, so that it cannot fail in its turn.
    """
    error = sys.exc_info()[1]
    trouble = trouble_of(error)
    status = trouble.status if trouble else 500
    said = trouble.words if trouble else error.saying if isinstance(error, Refused) else _FAILED
    context = {"status": status, "heading": _("这一页打不开"), "words": str(said)}
    context |= _of_changes(request, error)
    response = HttpResponse(render_to_string("failed.html", context), status=status)
    response.headers["Cache-Control"] = "no-store"
    if (
        trouble
    ):  # foreseen: a line is enough, whoever watches over the log would look in vain for a mistake in a traceback
        response._has_been_logged = True  # type: ignore[attr-defined]  # how Django knows
        why = str(error).strip().partition("\n")[0]
        log.error("%s %s %s: %s", request.method, request.path, trouble.name, why, extra={"event": "failed"})
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _of_changes(request: HttpRequest, error: BaseException | None) -> dict[str, str]:
    """What became of what somebody sent; nothing is promised where nothing was sent."""
    writes = getattr(request, "writes", None)
    if writes is None:
        return {"retry": request.get_full_path()} if request.method == "GET" else {}
    if writes.stay:
        return {
            "heading": _("已经保存，但接下来的一页打不开"),
            "changes": _("刚才的改动已经保存，请不要再提交一次；稍后打开首页或列表查看。"),
        }
    if is_lost_in_commit(error):
        return {
            "heading": _("不能确定是否已经保存"),
            "changes": _(
                "保存时数据库断开了，刚才的改动可能已经保存，也可能没有。请稍后先到列表里查看，没有再重新提交。"
            ),
        }
    return {
        "heading": _("没有保存"),
        "changes": _("没有保存任何改动。请返回上一页，填写的内容还在，稍后再提交。"),
    }
