"""The simulator: start it, add people, set prices, make it misbehave, look at what it was asked."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from tests.simulators.alpaca.accounts_api import AccountsApi
from tests.simulators.alpaca.assets import Catalogue, usual_assets
from tests.simulators.alpaca.data_api import DataApi
from tests.simulators.alpaca.desk import Desk
from tests.simulators.alpaca.gate import Gate
from tests.simulators.alpaca.market import Market
from tests.simulators.alpaca.oauth_api import App, OAuthApi
from tests.simulators.alpaca.options_data_api import OptionsDataApi
from tests.simulators.alpaca.orders_api import OrdersApi
from tests.simulators.alpaca.people import Person
from tests.simulators.alpaca.sabotage import Sabotage
from tests.simulators.alpaca.steering import Steering
from tests.simulators.alpaca.streams import COINS, IEX, SIP, PriceStream
from tests.simulators.alpaca.trade_stream import PATH, TradeStream


def _utc_now() -> datetime:
    return datetime.now(UTC)


class AlpacaSimulator(Steering, Sabotage):
    """Alpaca on loopback; see `Steering` and `Sabotage` for what a test does with it.

    ```python
    async with AlpacaSimulator() as sim:
        sim.add_person("PK1", "secret", cash="10000")
        sim.market.set("AAPL", bid="189.90", ask="190.00")
        client = TradingClient("PK1", "secret", url_override=sim.url)
        await asyncio.to_thread(client.get_account)
    ```

    `url` is the base of the trading API.

    Attributes:
        environment: "paper" or "live"; keys of the other one are refused.
        market: Prices, bars and hours; see `Market`.
        catalogue: What can be traded; see `Catalogue`.
        orders_bodies: The raw body of every POST /v2/orders that was carried out or refused.
        streams: The websockets of prices by path; see `PriceStream`.
        trade_stream: The websocket of order updates; see `TradeStream`.
    """

    def __init__(
        self,
        *,
        environment: str = "paper",
        now: Callable[[], datetime] = _utc_now,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`now` gives aware times; with `ssl_context` it speaks TLS."""
        self.environment = environment
        self.market = Market(now)
        self.catalogue = Catalogue()
        self.catalogue.add(*usual_assets())
        self.orders_bodies: list[bytes] = []
        self._tokens: dict[str, Person] = {}
        desk = Desk(self.market, self.catalogue, now)
        self._oauth = OAuthApi(lambda: list(self._gate.people.values()), self._tokens, now)
        routes = [
            *self._oauth.routes(),
            *OrdersApi(desk, self.orders_bodies).routes(),
            *AccountsApi(desk, self.market, self.catalogue).routes(),
            *DataApi(self.market).routes(),
            *OptionsDataApi(self.market, self.catalogue).routes(),
        ]
        Steering.__init__(self, desk, self.market)
        gate = Gate(routes, environment, now, self._tokens)
        self.streams = {
            path: PriceStream(path, self.market, gate.proved) for path in (SIP, IEX, COINS)
        }
        self.trade_stream = TradeStream(gate.proved_here)
        gate.streams.update({**self.streams, PATH: self.trade_stream})
        Sabotage.__init__(self, gate, ssl_context=ssl_context)
        self._now = now

    @property
    def data_url(self) -> str:
        """The base of the market data, for the historical clients."""
        return f"{self.url}/data"

    @property
    def stream_url(self) -> str:
        """The base of the market data's websockets, with the scheme of HTTP."""
        return f"{self.url}/streams"

    def add_person(
        self,
        key: str,
        secret: str,
        *,
        cash: str | Decimal = "100000",
        environment: str | None = None,
        name: str | None = None,
        multiplier: int = 4,
    ) -> Person:
        """An account and its keys; further fields of `Person` may be set afterwards."""
        person = Person(
            name=name or f"person {len(self._gate.people) + 1}",
            key=key,
            secret=secret,
            environment=environment or self.environment,
            cash=Decimal(cash),
            last_equity=Decimal(cash),
            created_at=self._now(),
            multiplier=multiplier,
            listeners=[self.trade_stream.tell],
        )
        self._gate.people[key] = person
        return person

    @property
    def oauth(self) -> OAuthApi:
        """Who agreed to what; see `OAuthApi`."""
        return self._oauth

    def add_app(self, client_id: str, secret: str, *redirect_uris: str) -> None:
        """An app of a developer, registered and approved."""
        app = App(client_id=client_id, secret=secret, redirect_uris=frozenset(redirect_uris))
        self._oauth.apps[client_id] = app

    @property
    def people(self) -> list[Person]:
        """Everybody with an account."""
        return list(self._gate.people.values())

    def add_token(self, token: str, person: Person) -> None:
        """An OAuth access token, for `Authorization: Bearer`."""
        self._tokens[token] = person

    def revoke(self, key_or_token: str) -> None:
        """It opens nothing any more; other keys and tokens of the same person still do."""
        self._gate.revoked.add(key_or_token)
