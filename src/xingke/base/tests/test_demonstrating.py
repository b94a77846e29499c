"""What rooms add to the demonstration is made in order, after what it rests on."""

from datetime import UTC, datetime

import pytest

from xingke.base import demonstrating
from xingke.base.demonstrating import Demonstration
from xingke.base.register import Register


def test_what_others_rest_on_is_made_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, object, float]] = []
    register: Register[Demonstration] = Register("demonstration")
    for code, order in (("visits", 20), ("cases", 10)):
        register.add(
            Demonstration(
                code=code, order=order, make=lambda by, now, scale, say, code=code: made.append((code, by, scale))
            )
        )
    monkeypatch.setattr(demonstrating, "DEMONSTRATIONS", register)

    demonstrating.demonstrate("operator", datetime(2026, 3, 2, tzinfo=UTC), 0.5, print)

    assert made == [("cases", "operator", 0.5), ("visits", "operator", 0.5)]
