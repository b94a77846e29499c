"""The site as it is served to be measured: the real one, ``/bare/`` of ``bare_page.py``, and ``/ready/``, a page of the
size of a workbench that lies ready and is handed over without Django."""

import os
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from xingke.config.site import application as site

READY = os.urandom(5_000)  # about what a workbench is when it travels compressed
settings.ROOT_URLCONF = "bench.bare_page"


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The site, but for what lies ready."""
    if environ["PATH_INFO"] == "/ready/":
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(READY)))])
        return [READY]
    return site(environ, start_response)
