"""Orders, instruments, access and adapters for tests at Schwab's counter."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from floorbroker.brokers.context import BrokerContext
from floorbroker.brokers.registry import get_broker
from floorbroker.brokers.schwab.accounts import account_id_of
from floorbroker.brokers.schwab.adapter import SchwabAdapter
from floorbroker.brokers.schwab.credentials import SchwabTokens
from floorbroker.brokers.shared.transport import Transport
from floorbroker.domain.clock import Clock
from floorbroker.domain.errors import BrokerError, SessionExpired
from floorbroker.domain.ids import AccountId
from floorbroker.domain.instruments import AssetClass, Instrument, OptionRight
from floorbroker.domain.modes import Environment
from floorbroker.domain.order import Order
from floorbroker.domain.orders import Found, OrderRequest, OrderType, Receipt, Side
from tests.brokers.fakes.surroundings import context as surroundings
from tests.contract.placing import sending
from tests.simulators import serving
from tests.simulators.schwab import Person, SchwabSimulator

APP_KEY: Final = "appkey0123456789ABCDEFabcdef0123"
APP_SECRET: Final = "canary-appsecret0123456"
REDIRECT: Final = "https://bot.example.com/oauth/schwab"
ANNAS: Final = "11112222"
ACCOUNT: Final = account_id_of(ANNAS)

APPLE: Final = Instrument(symbol="AAPL", asset_class=AssetClass.EQUITY)
EXPIRY: Final = date(2026, 3, 20)
CALL: Final = Instrument(
    symbol="AAPL260320C00200000",
    asset_class=AssetClass.OPTION,
    multiplier=Decimal(100),
    underlying="AAPL",
    expiry=EXPIRY,
    strike=Decimal(200),
    right=OptionRight.CALL,
)
SCHWABS_CALL: Final = "AAPL  260320C00200000"


@dataclass(slots=True)
class Access:
    """See `floorbroker.brokers.context.Tokens`: a person's, renewed when a test lets it.

    Attributes:
        renews: Another one can be had.
        asked: How often another one was asked for.
        broken: Raised instead of any.
    """

    simulator: SchwabSimulator
    person: Person
    renews: bool = True
    asked: int = 0
    broken: BrokerError | None = None
    given: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.given = granted(self.simulator, self.person)

    async def current(self) -> Mapping[str, str]:
        """See the port."""
        if self.broken is not None:
            raise self.broken
        return self.given

    async def instead_of(self, refused: Mapping[str, str]) -> Mapping[str, str]:
        """See the port."""
        if refused == self.given:
            self.asked += 1
            if not self.renews:
                raise SessionExpired(broker="schwab")
            self.given = granted(self.simulator, self.person)
        return self.given


class Canned(serving.Refusal):
    """An answer that is the test's own, whatever was asked."""

    def __init__(self, body: object, *, status: int = 200, location: str = "") -> None:
        super().__init__("canned")
        self._body = b"" if body is None else json.dumps(body).encode()
        self._status = status
        self._headers = {"Location": location} if location else {}

    def answer(self) -> serving.Answer:
        """See `serving.Refusal.answer`."""
        return serving.Answer(status=self._status, body=self._body, headers=self._headers)


def granted(simulator: SchwabSimulator, person: Person) -> dict[str, str]:
    """A credential as linking stores it."""
    given = simulator.grant(person, APP_KEY)
    ends_at = simulator.market.now() + timedelta(days=7)
    return {
        "access_token": given["access_token"],
        "refresh_token": given["refresh_token"],
        "ends_at": ends_at.isoformat(),
    }


def context_at(url: str, transport: Transport, clock: Clock, **parts: Any) -> BrokerContext:
    """Surroundings of an adapter that asks `url`."""
    endpoints = {**get_broker("schwab").endpoints, "api": url}
    usual = {"environment": Environment.LIVE, "transport": transport, "endpoints": endpoints}
    return replace(surroundings(clock), **{**usual, **parts})


async def no_pause(_seconds: float) -> None:
    """Nobody waits in a test."""


def adapter_in(context: BrokerContext, **parts: Any) -> SchwabAdapter:
    """An adapter that is not connected yet."""
    tokens = SchwabTokens.model_validate(
        {"access_token": "a" * 20, "refresh_token": "r" * 20, "ends_at": "2026-03-11T17:00:00Z"}
    )
    return SchwabAdapter(context, tokens, **{"pause": no_pause, **parts})


def request(**terms: Any) -> OrderRequest:
    """A market buy of one AAPL, unless told otherwise."""
    usual: dict[str, Any] = {"instrument": APPLE, "side": Side.BUY, "quantity": Decimal(1)}
    return OrderRequest(**{**usual, **terms})


def resting_request(**terms: Any) -> OrderRequest:
    """A limit buy of ten, far below the market."""
    usual = {"type": OrderType.LIMIT, "limit_price": Decimal(100), "quantity": Decimal(10)}
    return request(**{**usual, **terms})


def order_of(asked: OrderRequest, account_id: str = ACCOUNT, **more: Any) -> Order:
    """`asked` as an order that is about to be sent to the account."""
    usual = {"environment": Environment.LIVE, **more}
    return sending(asked, account_id=AccountId(account_id), broker="schwab", **usual)


def body_of(raw: bytes) -> dict[str, Any]:
    """What an order request says; its numbers as Decimals."""
    told: dict[str, Any] = json.loads(raw, parse_float=Decimal)
    return told


async def looked_at(adapter: SchwabAdapter, order: Order) -> Receipt:
    """What reading back says of an order that must be there."""
    found = await adapter.find_order(order)
    assert isinstance(found, Found)
    return found.receipt
