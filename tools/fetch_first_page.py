"""Wait for a server, then look at its first pages as a stranger: what is public, and a sign-in form, with their files.

python tools/fetch_first_page.py http://127.0.0.1:8000/
"""

from __future__ import annotations

import re
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urljoin

PATIENCE_SECONDS = 90
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy


def main(address: str) -> None:
    """Exit with one sentence when a published document, a password field or one of the files is not there."""
    home, landed = fetch_patiently(address)
    if 'href="/public/documents/' not in home:
        sys.exit(f"{landed} answered, but shows no published document")
    page, landed = fetch_patiently(urljoin(address, "/sign-in/"))
    if not re.search(r'<input[^>]*type="password"', page):
        sys.exit(f"{landed} answered, but shows no password field")
    files = [urljoin(landed, found) for found in re.findall(r'(?:href|src)="([^"]+\.(?:css|js))"', home + page)]
    if not any(file.endswith(".css") for file in files):
        sys.exit(f"{landed} names no style sheet")
    for file in files:
        with OPENER.open(file, timeout=10) as answer:
            if not answer.read():
                sys.exit(f"{file} is empty")
    print(f"{address}: a published document, a sign-in form, and {len(set(files))} files behind them")


def fetch_patiently(address: str) -> tuple[str, str]:
    """The page's text and the address it was found at, after redirects; asked again until the server is up."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with OPENER.open(address, timeout=10) as answer:
                return answer.read().decode("utf-8"), answer.url
        except urllib.error.HTTPError as refusal:
            sys.exit(f"{address} answered {refusal.code}")
        except OSError as silence:
            if time.monotonic() > deadline:
                sys.exit(f"{address} did not answer within {PATIENCE_SECONDS} s: {silence}")
            time.sleep(0.3)


if __name__ == "__main__":
    main(sys.argv[1])
