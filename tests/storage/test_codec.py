"""Domain values go into documents and come back equal, or are refused."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorbroker.domain.audit import AuditEntry
from floorbroker.domain.ids import LinkId, UserId
from floorbroker.domain.instruments import AssetClass, Instrument
from floorbroker.domain.modes import Environment
from floorbroker.domain.money import Money
from floorbroker.domain.order import Claim, Order
from floorbroker.domain.orders import OrderRequest, Side
from floorbroker.domain.own_limits import OwnLimits
from floorbroker.domain.people import Link, Person, ServerPolicy
from floorbroker.domain.portfolio import Position
from floorbroker.storage.codec import (
    UnreadableDocument,
    from_document,
    time_text,
    to_document,
)
from tests.storage.values import DECIMALS, MOMENTS, values

KINDS = (
    Order,
    OrderRequest,
    Instrument,
    Position,
    OwnLimits,
    AuditEntry,
    Person,
    Link,
    ServerPolicy,
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(st.sampled_from(KINDS).flatmap(values))
def test_every_value_comes_back_equal(value: object) -> None:
    document = to_document(value)

    assert from_document(type(value), document) == value
    assert json.loads(json.dumps(document)) == document  # nothing but JSON inside
    assert list(document) == [field.name for field in dataclasses.fields(value)]  # type: ignore[arg-type]  # is one


@given(values(Order))
def test_a_document_written_again_is_the_same(order: Order) -> None:
    document = to_document(order)

    assert to_document(from_document(Order, document)) == document


@given(DECIMALS)
def test_an_amount_is_written_in_plain_digits(number: Decimal) -> None:
    text = to_document(Money(amount=number, currency="USD"))["amount"]

    assert Decimal(text) == number
    assert set(text) <= set("-.0123456789")


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+2", "100"), ("1E-7", "0.0000001"), ("1.10", "1.10"), ("0E+3", "0"), ("-5", "-5")],
)
def test_an_exponent_is_written_out(number: str, text: str) -> None:
    assert to_document(Money(amount=Decimal(number), currency="USD"))["amount"] == text


@given(MOMENTS, MOMENTS)
def test_times_sort_as_text(one: datetime, other: datetime) -> None:
    assert (time_text(one) < time_text(other)) == (one < other)
    assert len(time_text(one)) == len("2026-11-21T12:00:00.000000Z")


def test_a_time_is_written_in_utc() -> None:
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))

    assert time_text(tokyo) == time_text(NOON) == "2026-11-21T12:00:00.000000Z"


def test_the_form_is_the_documented_one() -> None:
    link = Link(
        link_id=LinkId("l"),
        user_id=UserId("u"),
        broker="paper",  # type: ignore[arg-type]  # short
        environment=Environment.PAPER,
        label="mine",
        created_at=NOON,
    )
    limits = OwnLimits(allowed_symbols=frozenset({"B", "A"}))

    assert to_document(link)["created_at"] == "2026-11-21T12:00:00.000000Z"
    assert to_document(link)["environment"] == "paper"
    assert to_document(limits)["allowed_symbols"] == ["A", "B"]


@pytest.mark.parametrize(
    "amount", [1.5, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+400000000"), Decimal("0E-999")]
)
def test_an_amount_that_has_no_plain_digits_is_not_written(amount: Any) -> None:
    limits = OwnLimits(max_order_value=amount)

    with pytest.raises((TypeError, ValueError)):
        to_document(limits)


@pytest.mark.parametrize("value", [None, 5, "text", {"a": 1}, Claim, object()])
def test_what_is_no_domain_value_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        to_document(value)


def test_a_naive_time_is_not_written() -> None:
    naive = NOON.replace(tzinfo=None)

    with pytest.raises(ValueError, match="zone"):
        to_document(Claim(owner="me", until=naive))
    with pytest.raises(ValueError, match="zone"):
        time_text(naive)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (Claim, "until", "2026-11-21T12:00:00"),
        (Claim, "until", 1_763_726_400),
        (Claim, "until", None),
        (Claim, "owner", 5),
        (Instrument, "multiplier", 1.5),
        (Instrument, "multiplier", "NaN"),
        (Instrument, "multiplier", "one"),
        (Instrument, "multiplier", True),
        (Instrument, "multiplier", "-1"),
        (Instrument, "asset_class", "house"),
        (Instrument, "symbol", 5),
        (Instrument, "expiry", "tomorrow"),
        (ServerPolicy, "live", 1),
        (ServerPolicy, "live", "yes"),
        (ServerPolicy, "version", "1"),
        (ServerPolicy, "version", True),
        (ServerPolicy, "version", 1.0),
    ],
)
def test_what_is_not_of_its_type_is_not_read(kind: type[Any], field: str, value: object) -> None:
    document = to_document(SAMPLES[kind]) | {field: value}

    with pytest.raises(UnreadableDocument) as caught:
        from_document(kind, document)

    assert caught.value.__cause__ is None


def test_a_value_that_its_type_refuses_is_not_read() -> None:
    request = OrderRequest(instrument=SAMPLES[Instrument], side=Side.BUY, quantity=Decimal(1))
    document = to_document(request) | {"notional": "5"}

    with pytest.raises(UnreadableDocument):
        from_document(OrderRequest, document)


def test_an_error_names_the_field_and_never_the_value() -> None:
    document = {"owner": 5, "until": "secret"}

    with pytest.raises(UnreadableDocument) as caught:
        from_document(Claim, document)

    assert "until" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_documents_of_other_versions_are_read() -> None:
    older: dict[str, object] = {"guild_id": "g"}
    newer = to_document(SAMPLES[ServerPolicy]) | {"brought_later": [1]}

    assert from_document(ServerPolicy, older) == ServerPolicy(guild_id="g")
    assert from_document(ServerPolicy, newer) == SAMPLES[ServerPolicy]


SAMPLES: dict[type[Any], Any] = {
    Claim: Claim(owner="me", until=NOON),
    Instrument: Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY),
    ServerPolicy: ServerPolicy(guild_id="g", version=1),
}


@pytest.mark.parametrize("amount", ["1E+400000000", "1E-400000000", "NaN", "Infinity", "-Infinity"])
def test_an_amount_beyond_all_sense_is_not_read(amount: str) -> None:
    document = {"amount": amount, "currency": "USD"}

    with pytest.raises(UnreadableDocument, match="amount"):
        from_document(Money, document)


@pytest.mark.parametrize("digits", ["9" * 60, "0." + "0" * 59 + "1"])
def test_an_amount_of_many_digits_is(digits: str) -> None:
    read = from_document(Money, {"amount": digits, "currency": "USD"})

    assert to_document(read)["amount"] == digits


def test_a_naive_time_deep_inside_is_not_read() -> None:
    document = to_document(Claim(owner="me", until=NOON))

    with pytest.raises(UnreadableDocument, match="until"):
        from_document(Claim, {**document, "until": "2026-11-21T12:00:00.000000"})
