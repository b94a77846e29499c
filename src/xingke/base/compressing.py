"""Pages travel compressed where their length tells nobody anything (BREACH, CVE-2013-3587; see ADR 0027).

Static files are compressed once, when they are collected, by WhiteNoise; they never come by here.
"""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

_OWN = ("same-origin", "none")  # a page of this very site asked, or a person: a typed address, a bookmark


class Compressed(GZipMiddleware):
    """Django's gzip with its padding of random length, for text that no other site asked for and that shows no secret.

    Left as they are: .xlsx, .docx, PDF and pictures, which are compressed in themselves; what is streamed; what a view
    keeps out of every cache, since it shows something once (a first password, an opened number) or is a file of somebody.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, compressed or as it is."""
        kept = response.headers.get("Cache-Control", "")
        if response.streaming or "no-store" in kept or not response.headers.get("Content-Type", "").startswith("text/"):
            return response
        if "public" not in kept:  # what anybody may see and caches keep holds nothing to find out
            patch_vary_headers(response, ("Accept-Encoding", "Sec-Fetch-Site"))
            if not _is_asked_from_here(request):
                return response
        return super().process_response(request, response)


def _is_asked_from_here(request: HttpRequest) -> bool:
    """Whether no other site made the browser ask; the browser says so, and no page can make it say otherwise.

    Browsers say nothing without TLS, where whoever listens reads the page anyway, and before 2020 (Safari: 2023).
    """
    site = request.headers.get("Sec-Fetch-Site")
    return site in _OWN if site is not None else not request.is_secure()
