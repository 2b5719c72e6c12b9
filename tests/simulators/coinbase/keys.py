"""API keys: their names, their secrets as the portal gives them, and what they may do."""

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

if TYPE_CHECKING:
    from tests.simulators.coinbase.people import Person, Portfolio

ES256: Final = "ES256"
EDDSA: Final = "EdDSA"

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
_RAW: Final = serialization.Encoding.Raw


@dataclass(slots=True, kw_only=True, eq=False)
class Key:
    """A secret API key, bound to one portfolio when it was made.

    Attributes:
        name: The person's: see `serving.Named`.
        api_key: "organizations/{org}/apiKeys/{id}".
        api_secret: What the portal shows once: PEM for ES256, base64 of 64 bytes for EdDSA.
        algorithm: "ES256" (P-256) or "EdDSA" (Ed25519).
        public: What verifies its tokens.
    """

    name: str
    api_key: str
    api_secret: str = field(repr=False)
    algorithm: str
    public: Any = field(repr=False)
    person: "Person" = field(repr=False)
    portfolio: "Portfolio" = field(repr=False)
    can_view: bool = True
    can_trade: bool = True
    can_transfer: bool = False
    revoked: bool = False


def new_api_key() -> str:
    """A name of the form that the portal gives."""
    return f"organizations/{uuid4()}/apiKeys/{uuid4()}"


def new_secret(algorithm: str) -> str:
    """A fresh secret as the portal shows it."""
    if algorithm == ES256:
        return as_sec1(ec.generate_private_key(ec.SECP256R1()))
    return as_base64(ed25519.Ed25519PrivateKey.generate())


def as_sec1(private: ec.EllipticCurvePrivateKey) -> str:
    """-----BEGIN EC PRIVATE KEY-----."""
    raw = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return raw.decode()


def as_base64(private: ed25519.Ed25519PrivateKey) -> str:
    """Seed and public key, 64 bytes in base64."""
    seed = private.private_bytes(
        _RAW, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)
    return base64.b64encode(seed + public).decode()


def read_secret(secret: str) -> PrivateKey:
    """The key in a secret of either form."""
    if not secret.lstrip().startswith("-----BEGIN"):
        return ed25519.Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret)[:32])
    private = serialization.load_pem_private_key(secret.encode(), password=None)
    assert isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey)
    return private


def algorithm_of(private: PrivateKey) -> str:
    """How its tokens are signed."""
    return ES256 if isinstance(private, ec.EllipticCurvePrivateKey) else EDDSA
