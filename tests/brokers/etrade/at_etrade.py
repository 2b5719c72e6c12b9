"""Orders, instruments, credentials and adapters for tests at E*TRADE's counter."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import SecretStr

from floorbroker.brokers.context import BrokerContext, LastingTokens
from floorbroker.brokers.etrade.adapter import EtradeAdapter
from floorbroker.brokers.etrade.credentials import EtradeTokens
from floorbroker.brokers.etrade.products import contract
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.shared.allowance import Allowance
from floorbroker.brokers.shared.allowances import Allowances
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import OrderRequest, OrderType, Side
from floorbroker.observability.metrics import Metrics
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import sending
from tests.simulators.etrade import AccessToken, Account, App, option
from tests.simulators.serving import Answer, Refusal

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
EXPIRY: Final = date(2026, 12, 18)
CALL: Final = contract("AAPL", EXPIRY, OptionRight.CALL, Decimal(200))
CONTRACT: Final = option("AAPL", EXPIRY, "200", "CALL")
"""The same in the simulator's words."""


class Roomy(Allowances):
    """Allowances that nobody uses up: those of the vendor are counted in real seconds."""

    def window(
        self, broker: str, scope: str, identity: str = "", *, most: int, seconds: int
    ) -> Allowance:
        """See `Allowances`."""
        return super().window(broker, scope, identity, most=most * 100_000, seconds=seconds)


class Told(Refusal):
    """An answer of a test's own making."""

    def __init__(self, body: bytes) -> None:
        """`body` is JSON."""
        super().__init__("told")
        self._body = body

    def answer(self) -> Answer:
        """See `Refusal`."""
        return Answer(body=self._body)


def roomy(clock: Clock) -> Roomy:
    """For adapters of one test."""
    return Roomy(clock, Metrics())


def endpoints_at(url: str, *, sandbox: bool = False) -> dict[str, str]:
    """Everything at one simulator; requests are signed for the sandbox, or for the live host."""
    usual = get_broker("etrade").endpoints
    test = url if sandbox else usual["sandbox"]
    return {"live": url, "sandbox": test, "tokens": url, "sign_in": url}


def credential(token: AccessToken, at: datetime) -> dict[str, str]:
    """What signing in leads to, by field."""
    return {
        "access_token": token.token,
        "access_token_secret": token.secret,
        "granted_at": at.isoformat(),
        "renewed_at": at.isoformat(),
    }


def context_at(
    url: str, app: App, transport: Transport, clock: Clock, **parts: Any
) -> BrokerContext:
    """Surroundings of an adapter that asks `url`."""
    usual = {
        "environment": Environment.LIVE,
        "transport": transport,
        "allowances": roomy(clock),
        "endpoints": endpoints_at(url),
        "options": {
            "etrade_consumer_key": app.key,
            "etrade_consumer_secret": SecretStr(app.secret),
        },
    }
    return replace(surroundings(clock), **{**usual, **parts})


def adapter_in(context: BrokerContext, given: Mapping[str, str], **parts: Any) -> EtradeAdapter:
    """An adapter that is not connected yet; its access lasts unless `parts` say otherwise."""
    tokens = parts.pop("tokens", LastingTokens(given))
    around = replace(context, tokens=tokens, **parts)
    return EtradeAdapter(around, EtradeTokens.model_validate(given))


def request(**terms: Any) -> OrderRequest:
    """A market buy of ten AAPL, unless told otherwise."""
    usual: dict[str, Any] = {"instrument": APPLE, "side": Side.BUY}
    if "notional" not in terms:
        usual["quantity"] = Decimal(10)
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy far below the market."""
    return request(**{"type": OrderType.LIMIT, "limit_price": Decimal(150), **terms})


def order_of(asked: OrderRequest, account: Account, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the account."""
    usual = {"environment": Environment.LIVE, **more}
    return sending(asked, account_id=AccountId(account.id), broker="etrade", **usual)


def told(body: bytes) -> Any:
    """What stands in the envelope of an order request."""
    (fields,) = json.loads(body).values()
    return fields
