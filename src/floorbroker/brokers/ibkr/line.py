"""The one connection to TWS or IB Gateway: opened, read into, watched and let go.

What opens it, keeps it up and opens it again is `shared/gateway.py`.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TypeVar, cast

from floorbroker.brokers.ibkr.client import IbkrClient
from floorbroker.brokers.ibkr.errors import (
    BROKER,
    LOST,
    RESTORED,
    RESTORED_ANEW,
    Refusal,
    TakenClientId,
    is_read_only,
    reading,
)
from floorbroker.brokers.ibkr.heard import Heard
from floorbroker.brokers.ibkr.questions import Patience, Questions
from floorbroker.brokers.ibkr.restarts import servers_lost, told_plainly
from floorbroker.brokers.ibkr.spec import SPEC
from floorbroker.brokers.ibkr.told import ErrorTold, OrderNews
from floorbroker.brokers.shared.gateway_wire import Reports
from floorbroker.brokers.shared.ports import check_listening
from floorbroker.domain.clock import Clock, SystemClock
from floorbroker.domain.errors import (
    BrokerConnectionError,
    BrokerError,
    BrokerTimeout,
    GatewayNotRunning,
    NotSupported,
    RateLimited,
)

IDS_TRIED: Final = 8
"""How many client ids are tried, from the operator's on. TWS takes 32 clients at a time:
https://interactivebrokers.github.io/tws-api/connection.html"""

_T = TypeVar("_T")


class IbkrLine(Questions):
    """See the module's first line. It lives as long as the process, through all connections.

    Attributes:
        heard: What TWS has told of orders.
        accounts: Those of the login that the operator's settings allow.
        client_id: The number under which the present connection is known.
        dropped_at: When a connection last ended by itself.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        """Opens nothing yet. `options` are the operator's."""
        super().__init__(patience or Patience())
        self._options = options
        self._clock = clock or SystemClock()
        self.heard = Heard(self._clock)
        self.accounts: tuple[str, ...] = ()
        self.client_id = 0
        self.version = 0
        self._reports: Reports | None = None
        self._was_up = False
        self._kept: dict[Hashable, Any] = {}
        self._catching_up: asyncio.Task[None] | None = None
        self._stands = asyncio.Event()
        self.dropped_at: datetime | None = None

    @property
    def host(self) -> str:
        """Where the gateway is."""
        return str(self._options.get("ib_host") or "127.0.0.1")

    @property
    def port(self) -> int:
        """On which port."""
        return int(self._options.get("ib_port") or 7497)

    @property
    def wanted_account(self) -> str:
        """The only account that the operator allows; empty: every one."""
        return str(self._options.get("ib_account") or "").strip()

    @property
    def data_type(self) -> int:
        """1 live, 2 frozen, 3 delayed, 4 delayed and frozen."""
        return int(self._options.get("ib_market_data_type") or 3)

    def once(self, what: Hashable, make: Callable[[], _T]) -> _T:
        """What there is one of a line; made for the first who asks."""
        if what not in self._kept:
            self._kept[what] = make()
        return cast("_T", self._kept[what])

    async def stands(self) -> None:
        """Returns once a connection stands; opens none."""
        await self._stands.wait()

    # The wire

    def reports_to(self, gateway: Reports) -> None:
        """See `Wire`."""
        self._reports = gateway

    async def open(self) -> Mapping[str, str]:
        """See `Wire`."""
        try:
            await check_listening(SPEC, self.host, self.port)
        except GatewayNotRunning as error:
            if not self._was_up:
                raise
            plainly = told_plainly(error.message, self._clock.now())
            raise GatewayNotRunning(plainly, broker=BROKER) from error
        self.read_only = False
        client = self._client = await self._greeted()
        client.lost.add_done_callback(lambda lost: self._lost(client, lost))
        self.version = client.ib.client.serverVersion()
        self.accounts = self._allowed(client.ib.client.getAccounts())
        await self.pacing.message(urgent=True)
        client.ib.reqMarketDataType(self.data_type)
        with reading():
            await self._catch_up()
        self._was_up = True
        self._stands.set()
        return {
            "version": str(self.version),
            "client_id": str(self.client_id),
            "accounts": ", ".join(self.accounts),
        }

    async def probe(self) -> None:
        """See `Wire`."""
        with suppress(RateLimited), reading():  # who is that busy is there
            await self.ask_alone("currentTime", lambda ib: ib.reqCurrentTimeAsync())

    async def close(self) -> None:
        """See `Wire`."""
        self._stands.clear()
        task, self._catching_up = self._catching_up, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _greeted(self) -> IbkrClient:
        """A connection under the first client id that is free."""
        first = int(self._options.get("ib_client_id") or 1)
        for number in range(first, first + IDS_TRIED):
            client = IbkrClient(self._hear)
            self.heard.client_id = self.client_id = number
            try:
                await client.connect(self.host, self.port, number)
            except TakenClientId:
                await client.close()
            except BaseException:
                await client.close()
                raise
            else:
                return client
        last = first + IDS_TRIED - 1
        raise BrokerConnectionError(
            f"All client ids from {first} to {last} are in use at TWS or IB Gateway. Close the "
            "other programs there, or set IB_CLIENT_ID to a free number.",
            broker=BROKER,
        )

    def _allowed(self, accounts: Sequence[str]) -> tuple[str, ...]:
        wanted = self.wanted_account
        if not wanted:
            return tuple(accounts)
        if wanted not in accounts:
            raise NotSupported(
                "The login at TWS or IB Gateway does not reach the account that IB_ACCOUNT names. "
                "Log in there with the other user, or correct IB_ACCOUNT.",
                broker=BROKER,
            )
        return (wanted,)

    async def _catch_up(self) -> None:
        """Reads orders, executions and positions anew, so that what happened meanwhile is known."""
        seconds = self.patience.start
        try:
            await self.open_orders(seconds)
            with suppress(BrokerTimeout):
                await self.completed_orders(seconds)
        except Refusal:
            if not self.read_only:  # which is told where it matters: with orders, and by the doctor
                raise
        await self.executions(seconds)
        await self.positions(seconds)

    # What is heard

    def _hear(self, news: OrderNews) -> None:
        if isinstance(news, ErrorTold):
            self._error(news)
        self.heard.hear(news)

    def _error(self, news: ErrorTold) -> None:
        hears = self._refusals.get(news.about)
        if hears is not None:
            hears(news.code, news.words)
        if is_read_only(news.code, news.words):
            self.read_only = True
        reports = self._reports
        if reports is None:
            return
        if news.code in LOST:
            reports.cut_off(servers_lost())
        elif news.code == RESTORED_ANEW:
            reports.restored(anew=True)
        elif news.code == RESTORED:
            reports.restored(anew=False)
            if self._client is not None:
                self._catching_up = asyncio.ensure_future(self._caught_up())

    async def _caught_up(self) -> None:
        with suppress(BrokerError, Refusal):
            await self._catch_up()

    def _lost(self, client: IbkrClient, lost: asyncio.Future[str]) -> None:
        if client is not self._client:
            return
        self._stands.clear()
        self.dropped_at = self._clock.now()
        if self._reports is not None:
            self._reports.broke(told_plainly(lost.result(), self._clock.now()))
