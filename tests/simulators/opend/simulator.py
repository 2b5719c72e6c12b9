"""The simulator: start it, set prices, make it misbehave, look at what it was asked."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.simulators.opend import accounts as people
from tests.simulators.opend.accounts import Account
from tests.simulators.opend.accounts_api import AccountsApi
from tests.simulators.opend.desk import Desk
from tests.simulators.opend.gate import Gate
from tests.simulators.opend.instruments import Listing
from tests.simulators.opend.limits import Limits
from tests.simulators.opend.listening import Listener
from tests.simulators.opend.market import STATES, Market
from tests.simulators.opend.orders_api import OrdersApi
from tests.simulators.opend.queries_api import QueriesApi
from tests.simulators.opend.quotes_api import QuotesApi
from tests.simulators.opend.reference_api import ReferenceApi
from tests.simulators.opend.sabotage import Sabotage
from tests.simulators.opend.sealing import new_key
from tests.simulators.opend.steering import Steering
from tests.simulators.opend.system_api import SystemApi
from tests.simulators.opend.trading import Trading


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OpenDSimulator(Steering, Sabotage):
    """Moomoo's OpenD on loopback; see `Steering` and `Sabotage`.

    ```python
    async with OpenDSimulator(now=clock.now) as sim:
        sim.set_price("US.AAPL", bid="189.90", ask="190.00")
        context = await asyncio.to_thread(moomoo.OpenSecTradeContext, "US", sim.host, sim.port)
    ```

    It lives on the event loop that starts it: call the SDK, which blocks, in another thread, and
    everything of the simulator on the loop.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        port: int = 0,
        accounts: Sequence[Account] | None = None,
        encrypted: bool = False,
    ) -> None:
        """`now` gives aware times; without `accounts` there are a paper and a live one.

        Args:
            port: A free one by default.
            encrypted: Whether it speaks only to clients with the key of `write_key`.
        """
        self._rsa: Any = new_key() if encrypted else None
        gate = Gate()
        listener = Listener(gate, port, lambda: self._rsa)
        market, listing = Market(now), Listing()
        desk = Desk(market, listing, now)
        own = {account.acc_id: account for account in accounts or people.usual()}
        system = SystemApi(now, lambda: STATES[market.session])
        accounts_api = AccountsApi(own)
        trading = Trading(own, accounts_api)
        orders_api = OrdersApi(desk, trading, lambda: listener.standing)
        queries = QueriesApi(desk, trading)
        quotes = QuotesApi(market, listing, lambda: listener.standing)
        limits = Limits(now)
        reference = ReferenceApi(market, listing)
        for api in (system, accounts_api, orders_api, queries, quotes, reference):
            gate.handlers |= api.handlers()
        gate.guards += [system.guard, limits.guard]
        Steering.__init__(self, own, desk, queries, quotes)
        Sabotage.__init__(self, gate, listener, system, accounts_api, orders_api, limits)

    @property
    def port(self) -> int:
        """Known from the first start on."""
        return self._listener.port

    def write_key(self, folder: Path) -> Path:
        """A file with the private RSA key for `SysConfig.set_init_rsa_file`."""
        path = folder / "opend.key"
        path.write_bytes(self._rsa.export_key(pkcs=1))
        return path

    async def start(self) -> None:
        """Listens, on the same port as before."""
        await self._listener.start()

    async def stop(self) -> None:
        """Goes away with every connection; orders and prices stay."""
        await self._listener.stop()

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
        """Stops; fails if the simulator itself had failed."""
        await self.stop()
        if error is None and self._gate.crashes:
            raise AssertionError("the simulator itself failed") from self._gate.crashes[0]
