"""The simulator: start it, add people, set prices, make it misbehave, look at what it was asked."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self

from tests.simulators.coinbase.accounts_api import AccountsApi
from tests.simulators.coinbase.data_api import DataApi
from tests.simulators.coinbase.desk import Desk
from tests.simulators.coinbase.gate import Gate
from tests.simulators.coinbase.history_api import HistoryApi
from tests.simulators.coinbase.keys import (
    EDDSA,
    Key,
    algorithm_of,
    new_api_key,
    new_secret,
    read_secret,
)
from tests.simulators.coinbase.market import Market
from tests.simulators.coinbase.orders_api import OrdersApi
from tests.simulators.coinbase.people import Person, Portfolio
from tests.simulators.coinbase.products import Catalogue, usual_products
from tests.simulators.coinbase.sabotage import Sabotage
from tests.simulators.coinbase.steering import Steering
from tests.simulators.coinbase.streaming import PATH, MarketDataStream


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CoinbaseSimulator(Steering, Sabotage):
    """Coinbase's Advanced Trade API on loopback; see `Steering` and `Sabotage`.

    ```python
    async with CoinbaseSimulator() as sim:
        key = sim.add_person(cash="10000").key
        sim.market.set("BTC-USD", bid="83500.10", ask="83510.20")
        client = RESTClient(key.api_key, key.api_secret, timeout=5)
        client.session.mount("https://", SentTo(sim.url))
        await asyncio.to_thread(client.get_accounts)
    ```

    The SDK stamps its tokens with this machine's clock: `now`, which may stand still, is not for
    them.

    Attributes:
        market: Prices and candles; see `Market`.
        catalogue: What can be traded; see `Catalogue`.
        orders_bodies: The raw body of every POST /orders that was carried out or refused.
        stream: The market data WebSocket, at the path `/`; see `MarketDataStream`.
        hosts: What tokens may name as the host: api.coinbase.com, and the simulator's own.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        token_now: Callable[[], datetime] = _utc_now,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`now` and `token_now` give aware times; with `ssl_context` it speaks TLS."""
        self.market = Market(now)
        self.catalogue = Catalogue()
        self.catalogue.add(*usual_products())
        self.orders_bodies: list[bytes] = []
        desk = Desk(self.market, self.catalogue, now)
        routes = [
            *OrdersApi(desk, self.orders_bodies).routes(),
            *HistoryApi(desk).routes(),
            *AccountsApi(desk, self.market).routes(),
            *DataApi(self.market, self.catalogue).routes(),
        ]
        Steering.__init__(self, desk)
        Sabotage.__init__(self, Gate(routes, now, token_now), ssl_context=ssl_context)
        self.stream = MarketDataStream(self.market, self.catalogue, now)
        self._gate.streams[PATH] = self.stream
        self._now = now
        self._people: list[Person] = []

    async def __aenter__(self) -> Self:
        """Listens on a free port; tokens may name it from then on."""
        await super().__aenter__()
        self.hosts.add(self.host)
        return self

    @property
    def hosts(self) -> set[str]:
        """See `Gate.hosts`."""
        return self._gate.hosts

    @property
    def host(self) -> str:
        """Host and port: the SDK's `base_url`, if the simulator speaks TLS."""
        return self.url.partition("://")[2]

    def add_person(
        self,
        *,
        cash: str | Decimal = "100000",
        api_key: str | None = None,
        api_secret: str | None = None,
        algorithm: str = EDDSA,
        name: str | None = None,
        can_view: bool = True,
        can_trade: bool = True,
        can_transfer: bool = False,
    ) -> Person:
        """A person with a default portfolio, US dollars in it, and a key for it.

        Args:
            api_secret: PEM, or base64 of an Ed25519 key; if not given a fresh one is made.
            algorithm: "EdDSA" or "ES256": of the fresh one.
        """
        person = Person(name=name or f"person {len(self._people) + 1}")
        self._people.append(person)
        self.add_portfolio(person, "Default", kind="DEFAULT", cash=cash)
        self.add_key(
            person,
            api_key=api_key,
            api_secret=api_secret,
            algorithm=algorithm,
            can_view=can_view,
            can_trade=can_trade,
            can_transfer=can_transfer,
        )
        return person

    def add_portfolio(
        self, person: Person, name: str, *, kind: str = "CONSUMER", cash: str | Decimal = "0"
    ) -> Portfolio:
        """One more portfolio, with an account in US dollars."""
        portfolio = Portfolio(name=name, type=kind)
        person.portfolios.append(portfolio)
        self.give(person, "USD", cash, cost=cash, portfolio=portfolio)
        return portfolio

    def add_key(
        self,
        person: Person,
        *,
        portfolio: Portfolio | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        algorithm: str = EDDSA,
        can_view: bool = True,
        can_trade: bool = True,
        can_transfer: bool = False,
    ) -> Key:
        """One more key of a person, bound to a portfolio: the default one if none is given."""
        secret = api_secret or new_secret(algorithm)
        private = read_secret(secret)
        key = Key(
            name=person.name,
            api_key=api_key or new_api_key(),
            api_secret=secret,
            algorithm=algorithm_of(private),
            public=private.public_key(),
            person=person,
            portfolio=portfolio or person.portfolio,
            can_view=can_view,
            can_trade=can_trade,
            can_transfer=can_transfer,
        )
        person.keys.append(key)
        self._gate.keys[key.api_key] = key
        return key

    def key(self, api_key: str) -> Key:
        """To look at or change what it may do.

        Raises:
            KeyError: Nobody has it.
        """
        return self._gate.keys[api_key]

    def revoke(self, api_key: str) -> None:
        """It opens nothing any more; other keys of the same person still do."""
        self._gate.keys[api_key].revoked = True
