"""What the child does with a .docx that is to be verified: read it, say what it claims to be, or compare it. Runs only there."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from xingke.press import docx_reader, tree, verify
from xingke.press.limits import Limits

_FIRST_LINES = 12  # among which the title stands


def read(data: bytes, request: Mapping[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    """The claims of a file, or the verdict on it, as one message."""
    reading = docx_reader.read(data, limits=limits.package)
    if request["ask"] == "claims":
        lines = [paragraph.text.strip() for paragraph in reading.paragraphs[:_FIRST_LINES]]
        yield {
            "claims": {
                "documents": [
                    key for key in (reading.proof.document if reading.proof else None, reading.identifier) if key
                ],
                "is_proved": reading.proof is not None,
                "signed_by": reading.proof.public_key if reading.proof else "",
                "lines": [line for line in lines if line],
            }
        }
        return
    verdict = verify.compare(
        reading,
        reading.proof,
        frozen=tree.from_json(request["frozen"]) if request["frozen"] else None,
        trusted_keys=[bytes.fromhex(key) for key in request["keys"]],
        allowed_terms=request["terms"],
    )
    yield {"verdict": asdict(verdict)}
