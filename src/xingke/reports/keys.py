"""The installation's signing key: made once, kept in the data folder, readable by its owner only."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from xingke.base import files


def signing_key() -> bytes:
    """The raw 32-byte Ed25519 private key; made on first use."""
    path = Path(settings.DATA) / "signing.key"
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        key = Ed25519PrivateKey.generate().private_bytes_raw()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            files.create(path, key.hex())
        except FileExistsError:  # another process made it in this moment
            return bytes.fromhex(path.read_text().strip())
        return key


def trusted_keys() -> tuple[bytes, ...]:
    """The public keys whose signatures count: the installation's own, and those in ``trusted.keys`` (one hex a line)."""
    own = Ed25519PrivateKey.from_private_bytes(signing_key()).public_key().public_bytes_raw()
    path = Path(settings.DATA) / "trusted.keys"
    others = path.read_text().split() if path.is_file() else []
    return (own, *(bytes.fromhex(each) for each in others))
