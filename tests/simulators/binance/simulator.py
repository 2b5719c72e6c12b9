"""The simulator: start it, add people, set prices, make it misbehave, look at what it was asked."""

import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.simulators.binance.accounts_api import AccountsApi
from tests.simulators.binance.desk import Desk
from tests.simulators.binance.gate import Gate
from tests.simulators.binance.limits import Limits
from tests.simulators.binance.lists_api import ListsApi
from tests.simulators.binance.market import Market
from tests.simulators.binance.market_api import MarketApi
from tests.simulators.binance.orders_api import OrdersApi
from tests.simulators.binance.people import Balance, Person
from tests.simulators.binance.queries_api import QueriesApi
from tests.simulators.binance.sabotage import Sabotage
from tests.simulators.binance.steering import Steering
from tests.simulators.binance.streaming import PATH, MarketStream
from tests.simulators.binance.symbols import Catalogue


def _utc_now() -> datetime:
    return datetime.now(UTC)


class BinanceSimulator(Steering, Sabotage):
    """Binance's spot REST API on loopback; see `Steering` and `Sabotage` for what a test does.

    ```python
    async with BinanceSimulator() as sim:
        sim.add_person("key1", "secret1", balances={"USDT": "10000"})
        sim.market.set("BTCUSDT", bid="60000", ask="60010")
        client = AsyncClient("key1", "secret1")
        client.API_URL, client.MARGIN_API_URL = sim.api_url, sim.wallet_url
        await client.get_account()
    ```

    python-binance 1.0.37 has no argument for the address. `API_URL` and `MARGIN_API_URL` (/sapi) of
    one client are plain attributes once it is made, and making it sends nothing (`create` does:
    ping and time, before they could be set). `testnet=True` must stay off: it takes the class's
    `API_TESTNET_URL` instead, and still sends /sapi to the live host.

    Attributes:
        market: Prices and bars; see `Market`.
        catalogue: What can be traded; see `Catalogue`.
        limits: What is counted; see `Limits`.
        orders_bodies: Query and body of every POST /api/v3/order that was carried out or refused.
        stream: The market streams, at the path `/stream`; see `MarketStream`.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        clock: Callable[[], datetime] = _utc_now,
        wallet: bool = True,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """An exchange without people and prices.

        Args:
            now: The time of orders, trades and bars, aware; a test's clock.
            clock: The time that timestamps of requests are compared with and limits are counted
                by. python-binance signs with the machine's, plus its `timestamp_offset`.
            wallet: Whether /sapi is there; the testnet has none.
            ssl_context: With it the simulator speaks TLS.
        """
        self.market = Market(now)
        self.catalogue = Catalogue()
        self.orders_bodies: list[bytes] = []
        self._now = now
        self._clock = clock
        self._ahead = timedelta(0)
        self.limits = Limits(clock)
        desk = Desk(self.market, self.limits, now)
        accounts = AccountsApi(self.catalogue, self.limits, now)
        routes = [
            *MarketApi(self.market, self.catalogue, self.limits, self._time).routes(),
            *OrdersApi(desk, self.catalogue, self.orders_bodies).routes(),
            *QueriesApi(desk, self.catalogue).routes(),
            *ListsApi(desk, self.catalogue).routes(),
            *accounts.routes(wallet=wallet),
        ]
        Steering.__init__(self, desk, self.market)
        Sabotage.__init__(self, Gate(routes, self.limits, self._time), ssl_context=ssl_context)
        self.stream = MarketStream(self.market, now)
        self._gate.streams[PATH] = self.stream

    @property
    def api_url(self) -> str:
        """For `AsyncClient.API_URL`."""
        return f"{self.url}/api"

    @property
    def wallet_url(self) -> str:
        """For `AsyncClient.MARGIN_API_URL`."""
        return f"{self.url}/sapi"

    def add_person(
        self,
        key: str,
        secret: str,
        *,
        balances: Mapping[str, str] | None = None,
        name: str | None = None,
    ) -> Person:
        """An account and its key; further fields of `Person` may be set afterwards.

        Args:
            balances: By asset; 100,000 USDT unless they are given.
        """
        given = {"USDT": "100000"} if balances is None else balances
        person = Person(
            name=name or f"person {len(self._gate.people) + 1}",
            key=key,
            secret=secret,
            created_at=self._now(),
            balances={asset: Balance(Decimal(amount)) for asset, amount in given.items()},
        )
        self._gate.people[key] = person
        return person

    def revoke(self, key: str) -> None:
        """It opens nothing any more."""
        self._gate.revoked.add(key)

    def set_commission(self, maker: str, taker: str) -> None:
        """Rates of everybody who is known by now; "0.001" is 0.1 %."""
        for person in self._gate.people.values():
            person.maker, person.taker = Decimal(maker), Decimal(taker)

    def set_clock_ahead(self, seconds: float) -> None:
        """The server's clock, /api/v3/time too, is so much ahead of the one it was given."""
        self._ahead = timedelta(seconds=seconds)

    def _time(self) -> datetime:
        return self._clock() + self._ahead
