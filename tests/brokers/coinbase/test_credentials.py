"""What a person pastes becomes the key that it was, whatever the form did to its lines."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pydantic import ValidationError

from floorbroker.brokers.coinbase.credentials import CoinbaseCredentials
from floorbroker.brokers.credential_fields import credential_fields
from floorbroker.brokers.loading import read_credentials
from floorbroker.brokers.registry import get_broker
from floorbroker.domain.errors import InvalidInput
from tests.brokers.coinbase.at_coinbase import EC_SECRET, KEY, SECRET

_EC = ec.generate_private_key(ec.SECP256R1())
_ED = ed25519.Ed25519PrivateKey.generate()


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def given(**changes: str) -> dict[str, str]:
    return {"key_name": KEY, "private_key": SECRET, **changes}


def read(private_key: str) -> str:
    credentials = CoinbaseCredentials.model_validate(given(private_key=private_key))
    return credentials.private_key.get_secret_value()


@pytest.mark.parametrize("whole", [EC_SECRET, pem(_EC), pem(_ED)], ids=["SEC1", "PKCS8", "Ed25519"])
@pytest.mark.parametrize(
    "become",
    [
        lambda text: text,
        lambda text: text.strip(),
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("\n", " "),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\\n"),
        lambda text: text.replace("\n", "\\\\n"),
        json.dumps,
        lambda text: f"  {json.dumps(text)},\n",
        lambda text: f"'{text.strip()}'",
    ],
    ids=[
        "as it is",
        "stripped",
        "no lines",
        "spaces",
        "CRLF",
        r"\n",
        r"\\n",
        "JSON",
        "of a file",
        "'",
    ],
)
def test_a_key_in_pem_gets_its_lines_back(whole: str, become: object) -> None:
    assert callable(become)

    assert read(become(whole)) == whole


@pytest.mark.parametrize("around", ["{}", " {} ", '"{}",', "{}\n"])
def test_a_key_of_one_line_is_taken_as_it_is(around: str) -> None:
    seed = base64.b64encode(_ED.private_bytes_raw()).decode()

    assert read(around.format(SECRET)) == SECRET
    assert read(around.format(seed)) == seed


_OTHER_CURVE = pem(ec.generate_private_key(ec.SECP384R1()))
_RSA = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
_ENCRYPTED = _EC.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pass")
).decode()
_PUBLIC = _EC.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
_HALF = SECRET[:20] + SECRET[64:]
_RAW = base64.b64decode(SECRET)
_CHANGED = base64.b64encode(_RAW[:63] + bytes([_RAW[63] ^ 1])).decode()


@pytest.mark.parametrize(
    ("private_key", "words"),
    [
        pytest.param("", "one line of 44 or 88 letters", id="nothing"),
        pytest.param("no key at all", "one line of 44 or 88 letters", id="words"),
        pytest.param("ä" * 44, "one line of 44 or 88 letters", id="other letters"),
        pytest.param(_HALF, "one line of 44 or 88 letters", id="too short"),
        pytest.param(_CHANGED, "something of it is missing or was changed", id="changed"),
        pytest.param(
            base64.b64encode(bytes(range(64))).decode(), "missing or was changed", id="two halves"
        ),
        pytest.param("-----BEGIN EC PRIVATE KEY-----", "all of it", id="a first line"),
        pytest.param(
            EC_SECRET.replace("-----END EC PRIVATE KEY-----", ""), "all of it", id="without its end"
        ),
        pytest.param(_PUBLIC, "all of it", id="a public key"),
        pytest.param(_ENCRYPTED, "all of it", id="under a password"),
        pytest.param(
            "\n".join([*EC_SECRET.split("\n")[:2], *EC_SECRET.split("\n")[3:]]),
            "is missing",
            id="without a line",
        ),
        pytest.param(_OTHER_CURVE, "this is another one", id="another curve"),
        pytest.param(_RSA, "this is another one", id="RSA"),
        pytest.param("A" * 4100, "one line of 44 or 88 letters", id="a long line"),
        pytest.param(
            f"{EC_SECRET}{'A' * 4096}", "all of it|missing or was changed", id="more behind it"
        ),
    ],
)
def test_anything_else_is_refused_with_words_that_help(private_key: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        read(private_key)


@pytest.mark.parametrize(
    "key_name",
    [KEY, KEY.rpartition("/")[2], f"  {KEY}\n", f'"{KEY}",'],
    ids=["in full", "its ID", "with space", "in quotes"],
)
def test_a_key_is_named_in_full_or_by_its_id(key_name: str) -> None:
    credentials = CoinbaseCredentials.model_validate(given(key_name=key_name))

    assert credentials.key_name.get_secret_value() in {KEY, KEY.rpartition("/")[2]}


@pytest.mark.parametrize(
    "key_name",
    ["", "short", f"{KEY} x", f"{KEY}\r\nX: 1", "ä" * 40, "k" * 65, f"{KEY}/../x"],
    ids=["nothing", "short", "two words", "a header", "other letters", "long", "a path"],
)
def test_what_cannot_be_a_name_is_refused(key_name: str) -> None:
    with pytest.raises(ValidationError):
        CoinbaseCredentials.model_validate(given(key_name=key_name))


@pytest.mark.parametrize(
    "given_so",
    [
        given(private_key="no key at all, canary"),
        given(private_key=_CHANGED),
        given(private_key=_OTHER_CURVE),
        {"key_name": "!canary!"},
        given(x="canary"),
    ],
)
def test_no_error_repeats_what_was_given(given_so: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        CoinbaseCredentials.model_validate(given_so)
    with pytest.raises(InvalidInput) as told:
        read_credentials(get_broker("coinbase"), given_so)

    for value in given_so.values():
        assert value not in str(refused.value)
        assert value not in str(told.value)
    assert told.value.__context__ is None


def test_neither_shows_when_it_is_printed() -> None:
    credentials = CoinbaseCredentials.model_validate(given())

    assert KEY not in repr(credentials)
    assert SECRET not in f"{credentials}"


def test_the_form_has_words_for_people() -> None:
    fields = credential_fields(CoinbaseCredentials)

    assert [(field.name, field.title, field.secret) for field in fields] == [
        ("key_name", "Key name or ID", True),
        ("private_key", "Private key", True),
    ]
    assert all(field.description and field.required for field in fields)
