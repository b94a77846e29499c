"""How much may be sent: too much is refused before it is read."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from xingke.accounts.rules import SIZE_LIMIT
from xingke.accounts.uploads import MOST
from xingke.intake.reading import SIZE_LIMIT as IMPORT_LIMIT


class Unread(BytesIO):
    """A request's body that must not be touched."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("the body was read")


def post(client: Client, path: str, size: int) -> int:
    return client.generic(
        "POST",
        path,
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(size),
        **{"wsgi.input": Unread()},
    ).status_code


@pytest.mark.django_db
def test_whoever_is_not_signed_in_sends_no_files() -> None:
    assert post(Client(), "/sign-in/", settings.FORM_LIMIT + 1) == 413
    assert post(Client(), "/records/", settings.FORM_LIMIT + 1) == 413


def test_whoever_is_signed_in_sends_what_evidence_needs(signed_in: Callable[[str], Client]) -> None:
    assert post(signed_in("officer"), "/imports/", settings.UPLOAD_LIMIT + 1) == 413
    assert max(MOST * SIZE_LIMIT, IMPORT_LIMIT) < settings.UPLOAD_LIMIT
    with pytest.raises(AssertionError, match="the body was read"):
        post(signed_in("officer"), "/imports/", MOST * SIZE_LIMIT)


def test_the_proxy_that_is_described_lets_the_same_through() -> None:
    text = (Path(__file__).resolve().parents[1] / "docs" / "deployment.md").read_text(encoding="utf-8")

    assert re.findall(r"client_max_body_size (\d+)m", text) == [str(settings.UPLOAD_LIMIT // 2**20)]
