"""What Alpaca says when it refuses, in its own words and codes.

Alpaca names the HTTP status and the numeric code as the stable part and uses one code for many
reasons; messages may change. Sources, in the order in which they were trusted:
- docs.alpaca.markets: options-trading-overview "Error Responses" (2026-09-16), orders-at-alpaca,
  user-protection, working-with-orders; the OpenAPI files in alpacahq/alpaca-mcp-server
- alpaca.markets/learn/how-to-fix-common-trading-api-errors-at-alpaca
- answers that others recorded from the paper API in 2026 (named where they are the only source)
"""

from decimal import Decimal
from typing import Any

from tests.simulators import serving
from tests.simulators.serving import Answer, html, json_answer


class Refusal(serving.Refusal):
    """A request that is not carried out, and its answer."""

    def __init__(self, status: int, code: int | None, message: str, **extra: object) -> None:
        """`extra` joins code and message in the body."""
        super().__init__(message)
        self.status = status
        self._body = {**extra, **({} if code is None else {"code": code}), "message": message}

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer; its names are in order, as Alpaca's are."""
        return dict(sorted(self._body.items()))

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return json_answer(self.body, self.status)


class NoCredentials(serving.Refusal):
    """Seen with curl in September 2026: nothing but the proxy's page."""

    def answer(self) -> Answer:
        """See `serving.Refusal.answer`."""
        return html(401, "Authorization Required")


def invalid(message: str) -> Refusal:
    """A parameter that cannot be."""
    return Refusal(422, 40010001, message)


def unprocessable(message: str, **extra: object) -> Refusal:
    """Parameters that can be, in an order that cannot."""
    return Refusal(422, 42210000, message, **extra)


def forbidden(message: str, **extra: object) -> Refusal:
    """An order that this account may not place now."""
    return Refusal(403, 40310000, message, **extra)


def not_found(message: str) -> Refusal:
    """Nothing has that name."""
    return Refusal(404, 40410000, message)


def bad_body() -> Refusal:
    """Recorded by ccxt (`alpaca.ts`)."""
    return Refusal(400, 40010000, "request body format is invalid")


def unauthorized() -> Refusal:
    """Wrong, revoked or misplaced credentials; the answer has no code."""
    return Refusal(401, None, "unauthorized.")


def rate_limited() -> Refusal:
    """The wording is in old SDKs and in logs of 2026; no code was seen beside it."""
    return Refusal(429, None, "too many requests.")


def duplicate() -> Refusal:
    """By Alpaca's guide and a recorded answer; one prober saw the code 42210000 instead."""
    return invalid("client_order_id must be unique")


def order_not_found(wanted: str) -> Refusal:
    """No such order in this account."""
    return not_found(f"order not found for {wanted}")


def already(status: str) -> Refusal:
    """It can no longer be canceled."""
    return unprocessable(f'order is already in "{status}" state')


def no_short_of(symbol: str) -> Refusal:
    """It cannot be borrowed."""
    return unprocessable(f'asset "{symbol}" cannot be sold short')


def insufficient_qty(
    symbol: str, requested: str | None, *, existing: str | None, available: str | None, held: Any
) -> Refusal:
    """Recorded: more than the position has left."""
    return forbidden(
        f"insufficient qty available for order (requested: {requested}, available: {available})",
        available=available,
        existing_qty=existing,
        held_for_orders=held,
        symbol=symbol,
    )


def insufficient_balance(currency: str, requested: str | None, available: str | None) -> Refusal:
    """Recorded for crypto; the symbol says USD whatever the currency."""
    return forbidden(
        f"insufficient balance for {currency} (requested: {requested}, available: {available})",
        available=available,
        balance=available,
        symbol="USD",
    )


def sub_penny(name: str, price: Decimal) -> Refusal:
    """Documented: two decimals from one dollar, four below."""
    return unprocessable(
        f"invalid {name} {price}. sub-penny increment does not fulfill minimum pricing criteria"
    )
