"""The simulator: start it, add people, set prices, make it misbehave, look at what it was asked."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from tests.simulators.kraken.account_api import AccountApi
from tests.simulators.kraken.desk import Desk
from tests.simulators.kraken.gate import Gate
from tests.simulators.kraken.limits import Limits
from tests.simulators.kraken.market import Market
from tests.simulators.kraken.orders_api import OrdersApi
from tests.simulators.kraken.pairs import Catalogue
from tests.simulators.kraken.people import TRADING, Key, Person
from tests.simulators.kraken.public_api import PublicApi
from tests.simulators.kraken.refusals import KrakenRefusal
from tests.simulators.kraken.shelf import Shelf
from tests.simulators.kraken.steering import Steering
from tests.simulators.kraken.streaming import PATH, TickerStream
from tests.simulators.kraken.trading_api import TradingApi, is_validation
from tests.simulators.kraken.usual import usual_assets, usual_pairs
from tests.simulators.serving import Simulator, Trouble


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KrakenSimulator(Steering, Simulator[Key]):
    """Kraken's spot REST API on loopback; see `Steering` and `Sabotage` for what a test does.

    ```python
    async with KrakenSimulator() as sim:
        sim.add_person("KEY", SECRET, balances={"ZUSD": "10000"})  # SECRET is base64
        sim.market.set("XBTUSD", bid="83500.1", ask="83510.2")
        api = krakenex.API("KEY", SECRET)
        api.uri = sim.url
        await asyncio.to_thread(api.query_private, "Balance")
    ```

    krakenex's nonce is the millisecond: two calls in one collide. Give `api._nonce` a counter.

    Attributes:
        catalogue: What can be held and traded; see `Catalogue`.
        market: Prices and bars; see `Market`.
        limits: The counters; see `Limits`. They refuse nothing until `limit_rate`.
        orders_bodies: The raw body of every AddOrder that was carried out, refused or validated.
        stream: The public WebSocket, at the path `/v2`; see `TickerStream`.
    """

    _gate: Gate

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`now` gives aware times; with `ssl_context` it speaks TLS."""
        self.catalogue = Catalogue()
        self.catalogue.add_assets(usual_assets())
        self.catalogue.add_pairs(usual_pairs())
        self.market = Market(self.catalogue, now)
        self.limits = Limits()
        self.orders_bodies: list[bytes] = []
        desk = Desk(self.market, self.limits, now)
        shelf = Shelf(desk)
        self._account = AccountApi(desk)
        routes = [
            *TradingApi(desk, self.orders_bodies).routes(),
            *OrdersApi(shelf).routes(),
            *self._account.routes(),
            *PublicApi(desk).routes(),
        ]
        self._gate = Gate(routes, self.limits, now)
        self.stream = TickerStream(self.market, now)
        self._gate.streams[PATH] = self.stream
        Steering.__init__(self, desk, shelf)
        Simulator.__init__(self, self._gate, ssl_context=ssl_context)
        self._now = now

    def add_person(
        self,
        key: str,
        secret: str,
        *,
        balances: Mapping[str, str | Decimal] | None = None,
        permissions: Iterable[str] = TRADING,
        tier: str = "starter",
        name: str | None = None,
    ) -> Person:
        """An account and its first key; further fields of `Person` may be set afterwards.

        Args:
            secret: Base64, as Kraken gives it.
            balances: By any name of an asset; 100,000 US dollars if not given.
            permissions: Of `people.PERMISSIONS`.
        """
        people = {one.person.name for one in self._gate.keys.values()}
        person = Person(name=name or f"person {len(people) + 1}", balances={}, tier=tier)
        given = {"ZUSD": "100000"} if balances is None else balances
        for asset, amount in given.items():
            self.set_balance(person, asset, amount)
        self.add_key(person, key, secret, permissions=permissions)
        return person

    def add_key(
        self, person: Person, key: str, secret: str, *, permissions: Iterable[str] = TRADING
    ) -> Key:
        """One more key of a person, with nonces and a call counter of its own."""
        made = Key(
            name=person.name,
            key=key,
            secret=secret,
            person=person,
            permissions=set(permissions),
            created_at=self._now(),
        )
        self._gate.keys[key] = made
        return made

    def key(self, key: str) -> Key:
        """To change its permissions, its nonce window or its end."""
        return self._gate.keys[key]

    def revoke(self, key: str) -> None:
        """It opens nothing any more; other keys of the same person still do."""
        self._gate.revoked.add(key)

    def show_key_info_in_snake_case(self) -> None:
        """GetApiKeyInfo as two clients read it, in place of the documented camelCase."""
        self._account.key_info_in_snake_case = True

    def refuse(
        self,
        on: str,
        *words: str,
        times: int | None = None,
        carried_out: bool = False,
    ) -> Trouble:
        """Answers these errors inside a 200; by default `EOrder:Insufficient funds`.

        Args:
            carried_out: Whether the request is carried out in spite of that answer, as it may be
                behind `EService:Unavailable`, `EService:Busy` or `EService:Deadline elapsed`.
        """
        refusal = KrakenRefusal(*(words or ("EOrder:Insufficient funds",)))
        return self.refuse_with(on, refusal, times=times, carried_out=carried_out)

    def limit_rate(self) -> None:
        """From now on full counters refuse: of calls, of transactions, and of open orders."""
        self.limits.enforced = True

    @property
    def validations_received(self) -> int:
        """Orders and edits that were only to be validated; they count as nothing else."""
        return sum(
            is_validation(one.path.rpartition("/")[2], one.body)
            for one in self.received
            if one.path.startswith("/0/private/")
        )
