"""The simulator: start it, set prices, make it misbehave, look what came."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self

from tests.simulators.tws import refusals
from tests.simulators.tws.accounts_api import AccountsApi
from tests.simulators.tws.clients import Client, Clients
from tests.simulators.tws.contracts_api import ContractsApi
from tests.simulators.tws.desk import Desk
from tests.simulators.tws.faults import Fault, Trouble
from tests.simulators.tws.gate import Gate
from tests.simulators.tws.history_api import HistoryApi
from tests.simulators.tws.listener import Listener
from tests.simulators.tws.listing import usual_listing
from tests.simulators.tws.market import Market
from tests.simulators.tws.orders_api import OrdersApi
from tests.simulators.tws.people import Account
from tests.simulators.tws.quotes_api import SUBSCRIPTIONS, QuotesApi
from tests.simulators.tws.steering import Steering
from tests.simulators.tws.telling import Telling
from tests.simulators.tws.wire import Reading

_NIGHT_SECONDS: Final = 0.05
_TAKEN: Final = (
    "Unable to connect as the client id is already in use. Retry with a unique client id."
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TwsSimulator(Steering):
    """TWS's (and IB Gateway's) API socket on loopback; see `Steering` for its market side.

    ```python
    async with TwsSimulator(now=clock.now) as sim:
        sim.set_price("AAPL", bid="189.90", ask="190.00", last="189.95")
        ib = ib_insync.IB()
        await ib.connectAsync(sim.host, sim.port, clientId=1)
    ```

    Attributes:
        host: Where it listens; the port is known from the start on and stays.
        client_ids_taken: A connection with such an id gets error 326 and is closed.
        zone: The time zone of the login, in which times are told.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        accounts: Sequence[str] = ("DU1234567",),
        server_version: int = 176,
        now: Callable[[], datetime] = _utc_now,
        port: int = 0,
        read_only: bool = False,
        pacing: bool = False,
        zone: str = "US/Eastern",
    ) -> None:
        """`now` gives aware times; `pacing` cuts who sends more than 50 messages a second."""
        self.accounts = {name: Account(id=name) for name in accounts}
        self.client_ids_taken: set[int] = set()
        self.server_version = server_version
        self.zone = zone
        self._clients = Clients()
        market = Market(now, usual_listing())
        telling = Telling(self._clients, market, zone)
        self._desk = Desk(self.accounts, market, telling)
        self._orders_api = OrdersApi(self._desk, read_only=read_only)
        quotes = QuotesApi(market, self._clients)
        handlers = {
            **AccountsApi(self._desk).handlers(),
            **ContractsApi(market).handlers(),
            **HistoryApi(market, zone).handlers(),
            **self._orders_api.handlers(),
            **quotes.handlers(),
        }
        self._gate = Gate(
            self._clients, handlers, self._orders_api.kind_of, self._greet, self._greeting
        )
        self._gate.paced = pacing
        self._listener = Listener(self._gate.serve, port)
        self._night: asyncio.TimerHandle | None = None
        Steering.__init__(self, self._desk, quotes)

    # Being there

    async def __aenter__(self) -> Self:
        """Listens."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends everything; fails if the simulator itself had failed."""
        await self.stop()
        if error is None and self._gate.crashes:
            raise AssertionError("the simulator itself failed") from self._gate.crashes[0]

    async def start(self) -> None:
        """Listens, after `stop` on the same port; orders and accounts are as they were."""
        self._listener.open()

    async def stop(self) -> None:
        """Cuts all connections and refuses new ones."""
        if self._night is not None:
            self._night.cancel()
        self._listener.close()
        self.drop()
        await self._gate.settle()
        await self._listener.settle()

    @property
    def port(self) -> int:
        """Where it listens; 0 until it has."""
        return self._listener.port

    @property
    def is_listening(self) -> bool:
        """Whether somebody could connect."""
        return self._listener.is_open

    @property
    def connections(self) -> int:
        """That are open now and past the handshake."""
        return len(list(self._clients))

    @property
    def connections_made(self) -> int:
        """All that were ever taken, whatever became of them."""
        return self._listener.accepted

    # What came in

    @property
    def received(self) -> list[list[str]]:
        """The fields of every message after startApi, oldest first."""
        return self._gate.received

    @property
    def orders_received(self) -> int:
        """placeOrder messages for a new order, carried out or not; what-ifs do not count."""
        return self._gate.counts["order"]

    @property
    def changes_received(self) -> int:
        """placeOrder messages with the id of an order that is there."""
        return self._gate.counts["change"]

    @property
    def cancels_received(self) -> int:
        """Cancels of one order or of all."""
        return self._gate.counts["cancel"]

    # What goes wrong

    def fail(
        self, kind: str, fault: Fault, times: int = 1, *, delay: float | None = None
    ) -> Trouble:
        """The next messages of a kind meet a fault; see `faults.KINDS` and `faults.Fault`.

        Args:
            delay: Of LATE: seconds after which the answer comes by itself.
        """
        trouble = Trouble(kind=kind, fault=fault, times=times, delay=delay)
        self._gate.troubles.append(trouble)
        return trouble

    def drop(self) -> None:
        """Cuts all connections."""
        for client in list(self._clients.all):
            client.cut()

    def be_unreachable(self) -> None:
        """Cuts all connections and refuses new ones."""
        self._listener.close()
        self.drop()

    def be_reachable(self) -> None:
        """Listens again."""
        self._listener.open()

    def restart_nightly(self) -> None:
        """Goes away and comes back a moment later; orders live on."""
        self.be_unreachable()
        loop = asyncio.get_running_loop()
        self._night = loop.call_later(_NIGHT_SECONDS, self.be_reachable)

    def lose_server(self) -> None:
        """TWS loses IBKR: notice 1100; what only the server knows is not answered.

        Orders and cancels wait as PendingSubmit and PendingCancel (unverified).
        """
        self._gate.server_lost = True
        self.let_orders_wait()
        self.let_cancels_wait()
        self._clients.notice(1100, refusals.NOTICES[1100])

    def regain_server(self, lost_data: bool) -> None:
        """Notice 1101, after which market data must be asked for again, or 1102."""
        self._gate.server_lost = False
        code = 1101 if lost_data else 1102
        if lost_data:
            self._quotes.lose_subscriptions()
        self._clients.notice(code, refusals.NOTICES[code])
        self.finish_orders()
        self.finish_cancels()

    def farm(self, code: int) -> None:
        """A notice about a data farm, 2103 to 2110 or 2158."""
        self._clients.notice(code, refusals.NOTICES[code])

    def notice(self, code: int, text: str) -> None:
        """Any other notice."""
        self._clients.notice(code, text)

    @property
    def market_data(self) -> str:
        """What the login may see: see `quotes_api.QuotesApi.subscription`."""
        return self._quotes.subscription

    @market_data.setter
    def market_data(self, kind: str) -> None:
        if kind not in SUBSCRIPTIONS:
            raise ValueError(kind)
        self._quotes.subscription = kind

    @property
    def read_only(self) -> bool:
        """Whether the API's read-only switch is on."""
        return self._orders_api.read_only

    @read_only.setter
    def read_only(self, on: bool) -> None:
        self._orders_api.read_only = on

    @property
    def shows_inactive(self) -> bool:
        """Whether refused orders are told as open ones: see `orders_api.OrdersApi`."""
        return self._orders_api.shows_inactive

    @shows_inactive.setter
    def shows_inactive(self, on: bool) -> None:
        self._orders_api.shows_inactive = on

    # Connecting

    def _greeting(self, highest: int) -> tuple[int, str]:
        at = self._market.now()
        return min(highest, self.server_version), f"{at:%Y%m%d %H:%M:%S} GMT"

    def _greet(self, client: Client, reading: Reading) -> None:
        client.id = reading.whole()
        if client.id in self.client_ids_taken or self._clients.of(client.id):
            client.error(-1, 326, _TAKEN)
            client.close()
            return
        client.ready = True
        client.send(15, 1, ",".join(self.accounts))
        client.send(9, 1, self._desk.next_id(client.id))
        for code in (2104, 2106, 2158):
            client.error(-1, code, refusals.NOTICES[code])
