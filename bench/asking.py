"""Browsers that ask for one page again and again: ``python -m bench.asking PORT PATH SECONDS SESSION…``.

One connection for each session, kept open, a thread each, in a process of its own, so that asking takes nothing from
whoever answers. Prints one JSON object: ``cpu``, the seconds of processor asking took, and ``answers``, a list of
[begun, took, newest, count] in seconds of the clock that is never set; what the page says of the newest record a bench
wrote and of how many inventions there are; −1 where it says nothing.
"""

import http.client
import json
import re
import sys
import threading
import time
import zlib

SESSION = "xingke_session"
NEWEST = re.compile(rb"\xe6\xb5\x8b\xe9\x80\x9f\xe7\xac\xac(\d+)\xe5\x8f\xb7")  # 测速第…号
INVENTIONS = re.compile(
    rb"\xe5\x8f\x91\xe6\x98\x8e\xe4\xb8\x93\xe5\x88\xa9\xe6\x8b\xa5\xe6\x9c\x89\xe9\x87\x8f.{0,400}?>([\d,]{1,12})<",
    re.DOTALL,
)  # 发明专利拥有量, and the number of its card
Answer = tuple[float, float, int, int]


def main(port: int, path: str, seconds: float, sessions: list[str]) -> None:
    """Ask for ``path`` until the time is over; raises SystemExit where a page is not answered with 200."""
    answers: list[Answer] = []
    wrong: list[int] = []
    started, until = time.process_time(), time.monotonic() + seconds
    asking = [threading.Thread(target=_ask, args=(port, path, until, each, answers, wrong)) for each in sessions]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    if wrong:
        raise SystemExit(f"{path} answers {wrong[0]}")
    print(json.dumps({"cpu": time.process_time() - started, "answers": answers}))


def _ask(port: int, path: str, until: float, session: str, answers: list[Answer], wrong: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"{SESSION}={session}", "Accept-Encoding": "gzip"}  # as a browser asks
    while not wrong and (begun := time.monotonic()) < until:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        took = time.monotonic() - begun
        if response.status != 200:
            wrong.append(response.status)
            return
        if response.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompress(body, wbits=31)
        newest = max(map(int, NEWEST.findall(body)), default=-1)
        inventions = INVENTIONS.search(body)
        count = int(inventions[1].replace(b",", b"")) if inventions else -1
        answers.append((begun, took, newest, count))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4:])
