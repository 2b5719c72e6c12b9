"""Signatures as Webull's guide has them, and as an independent client has them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from floorbroker.brokers.webull.signing import (
    SHA1,
    SHA256,
    Signer,
    Unsigned,
    signature,
    string_to_sign,
)

GUIDES_SECRET: Final = "0f50a2e853334a9aae1a783bee120c1f"
GUIDES_HEADERS: Final = {
    "x-app-key": "776da210ab4a452795d74e726ebd74b6",
    "x-timestamp": "2022-01-04T03:55:31Z",
    "x-signature-version": "1.0",
    "x-signature-algorithm": "HMAC-SHA1",
    "x-signature-nonce": "48ef5afed43d4d91ae514aaeafbc29ba",
}
GUIDES_REQUEST: Final = Unsigned(
    host="api.webull.com",
    path="/trade/place_order",
    parameters=(("a1", "webull"), ("a2", "123"), ("a3", "xxx"), ("q1", "yyy")),
    body=b'{"k1":123,"k2":"this is the api request body","k3":true,"k4":{"foo":[1,2]}}',
)
"""developer.webull.com/apis/docs/authentication/signature."""

AT: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_the_guides_own_example_comes_out() -> None:
    whole = string_to_sign(GUIDES_REQUEST, GUIDES_HEADERS)

    assert whole.startswith("/trade/place_order&a1=webull&a2=123&a3=xxx&host=api.webull.com&q1=yyy")
    assert whole.endswith("&E296C96787E1A309691CEF3692F5EEDD")
    assert signature(GUIDES_SECRET, SHA1, whole) == "kvlS6opdZDhEBo5jq40nHYXaLvM="


def test_the_newer_algorithm_gives_what_another_client_published() -> None:
    # github.com/sfreiberg/webull, internal/signing/signing_test.go: that client's requests were
    # taken by the live sandbox.
    asked = Unsigned(
        host="api.example.com",
        path="/trading/accounts/list",
        parameters=(("account_id", "ABC123"),),
    )

    headers = Signer("test-app-key", "test-app-secret").headers(
        asked, at=AT, nonce="00000000-0000-4000-8000-000000000000"
    )

    assert headers == {
        "x-app-key": "test-app-key",
        "x-signature-algorithm": SHA256,
        "x-signature-nonce": "00000000-0000-4000-8000-000000000000",
        "x-signature-version": "1.0",
        "x-timestamp": "2026-03-01T12:00:00Z",
        "x-signature": "77MONTBOg3HH8pIm09S3njPLqEd9ljKgpCjEj9xUqhg=",
    }


@pytest.mark.parametrize("algorithm", [SHA1, SHA256])
@pytest.mark.parametrize(
    "other",
    [
        {"host": "api.webull.com:443"},
        {"path": "/trade/place_orders"},
        {"parameters": (("a1", "webull"),)},
        {"body": b"{}"},
        {"body": b""},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_whatever_is_asked_for_changes_the_signature(
    algorithm: str, other: dict[str, object]
) -> None:
    signer = Signer("key", GUIDES_SECRET, algorithm)
    changed = replace(GUIDES_REQUEST, **other)  # type: ignore[arg-type] # named by their fields

    made = {
        signer.headers(one, at=AT, nonce="n")["x-signature"] for one in (GUIDES_REQUEST, changed)
    }

    assert len(made) == 2


def test_the_nonce_the_time_and_the_secret_are_signed_too() -> None:
    asked = Unsigned(host="api.webull.com", path="/trading/accounts/list")
    signer = Signer("key", GUIDES_SECRET)
    later = AT.replace(second=1)

    made = {
        signer.headers(asked, at=AT, nonce="a")["x-signature"],
        signer.headers(asked, at=AT, nonce="b")["x-signature"],
        signer.headers(asked, at=later, nonce="a")["x-signature"],
        Signer("key", GUIDES_SECRET[::-1]).headers(asked, at=AT, nonce="a")["x-signature"],
        Signer("other", GUIDES_SECRET).headers(asked, at=AT, nonce="a")["x-signature"],
    }

    assert len(made) == 5


def test_parameters_of_the_same_name_stand_together_in_order() -> None:
    asked = Unsigned(host="h", path="/p", parameters=(("s", "2"), ("s", "1"), ("r", "&=")))

    whole = string_to_sign(asked, {"x-signature-algorithm": SHA256})

    assert whole == "/p&host=h&r=&=&s=1&2&x-signature-algorithm=HMAC-SHA256"


def test_a_signer_does_not_show_its_secret() -> None:
    signer = Signer("key", GUIDES_SECRET)

    assert GUIDES_SECRET not in f"{signer!r} {signer}"
