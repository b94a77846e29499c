"""The audit trail has a word for everything that the rooms write into it."""

import ast
from pathlib import Path

import xingke
from xingke.base import audited


def test_every_detail_that_the_rooms_write_has_a_word_in_the_trail() -> None:
    sources = [each for each in Path(xingke.__file__).parent.rglob("*.py") if "tests" not in each.parts]
    calls = [
        node
        for source in sources
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "says"
    ]
    written = {said.arg for call in calls for said in call.keywords if said.arg is not None}

    assert len(written) > 20
    assert written - {"count", "reason", "digest"} <= set(audited.detail_words())
