"""Files read in this process, as the confined child reads them: what it shows is asked where it is at home, in press and in programs.

A child takes a third of a second to come up, and hundreds of tests hand over a table.
"""

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from xingke.base.sayings import kept
from xingke.press.confined import ChildWork
from xingke.press.limits import Limits
from xingke.press.packages import Unreadable


def answers(work: ChildWork, data: bytes, request: Mapping[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    """The same messages, through the same JSON."""
    try:
        for message in importlib.import_module(work.module).read(data, request, limits):
            yield json.loads(json.dumps(message, ensure_ascii=False))
        yield {"head": {"peak": 0}}
    except Unreadable as error:
        yield {"error": json.loads(json.dumps(kept(error.saying)))}
